from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    connector_total_tolerance = fields.Float(
        string="Tolerance of Totals",
        default=0.01,
        digits=(16, 4),
        help="By how much the total of a quote may differ from what the system says"
        " that it comes from, in the quote's currency.",
    )

    _connector_total_tolerance_positive = models.Constraint(
        "CHECK(connector_total_tolerance >= 0)", "A tolerance is not negative."
    )
