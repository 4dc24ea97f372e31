from odoo.tests import tagged

from odoo.addons.connector_standing.tests.common_standing import StandingCase


@tagged("post_install", "-at_install")
class TestStandingOfContracts(StandingCase):
    def test_the_newest_active_contract_counts(self):
        contract = self.env["connector.agreement"].create(
            {
                "partner_id": self.acme.id,
                "date_start": self.day(-10),
                "term_months": 12,
                "state": "active",
            }
        )
        row = self.standing()
        self.assertEqual(row.subscription_state, "active")
        self.assertEqual(row.renewal_date, contract.date_end)
        contract.state = "cancelled"
        self.minutes_pass(20)
        row = self.standing()
        self.assertEqual(row.subscription_state, "cancelled")
        self.assertFalse(row.renewal_date)
