from odoo.tests import tagged

from .common_money import MoneyCase, payout_record


@tagged("post_install", "-at_install")
class TestPayout(MoneyCase):
    def test_a_payout_settles_all_that_it_pays_out(self):
        self.payment("ch_1", 100)
        self.refund("re_1", 20)
        self.transaction("txn_1", 100, 3.2, payment="ch_1", payout="po_1")
        self.transaction("txn_2", -20, 0, kind="refund", refund="re_1", payout="po_1")
        self.transaction("txn_3", -1.5, 0, kind="fee", payout="po_1")
        payout = self.payout("po_1", 75.3)
        self.assertTrue(payout.is_settled, payout.booking_note)
        self.assertEqual(
            self.balance("clearing", "fees", "transit"), {"fees": 4.7, "transit": 75.3}
        )
        self.assertEqual(self.open_items("clearing"), [])
        self.assertEqual(
            (payout.gross, payout.fees, payout.refunds, payout.others, payout.net),
            (100, -3.2, -20, -1.5, 75.3),
        )
        self.assertEqual(payout.difference, 0)

    def test_a_payout_waits_for_what_it_pays_out_whatever_comes_first(self):
        payout = self.payout("po_1", 96.8)
        self.assertFalse(payout.is_settled)
        self.transaction("txn_1", 100, 3.2, payment="ch_1", payout="po_1")
        self.assertFalse(payout.is_settled)
        self.payment("ch_1", 100)
        self.assertTrue(payout.is_settled)
        self.assertEqual(self.open_items("clearing"), [])

    def test_what_is_not_paid_out_stays_in_the_clearing_account(self):
        self.payment("ch_1", 100)
        self.payment("ch_2", 50)
        self.transaction("txn_1", 100, payment="ch_1", payout="po_1")
        waiting = self.transaction("txn_2", 50, 2, payment="ch_2")
        self.payout("po_1", 100)
        self.assertEqual(self.balance("clearing"), {"clearing": 48})
        in_transit = self.env["connector.balance.transaction"].search(
            [("in_transit", "=", True)]
        )
        self.assertEqual(in_transit, waiting)
        self.assertEqual(sum(in_transit.mapped("net")), 48)

    def test_a_payout_that_differs_is_told_until_it_agrees(self):
        self.payment("ch_1", 100)
        payout = self.payout("po_1", 100)
        self.transaction("txn_1", 100, 3, payment="ch_1", payout="po_1")
        self.assertEqual(self.codes("payouts", "po_1"), ["payout_differs"])
        ((_code, message),) = self.held("payouts", "po_1")
        self.assertIn("3.00", message)
        self.assertFalse(payout.is_settled)
        self.transaction("txn_2", 3, kind="adjustment", payout="po_1")
        self.assertEqual(self.codes("payouts", "po_1"), [])
        # Nobody has said what adjustments are booked to.
        self.assertEqual(
            self.codes("balance_transactions", "txn_2"), ["money_not_set_up"]
        )
        self.money.adjustment_account_id = self.books["expense"]
        self.run_jobs()
        self.assertTrue(payout.is_settled)

    def test_what_was_paid_in_another_currency_is_converted(self):
        # 100 dollars are 80 euros by Odoo's rate; the payment system gives 78.
        self.payment("ch_1", 100, currency="USD")
        self.transaction(
            *("txn_1", 78, 2),
            payment="ch_1",
            payout="po_1",
            source_amount="100",
            source_currency="USD",
            exchange_rate="0.78",
        )
        self.assertEqual(
            self.balance("clearing", "fees", "loss", "receivable"),
            {"clearing": 76, "fees": 2, "loss": 2, "receivable": -80},
        )
        payout = self.payout("po_1", 76)
        self.assertTrue(payout.is_settled)
        self.assertEqual(self.open_items("clearing"), [])

    def test_what_rates_do_between_payment_and_conversion_is_an_exchange_difference(
        self,
    ):
        dollar = self.env.ref("base.USD")
        self.env["res.currency.rate"].create(
            {
                "currency_id": dollar.id,
                "company_id": self.company.id,
                "name": "2026-03-05",
                "rate": 1.0,
            }
        )
        self.payment("ch_1", 100, currency="USD")
        self.transaction(
            *("txn_1", 100),
            payment="ch_1",
            occurred_at="2026-03-06T10:00:00+00:00",
            source_amount="100",
            source_currency="USD",
        )
        self.assertEqual(self.open_items("clearing"), [100])
        self.assertEqual(
            self.balance("clearing", "gain", "loss"), {"clearing": 100, "gain": -20}
        )

    def test_payouts_of_several_currencies_are_settled_each(self):
        self.payment("ch_1", 100, currency="USD")
        self.payment("ch_2", 5000, currency="JPY")
        self.payment("ch_3", "12.345", currency="KWD")
        for number, (amount, currency) in enumerate(
            ((100, "USD"), (5000, "JPY"), ("12.345", "KWD")), 1
        ):
            self.transaction(
                *(f"txn_{number}", amount),
                payment=f"ch_{number}",
                payout=f"po_{number}",
                currency=currency,
            )
            payout = self.payout(f"po_{number}", amount, currency=currency)
            self.assertTrue(payout.is_settled)
        self.assertEqual(self.open_items("clearing"), [])

    def test_a_payout_that_fails_is_taken_back_and_paid_out_later(self):
        self.payment("ch_1", 100)
        self.transaction("txn_1", 100, payment="ch_1", payout="po_1")
        first = self.payout("po_1", 100, status="in_transit")
        self.assertTrue(first.is_settled)
        self.pull_again("payouts", payout_record("po_1", 100, status="failed"))
        # On which day, only the balance tells.
        self.assertEqual(first.booking, "waiting")
        self.transaction(
            *("txn_2", 100),
            kind="payout_failure",
            failed_payout="po_1",
            payout="po_2",
            occurred_at="2026-03-09T10:00:00+00:00",
        )
        self.assertEqual(str(first.reversal_move_id.date), "2026-03-09")
        self.assertEqual(self.balance("clearing", "transit"), {"clearing": 100})
        second = self.payout("po_2", 100, created_at="2026-03-10T10:00:00+00:00")
        self.assertTrue(second.is_settled, second.booking_note)
        self.assertEqual(self.balance("clearing", "transit"), {"transit": 100})
        self.assertEqual(self.open_items("transit"), [100])

    def test_a_bank_debit_that_is_returned_is_paid_out_as_what_it_was(self):
        self.payment("ch_1", 100, status="failed")
        self.assertEqual(self.balance("clearing"), {})
        payout = self.payout("po_1", -5)
        self.transaction("txn_1", 100, 2, payment="ch_1", payout="po_1")
        self.transaction("txn_2", -100, 3, kind="refund", payment="ch_1", payout="po_1")
        self.assertTrue(payout.is_settled)
        self.assertEqual(
            self.balance("clearing", "receivable", "fees", "transit"),
            {"fees": 5, "transit": -5},
        )
        self.assertEqual(self.open_items("receivable"), [])

    def test_disputes_are_settled_with_their_payouts(self):
        self.payment("ch_1", 100)
        self.dispute("dp_1", 100, status="won", closed_at="2026-04-02T10:00:00+00:00")
        self.transaction("txn_1", 100, payment="ch_1", payout="po_1")
        self.payout("po_1", 100)
        self.transaction(
            "txn_2", -100, 15, kind="dispute", dispute="dp_1", payout="po_2"
        )
        self.transaction(
            "txn_3", 100, kind="dispute_reversal", dispute="dp_1", payout="po_2"
        )
        payout = self.payout("po_2", -15)
        self.assertTrue(payout.is_settled)
        self.assertEqual(self.open_items("clearing"), [])
        self.assertEqual(self.balance("fees", "disputed"), {"fees": 15})

    def test_by_policy_payouts_are_booked_when_they_have_arrived(self):
        self.money.payout_date = "arrival"
        payout = self.payout("po_1", 100, status="in_transit")
        self.assertEqual(payout.booking, "waiting")
        self.pull_again("payouts", payout_record("po_1", 100))
        self.assertEqual(str(payout.move_id.date), "2026-03-06")

    def test_a_net_amount_that_doesnt_come_of_gross_and_fee_is_held(self):
        self.transaction("txn_1", 100, 3, net="98")
        self.assertEqual(
            self.codes("balance_transactions", "txn_1"), ["balance_net_differs"]
        )
        self.assertEqual(self.balance("fees"), {})

    # -- the bank -------------------------------------------------------------

    def statement_line(self, amount, date="2026-03-06", label="Payment"):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.books["bank"].id,
                "date": date,
                "payment_ref": label,
                "amount": amount,
            }
        )

    def test_a_payout_finds_its_line_of_the_bank_statement(self):
        payout = self.payout("po_1", 75.3)
        line = self.statement_line(75.3)
        self.assertEqual(payout.statement_line_id, line)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(
            self.balance("transit", "suspense", "cash", "clearing"),
            {"cash": 75.3, "clearing": -75.3},
        )
        self.assertEqual(self.open_items("transit"), [])

    def test_of_several_lines_the_one_that_names_it_is_taken(self):
        self.statement_line(50, label="STRIPE REF PO 2")
        line = self.statement_line(50, label="STRIPE REF PO 1 THANKS")
        payout = self.payout("po_1", 50)
        self.assertEqual(payout.statement_line_id, line)

    def test_what_is_not_certain_is_left_to_a_person(self):
        first = self.statement_line(50)
        second = self.statement_line(50)
        late = self.statement_line(50, date="2026-05-01")
        payout = self.payout("po_1", 50)
        self.assertFalse(payout.statement_line_id)
        self.assertEqual(payout.candidate_ids, first | second)
        self.assertNotIn(late, payout.candidate_ids)

    def test_two_payouts_of_one_amount_are_not_guessed(self):
        first = self.payout("po_1", 50)
        second = self.payout("po_2", 50)
        self.statement_line(50)
        self.assertFalse(first.statement_line_id or second.statement_line_id)
