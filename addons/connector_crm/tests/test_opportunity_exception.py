from odoo.tests import tagged

from odoo.addons.connector_base.engine.records import ReferenceValue
from odoo.addons.connector_base.tests.common_vendor import remote

from .common import DealCase


@tagged("post_install", "-at_install")
class TestOpportunityException(DealCase):
    """What the inbox says about deals: whose they are and what they are worth."""

    def hold(self, *deals):
        """Deals in a stage that nobody has mapped yet."""
        self.pull(
            "deals",
            *(
                remote(number, stage="odd", is_closed=False, name=f"D{number}", **vals)
                for number, vals in enumerate(deals, 1)
            ),
        )
        return self.exceptions(code="unmapped_value")

    def test_the_amounts_of_held_deals_are_at_stake(self):
        cause = self.hold({"amount": "100.50"}, {"amount": "200"}, {"amount": None})
        self.assertEqual(cause.amount, 300.5)
        self.assertEqual(cause.currency_id, self.connection.company_id.currency_id)
        self.assertEqual(cause.domain, "crm")

    def test_an_amount_in_another_currency_counts_in_the_companys(self):
        self.other_currency("QQQ", rate=2)
        cause = self.hold({"amount": "100", "currency": "QQQ"})
        self.assertEqual(cause.amount, 50)

    def test_an_amount_without_a_rate_is_not_counted_one_to_one(self):
        self.other_currency("QQQ")
        self.pull("deals", remote(1, name="D", amount="100", currency="QQQ"))
        self.assertEqual(self.exceptions(code="no_rate").amount, 0)

    def test_a_missing_rate_is_entered_in_place(self):
        self.other_currency("QQQ").active = False
        self.pull(
            "deals",
            remote(1, name="D", amount="100", currency="QQQ", stage="s1"),
        )
        cause = self.exceptions(code="no_rate")
        fix = self.env["connector.fix"].create({"exception_id": cause.id, "rate": 4})
        self.assertEqual(fix.kind, "create_missing")
        fix.action_apply()
        self.run_jobs()
        self.assertEqual(self.taken("deals", 1).expected_revenue, 25)
        self.assertEqual(cause.state, "resolved")

    def test_the_customer_of_a_held_deal_is_named(self):
        self.pull("companies", remote(7, name="Acme"))
        self.env["connector.value.map"]._refresh(
            self.connection, [ReferenceValue("deal_stage", "odd", "Odd")]
        )
        cause = self.hold({"amount": "100", "company": "7"})
        self.assertEqual(cause.item_ids.partner_label, "Acme")
        self.assertEqual((cause.document, cause.partner_label), ("D1", "Acme"))

    def test_stages_of_the_same_name_are_told_apart(self):
        self.env["connector.value.map"]._refresh(
            self.connection,
            [ReferenceValue("deal_stage", "odd", "Odd", {"pipeline": "Renewals"})],
        )
        self.assertIn("Odd (Renewals)", self.hold({"amount": "1"}).name)

    def test_what_settles_is_no_longer_at_stake(self):
        cause = self.hold({"amount": "100"}, {"amount": "200"})
        self.pull("deals", remote(1, name="D1", amount="100", stage="s1"))
        self.assertEqual(cause.amount, 200)
