import dataclasses

from odoo import Command
from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_push import PushCase, owned
from odoo.addons.connector_base.tests.common_vendor import COMPANIES, CONTACTS, remote

from .common import DEALS, DealCase

#: The vendor says itself whether a deal is closed.
ITS_OWN = ("is_closed", "is_won")
DEALS_BOTH_WAYS = dataclasses.replace(
    DEALS,
    default_map=tuple(
        dataclasses.replace(
            line,
            owner="newest",
            direction="pull" if line.target in ITS_OWN else "both",
        )
        for line in DEALS.default_map
    ),
)


@tagged("post_install", "-at_install")
class TestOpportunityPush(PushCase, DealCase):
    """What people do with an opportunity happens to the vendor's deal."""

    streams = (owned(COMPANIES, "newest"), owned(CONTACTS, "newest"), DEALS_BOTH_WAYS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deals = cls.send(cls.connection, "deals")
        for value, record in (("s1", cls.first), ("s2", cls.second), ("won", cls.won)):
            cls.stage_line(cls, value).res_id = record.id
        value_map = cls.env["connector.value.map"]._ensure(cls.connection, "pipeline")
        cls.team = cls.env["crm.team"].create({"name": "Sales of the Vendor"})
        cls.env["connector.value.map.line"].create(
            {"map_id": value_map.id, "remote_value": "p1", "res_id": cls.team.id}
        )

    def known(self, **values):
        """An opportunity that is bound, with nothing waiting."""
        lead = self.deal(**{"pipeline": "p1", **values})
        self.forget()
        self.vendor.sent.clear()
        return lead

    def test_a_stage_goes_as_the_value_that_means_it(self):
        lead = self.known()
        lead.stage_id = self.second
        self.push("deals")
        self.assertEqual(self.sent(), [{"stage": "s2"}])

    def test_a_won_deal_is_won_there(self):
        lead = self.known()
        lead.action_set_won()
        self.push("deals")
        self.assertEqual(self.sent(), [{"stage": "won"}])

    def test_a_lost_deal_goes_to_the_stage_of_lost_ones(self):
        lead = self.known()
        reason = self.env["crm.lost.reason"].create({"name": "Too late"})
        lead.action_set_lost(lost_reason_id=reason.id)
        self.push("deals")
        self.assertEqual(self.sent(), [{"stage": "lost", "lost_reason": "Too late"}])

    def test_a_lost_deal_is_not_archived_there(self):
        self.deals.on_unlink = "archive"
        lead = self.known()
        lead.action_set_lost()
        self.push("deals")
        self.assertEqual(self.sent("archive"), [])
        self.assertEqual(self.sent("update"), [{"stage": "lost"}])

    def test_a_stage_that_nothing_means_there_is_held(self):
        lead = self.known()
        lead.stage_id = self.env["crm.stage"].create({"name": "Only Here"})
        self.push("deals")
        self.assertEqual(self.sent(), [])
        [item] = self.items()
        self.assertIn("Only Here", item.message)

    def test_a_stage_of_two_pipelines_is_that_of_the_deals_own(self):
        lead = self.known()
        lines = self.stage_line("s2") | self.stage_line("won")
        lines.write({"res_id": self.second.id})
        self.stage_line("s2").hints = {"pipeline": "One"}
        self.stage_line("won").hints = {"pipeline": "Two"}
        self.env["connector.value.map.line"].search(
            [("remote_value", "=", "p1"), ("map_id.name", "=", "pipeline")]
        ).remote_label = "Two"
        lead.stage_id = self.second
        self.push("deals")
        self.assertEqual(self.sent(), [{"stage": "won"}])

    def test_the_amount_goes_in_the_deals_currency(self):
        currency = self.other_currency(rate=2)
        lead = self.known(amount="100", currency=currency.name)
        self.assertEqual(lead.expected_revenue, 50)
        lead.deal_amount = 300
        self.push("deals")
        self.assertEqual(self.sent(), [{"amount": "300"}])

    def test_so_does_the_expected_revenue(self):
        currency = self.other_currency(rate=2)
        lead = self.known(amount="100", currency=currency.name)
        lead.expected_revenue = 200
        self.push("deals")
        self.assertEqual(self.sent(), [{"amount": "400"}])

    def test_the_customer_goes_as_company_and_contact(self):
        company = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        ada, bob = self.env["res.partner"].create(
            [
                {"name": "Ada Lovelace", "parent_id": company.id},
                {"name": "Bob Builder", "parent_id": company.id},
            ]
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Rollout",
                "type": "opportunity",
                "partner_id": ada.id,
                "deal_contact_ids": [Command.link(bob.id)],
                "stage_id": self.first.id,
                "team_id": self.team.id,
                "user_id": False,
            }
        )
        self.push("deals")
        remote_id = self.binding_of(lead, self.deals).remote_id
        values = self.vendor.records["deals"][remote_id].values
        self.assertEqual(values["company"], self.binding_of(company).remote_id)
        self.assertEqual(
            values["contacts"],
            [self.binding_of(person, self.contacts).remote_id for person in (ada, bob)],
        )

    def test_who_no_longer_takes_part_is_told(self):
        self.pull("contacts", remote(1, first_name="Ada"), remote(2, first_name="Bob"))
        lead = self.known(contacts=["1", "2"])
        lead.deal_contact_ids -= self.taken("contacts", 2)
        self.push("deals")
        [(_operation, _stream, [row])] = self.vendor.sent
        self.assertEqual(row.values, {"contacts": ["1"]})
        self.assertEqual(row.before, {"contacts": ["1", "2"]})
