from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ConnectorInvoicePlan(models.Model):
    """When an order is invoiced, as draft invoices: whole, or by milestones.

    Milestones but the last are down payments, as Odoo's own button makes them; the last
    one invoices what the order's lines have to be invoiced for and deducts them. What
    recurs is left to whoever bills subscriptions. ``connector_invoice_plan_run`` makes
    the invoices.
    """

    _name = "connector.invoice.plan"
    _description = "Invoice Plan"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, readonly=True, ondelete="cascade"
    )
    process_id = fields.Many2one(
        "connector.process",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="connector_base.group_viewer",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(related="order_id.partner_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    order_state = fields.Selection(related="order_id.state", string="Order Status")
    line_ids = fields.One2many("connector.invoice.plan.line", "plan_id", copy=False)
    amount_total = fields.Monetary(
        string="To Invoice Once",
        compute="_compute_amounts",
        help="With taxes, without what recurs.",
    )
    amount_recurring = fields.Monetary(
        string="Left to Billing", compute="_compute_amounts"
    )
    state = fields.Selection(
        [("active", "Going On"), ("done", "Invoiced"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="active",
    )

    _order_uniq = models.UniqueIndex("(order_id)", "An order has one invoice plan.")

    @api.depends("order_id.order_line.price_total", "order_id.amount_total")
    def _compute_amounts(self):
        for plan in self:
            once = sum(plan.order_id._one_off_lines().mapped("price_total"))
            plan.amount_total = once
            plan.amount_recurring = plan.order_id.amount_total - once

    def action_cancel(self):
        """No further invoice is made of it."""
        self.check_access("write")
        self.filtered(lambda plan: plan.state == "active").sudo().state = "cancelled"

    def action_resume(self):
        self.check_access("write")
        self.filtered(lambda plan: plan.state == "cancelled").sudo().state = "active"


class ConnectorInvoicePlanLine(models.Model):
    _name = "connector.invoice.plan.line"
    _description = "Invoice Plan Line"
    _order = "plan_id, sequence, date, id"

    plan_id = fields.Many2one(
        "connector.invoice.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Milestone", required=True)
    date = fields.Date(string="Invoice On", required=True)
    percent = fields.Float(string="Part (%)", required=True)
    amount = fields.Monetary(compute="_compute_amount", help="With taxes.")
    state = fields.Selection(
        [("planned", "Planned"), ("invoiced", "Invoiced")],
        required=True,
        readonly=True,
        default="planned",
    )
    invoice_id = fields.Many2one(
        "account.move", readonly=True, index="btree_not_null", ondelete="set null"
    )
    message = fields.Char(string="Why Not Yet", readonly=True)
    retry_at = fields.Datetime(readonly=True)

    _due_idx = models.Index("(date, id) WHERE state = 'planned'")

    @api.depends("percent", "plan_id.amount_total")
    def _compute_amount(self):
        for line in self:
            amount = line.plan_id.amount_total * line.percent / 100
            line.amount = line.currency_id.round(amount) if line.currency_id else amount

    @api.constrains("percent", "plan_id")
    def _check_percent(self):
        for plan in self.plan_id:
            whole = round(sum(plan.line_ids.mapped("percent")), 2)
            if whole != 100 or any(line.percent <= 0 for line in plan.line_ids):
                raise ValidationError(
                    self.env._(
                        "The parts of the invoice plan of %(order)s come to %(sum)s %%."
                        " Make them 100 %%.",
                        order=plan.order_id.name,
                        sum=whole,
                    )
                )

    @api.constrains("date", "name")
    def _check_planned(self):
        for line in self:
            if line.state == "invoiced" and not self.env.su:
                raise ValidationError(
                    self.env._("“%s” is invoiced already.", line.name)
                )
