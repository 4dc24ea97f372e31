from odoo.tests import tagged

from .common_billing import application
from .common_money import MoneyCase, payment_record, refund_record


@tagged("post_install", "-at_install")
class TestRefund(MoneyCase):
    def test_a_refund_pays_out_its_credit_note(self):
        self.odoo_invoice("in_1", 100)
        self.payment("ch_1", 100, application("in_1", 100))
        credit = self.odoo_invoice("cn_1", 30, kind="out_refund")
        refund = self.refund("re_1", 30, ("cn_1", 30))
        self.assertEqual(refund.account_payment_id.payment_type, "outbound")
        self.assertEqual(str(refund.account_payment_id.date), "2026-03-12")
        self.assertEqual(credit.payment_state, "paid")
        self.assertEqual(self.balance("clearing", "receivable"), {"clearing": 70})

    def test_a_refund_may_come_before_all_else(self):
        refund = self.refund("re_1", 30, ("cn_1", 30), customer=None)
        self.assertEqual(refund.booking, "held")
        self.payment("ch_1", 100, application("in_1", 100))
        self.assertEqual(refund.booking, "booked")
        self.assertEqual(self.codes("refunds", "re_1"), [])
        credit = self.odoo_invoice("cn_1", 30, kind="out_refund")
        invoice = self.odoo_invoice("in_1", 100)
        self.assertEqual((credit.payment_state, invoice.payment_state), ("paid",) * 2)
        self.assertEqual(self.open_items("receivable"), [])

    def test_a_credit_note_may_say_by_which_refund_it_was_paid_out(self):
        credit = self.odoo_invoice("cn_1", 30, kind="out_refund")
        refs = {("cn_1", credit): ("re_1",)}
        applications = self.env["connector.payment.application"]
        applications._note_refunds(self.connection, refs)
        self.payment("ch_1", 100)
        refund = self.refund("re_1", 30)
        self.assertEqual(credit.payment_state, "paid")
        # Nothing of it is taken from the payment then.
        self.assertEqual(self.open_items("receivable"), [-100])
        applications._note_refunds(self.connection, refs)
        self.assertEqual(len(refund.application_ids), 2)

    def test_a_refund_without_credit_note_takes_what_is_on_account(self):
        self.refund("re_1", 40)
        self.payment("ch_1", 100, application("in_1", 60))
        self.odoo_invoice("in_1", 60)
        self.assertEqual(self.open_items("receivable"), [])
        self.assertEqual(self.balance("clearing"), {"clearing": 60})

    def test_a_refund_never_takes_what_an_invoice_is_paid_with(self):
        self.payment("ch_1", 100, application("in_1", 100))
        refund = self.refund("re_1", 40)
        invoice = self.odoo_invoice("in_1", 100)
        self.assertEqual(invoice.payment_state, "paid")
        # Until there is a credit note, the customer owes what was given back.
        self.assertEqual(self.open_items("receivable"), [40])
        self.assertEqual(refund.application_ids.state, "released")

    def test_a_refund_that_fails_is_reversed(self):
        self.payment("ch_1", 100)
        refund = self.refund("re_1", 40)
        self.assertEqual(self.open_items("receivable"), [-60])
        failed = refund_record(
            "re_1", 40, status="failed", failed_at="2026-03-20T10:00:00+00:00"
        )
        self.pull_again("refunds", failed)
        self.assertEqual(str(refund.reversal_move_id.date), "2026-03-20")
        self.assertEqual(self.open_items("receivable"), [-100])
        self.assertEqual(self.balance("clearing"), {"clearing": 100})

    def test_a_payment_that_fails_leaves_its_refund_to_the_customer(self):
        self.payment("ch_1", 100)
        self.refund("re_1", 40)
        failed = payment_record(
            "ch_1", 100, status="failed", failed_at="2026-03-13T10:00:00+00:00"
        )
        self.pull_again("payments", failed)
        self.assertEqual(self.open_items("receivable"), [40])
