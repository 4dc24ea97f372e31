from odoo.tests import new_test_user, tagged

from .common_billing import application
from .common_money import MoneyCase, dispute_record


@tagged("post_install", "-at_install")
class TestDispute(MoneyCase):
    def setUp(self):
        super().setUp()
        self.bill = self.odoo_invoice("in_1", 100)
        self.payment("ch_1", 100, application("in_1", 100))

    def test_a_dispute_takes_the_money_back_and_the_invoice_stays_paid(self):
        dispute = self.dispute("dp_1", 100)
        self.assertEqual(dispute.booking, "booked")
        self.assertEqual(str(dispute.opened_move_id.date), "2026-03-15")
        self.assertEqual(self.balance("clearing", "disputed"), {"disputed": 100})
        self.assertEqual(self.bill.payment_state, "paid")

    def test_what_is_won_comes_back(self):
        dispute = self.dispute("dp_1", 100)
        self.pull_again("disputes", self.closed("won"))
        self.assertEqual(str(dispute.closed_move_id.date), "2026-04-02")
        self.assertEqual(self.balance("clearing", "disputed"), {"clearing": 100})
        self.assertEqual(self.open_items("disputed"), [])

    def test_what_is_lost_is_a_loss_and_the_invoice_stays_paid(self):
        dispute = self.dispute("dp_1", 100)
        self.pull_again("disputes", self.closed("lost"))
        self.assertEqual(
            self.balance("clearing", "disputed", "dispute_loss"),
            {"dispute_loss": 100},
        )
        self.assertEqual(self.bill.payment_state, "paid")
        self.assertIn("invoice stays paid", dispute.booking_note)

    def test_only_the_end_of_a_dispute_is_heard_of(self):
        dispute = self.brought("disputes", self.closed("lost"))
        self.assertTrue(dispute.opened_move_id and dispute.closed_move_id)
        self.assertEqual(self.balance("dispute_loss"), {"dispute_loss": 100})

    def test_an_inquiry_takes_no_money(self):
        dispute = self.dispute("dp_1", 100, status="warning")
        self.assertEqual(dispute.booking, "nothing")
        self.assertEqual(self.balance("disputed"), {})

    def test_finance_is_asked_for_an_answer_until_there_is_one(self):
        user = new_test_user(
            self.env,
            "dispute-desk",
            groups="account.group_account_invoice",
            company_id=self.company.id,
        )
        self.money.dispute_user_id = user
        dispute = self.dispute("dp_1", 100)
        activity = dispute.activity_ids
        self.assertEqual(activity.user_id, user)
        self.assertEqual(str(activity.date_deadline), "2026-03-25")
        self.pull_again("disputes", dispute_record("dp_1", 100, status="under_review"))
        self.assertFalse(dispute.activity_ids)

    def closed(self, status):
        return dispute_record(
            "dp_1", 100, status=status, closed_at="2026-04-02T10:00:00+00:00"
        )
