import itertools

from .common import BillingCase
from .common_billing import (
    application,
    credit_record,
    invoice_record,
    line,
    tax,
)


class TestCreditNote(BillingCase):
    def both(self, amount=100, part=100, **values):
        """An invoice, and a credit note of a part of it that is applied to it."""
        move = self.invoice("in_1", line(amount, taxes=[tax(20, amount / 5, amount)]))
        credit = self.credit_note(
            "cn_1",
            line(part, taxes=[tax(20, part / 5, part)]),
            invoice="in_1",
            applications=[application("in_1", part * 1.2)],
            **values,
        )
        return move, credit

    def test_it_is_linked_and_reconciled_with_its_invoice(self):
        move, credit = self.both()
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual((credit.name, credit.state), ("CN-cn_1", "posted"))
        self.assertEqual(credit.reversed_entry_id, move)
        self.assertEqual(move.amount_residual, 0)
        self.assertEqual(self.balance(), {})

    def test_a_part_takes_just_its_part_off(self):
        move, credit = self.both(part=25)
        self.assertEqual(move.amount_residual, 90)
        self.assertEqual(credit.amount_residual, 0)
        self.assertEqual(credit.connector_credit_ids.applied_amount, 30)

    def test_a_part_of_a_tax_that_was_rounded_may_be_rounded_again(self):
        lines = line("10.04", taxes=[tax(20, "2.00", "10.04")])
        self.assertTrue(self.credit_note("cn_1", lines))
        self.pull("invoices", invoice_record("in_1", lines))
        self.assertFalse(self.taken("invoices", "in_1"))

    def test_it_takes_no_more_off_than_the_vendor_says(self):
        self.invoice("in_1", line(100))
        credit = self.credit_note(
            "cn_1",
            line(60),
            invoice="in_1",
            applications=[application("in_1", 20)],
            to_balance="40",
        )
        self.assertEqual(self.taken("invoices", "in_1").amount_residual, 80)
        self.assertEqual(credit.amount_residual, 40)

    def test_what_is_kept_as_balance_is_used_by_a_later_invoice(self):
        self.invoice("in_1", line(100))
        self.credit_note("cn_1", line(60), invoice="in_1", to_balance="60")
        later = self.invoice("in_2", line(50), applied_balance="50")
        self.assertEqual(later.amount_residual, 0)
        self.assertEqual(self.taken("credit_notes", "cn_1").amount_residual, 10)
        self.assertEqual(self.taken("invoices", "in_1").amount_residual, 100)

    def test_a_negative_invoice_is_used_by_a_later_one(self):
        self.invoice("in_1", line(-30))
        later = self.invoice("in_2", line(50), applied_balance="30")
        self.assertEqual(later.amount_residual, 20)

    def test_it_waits_for_an_invoice_that_is_held(self):
        self.customer()
        self.pull("invoices", invoice_record("in_1", line(100), total="1"))
        credit = self.credit_note(
            "cn_1", line(40), applications=[application("in_1", 40)]
        )
        self.assertEqual(credit.amount_residual, 40)
        self.pull_again("invoices", invoice_record("in_1", line(100)))
        self.assertEqual(credit.amount_residual, 0)
        self.assertEqual(self.taken("invoices", "in_1").amount_residual, 60)

    def test_another_application_is_another_reconciling(self):
        self.invoice("in_1", line(100))
        self.invoice("in_2", line(100))
        self.credit_note(
            "cn_1",
            line(40),
            applications=[application("in_1", 40)],
            at="2026-03-10T10:00:00",
        )
        self.credit_note(
            "cn_1",
            line(40),
            applications=[application("in_2", 30)],
            at="2026-03-11T10:00:00",
        )
        self.assertEqual(self.taken("invoices", "in_1").amount_residual, 100)
        self.assertEqual(self.taken("invoices", "in_2").amount_residual, 70)

    def test_a_void_one_gives_back_what_it_took(self):
        move, credit = self.both(part=25, at="2026-03-10T10:00:00")
        self.pull(
            "credit_notes",
            credit_record(
                "cn_1",
                line(25, taxes=[tax(20, "5", 25)]),
                invoice="in_1",
                applications=[application("in_1", 30)],
                status="void",
                voided_at="2026-03-12T00:00:00+00:00",
                at="2026-03-12T10:00:00",
            ),
        )
        self.assertEqual(move.amount_residual, 120)
        self.assertEqual(credit.amount_residual, 0)
        self.assertEqual(str(credit._reversals().date), "2026-03-12")
        self.assertEqual(
            self.balance(), {"receivable": 120, "income": -100, "tax": -20}
        )

    def test_the_order_of_arrival_does_not_matter(self):
        self.customer()
        records = {
            "invoices": [
                invoice_record("in_1", line(100)),
                invoice_record("in_2", line(50), applied_balance="15"),
            ],
            "credit_notes": [
                credit_record(
                    "cn_1",
                    line(60),
                    applications=[application("in_1", 45)],
                    to_balance="15",
                )
            ],
        }
        steps = [(name, record) for name, group in records.items() for record in group]
        found = set()
        for order in itertools.permutations(range(3)):
            with self.env.cr.savepoint() as savepoint:
                for number in order:
                    name, record = steps[number]
                    self.pull_again(name, record)
                moves = self.env["account.move"].search(
                    [("company_id", "=", self.company.id)], order="name"
                )
                found.add(
                    tuple((m.name, m.amount_residual, str(m.date)) for m in moves)
                )
                savepoint.rollback()
            self.env.invalidate_all()
        self.assertEqual(
            found,
            {
                (
                    ("CN-cn_1", 0.0, "2026-03-10"),
                    ("INV-in_1", 55.0, "2026-03-01"),
                    ("INV-in_2", 35.0, "2026-03-01"),
                )
            },
        )
