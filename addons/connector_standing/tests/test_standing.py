import datetime

from odoo import fields
from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common_standing import StandingCase


@tagged("post_install", "-at_install")
class TestStanding(StandingCase):
    # -- figures --------------------------------------------------------------

    def test_an_invoice_is_open_from_when_it_is_posted(self):
        invoice = self.invoice(self.acme, 100, post=False)
        self.assertFalse(self.standing())
        invoice.action_post()
        row = self.standing()
        self.assertEqual(row.open_balance, 100)
        self.assertEqual(row.payment_status, "current")
        self.assertFalse(row.is_overdue)

    def test_what_was_due_is_overdue_since_the_oldest(self):
        self.invoice(self.acme, 100, due=-40)
        self.invoice(self.acme, 50, due=-3)
        self.invoice(self.acme, 25, due=10)
        row = self.standing()
        self.assertEqual(row.open_balance, 175)
        self.assertEqual(row.overdue_balance, 150)
        self.assertEqual(row.overdue_days, 40)
        self.assertTrue(row.is_overdue)
        self.assertEqual(row.payment_status, "overdue")

    def test_what_is_due_today_is_not_overdue(self):
        self.invoice(self.acme, 100, due=0)
        self.assertFalse(self.standing().is_overdue)

    def test_a_payment_settles_and_is_the_last_one(self):
        invoice = self.invoice(self.acme, 100, due=-5)
        self.assertTrue(self.standing().is_overdue)
        self.payment(self.acme, 100, on=-1, of=invoice)
        row = self.standing()
        self.assertEqual(row.open_balance, 0)
        self.assertFalse(row.is_overdue)
        self.assertEqual(row.last_payment_date, self.day(-1))
        self.assertEqual(row.last_payment_amount, 100)

    def test_money_on_account_covers_what_is_overdue(self):
        self.invoice(self.acme, 100, due=-5)
        self.payment(self.acme, 150)
        row = self.standing()
        self.assertEqual(row.open_balance, -50)
        self.assertEqual(row.overdue_balance, 0)
        self.assertFalse(row.is_overdue)

    def test_people_and_branches_count_for_their_company(self):
        person = self.customer("Jo", is_company=False, parent_id=self.acme.id)
        self.invoice(person, 70)
        self.assertEqual(self.standing().open_balance, 70)
        self.assertFalse(self.standing(person))

    def test_the_last_confirmed_order_counts(self):
        self.order(self.acme)
        last = self.order(self.acme)
        self.order(self.acme, confirm=False)
        row = self.standing()
        self.assertEqual(row.last_order_number, last.name)
        self.assertEqual(row.last_order_status, "confirmed")
        self.assertEqual(row.invoice_status, last.invoice_status)

    def test_another_company_has_its_own_standing(self):
        self.invoice(self.acme, 100)
        self.work_out()
        other = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self.acme.standing_open_balance, 100)
        self.assertEqual(self.acme.with_company(other).standing_open_balance, 0)

    # -- when -----------------------------------------------------------------

    def test_the_day_makes_overdue(self):
        self.invoice(self.acme, 100, due=-1)
        row = self.standing()
        self.assertEqual(row.overdue_days, 1)
        receivable = self.books["receivable"]
        lines = self.env["account.move.line"].search(
            [("account_id", "=", receivable.id)]
        )
        self.commit()
        # A day passes and nothing is written.
        self.env.cr.execute(
            "UPDATE account_move_line SET date_maturity = date_maturity - 1"
            " WHERE id = ANY(%s)",
            [lines.ids],
        )
        self.env.invalidate_all()
        self.minutes_pass(20)
        self.work_out()
        self.assertEqual(row.overdue_days, 1)
        self.env["connector.customer.standing"]._cron_daily()
        self.work_out()
        self.assertEqual(row.overdue_days, 2)

    def test_what_is_the_same_is_not_written(self):
        invoice = self.invoice(self.acme, 100)
        row = self.standing()
        before = row.published_at
        self.minutes_pass(60)
        self.env.company.standing_interval = 0
        before = row.published_at
        invoice.line_ids.invalidate_recordset()
        self.env["connector.customer.standing"]._cron_daily()
        self.work_out()
        self.assertEqual(row.published_at, before)
        self.assertGreater(row.computed_at, before)
        self.assertFalse(self.env["connector.standing.mark"].search([]))

    def test_changes_in_a_row_are_told_once_and_not_forgotten(self):
        self.invoice(self.acme, 100)
        row = self.standing()
        self.invoice(self.acme, 20)
        self.invoice(self.acme, 30)
        self.work_out()
        self.assertEqual(row.open_balance, 100)
        mark = self.env["connector.standing.mark"].search([])
        self.assertEqual(len(mark), 1)
        self.assertEqual(mark.due_at, row.published_at + datetime.timedelta(minutes=15))
        self.minutes_pass(16)
        self.work_out()
        self.assertEqual(row.open_balance, 150)
        self.assertFalse(self.env["connector.standing.mark"].search([]))

    def test_a_payment_is_told_at_once(self):
        invoice = self.invoice(self.acme, 100)
        row = self.standing()
        self.payment(self.acme, 100, of=invoice)
        self.work_out()
        self.assertEqual(row.open_balance, 0)

    def test_a_payment_waits_where_the_company_says_so(self):
        self.env.company.standing_payment_at_once = False
        invoice = self.invoice(self.acme, 100)
        row = self.standing()
        self.payment(self.acme, 100, of=invoice)
        self.work_out()
        self.assertEqual(row.open_balance, 100)

    def test_what_is_rolled_back_marks_nobody(self):
        with self.env.cr.savepoint() as savepoint:
            self.invoice(self.acme, 100)
            savepoint.rollback()
        self.work_out()
        self.assertFalse(self.standing())

    # -- cost -----------------------------------------------------------------

    def test_many_customers_cost_the_queries_of_one(self):
        def queries(count, name):
            partners = [self.customer(f"{name} {n}") for n in range(count)]
            for partner in partners:
                self.invoice(partner, 10, due=-3)
            self.commit()
            now = fields.Datetime.now()
            rows = self.env["connector.customer.standing"]._due_marks(now)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["connector.customer.standing"]._work_off(rows, now)
            return self.env.cr.sql_log_count - before

        queries(2, "Warm")
        few = queries(2, "Few")
        many = queries(30, "Many")
        self.assertLessEqual(many, few)
        # Addons that are installed, as that of the desks, add figures of their own.
        self.assertLess(many, 30)

    def test_a_posting_costs_a_note_and_a_call_of_the_cron(self):
        invoice = self.invoice(self.acme, 100, post=False)
        self.commit()
        marks = self.env["connector.standing.mark"]
        marks._note("account.move.line", invoice.line_ids.ids)
        before = self.env.cr.sql_log_count
        marks._write_noted()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 3)

    # -- out ------------------------------------------------------------------

    def told(self):
        """What the vendor has been told since it was asked last."""
        self.vendor.sent.clear()
        self.push()
        return {k: v for values in self.sent() for k, v in values.items()}

    def bound(self):
        self.pull("companies", remote(1, name="Acme"))
        partner = self.taken("companies", 1)
        partner.property_account_receivable_id = self.books["receivable"]
        self.push()
        return partner

    def test_the_vendor_is_told_what_changed(self):
        partner = self.bound()
        self.invoice(partner, 100, due=-7)
        self.work_out()
        told = self.told()
        self.assertEqual(float(told["open_balance"]), 100)
        self.assertEqual(told["overdue_days"], 7)
        self.assertIs(told["is_overdue"], True)
        self.assertEqual(told["payment_status"], "overdue")
        self.assertEqual(told["standing_currency"], self.env.company.currency_id.name)
        self.assertNotIn("name", told)

    def test_the_vendor_is_not_told_the_same_again(self):
        partner = self.bound()
        self.invoice(partner, 100)
        self.work_out()
        self.assertTrue(self.told())
        self.env["connector.customer.standing"]._cron_daily()
        self.work_out()
        self.assertFalse(self.waiting())
        self.assertFalse(self.told())

    def test_a_settled_balance_goes_out_as_zero(self):
        partner = self.bound()
        invoice = self.invoice(partner, 100, due=-7)
        self.work_out()
        self.told()
        self.payment(partner, 100, of=invoice)
        self.work_out()
        told = self.told()
        self.assertEqual(float(told["open_balance"]), 0)
        self.assertIs(told["is_overdue"], False)
        self.assertEqual(told["last_payment_date"], str(self.day(0)))

    def test_number_and_payment_terms_go_out(self):
        partner = self.bound()
        term = self.env["account.payment.term"].create({"name": "14 days net"})
        partner.write({"ref": "C-77", "property_payment_term_id": term.id})
        told = self.told()
        self.assertEqual(told["customer_number"], "C-77")
        self.assertEqual(told["payment_terms"], "14 days net")

    def test_nothing_of_it_comes_in(self):
        partner = self.bound()
        self.invoice(partner, 100)
        self.work_out()
        self.pull("companies", remote(1, name="Acme", open_balance="5"))
        self.assertEqual(partner.standing_open_balance, 100)

    def test_customers_that_become_one_stand_in_one_way(self):
        other = self.customer("Acme Two")
        self.invoice(self.acme, 100)
        self.invoice(other, 40)
        self.assertEqual(self.standing(other).open_balance, 40)
        merging = self.env["base.partner.merge.automatic.wizard"]
        merging._merge((self.acme | other).ids, self.acme)
        self.assertEqual(self.standing().open_balance, 140)
