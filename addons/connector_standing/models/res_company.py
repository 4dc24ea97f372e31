from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    standing_interval = fields.Integer(
        string="Minutes Between Two Changes of a Standing",
        default=15,
        help="Other systems are told of a customer's balance and orders not more often"
        " than that.",
    )
    standing_payment_at_once = fields.Boolean(
        string="Tell of Payments at Once",
        default=True,
        help="A payment, that a customer is overdue or no longer, and what becomes of a"
        " subscription doesn't wait.",
    )

    _standing_interval_positive = models.Constraint(
        "CHECK(standing_interval >= 0)", "Minutes are a positive number."
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    standing_interval = fields.Integer(
        related="company_id.standing_interval", readonly=False
    )
    standing_payment_at_once = fields.Boolean(
        related="company_id.standing_payment_at_once", readonly=False
    )
