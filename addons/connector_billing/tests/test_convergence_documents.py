import random

from .common import BillingCase
from .common_billing import (
    application,
    credit_record,
    discount,
    invoice_record,
    line,
    tax,
)

#: Orders that are tried besides the one in which it happened.
ORDERS = 2
VOID = {"status": "void", "voided_at": "2026-04-03T12:00:00+00:00"}
GIVEN_UP = {"status": "uncollectible", "uncollectible_at": "2026-05-01T00:00:00+00:00"}


def taxed(amount, **values):
    return line(amount, taxes=[tax(20, amount / 5, amount)], **values)


def history():
    """``[(stream, record)]`` in the order in which the vendor made them."""
    off = line(80, discounts=[discount(10)], taxes=[tax(20, 14, 70)])
    moments = iter(f"2026-03-02T00:00:{second:02}" for second in range(60))

    def invoice(remote_id, *lines, **values):
        record = invoice_record(remote_id, *lines, at=next(moments), **values)
        return "invoices", record

    def credit(remote_id, *lines, **values):
        record = credit_record(remote_id, *lines, at=next(moments), **values)
        return "credit_notes", record

    return [
        invoice("in_1", taxed(100), currency="USD"),
        invoice("in_1", taxed(100), currency="USD", dunning="in_progress", attempts=2),
        invoice("in_1", taxed(100), currency="USD", **GIVEN_UP),
        invoice("in_2", off, taxed(-30, kind="proration")),
        invoice("in_2", off, taxed(-30, kind="proration"), **VOID),
        invoice("in_3", taxed(200)),
        credit(
            "cn_1",
            taxed(50),
            applications=[application("in_3", 40)],
            to_balance="20",
        ),
        invoice("in_4", taxed(40), applied_balance="20"),
        invoice("in_5", taxed(60)),
        invoice("in_5", taxed(90)),
        invoice("in_6", taxed(10), **GIVEN_UP),
        invoice("in_6", taxed(10), status="paid"),
        credit("cn_2", taxed(5), applications=[application("in_5", 6)]),
        credit("cn_2", taxed(5), applications=[application("in_5", 6)], **VOID),
    ]


class TestConvergence(BillingCase):
    """The books depend on the vendor's latest states, on nothing else."""

    def setUp(self):
        super().setUp()
        self.customer()
        self.policy(
            correction="reverse",
            uncollectible="write_off",
            write_off_account_id=self.books["bad_debt"].id,
        )

    def result(self, events):
        """What the books say after these events; they are taken back then."""
        with self.env.cr.savepoint() as savepoint:
            for stream, record in events:
                self.pull_again(stream, record)
            found = self.state()
            savepoint.rollback()
        self.env.invalidate_all()
        return found

    def state(self):
        """Balances by account, month and currency, and what each document has left."""
        self.env.flush_all()
        lines = self.env["account.move.line"]
        posted = [
            ("company_id", "=", self.company.id),
            ("parent_state", "=", "posted"),
        ]
        months = {
            (account.code, str(month), currency.name): (
                round(balance, 2),
                round(amount, 2),
            )
            for account, month, currency, balance, amount in lines._read_group(
                posted,
                ["account_id", "date:month", "currency_id"],
                ["balance:sum", "amount_currency:sum"],
            )
        }
        debits, credits = lines._read_group(posted, [], ["debit:sum", "credit:sum"])[0]
        self.assertEqual(round(debits, 2), round(credits, 2))
        documents = self.env["account.move"].search(
            [("company_id", "=", self.company.id), ("connector_role", "=", "document")]
        )
        left = {
            (move.connector_number, move.connector_status, move.amount_residual)
            for move in documents
        }
        return {key: pair for key, pair in months.items() if any(pair)}, left

    def test_any_order_with_repeats_comes_to_the_same_books(self):
        events = history()
        expected = self.result(events)
        self.assertIn(("INV-in_5", "open", 108.0), expected[1])
        self.assertIn(("INV-in_1", "uncollectible", 0.0), expected[1])
        for seed in range(ORDERS):
            shuffled = random.Random(seed)
            mixed = events + shuffled.sample(events, 4)
            shuffled.shuffle(mixed)
            with self.subTest(seed=seed):
                self.assertEqual(self.result(mixed), expected)
