from odoo import Command

from .common import BillingCase
from .common_billing import discount, invoice_record, line, tax


class TestInvoice(BillingCase):
    """An invoice is booked exactly as it was billed."""

    def tax_lines(self, move):
        return {
            item.tax_line_id.name: -item.amount_currency
            for item in move.line_ids
            if item.tax_line_id
        }

    def test_an_invoice_comes_as_it_was_billed(self):
        partner = self.customer()
        move = self.invoice(
            "in_1",
            line(
                100,
                taxes=[tax(20, 20, 100)],
                description="Pro, March",
                period_start="2026-03-01T00:00:00+00:00",
                period_end="2026-04-01T00:00:00+00:00",
            ),
            memo="Thank you",
            reference="PO 77",
        )
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.name, "INV-in_1")
        self.assertEqual(move.partner_id, partner)
        self.assertEqual(move.amount_total, 120)
        self.assertEqual(str(move.invoice_date), "2026-03-01")
        self.assertEqual(str(move.date), "2026-03-01")
        self.assertEqual(str(move.invoice_date_due), "2026-03-31")
        self.assertEqual(move.ref, "PO 77")
        self.assertIn("Thank you", move.narration)
        self.assertEqual(move.connector_status, "open")
        item = move.invoice_line_ids
        self.assertEqual(item.name, "Pro, March")
        self.assertEqual(str(item.connector_period_start), "2026-03-01")
        self.assertEqual(str(item.connector_period_end), "2026-03-31")
        self.assertEqual(
            self.balance(), {"receivable": 120, "income": -100, "tax": -20}
        )

    def test_a_second_pull_writes_nothing(self):
        record = invoice_record("in_1", line(100, taxes=[tax(20, 20, 100)]))
        self.customer()
        self.pull("invoices", record)
        before = self.fingerprint()
        job = self.pull("invoices", record)
        self.assertEqual(job.result.get("unchanged"), 1)
        after = self.fingerprint()
        for table in ("account_move", "account_move_line", "connector_binding"):
            self.assertEqual(before[table], after[table], table)

    def test_taxes_are_those_that_were_billed_whatever_odoo_rounds(self):
        # Odoo rounds 3 × 0.666 globally to 2.00; the vendor rounds each line.
        lines = [line("3.33", taxes=[tax(20, "0.67", "3.33")]) for _n in range(3)]
        move = self.invoice("in_1", *lines)
        self.assertEqual(self.tax_lines(move), {"VAT20": 2.01})
        self.assertEqual(move.amount_total, 12.0)
        self.assertEqual(
            self.balance(), {"receivable": 12.0, "income": -9.99, "tax": -2.01}
        )

    def test_several_taxes_of_one_line(self):
        move = self.invoice("in_1", line(100, taxes=[tax(20, 20, 100), tax(6, 6, 100)]))
        self.assertEqual(self.tax_lines(move), {"VAT20": 20, "VAT6": 6})
        self.assertEqual(move.amount_total, 126)

    def test_a_tax_in_the_price_stays_in_the_price(self):
        inclusive = tax(20, "16.67", "83.33", name="vat20i", inclusive=True)
        move = self.invoice("in_1", line(100, taxes=[inclusive]))
        self.assertEqual(move.amount_total, 100)
        self.assertEqual(self.tax_lines(move), {"VAT20I": 16.67})
        self.assertEqual(move.invoice_line_ids.price_unit, 100)

    def test_a_tax_in_the_price_may_be_one_on_top_in_odoo(self):
        inclusive = tax(20, "16.67", "83.33", name="vat20", inclusive=True)
        move = self.invoice("in_1", line(100, taxes=[inclusive]))
        self.assertEqual(move.amount_total, 100)
        self.assertEqual(self.tax_lines(move), {"VAT20": 16.67})
        self.assertEqual(move.amount_untaxed, 83.33)

    def test_a_tax_on_top_may_be_one_in_the_price_in_odoo(self):
        move = self.invoice("in_1", line(100, taxes=[tax(20, 20, 100, name="vat20i")]))
        self.assertEqual(move.amount_total, 120)
        self.assertEqual(move.amount_untaxed, 100)

    def test_quantity_and_price_stay_where_they_come_to_the_amount(self):
        move = self.invoice("in_1", line("30", quantity=3, unit=10))
        item = move.invoice_line_ids
        self.assertEqual((item.quantity, item.price_unit), (3, 10))
        move = self.invoice("in_2", line("0.12", quantity=1234, unit="0.0001"))
        item = move.invoice_line_ids
        self.assertEqual((item.quantity, item.price_unit), (1234, 0.0001))
        self.assertEqual(move.amount_total, 0.12)

    def test_otherwise_the_label_says_quantity_and_price(self):
        move = self.invoice("in_1", line("47.31", quantity=7, unit="10.01"))
        item = move.invoice_line_ids
        self.assertEqual(move.amount_total, 47.31)
        self.assertEqual(item.quantity, 7)
        move = self.invoice("in_2", line("10", quantity="0.333", unit="30"))
        item = move.invoice_line_ids
        self.assertEqual((item.quantity, item.price_unit), (1, 10))
        self.assertEqual(item.name, "Pro plan (0.333 × 30)")

    def test_a_discount_in_percent_stays_one(self):
        move = self.invoice(
            "in_1",
            line(
                200,
                quantity=2,
                unit=100,
                discounts=[discount(20, percent=10)],
                taxes=[tax(20, 36, 180)],
            ),
        )
        item = move.invoice_line_ids
        self.assertEqual((item.quantity, item.price_unit), (2, 100))
        self.assertEqual(item.discount, 10)
        self.assertEqual(move.amount_total, 216)

    def test_a_discount_that_is_no_percentage_is_a_line_of_its_own(self):
        move = self.invoice(
            "in_1",
            line(30, discounts=[discount(10)], taxes=[tax(20, "4.00", "20.00")]),
        )
        self.assertEqual(move.invoice_line_ids.mapped("price_subtotal"), [30.0, -10.0])
        self.assertIn("Discount Welcome", move.invoice_line_ids[1].name)
        self.assertEqual(move.amount_total, 24)
        self.assertEqual(self.tax_lines(move), {"VAT20": 4.0})

    def test_with_a_discount_account_each_discount_goes_there(self):
        self.policy(discount_account_id=self.books["discount"].id)
        self.invoice(
            "in_1",
            line(200, discounts=[discount(20)], taxes=[tax(20, 36, 180)]),
        )
        self.assertEqual(
            self.balance(),
            {"receivable": 216, "income": -200, "discount": 20, "tax": -36},
        )

    def test_a_line_may_be_free_by_its_discount(self):
        self.policy(discount_account_id=self.books["discount"].id)
        move = self.invoice(
            "in_1", line(50, discounts=[discount(50)], taxes=[tax(20, 0, 0)])
        )
        self.assertEqual(move.amount_total, 0)
        self.assertEqual(self.balance(), {"income": -50, "discount": 50})

    def test_a_proration_is_negative(self):
        move = self.invoice(
            "in_1",
            line(100, taxes=[tax(20, 20, 100)]),
            line("-33.33", kind="proration", taxes=[tax(20, "-6.67", "-33.33")]),
        )
        self.assertEqual(move.amount_total, 80)
        self.assertEqual(self.tax_lines(move), {"VAT20": 13.33})

    def test_an_invoice_of_nothing_is_paid_at_once(self):
        move = self.invoice("in_1", line(0, description="Trial"), status="paid")
        self.assertEqual((move.state, move.amount_total), ("posted", 0))
        self.assertEqual(move.payment_state, "paid")

    def test_a_negative_invoice_is_a_credit_note_under_its_number(self):
        move = self.invoice(
            "in_1", line(-100, kind="proration", taxes=[tax(20, -20, -100)])
        )
        self.assertEqual(move.move_type, "out_refund")
        self.assertEqual((move.name, move.state), ("INV-in_1", "posted"))
        self.assertEqual(self.balance(), {"receivable": -120, "income": 100, "tax": 20})

    def test_currencies_without_and_with_three_decimals(self):
        move = self.invoice(
            "in_1", line(1000, taxes=[tax(20, 200, 1000)]), currency="JPY"
        )
        self.assertEqual(move.amount_total, 1200)
        self.assertEqual(move.amount_total_signed, 7.5)
        move = self.invoice(
            "in_2", line("1.250", taxes=[tax(20, "0.250", "1.250")]), currency="KWD"
        )
        self.assertEqual(move.amount_total, 1.5)

    def test_the_rate_may_be_the_vendors(self):
        self.policy(rate_source="vendor")
        move = self.invoice("in_1", line(100), currency="USD", exchange_rate="1.1")
        self.assertAlmostEqual(move.amount_total_signed, 90.91, 2)
        move = self.invoice("in_2", line(100), currency="USD")
        self.assertEqual(move.amount_total_signed, 80)

    def test_lines_are_booked_by_the_account_map_with_analytics(self):
        product = self.product("prod_1")
        plan = self.env["account.analytic.plan"].create({"name": "Projects"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Cloud", "plan_id": plan.id, "company_id": self.company.id}
        )
        self.env["connector.billing.account"].create(
            {
                "policy_id": self.policy().id,
                "product_id": product.id,
                "account_id": self.books["usage_income"].id,
                "analytic_distribution": {str(analytic.id): 100},
            }
        )
        move = self.invoice("in_1", line(10, product="prod_1"), line(5))
        self.assertEqual(
            self.balance(), {"receivable": 15, "usage_income": -10, "income": -5}
        )
        self.assertEqual(move.line_ids.analytic_line_ids.amount, 10)
        self.assertEqual(move.invoice_line_ids[0].product_id, product)

    def test_what_is_due_is_told_again_and_what_is_collected(self):
        self.invoice("in_1", line(100), at="2026-03-01T10:00:00")
        move = self.invoice(
            "in_1",
            line(100),
            at="2026-03-05T10:00:00",
            due_date="2026-04-15",
            dunning="in_progress",
            attempts=2,
            last_failure="card_declined",
        )
        self.assertEqual(str(move.invoice_date_due), "2026-04-15")
        self.assertEqual(str(move._receivable().date_maturity), "2026-04-15")
        self.assertEqual(move.connector_dunning, "in_progress")
        self.assertEqual(move.connector_attempts, 2)
        self.assertEqual(
            len(
                self.env["account.move"].search([("company_id", "=", self.company.id)])
            ),
            1,
        )

    def test_a_batch_of_invoices_comes_with_few_queries(self):
        self.customer()

        def page(first, count):
            return [
                invoice_record(f"in_{n}", line(100, taxes=[tax(20, 20, 100)]))
                for n in range(first, first + count)
            ]

        self.pull("invoices", *page(0, 5))
        few = self.queries_of("invoices", *page(10, 5))
        many = self.queries_of("invoices", *page(20, 25))
        self.assertLess(many - few, 20 * 12)

    def test_two_thousand_lines(self):
        lines = [
            line("0.33", taxes=[tax(20, "0.07", "0.33")], description=f"Day {n}")
            for n in range(2000)
        ]
        move = self.invoice("in_1", *lines)
        self.assertEqual(len(move.invoice_line_ids), 2000)
        self.assertEqual(move.amount_total, 800)
        self.assertEqual(self.tax_lines(move), {"VAT20": 140})

    def test_a_group_of_taxes_is_split_by_its_rates(self):
        group = self.new_tax(
            "gst",
            0,
            amount_type="group",
            children_tax_ids=[
                Command.set((self.books["vat20"] | self.books["vat6"]).ids)
            ],
            invoice_repartition_line_ids=[Command.clear()],
            refund_repartition_line_ids=[Command.clear()],
        )
        values = self.connection.value_map_ids.line_ids
        values.filtered(lambda v: v.remote_value == "vat6i").res_id = group.id
        move = self.invoice(
            "in_1", line("9.99", taxes=[tax(26, "2.60", "9.99", name="vat6i")])
        )
        self.assertEqual(self.tax_lines(move), {"VAT20": 2.0, "VAT6": 0.6})
