from odoo.tests import tagged

from .common_money import MoneyCase


@tagged("post_install", "-at_install")
class TestBilledDocuments(MoneyCase):
    def test_a_payment_leads_back_to_the_billing_systems(self):
        mirror = self.payment("ch_1", 120)
        payment = mirror.account_payment_id
        self.assertTrue(payment.has_billing_record)
        self.assertEqual(
            payment.action_open_billing_record()["res_id"],
            mirror.id,
        )

    def test_an_entry_leads_back_to_what_it_was_made_of(self):
        self.payment("ch_1", 120)
        dispute = self.dispute("dp_1", 120)
        entry = dispute.opened_move_id
        self.assertEqual(entry.action_open_billing_record()["res_id"], dispute.id)

    def test_an_invoice_of_people_leads_nowhere(self):
        self.assertFalse(self.odoo_invoice("in_1", 120).has_billing_record)
