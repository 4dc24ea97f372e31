from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .test_lead import LeadCase


@tagged("post_install", "-at_install")
class TestLeadConversion(LeadCase):
    """A lead that was converted is one record with its opportunity."""

    def setUp(self):
        super().setUp()
        self.stage_line("s1").res_id = self.first.id

    def all_leads(self):
        return self.env["crm.lead"].with_context(active_test=False)

    def bound(self, stream, remote_id=1):
        return self.binding(stream, remote_id).res_id

    def open_deal(self, remote_id=1, **values):
        """The deal of the vendor, which no page has brought yet."""
        values = {
            "name": "Rollout",
            "stage": "s1",
            "is_closed": False,
            "is_won": False,
            **values,
        }
        self.vendor.add("deals", remote(remote_id, **values))

    def convert(self, remote_id=1, deal="1", **values):
        return self.lead(
            remote_id, is_converted=True, converted_opportunity=deal, **values
        )

    # -- a lead that Odoo knows -----------------------------------------------

    def test_opportunity_first(self):
        lead = self.lead(description="Wants engines")
        lead.message_post(body="Called her.")
        deal = self.deal()
        self.assertEqual(self.convert(), deal)
        self.assert_one(lead, deal)

    def test_lead_first(self):
        lead = self.lead(description="Wants engines")
        lead.message_post(body="Called her.")
        self.open_deal()
        deal = self.convert()
        self.pull("deals", *self.vendor.records["deals"].values())
        self.assert_one(lead, deal)

    def assert_one(self, lead, deal):
        """The lead is gone, and all that was known of it is with the deal."""
        self.assertFalse(lead.exists())
        self.assertEqual((deal.type, deal.name), ("opportunity", "Rollout"))
        self.assertEqual(self.bound("leads"), deal.id)
        self.assertEqual(self.bound("deals"), deal.id)
        self.assertIn("Called her.", " ".join(deal.message_ids.mapped("body")))
        self.assertEqual(deal.contact_name, "Ada Lovelace")
        self.assertEqual(deal.email_from, "ada@engines.example")
        self.assertIn("Wants engines", deal.description)
        self.assertEqual(self.all_leads().search_count([("name", "=", "Rollout")]), 1)
        self.assertFalse(
            self.all_leads().search([("name", "=", "Ada Lovelace")]), "a double"
        )

    def test_read_once_more_it_stays_as_it_is(self):
        self.lead()
        deal = self.deal()
        self.convert()
        self.convert(last_name="King", at="2026-05-01T00:00:00")
        self.deal(name="Rollout 2")
        self.assertEqual(deal.name, "Rollout 2")
        self.assertEqual(deal.contact_name, "Ada Lovelace")
        self.assertEqual(self.bound("leads"), deal.id)

    # -- a lead that Odoo never knew ------------------------------------------

    def test_an_unknown_lead_of_a_known_opportunity_is_bound_to_it(self):
        deal = self.deal()
        self.assertEqual(self.convert(), deal)
        self.assertEqual(deal.name, "Rollout")
        self.assertEqual(deal.contact_name, "Ada Lovelace")
        self.assertEqual(self.bound("leads"), deal.id)

    def test_of_an_unknown_one_the_opportunity_is_fetched(self):
        self.open_deal()
        deal = self.convert()
        self.assertEqual((deal.type, deal.name), ("opportunity", "Rollout"))
        self.assertEqual(self.bound("leads"), self.bound("deals"))

    def test_the_customer_of_the_opportunity_is_not_changed(self):
        company = self.company(phone="+49 30 123456")
        deal = self.deal(company="1")
        self.convert(phone="+49 40 999999", converted_company="1")
        self.assertEqual(company.phone, "+49 30 123456")
        self.assertEqual(deal.partner_id, company)

    # -- the opportunity isn't there ------------------------------------------

    def test_it_waits_for_an_opportunity_that_is_held(self):
        lead = self.lead()
        self.open_deal(stage="unheard of")
        self.convert()
        self.assertTrue(lead.exists())
        self.assertEqual(lead.type, "lead")
        self.assertEqual(self.codes("leads"), ["parent_held"])
        deal = self.deal()
        self.run_jobs()
        self.assertFalse(lead.exists())
        self.assertEqual(self.bound("leads"), deal.id)
        self.assertEqual(self.codes("leads"), [])

    def test_a_second_lead_of_an_opportunity_is_no_second_opportunity(self):
        deal = self.deal()
        self.convert(1)
        second = self.convert(2, email="bob@engines.example", first_name="Bob")
        self.assertNotEqual(second, deal)
        self.assertEqual((second.type, second.active), ("lead", False))

    def test_converted_on_both_sides_a_person_is_asked(self):
        lead = self.lead()
        lead.convert_opportunity(self.env["res.partner"])
        deal = self.deal()
        self.convert()
        self.assertTrue(lead.exists())
        [(code, message)] = self.held("leads")
        self.assertEqual(code, "lead_converted_twice")
        self.assertIn("Rollout", message)
        deal._merge_dependences(lead)
        lead.unlink()
        self.convert(at="2026-05-01T00:00:00")
        self.assertEqual(self.bound("leads"), deal.id)
        self.assertEqual(self.codes("leads"), [])

    # -- no opportunity -------------------------------------------------------

    def test_a_lead_that_became_a_customer_only_is_archived_with_it(self):
        lead = self.lead()
        self.company(1)
        self.pull("contacts", remote(1, first_name="Ada", company="1"))
        self.convert(deal=None, converted_company="1", converted_contact="1")
        self.assertEqual((lead.type, lead.active), ("lead", False))
        self.assertTrue(lead.converted_elsewhere)
        self.assertEqual(lead.partner_id, self.taken("contacts", 1))

    def test_so_is_one_that_became_a_company_only(self):
        company = self.company(1)
        lead = self.convert(deal=None, converted_company="1")
        self.assertEqual((lead.type, lead.active), ("lead", False))
        self.assertEqual(lead.partner_id, company)

    def test_the_link_to_a_customer_that_comes_later_follows(self):
        lead = self.lead()
        self.convert(deal=None, converted_company="9")
        self.assertFalse(lead.active)
        self.assertEqual(self.codes("leads"), ["missing_parent"])
        company = self.company(9)
        self.run_jobs()
        self.assertEqual(lead.partner_id, company)
        self.assertEqual(self.codes("leads"), [])

    def test_an_opportunity_that_was_deleted_is_not_waited_for(self):
        lead = self.lead()
        self.convert(deal="9")
        self.assertFalse(lead.active)
        self.assertEqual(self.codes("leads"), ["missing_parent"])
        deal = self.deal(9)
        self.run_jobs()
        self.assertFalse(lead.exists())
        self.assertEqual(self.bound("leads"), deal.id)
        self.assertEqual(self.codes("leads"), [])

    def test_a_merge_that_odoo_refuses_holds_the_lead_and_nothing_else(self):
        lead = self.lead()
        self.deal()
        with patch.object(type(lead), "unlink", side_effect=UserError("It is needed.")):
            self.pull(
                "leads",
                remote(
                    1,
                    last_name="Lovelace",
                    is_converted=True,
                    converted_opportunity="1",
                ),
                remote(2, last_name="Babbage", is_converted=False),
            )
        self.assertEqual(self.codes("leads", 1), ["refused_by_odoo"])
        self.assertEqual(self.bound("leads"), lead.id)
        self.assertTrue(self.taken("leads", 2))

    def test_where_no_flow_brings_opportunities_it_is_archived(self):
        lead = self.lead()
        self.flow("deals").active = False
        self.convert()
        self.assertFalse(lead.active)
        self.assertEqual(self.codes("leads"), [])

    # -- afterwards -----------------------------------------------------------

    def test_the_opportunity_outlives_its_lead(self):
        deal = self.deal()
        self.convert()
        self.pull("leads", remote(1, archived=True))
        self.assertTrue(deal.active)

    def test_a_batch_of_conversions_costs_no_query_a_lead(self):
        self.pull(
            "deals",
            *(
                remote(n, name=f"Deal {n}", stage="s1", is_closed=False, is_won=False)
                for n in range(10, 60)
            ),
        )

        def page(numbers):
            return (
                remote(
                    n,
                    first_name="Jo",
                    last_name=f"Doe {n}",
                    is_converted=True,
                    converted_opportunity=str(n),
                )
                for n in numbers
            )

        self.queries_of("leads", *page(range(10, 12)))
        few = self.queries_of("leads", *page(range(12, 17)))
        many = self.queries_of("leads", *page(range(17, 57)))
        # Odoo writes what is not the same of each.
        self.assertLess((many - few) / 35, 6)
