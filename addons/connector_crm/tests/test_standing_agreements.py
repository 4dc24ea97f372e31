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

    def test_active_contracts_are_what_others_are_told_else_orders(self):
        other = self.customer("Other")
        orders = self.order(self.acme) | self.order(other)
        self.env["connector.agreement"].create(
            {
                "number": "C-7",
                "partner_id": self.acme.id,
                "date_start": self.day(-10),
                "term_months": 12,
                "state": "active",
            }
        )
        self.env.flush_all()
        words = self.env["connector.customer.standing"]._agreement_words(
            self.env.company, dict.fromkeys((self.acme | other).ids)
        )
        [contract] = words[self.acme.id]
        self.assertTrue(contract.startswith("C-7 until "), contract)
        self.assertIn(orders[1].name, words[other.id][0])
