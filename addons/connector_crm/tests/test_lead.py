from odoo.tests import tagged

from odoo.addons.connector_base.engine.records import ReferenceValue
from odoo.addons.connector_base.tests.common_vendor import remote

from .common_trade import LEADS, TradeCase


class LeadCase(TradeCase):
    streams = (*TradeCase.streams, LEADS)

    def lead(self, remote_id=1, at=None, **values):
        """The vendor's lead comes, open unless said otherwise; returns Odoo's."""
        values = {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "company_name": "Engines Ltd",
            "email": "ada@engines.example",
            "is_converted": False,
            **values,
        }
        return self.brought("leads", remote_id, at=at, **values)

    def ours(self, **vals):
        """A lead that Odoo had before."""
        return self.env["crm.lead"].create(
            {"name": "Enquiry", "type": "lead", "user_id": False, **vals}
        )


@tagged("post_install", "-at_install")
class TestLead(LeadCase):
    def test_a_lead_is_taken_with_person_and_company(self):
        lead = self.lead(job="Countess", country="GB", city="London", phone=None)
        self.assertEqual((lead.type, lead.name), ("lead", "Ada Lovelace"))
        self.assertEqual(
            (lead.contact_name, lead.partner_name), ("Ada Lovelace", "Engines Ltd")
        )
        self.assertEqual(lead.email_from, "ada@engines.example")
        self.assertEqual((lead.function, lead.country_id.code), ("Countess", "GB"))
        self.assertEqual(lead.company_id, self.connection.company_id)
        self.assertFalse(lead.user_id)
        self.assertFalse(lead.partner_id)

    def test_of_whom_only_the_company_is_known_is_called_by_it(self):
        lead = self.lead(first_name=None, last_name=None)
        self.assertEqual(lead.name, "Engines Ltd")
        self.assertFalse(lead.contact_name)

    def test_one_of_whom_nothing_is_known_is_held(self):
        nothing = dict.fromkeys(("first_name", "last_name", "company_name", "email"))
        self.assertFalse(self.lead(**nothing))
        self.assertEqual(self.codes("leads"), ["required_missing"])

    def test_values_that_nobody_has_mapped_stay_empty(self):
        lead = self.lead(source="Trade Fair", status="Working")
        self.assertTrue(lead)
        self.assertFalse(lead.source_id)
        self.assertEqual(
            set(self.codes("leads")), {"unmapped_value_empty"}, self.held("leads")
        )

    def test_source_and_status_are_what_people_say_that_they_mean(self):
        source = self.env["utm.source"].create({"name": "Fair of Trades"})
        value_maps = self.env["connector.value.map"]
        value_maps._refresh(
            self.connection,
            [
                ReferenceValue("lead_source", "fair", "Trade Fair"),
                ReferenceValue("lead_status", "working", "Working"),
            ],
        )
        for value, record in (("fair", source), ("working", self.second)):
            self.env["connector.value.map.line"].search(
                [
                    ("connection_id", "=", self.connection.id),
                    ("remote_value", "=", value),
                ]
            ).res_id = record.id
        lead = self.lead(source="fair", status="working")
        self.assertEqual((lead.source_id, lead.stage_id), (source, self.second))

    # -- match ----------------------------------------------------------------

    def test_a_lead_with_the_same_address_is_the_one(self):
        mine = self.ours(email_from="Ada <ADA@engines.example>")
        self.assertEqual(self.lead(), mine)

    def test_so_is_one_with_the_same_name_and_company(self):
        mine = self.ours(contact_name="Lovelace, Ada", partner_name="Engines Limited")
        self.assertEqual(self.lead(email="a.l@other.example"), mine)

    def test_a_shared_mail_box_with_another_name_is_looked_at(self):
        self.ours(email_from="info@engines.example", contact_name="Charles Babbage")
        self.assertFalse(self.lead(email="info@engines.example", company_name="Other"))
        self.assertEqual(self.codes("leads"), ["uncertain_match"])

    def test_an_opportunity_is_no_lead(self):
        mine = self.ours(email_from="ada@engines.example", type="opportunity")
        self.assertNotEqual(self.lead(), mine)

    def test_nor_is_a_lead_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        mine = self.ours(email_from="ada@engines.example", company_id=other.id)
        self.assertNotEqual(self.lead(), mine)

    # -- made an opportunity here ---------------------------------------------

    def test_a_lead_that_became_an_opportunity_here_is_left_alone(self):
        lead = self.lead()
        lead.convert_opportunity(self.env["res.partner"])
        lead.name = "Engines for All"
        self.lead(last_name="King", company_name="Other")
        self.assertEqual(lead.name, "Engines for All")
        self.assertEqual(lead.partner_name, "Engines Ltd")

    def test_it_is_not_archived_with_the_lead(self):
        lead = self.lead()
        lead.convert_opportunity(self.env["res.partner"])
        self.pull("leads", remote(1, archived=True))
        self.assertTrue(lead.active)

    def test_a_batch_costs_no_query_a_lead(self):
        def page(numbers):
            return (
                remote(
                    n,
                    first_name="Jo",
                    last_name=f"Doe {n}",
                    company_name=f"Company {n}",
                    email=f"jo{n}@example.com",
                    is_converted=False,
                )
                for n in numbers
            )

        self.queries_of("leads", *page(range(10, 12)))
        few = self.queries_of("leads", *page(range(12, 17)))
        many = self.queries_of("leads", *page(range(17, 57)))
        self.assertLessEqual(many - few, 5)
