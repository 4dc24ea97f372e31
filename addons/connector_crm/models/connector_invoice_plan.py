from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ConnectorInvoicePlan(models.Model):
    """When an order is invoiced, as draft invoices: whole, or by milestones.

    Milestones but the last are down payments, as Odoo's own button makes them; the last
    one invoices what the order's lines have to be invoiced for and deducts them. What
    recurs is left to whoever bills subscriptions. ``connector_invoice_plan_run`` makes
    the invoices.
    """

    _name = "connector.invoice.plan"
    _inherit = ["connector.guard"]
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

    @api.constrains("line_ids")
    def _check_parts(self):
        for plan in self:
            if not plan._is_whole():
                raise ValidationError(
                    self.env._(
                        "The parts of the invoice plan of %s don't come to 100 %%.",
                        plan.order_id.name,
                    )
                )

    def _is_whole(self):
        """Whether the parts come to the whole order."""
        parts = self.line_ids.mapped("percent")
        return min(parts, default=0) > 0 and round(sum(parts), 2) == 100

    def action_cancel(self):
        """No further invoice is made of it."""
        self.check_access("write")
        self.filtered(lambda plan: plan.state == "active").sudo().state = "cancelled"

    def action_resume(self):
        self.check_access("write")
        self.filtered(lambda plan: plan.state == "cancelled").sudo().state = "active"


class ConnectorInvoicePlanLine(models.Model):
    _name = "connector.invoice.plan.line"
    _inherit = ["connector.guard"]
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

    def write(self, vals):
        """What is invoiced stays as it is."""
        if not self.env.su:
            self._check_planned()
        return super().write(vals)

    def _check_planned(self):
        for line in self:
            if line.state == "invoiced":
                raise UserError(self.env._("“%s” is invoiced already.", line.name))

    @api.ondelete(at_uninstall=False)
    def _unlink_planned_only(self):
        if not self.env.su:
            self._check_planned()
