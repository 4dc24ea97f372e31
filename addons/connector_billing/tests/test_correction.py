from odoo import Command

from .common import BillingCase
from .common_billing import invoice_record, line, tax


class TestCorrection(BillingCase):
    """What is posted is never edited: it is reversed, or a person is asked."""

    VOID = {
        "status": "void",
        "voided_at": "2026-04-03T12:00:00+00:00",
        "at": "2026-04-03T12:00:00",
    }

    def sent(self, *lines, hour=1, **values):
        """The vendor's invoice ``in_1`` comes, in a later version each hour."""
        values.setdefault("at", f"2026-03-02T{hour:02}:00:00")
        return self.invoice("in_1", *lines, **values)

    def lines(self, amount=100):
        return line(amount, taxes=[tax(20, amount / 5, amount)])

    def months(self):
        """``{(account, month): balance}`` of what is posted."""
        rows = self.env["account.move.line"]._read_group(
            [("company_id", "=", self.company.id), ("parent_state", "=", "posted")],
            ["account_id", "date:month"],
            ["balance:sum"],
        )
        names = {account: key for key, account in self.books.items()}
        return {
            (names[account], month.month): round(total, 2)
            for account, month, total in rows
            if round(total, 2)
        }

    # -- void -----------------------------------------------------------------

    def test_a_void_invoice_is_reversed_on_the_day_it_was_voided(self):
        move = self.sent(self.lines())
        self.assertEqual(self.sent(self.lines(), **self.VOID), move)
        self.assertEqual(move.payment_state, "reversed")
        self.assertEqual(self.balance(), {})
        self.assertEqual(self.months()["income", 4], 100)

    def test_one_that_was_void_before_it_came_gives_the_same_books(self):
        self.sent(self.lines())
        self.sent(self.lines(), **self.VOID)
        seen = self.months()
        self.invoice("in_2", self.lines(), **self.VOID)
        twice = {key: 2 * amount for key, amount in seen.items()}
        self.assertEqual(self.months(), twice)

    def test_it_may_be_reversed_on_its_own_day(self):
        self.policy(void_date="invoiced")
        move = self.sent(self.lines(), **self.VOID)
        self.assertEqual(str(move._reversals().date), "2026-03-01")

    def test_it_is_reversed_once(self):
        move = self.sent(self.lines(), **self.VOID)
        self.sent(self.lines(), **{**self.VOID, "at": "2026-04-05T12:00:00"}, memo="x")
        self.assertEqual(len(move.connector_entry_ids), 1)

    def test_what_was_never_final_is_not_booked(self):
        self.customer()
        self.pull("invoices", invoice_record("in_1", status="void", number=None))
        self.assertFalse(self.taken("invoices", "in_1"))

    def test_a_void_one_in_another_currency_comes_to_nothing(self):
        self.sent(self.lines(), currency="USD")
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref("base.USD").id,
                "company_id": self.company.id,
                "name": "2026-04-01",
                "rate": 2,
            }
        )
        self.sent(self.lines(), currency="USD", **self.VOID)
        self.assertEqual(self.balance(), {})

    # -- uncollectible --------------------------------------------------------

    def write_off(self):
        self.policy(
            uncollectible="write_off", write_off_account_id=self.books["bad_debt"].id
        )

    def test_an_uncollectible_invoice_stays_open(self):
        move = self.sent(self.lines(), status="uncollectible")
        self.assertEqual(move.amount_residual, 120)

    def test_or_what_is_left_of_it_is_written_off(self):
        self.write_off()
        self.sent(self.lines())
        move = self.sent(
            self.lines(),
            hour=2,
            status="uncollectible",
            uncollectible_at="2026-05-01T00:00:00+00:00",
            amount_paid="20",
        )
        self.assertEqual(move.amount_residual, 20)
        self.assertEqual(self.balance("bad_debt"), {"bad_debt": 100})
        self.assertEqual(self.months()["bad_debt", 5], 100)

    def test_one_that_is_paid_after_all_is_not_written_off_any_more(self):
        self.write_off()
        values = {
            "status": "uncollectible",
            "uncollectible_at": "2026-05-01T00:00:00+00:00",
        }
        move = self.sent(self.lines(), **values)
        self.assertEqual(move.amount_residual, 0)
        self.sent(self.lines(), hour=2, **{**values, "status": "paid"})
        self.assertEqual(move.amount_residual, 120)
        self.assertEqual(self.balance("bad_debt"), {})
        self.assertNotIn(("bad_debt", 5), self.months())

    # -- changes --------------------------------------------------------------

    def test_a_change_of_a_posted_one_asks(self):
        move = self.sent(self.lines())
        self.sent(self.lines(200), hour=2, dunning="in_progress")
        self.assertEqual(move.amount_total, 120)
        self.assertEqual(move.connector_dunning, "in_progress")
        [(code, message)] = self.held("invoices", "in_1")
        self.assertEqual(code, "billing_document_changed")
        self.assertIn("INV-in_1", message)

    def test_it_closes_when_the_change_is_taken_back(self):
        self.sent(self.lines())
        self.sent(self.lines(200), hour=2)
        self.sent(self.lines(), hour=3)
        self.assertFalse(self.held("invoices", "in_1"))

    def test_a_person_has_it_booked_anew(self):
        move = self.sent(self.lines())
        self.sent(self.lines(200), hour=2)
        exception = self.exceptions(code="billing_document_changed")
        self.assertEqual(exception.fix_kinds[0], "book_anew")
        fix = self.env["connector.fix"].create(
            {"exception_id": exception.id, "kind": "book_anew", "reason": "Agreed"}
        )
        fix.action_apply()
        self.run_jobs()
        new = self.taken("invoices", "in_1")
        self.assertNotEqual(new, move)
        self.assertEqual((new.amount_total, new.state), (240, "posted"))
        self.assertFalse(self.held("invoices", "in_1"))
        self.sent(self.lines(300), hour=4)
        self.assertEqual(self.taken("invoices", "in_1"), new)
        self.assertTrue(self.held("invoices", "in_1"))

    def test_or_the_policy_reverses_it_and_books_it_anew(self):
        self.policy(correction="reverse")
        move = self.sent(self.lines())
        new = self.sent(self.lines(200), hour=2, dunning="stopped")
        self.assertEqual(move.payment_state, "reversed")
        self.assertEqual(new.name, "INV-in_1 (2)")
        self.assertEqual(new.connector_number, "INV-in_1")
        self.assertEqual(new.connector_dunning, "stopped")
        self.assertEqual(new.connector_total, 240)
        self.assertEqual(
            self.balance(), {"receivable": 240, "income": -200, "tax": -40}
        )
        third = self.sent(self.lines(50), hour=3)
        self.assertEqual(third.name, "INV-in_1 (3)")
        self.assertEqual(self.balance("income"), {"income": -50})

    def test_another_spelling_is_no_change(self):
        self.policy(correction="reverse")
        move = self.sent(self.lines())
        same = line("100.00", taxes=[tax(20, "20.00", "100.0")])
        self.assertEqual(self.sent(same, hour=2, memo="Hello"), move)

    def test_an_older_version_changes_nothing(self):
        move = self.sent(self.lines(200), hour=5)
        self.sent(self.lines(100), hour=4)
        self.assertEqual(move.amount_total, 240)
        self.assertFalse(self.held("invoices", "in_1"))

    def test_nothing_posted_is_ever_edited(self):
        move = self.sent(self.lines())
        columns = ("account_id", "balance", "amount_currency", "name", "date")
        before = move.line_ids.read(columns)
        self.policy(correction="reverse")
        self.sent(self.lines(), hour=2, due_date="2026-05-05", memo="new")
        self.sent(self.lines(200), hour=3)
        self.sent(self.lines(200), **self.VOID)
        self.assertEqual(move.line_ids.read(columns), before)
        self.assertEqual(self.balance(), {})

    def test_taxes_of_the_reversal_are_those_that_were_billed(self):
        lines = [line("3.33", taxes=[tax(20, "0.67", "3.33")]) for _n in range(3)]
        self.sent(*lines)
        self.sent(*lines, **self.VOID)
        self.assertEqual(self.balance(), {})

    def test_a_payment_of_a_void_one_stays_on_account(self):
        move = self.sent(self.lines())
        payment = self.env["account.move"].create(
            {
                "journal_id": self.books["bank"].id,
                "date": "2026-03-05",
                "line_ids": [
                    Command.create({"account_id": self.books["cash"].id, "debit": 120}),
                    Command.create(
                        {
                            "account_id": self.books["receivable"].id,
                            "partner_id": move.partner_id.id,
                            "credit": 120,
                        }
                    ),
                ],
            }
        )
        payment.action_post()
        (move._receivable() | payment._receivable()).reconcile()
        self.sent(self.lines(), **self.VOID)
        self.assertEqual(payment._receivable().amount_residual, -120)
        self.assertEqual(move.amount_residual, 0)
