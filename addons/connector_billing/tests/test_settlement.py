import base64

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_money import MoneyCase

#: A report of Stripe, with a column that nobody asks for.
HEADER = (
    *("automatic_payout_id", "automatic_payout_effective_at_utc"),
    *("balance_transaction_id", "created_utc", "available_on_utc", "currency"),
    *("gross", "fee", "net", "reporting_category", "source_id", "description"),
    *("customer_facing_amount", "customer_facing_currency"),
)
PAID_OUT = ("po_1", "2026-03-06 00:00:00")
DAYS = ("2026-03-02 10:00:00", "2026-03-04 00:00:00")
ROWS = (
    (
        *(*PAID_OUT, "txn_1", *DAYS, "eur", "100.00", "3.20", "96.80", "charge"),
        *("ch_9", "Pro", "100.00", "eur"),
    ),
    (
        *(*PAID_OUT, "txn_2", *DAYS, "eur", "-20.00", "0.00", "-20.00", "refund"),
        *("re_1", "", "-20.00", "eur"),
    ),
    (
        *(*PAID_OUT, "txn_3", *DAYS, "eur", "-1.50", "0.00", "-1.50", "fee"),
        *("", "Radar", "", ""),
    ),
)
STRIPE = "\n".join(",".join(row) for row in (HEADER, *ROWS))


@tagged("post_install", "-at_install")
class TestSettlement(MoneyCase):
    def wizard(self, text, preset="stripe", **vals):
        wizard = self.env["connector.settlement.import"].create(
            {
                "connection_id": self.connection.id,
                "preset": preset,
                "file": base64.b64encode(text.encode()),
                "file_name": "payouts.csv",
                **vals,
            }
        )
        wizard.action_columns()
        return wizard

    def take(self, text, **vals):
        wizard = self.wizard(text, **vals)
        wizard.action_import()
        self.run_jobs()
        return wizard

    def mirrors(self):
        return {
            name: self.env[name].search([("connection_id", "=", self.connection.id)])
            for name in ("connector.payout", "connector.balance.transaction")
        }

    def test_a_file_brings_payouts_and_fees_and_settles_them(self):
        # A system that bills names the gateway's charge beside its own id.
        self.payment("pay_1", 100, gateway_id="ch_9")
        self.refund("re_1", 20, payment="pay_1")
        self.take(STRIPE)
        payout = self.mirrors()["connector.payout"]
        self.assertEqual(payout.amount, 75.3)
        self.assertEqual(str(payout.arrival_date), "2026-03-06")
        self.assertTrue(payout.is_settled, payout.booking_note)
        self.assertEqual(
            self.balance("clearing", "fees", "transit"), {"fees": 4.7, "transit": 75.3}
        )
        self.assertEqual(self.open_items("clearing"), [])

    def test_a_dry_run_writes_nothing_and_says_what_would_be(self):
        wizard = self.wizard(STRIPE)
        self.assertEqual(wizard.state, "preview")
        self.assertEqual((wizard.new_count, wizard.bad_count), (3, 0))
        self.assertIn("75.30", wizard.summary)
        self.assertFalse(any(self.mirrors().values()))

    def test_the_same_file_twice_is_taken_once(self):
        self.take(STRIPE)
        before = {name: found.ids for name, found in self.mirrors().items()}
        wizard = self.take(STRIPE)
        self.assertEqual(wizard.new_count, 0)
        self.assertEqual(
            before, {name: found.ids for name, found in self.mirrors().items()}
        )

    def test_what_a_file_brought_is_known_when_it_is_pulled(self):
        self.take(STRIPE)
        transactions = self.mirrors()["connector.balance.transaction"]
        entry = transactions.filtered(lambda tx: tx.remote_id == "txn_1").move_id
        pulled = self.transaction("txn_1", 100, 3.2, payment="ch_9", payout="po_1")
        self.assertEqual(pulled.move_id, entry)
        self.assertEqual(self.mirrors()["connector.balance.transaction"], transactions)

    def test_bad_rows_are_named_and_nothing_of_the_file_is_taken(self):
        text = STRIPE.replace("-20.00,0.00,-20.00,refund", "x,0.00,-20.00,refund")
        text = text.replace("-1.50,fee", "-1.50,wonder")
        wizard = self.wizard(text)
        self.assertEqual(wizard.bad_count, 2)
        self.assertEqual(wizard.bad_row_ids.mapped("number"), [3, 4])
        self.assertIn("wonder", wizard.bad_row_ids[1].problem)
        with self.assertRaisesRegex(UserError, "taken whole"):
            wizard.action_import()
        self.assertFalse(any(self.mirrors().values()))

    def test_a_row_that_differs_from_what_was_taken_is_named(self):
        self.take(STRIPE)
        wizard = self.wizard(STRIPE.replace("100.00,3.20,96.80", "100.00,3.10,96.90"))
        self.assertIn("txn_1", wizard.bad_row_ids.problem)

    def test_another_table_is_read_by_its_columns(self):
        self.payment("pay_1", 1234.5, gateway_id="ref 1")
        text = (
            "Date;Type;Reference;Gross;Fee;Net;Currency;Payout ID\n"
            "02.03.2026;Payment;ref 1;1.234,50;34,50;1.200,00;EUR;P1\n"
            "02.03.2026;Fee;;-1,00;;-1,00;EUR;P1\n"
            "02.03.2026;Fee;;-1,00;;-1,00;EUR;P1\n"
        )
        self.take(text, preset="generic", decimal_comma=True)
        payout = self.mirrors()["connector.payout"]
        self.assertEqual(payout.amount, 1198)
        self.assertTrue(payout.is_settled, payout.booking_note)
        # Two rows that are alike are two; in a second file they are the same two.
        wizard = self.take(text, preset="generic", decimal_comma=True)
        self.assertEqual(wizard.new_count, 0)

    def test_a_file_without_a_column_that_it_needs_asks_for_it(self):
        wizard = self.wizard(
            "When,Type,Gross,Currency\n2026-03-02,fee,-1,EUR\n", "generic"
        )
        self.assertEqual(wizard.state, "columns")
        with self.assertRaisesRegex(UserError, "date"):
            wizard.action_preview()
        wizard.column_ids.filtered(lambda c: c.name == "date").header = "When"
        wizard.action_preview()
        self.assertEqual(wizard.new_count, 1)
