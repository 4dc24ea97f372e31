from odoo import api, fields, models

from .connector_customer_standing import PAYMENT_STATUSES, STANDING_VALUES

#: Who sees how a customer stands.
READERS = (
    "connector_base.group_viewer,sales_team.group_sale_salesman,"
    "account.group_account_readonly,account.group_account_invoice"
)


def _follows(field_type, label, *args, **options):
    """A field that shows what the row of the company says."""
    return field_type(
        *args, string=label, compute="_compute_standing", groups=READERS, **options
    )


def _amount(label):
    return _follows(fields.Monetary, label, currency_field="standing_currency_id")


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
    standing_open_balance = _amount("Open Balance")
    standing_overdue_balance = _amount("Overdue Balance")
    standing_overdue_days = _follows(fields.Integer, "Days Overdue")
    standing_is_overdue = _follows(fields.Boolean, "Overdue")
    standing_payment_status = _follows(
        fields.Selection, "Payment Status", PAYMENT_STATUSES
    )
    standing_last_payment_date = _follows(fields.Date, "Last Payment")
    standing_last_payment_amount = _amount("Last Payment Amount")
    standing_last_order_number = _follows(fields.Char, "Last Order")
    standing_last_order_status = _follows(fields.Char, "Last Order Status")
    standing_delivery_status = _follows(fields.Char, "Delivery Status")
    standing_invoice_status = _follows(fields.Char, "Invoice Status")
    standing_subscription_state = _follows(fields.Char, "Contract Status")
    standing_renewal_date = _follows(fields.Date, "Renewal")
    standing_recurring_revenue = _amount("Monthly Recurring Revenue")
    standing_is_suspended = _follows(fields.Boolean, "Suspended")
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
