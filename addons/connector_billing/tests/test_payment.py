from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_billing import application, invoice_record, line
from .common_money import MoneyCase, payment_record


@tagged("post_install", "-at_install")
class TestPayment(MoneyCase):
    def test_a_payment_is_booked_to_the_clearing_account_and_pays_its_invoice(self):
        invoice = self.odoo_invoice("in_1", 120)
        payment = self.payment("ch_1", 120, application("in_1", 120), reference="R1")
        self.assertEqual(payment.booking, "booked")
        document = payment.account_payment_id
        self.assertEqual(document.memo, "ch_1 R1")
        self.assertEqual(document.payment_reference, "ch_1")
        self.assertEqual(str(document.date), "2026-03-02")
        self.assertEqual(document.journal_id, self.money.clearing_journal_id)
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(payment.application_ids.state, "applied")
        self.assertEqual(
            self.balance("clearing", "receivable", "income"),
            {"clearing": 120, "income": -120},
        )

    def test_the_date_is_the_one_of_the_company(self):
        self.company.partner_id.tz = "Asia/Tokyo"
        payment = self.payment("ch_1", 10, paid_at="2026-03-02T20:00:00+00:00")
        self.assertEqual(str(payment.account_payment_id.date), "2026-03-03")

    def test_a_payment_waits_for_its_invoice(self):
        payment = self.payment("ch_1", 120, application("in_1", 120))
        self.assertEqual(payment.application_ids.state, "waiting")
        self.assertIn("in_1", payment.booking_note)
        invoice = self.odoo_invoice("in_1", 120, post=False)
        invoice.action_post()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(payment.application_ids.state, "applied")

    def test_equal_amounts_of_two_currencies_are_applied_at_once(self):
        dollar = self.env.ref("base.USD")
        payments = self.payment("ch_1", 120, application("in_1", 120))
        payments += self.payment("ch_2", 120, application("in_2", 120), currency="USD")
        invoices = self.odoo_invoice("in_1", 120, post=False)
        invoices += self.odoo_invoice("in_2", 120, post=False, currency_id=dollar.id)
        invoices.action_post()
        self.assertEqual(invoices.mapped("payment_state"), ["paid", "paid"])
        self.assertEqual(payments.application_ids.mapped("applied_amount"), [120, 120])

    def test_amounts_go_where_they_are_said_to_go(self):
        first = self.odoo_invoice("in_1", 100)
        second = self.odoo_invoice("in_2", 100)
        parts = (application("in_1", 30), application("in_2", 60))
        self.payment("ch_1", 95, *parts)
        self.assertEqual(first.amount_residual, 70)
        self.assertEqual(second.amount_residual, 40)
        self.payment("ch_2", 40, application("in_2", 40))
        self.assertEqual(second.payment_state, "paid")
        self.assertEqual(first.amount_residual, 70)
        # What was overpaid stays on account.
        self.assertEqual(self.open_items("receivable"), [-5, 70])

    def test_an_invoice_due_in_parts_is_paid_by_several_payments(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 0}),
                    (0, 0, {"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        invoice = self.odoo_invoice("in_1", 100, invoice_payment_term_id=terms.id)
        self.payment("ch_1", 40, application("in_1", 40))
        self.payment("ch_2", 60, application("in_1", 60))
        self.assertEqual(invoice.payment_state, "paid")

    def test_what_the_vendor_applies_elsewhere_later_moves(self):
        first = self.odoo_invoice("in_1", 100)
        second = self.odoo_invoice("in_2", 100)
        self.payment("ch_1", 100, application("in_1", 100))
        self.assertEqual(first.payment_state, "paid")
        self.pull_again(
            "payments", payment_record("ch_1", 100, application("in_2", 100))
        )
        self.assertEqual(first.payment_state, "not_paid")
        self.assertEqual(second.payment_state, "paid")
        self.assertEqual(len(self.env["account.payment"].search([])), 1)

    def test_a_void_invoice_leaves_its_payment_on_account(self):
        invoice = self.odoo_invoice("in_1", 100)
        payment = self.payment("ch_1", 100, application("in_1", 100))
        invoice.line_ids.remove_move_reconcile()
        invoice._reverse_moves([{"date": invoice.date}], cancel=True)
        payment.application_ids._settle()
        self.assertEqual(payment.application_ids.state, "released")
        self.assertEqual(self.open_items("receivable"), [-100])

    def test_an_invoice_that_the_vendor_voids_leaves_its_payment_on_account(self):
        bill = self.invoice("in_1", line(100))
        payment = self.payment("ch_1", 100, application("in_1", 100))
        self.assertEqual(bill.payment_state, "paid")
        self.pull_again(
            "invoices",
            invoice_record(
                *("in_1", line(100)),
                status="void",
                voided_at="2026-03-05T10:00:00+00:00",
            ),
        )
        self.assertEqual(bill.payment_state, "reversed")
        self.assertEqual(payment.application_ids.state, "released")
        self.assertEqual(self.open_items("receivable"), [-100])

    def test_a_payment_waits_for_the_vendors_invoice(self):
        payment = self.payment("ch_1", 100, application("in_1", 100))
        bill = self.invoice("in_1", line(100))
        self.assertEqual(bill.payment_state, "paid")
        self.assertEqual(payment.application_ids.state, "applied")
        self.assertEqual(payment.application_ids.move_id, bill)

    def test_a_failed_try_makes_no_payment(self):
        payment = self.payment(
            *("ch_1", 50),
            status="failed",
            failure_code="card_declined",
            failure_message="Your card was declined.",
            attempts=2,
            next_attempt_at="2026-03-09T10:00:00+00:00",
        )
        self.assertFalse(payment.account_payment_id)
        self.assertEqual(payment.booking, "nothing")
        self.assertEqual(payment.attempts, 2)
        self.assertIn("tried again", payment.booking_note)
        self.assertEqual(self.balance("clearing"), {})

    def test_a_payment_that_fails_later_is_reversed(self):
        invoice = self.odoo_invoice("in_1", 50)
        payment = self.payment("ch_1", 50, application("in_1", 50))
        posted = payment.account_payment_id.move_id
        before = posted.line_ids.read(["balance", "account_id", "amount_currency"])
        self.pull_again(
            "payments",
            payment_record(
                "ch_1",
                50,
                application("in_1", 50),
                status="failed",
                failed_at="2026-03-08T09:00:00+00:00",
            ),
        )
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(
            before, posted.line_ids.read(["balance", "account_id", "amount_currency"])
        )
        self.assertEqual(payment.reversal_move_id.reversed_entry_id, posted)
        self.assertEqual(self.balance("clearing", "receivable"), {"receivable": 50})
        self.assertEqual(self.open_items("receivable"), [50])
        self.assertEqual(payment.application_ids.state, "released")

    def test_a_second_pull_writes_nothing(self):
        self.odoo_invoice("in_1", 50)
        record = payment_record("ch_1", 50, application("in_1", 50))
        self.customer()
        self.pull("payments", record)
        before = self.fingerprint()
        self.pull("payments", record)
        after = self.fingerprint()
        changed = {name for name in before if before[name] != after[name]}
        self.assertFalse({name for name in changed if name.startswith("account_")})
        self.assertFalse(
            changed & {"connector_payment", "connector_payment_application"}
        )

    def test_a_payment_without_customer_is_held_and_booked_when_it_may_be(self):
        payment = self.payment("ch_1", 50, customer=None)
        self.assertEqual(payment.booking, "held")
        self.assertEqual(self.codes("payments", "ch_1"), ["money_no_customer"])
        self.money.unnamed_partner_id = self.customer("cus_9", "Guests")
        self.run_jobs()
        self.assertEqual(payment.booking, "booked")
        self.assertEqual(payment.account_payment_id.partner_id.name, "Guests")
        self.assertEqual(self.codes("payments", "ch_1"), [])

    def test_without_a_clearing_journal_payments_are_held_until_there_is_one(self):
        journal = self.money.clearing_journal_id
        self.money.clearing_journal_id = False
        payment = self.payment("ch_1", 50)
        self.assertEqual(self.codes("payments", "ch_1"), ["money_not_set_up"])
        self.money.clearing_journal_id = journal
        self.run_jobs()
        self.assertEqual(payment.booking, "booked")
        self.assertEqual(self.codes("payments", "ch_1"), [])

    def test_what_can_not_be_matched_is_no_clearing_journal(self):
        with self.assertRaisesRegex(ValidationError, "allow reconciliation"):
            self.money.clearing_journal_id = self.books["bank"]

    def test_a_finance_approver_sets_up_what_is_missing(self):
        self.money.write({"clearing_journal_id": False, "fee_account_id": False})
        approver = self.user_of("finance_approver", company_id=self.company.id)
        approver.company_ids = self.company
        self.money.with_user(approver).action_set_up_money()
        journal = self.money.clearing_journal_id
        self.assertTrue(journal.default_account_id.reconcile)
        self.assertTrue(self.money.fee_account_id)
        self.assertEqual(self.money.bank_journal_id, self.books["bank"])
        self.run_jobs()

    def test_a_currency_without_a_rate_is_never_counted_one_for_one(self):
        self.other_currency("QQQ")
        payment = self.payment("ch_1", 50, currency="QQQ")
        self.assertEqual(payment.booking, "held")
        self.assertEqual(self.codes("payments", "ch_1"), ["no_rate"])
        self.assertFalse(payment.account_payment_id)

    def test_an_amount_that_changes_after_it_was_booked_is_held(self):
        payment = self.payment("ch_1", 50)
        self.pull_again("payments", payment_record("ch_1", 60))
        self.assertEqual(self.codes("payments", "ch_1"), ["money_changed"])
        self.assertEqual(payment.amount, 50)
        self.assertEqual(self.balance("clearing"), {"clearing": 50})

    def test_a_payment_by_bank_transfer_goes_to_its_own_journal(self):
        line = self.books["bank"].inbound_payment_method_line_ids[:1]
        line.payment_account_id = self.books["outstanding"]
        self.payment("ch_0", 1, method="bank_transfer")
        value_map = self.connection.value_map_ids.filtered(
            lambda value_map: value_map.name == "billing.payment_method"
        )
        value_map.line_ids.filtered(
            lambda value: value.remote_value == "bank_transfer"
        ).res_id = line.id
        self.run_jobs()
        payment = self.payment("ch_1", 70, method="bank_transfer")
        self.assertEqual(payment.account_payment_id.journal_id, self.books["bank"])
        self.assertEqual(self.balance("outstanding"), {"outstanding": 70})

    # -- closed periods -------------------------------------------------------

    def lock(self, rule):
        self.money.closed_period = rule
        self.company.fiscalyear_lock_date = "2026-03-31"

    def test_by_policy_money_of_a_closed_period_goes_to_the_next_open_day(self):
        self.lock("next_open")
        payment = self.payment("ch_1", 50)
        self.assertEqual(str(payment.account_payment_id.date), "2026-04-01")

    def test_by_policy_money_of_a_closed_period_is_held_until_it_is_open(self):
        self.lock("hold")
        payment = self.payment("ch_1", 50)
        self.assertEqual(self.codes("payments", "ch_1"), ["period_held"])
        self.assertFalse(payment.account_payment_id)
        self.company.fiscalyear_lock_date = False
        self.env["connector.billing.policy"]._cron_book_held()
        self.run_jobs()
        self.assertEqual(str(payment.account_payment_id.date), "2026-03-02")
        self.assertEqual(self.codes("payments", "ch_1"), [])
