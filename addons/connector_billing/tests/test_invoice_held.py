from .common import BillingCase
from .common_billing import discount, invoice_record, line, tax


class TestInvoiceHeld(BillingCase):
    """What can't be booked is held with one clear reason, and its neighbours go on."""

    def retry(self, *records):
        self.pull_again("invoices", *records)
        return self.taken("invoices", records[0].remote_id)

    def test_a_tax_that_nobody_has_mapped(self):
        lines = [line(100, taxes=[tax(7, 7, 100)])]
        [(code, message)] = self.held_invoice("in_1", *lines)
        self.assertEqual(code, "unmapped_value")
        self.assertIn("vat7", message)
        exception = self.exceptions(code="unmapped_value")
        self.assertEqual(exception.fix_kinds[0], "map_value")
        exception.value_line_id.res_id = self.new_tax("vat7", 7).id
        self.run_jobs()
        self.assertEqual(self.taken("invoices", "in_1").amount_total, 107)

    def test_a_tax_with_another_amount_than_its_rate_comes_to(self):
        record = invoice_record("in_1", line(100, taxes=[tax(20, "19.98", 100)]))
        [(code, message)] = self.held_invoice(
            "in_1", line(100, taxes=[tax(20, "19.98", 100)])
        )
        self.assertEqual(code, "billing_tax_differs")
        for part in ("VAT20", "19.98", "20.00"):
            self.assertIn(part, message)
        self.books["vat20"].amount = 19.98
        self.assertEqual(self.retry(record).amount_total, 119.98)

    def test_half_a_cent_for_each_line_is_rounding_and_more_is_not(self):
        lines = [line("3.33", taxes=[tax(20, "0.67", "3.33")]) for _n in range(3)]
        self.assertEqual(self.invoice("in_1", *lines).amount_tax, 2.01)
        lines[0]["taxes"][0]["amount"] = "0.68"
        lines[1]["taxes"][0]["amount"] = "0.68"
        [(code, _message)] = self.held_invoice("in_2", *lines)
        self.assertEqual(code, "billing_tax_differs")

    def test_a_tax_that_means_none_in_odoo(self):
        values = self.connection.value_map_ids.line_ids
        values.filtered(lambda v: v.remote_value == "vat6").write(
            {"res_id": False, "skip": True}
        )
        move = self.invoice("in_1", line(100, taxes=[tax(6, 0, 100)]))
        self.assertFalse(move.invoice_line_ids.tax_ids)
        [(code, _message)] = self.held_invoice(
            "in_2", line(100, taxes=[tax(6, 6, 100)])
        )
        self.assertEqual(code, "billing_tax_left_out")

    def test_a_total_that_the_lines_do_not_come_to(self):
        [(code, message)] = self.held_invoice("in_1", line(100), total="100.02")
        self.assertEqual(code, "billing_total_differs")
        self.assertIn("100.02", message)
        self.policy(rounding_account_id=self.books["rounding"].id, tolerance=0.02)
        move = self.retry(invoice_record("in_1", line(100), total="100.02"))
        self.assertEqual(move.amount_total, 100.02)
        self.assertEqual(move.invoice_line_ids[1].name, "Rounding difference")
        self.assertEqual(self.balance("rounding"), {"rounding": -0.02})

    def test_what_the_vendor_rounds_off_needs_an_account(self):
        [(code, _message)] = self.held_invoice(
            "in_1", line("99.98"), total="100", rounding="0.02"
        )
        self.assertEqual(code, "billing_no_rounding_account")
        self.policy(rounding_account_id=self.books["rounding"].id)
        move = self.retry(
            invoice_record("in_1", line("99.98"), total="100", rounding="0.02")
        )
        self.assertEqual(move.amount_total, 100)

    def test_a_line_that_nothing_says_the_account_of(self):
        self.books["sale"].default_account_id = False
        [(code, message)] = self.held_invoice("in_1", line(100, description="Seats"))
        self.assertEqual(code, "billing_no_account")
        self.assertIn("Seats", message)
        self.policy(account_id=self.books["income"].id)
        self.assertEqual(self.retry(invoice_record("in_1", line(100))).state, "posted")

    def test_a_policy_without_a_journal(self):
        self.policy(journal_id=False, account_id=self.books["income"].id)
        [(code, _message)] = self.held_invoice("in_1", line(100))
        self.assertEqual(code, "billing_no_journal")

    def test_a_currency_that_is_not_used(self):
        inactive = self.env["res.currency"].with_context(active_test=False)
        inactive.search([("name", "=", "SEK")]).active = False
        [(code, message)] = self.held_invoice("in_1", line(100), currency="SEK")
        self.assertEqual(code, "billing_currency_inactive")
        self.assertIn("SEK", message)
        [(code, _message)] = self.held_invoice("in_2", line(100), currency="XQQ")
        self.assertEqual(code, "billing_currency_unknown")

    def test_a_currency_without_a_rate(self):
        self.env.ref("base.CHF").active = True
        [(code, _message)] = self.held_invoice("in_1", line(100), currency="CHF")
        self.assertEqual(code, "no_rate")

    def test_a_currency_is_activated_by_the_fix(self):
        self.env["res.currency"].search([("name", "=", "SEK")]).active = False
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.env.ref("base.SEK").id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 10,
            }
        )
        self.held_invoice("in_1", line(100), currency="SEK")
        exception = self.exceptions(code="billing_currency_inactive")
        self.assertEqual(exception.fix_kinds[0], "activate_currency")
        fix = self.env["connector.fix"].create({"exception_id": exception.id})
        fix.kind = "activate_currency"
        fix.action_apply()
        self.run_jobs()
        self.assertEqual(self.taken("invoices", "in_1").amount_total_signed, 10)

    def test_a_number_that_the_journal_has_already(self):
        self.invoice("in_1", line(100))
        [(code, message)] = self.held_invoice("in_2", line(100), number="INV-in_1")
        self.assertEqual(code, "billing_number_taken")
        self.assertIn("INV-in_1", message)

    def test_a_customer_that_is_gone(self):
        self.pull("invoices", invoice_record("in_1", line(100), customer="cus_gone"))
        [(code, _message)] = self.held("invoices", "in_1")
        self.assertEqual(code, "missing_parent")

    def test_a_customer_that_was_merged_in_odoo(self):
        old = self.customer()
        new = self.env["res.partner"].create({"name": "Survivor"})
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (old | new).ids, dst_partner=new
        )
        move = self.brought("invoices", invoice_record("in_1", line(100)))
        self.assertEqual(move.partner_id, new)

    def test_neighbours_go_on(self):
        self.customer()
        self.pull(
            "invoices",
            invoice_record("in_1", line(100)),
            invoice_record("in_2", line(100), total="1"),
            invoice_record("in_3", line(100, discounts=[discount(1)])),
        )
        self.assertEqual(self.codes("invoices", "in_2"), ["billing_total_differs"])
        for remote_id in ("in_1", "in_3"):
            self.assertEqual(self.taken("invoices", remote_id).state, "posted")
