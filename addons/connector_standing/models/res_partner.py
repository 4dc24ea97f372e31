from odoo import api, fields, models

from .connector_customer_standing import PAYMENT_STATUSES, STANDING_VALUES

#: Who sees how a customer stands.
READERS = (
    "connector_base.group_viewer,sales_team.group_sale_salesman,"
    "account.group_account_readonly,account.group_account_invoice"
)


class ResPartner(models.Model):
    """How a customer stands with the company that is switched on.

    Not stored here: the row of the company has it. The outbox follows these fields to
    that row.
    """

    _inherit = "res.partner"

    standing_ids = fields.One2many(
        "connector.customer.standing", "partner_id", groups=READERS
    )
    standing_currency_id = fields.Many2one(
        "res.currency", compute="_compute_standing", groups=READERS
    )
    standing_open_balance = fields.Monetary(
        string="Open Balance",
        currency_field="standing_currency_id",
        compute="_compute_standing",
        groups=READERS,
    )
    standing_overdue_balance = fields.Monetary(
        string="Overdue Balance",
        currency_field="standing_currency_id",
        compute="_compute_standing",
        groups=READERS,
    )
    standing_overdue_days = fields.Integer(
        string="Days Overdue", compute="_compute_standing", groups=READERS
    )
    standing_is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_standing", groups=READERS
    )
    standing_payment_status = fields.Selection(
        PAYMENT_STATUSES,
        string="Payment Status",
        compute="_compute_standing",
        groups=READERS,
    )
    standing_last_payment_date = fields.Date(
        string="Last Payment", compute="_compute_standing", groups=READERS
    )
    standing_last_payment_amount = fields.Monetary(
        string="Last Payment Amount",
        currency_field="standing_currency_id",
        compute="_compute_standing",
        groups=READERS,
    )
    standing_last_order_number = fields.Char(
        string="Last Order", compute="_compute_standing", groups=READERS
    )
    standing_last_order_status = fields.Char(
        string="Last Order Status", compute="_compute_standing", groups=READERS
    )
    standing_delivery_status = fields.Char(
        string="Delivery Status", compute="_compute_standing", groups=READERS
    )
    standing_invoice_status = fields.Char(
        string="Invoice Status", compute="_compute_standing", groups=READERS
    )
    standing_subscription_state = fields.Char(
        string="Contract Status", compute="_compute_standing", groups=READERS
    )
    standing_renewal_date = fields.Date(
        string="Renewal", compute="_compute_standing", groups=READERS
    )
    standing_recurring_revenue = fields.Monetary(
        string="Monthly Recurring Revenue",
        currency_field="standing_currency_id",
        compute="_compute_standing",
        groups=READERS,
    )
    standing_known = fields.Boolean(compute="_compute_standing", groups=READERS)

    @api.depends_context("company")
    @api.depends(*(f"standing_ids.{name}" for name in STANDING_VALUES))
    def _compute_standing(self):
        company = self.env.company
        rows = self.env["connector.customer.standing"].sudo()
        known = {
            row.partner_id.id: row
            for row in rows.search(
                [("partner_id", "in", self.ids), ("company_id", "=", company.id)]
            )
        }
        for partner in self:
            row = known.get(partner._origin.id, rows)
            partner.standing_known = bool(row)
            partner.standing_currency_id = company.currency_id
            for name in STANDING_VALUES:
                partner[f"standing_{name}"] = row[name]
