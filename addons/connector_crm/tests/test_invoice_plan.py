import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common_handoff import HandoffCase


@tagged("post_install", "-at_install")
class TestInvoicePlan(HandoffCase):
    def planned(self, *milestones, **deal):
        if milestones:
            self.policy.write(
                {
                    "milestone_ids": [
                        Command.create({"name": name, "percent": percent, "days": days})
                        for name, percent, days in milestones
                    ],
                    "invoice_plan": "milestones",
                }
            )
        else:
            self.policy.invoice_plan = "full"
        lead = self.bound_deal(**deal)
        process = self.win(lead)
        self.assertEqual(process.state, "done", process.message)
        return self.orders(lead).invoice_plan_ids

    def days_pass(self, plan, days):
        for line in plan.line_ids:
            line.date -= datetime.timedelta(days=days)
        self.invoice_due()

    def invoice_due(self):
        self.commit()
        with self.worker() as env:
            env["connector.invoice.plan"]._cron_invoice()
        self.env.invalidate_all()

    def test_the_whole_order_is_one_draft_invoice(self):
        plan = self.planned()
        self.invoice_due()
        invoice = plan.line_ids.invoice_id
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("draft", 100))
        self.assertEqual(plan.state, "done")
        self.invoice_due()
        self.assertEqual(len(plan.order_id.invoice_ids), 1)

    def test_milestones_are_invoiced_when_they_are_due(self):
        plan = self.planned(("Signed", 30, 0), ("Half", 30, 30), ("End", 40, 60))
        self.assertEqual(plan.line_ids.mapped("amount"), [30, 30, 40])
        self.invoice_due()
        self.assertEqual(plan.line_ids.mapped("state"), ["invoiced"] + ["planned"] * 2)
        self.days_pass(plan, 30)
        self.days_pass(plan, 30)
        invoices = plan.line_ids.invoice_id
        self.assertEqual(len(invoices), 3)
        self.assertEqual(invoices.mapped("amount_total"), [30, 30, 40])
        self.assertEqual(sum(plan.order_id.invoice_ids.mapped("amount_total")), 100)
        self.assertEqual(plan.state, "done")

    def test_what_recurs_is_left_to_billing(self):
        recurring = {"recurring_period": "monthly", "term_months": 12}
        plan = self.planned(lines=[(1, 100.0), (1, 40.0, recurring)])
        self.assertEqual(plan.amount_total, 100)
        self.assertEqual(plan.amount_recurring, 40)
        self.invoice_due()
        self.assertEqual(plan.line_ids.invoice_id.amount_total, 100)

    def test_nothing_is_planned_where_all_of_it_recurs(self):
        recurring = {"recurring_period": "monthly", "term_months": 12}
        self.assertFalse(self.planned(lines=[(1, 40.0, recurring)]))

    def test_a_quotation_is_not_invoiced(self):
        self.policy.confirm = "never"
        plan = self.planned()
        self.invoice_due()
        self.assertFalse(plan.line_ids.invoice_id)

    def test_what_is_not_delivered_yet_waits(self):
        self.product.invoice_policy = "delivery"
        plan = self.planned()
        self.invoice_due()
        self.assertFalse(plan.line_ids.invoice_id)
        self.assertTrue(plan.line_ids.message)
        plan.order_id.order_line.qty_delivered = 1
        plan.line_ids.retry_at = False
        self.invoice_due()
        self.assertEqual(plan.line_ids.invoice_id.amount_total, 100)

    def test_parts_come_to_the_whole(self):
        plan = self.planned(("Signed", 30, 0), ("End", 70, 60))
        first, last = plan.line_ids
        with self.assertRaises(ValidationError):
            plan.line_ids = [Command.update(first.id, {"percent": 50})]
        plan.line_ids = [
            Command.update(first.id, {"percent": 50}),
            Command.update(last.id, {"percent": 50}),
        ]
        self.assertEqual(plan.line_ids.mapped("amount"), [50, 50])

    def test_what_is_invoiced_stays_as_it_is(self):
        plan = self.planned(("Signed", 30, 0), ("End", 70, 60))
        self.invoice_due()
        clerk = new_test_user(self.env, "clerk", groups="account.group_account_invoice")
        line = plan.line_ids[0].with_user(clerk)
        with self.assertRaises(UserError):
            line.date = self.day(9)
        with self.assertRaises(UserError):
            line.unlink()
        with self.assertRaises(AccessError):
            plan.line_ids[1].with_user(clerk).state = "invoiced"

    def test_a_milestone_is_invoiced_early_by_who_bills(self):
        plan = self.planned(("Signed", 30, 5), ("End", 70, 60))
        clerk = new_test_user(self.env, "clerk", groups="account.group_account_invoice")
        first, last = plan.line_ids.with_user(clerk)
        with self.assertRaises(UserError):
            last.action_invoice_now()
        first.action_invoice_now()
        self.assertEqual(first.invoice_id.amount_total, 30)
        seller = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_manager"
        )
        with self.assertRaises(AccessError):
            plan.line_ids[1].with_user(seller).action_invoice_now()
