from odoo import fields, models

DURATIONS = [
    ("once", "Once"),
    ("repeating", "Some Months"),
    ("forever", "Always"),
]


class ConnectorBillingCoupon(models.Model):
    """A discount of a billing system."""

    _name = "connector.billing.coupon"
    _description = "Billing Coupon"
    _inherit = ["connector.bound.mixin"]
    _order = "name, id"

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    active = fields.Boolean(default=True)
    name = fields.Char(required=True)
    percent = fields.Float(string="Discount (%)", min_display_digits="Discount")
    amount = fields.Monetary(string="Discount")
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    duration = fields.Selection(DURATIONS, default="forever", required=True)
    months = fields.Integer()
