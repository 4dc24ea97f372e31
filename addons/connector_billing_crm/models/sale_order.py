from odoo import models

#: How often a deal's line is charged -> interval of a price.
INTERVALS = {
    "weekly": ("week", 1),
    "biweekly": ("week", 2),
    "monthly": ("month", 1),
    "quarterly": ("month", 3),
    "half_yearly": ("month", 6),
    "yearly": ("year", 1),
    "two_yearly": ("year", 2),
    "three_yearly": ("year", 3),
    "four_yearly": ("year", 4),
    "five_yearly": ("year", 5),
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _one_off_lines(self):
        """What becomes a subscription is billed there, whatever its deal says."""
        lines = super()._one_off_lines()
        return lines.filtered(lambda line: not line._is_billed_elsewhere())


class SaleOrderLine(models.Model):
    """A line of an order is billed as often as the line of its deal says."""

    _inherit = "sale.order.line"

    def _billing_every(self):
        every = INTERVALS.get(self.deal_line_id.recurring_period)
        return every or super()._billing_every()
