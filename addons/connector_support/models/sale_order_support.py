from odoo import fields, models

from .connector_ticket import READERS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    support_ticket_count = fields.Integer(
        compute="_compute_support_ticket_count", groups=READERS
    )

    def _compute_support_ticket_count(self):
        counts = dict(
            self.env["connector.ticket"]._read_group(
                [("sale_order_id", "in", self.ids)], ["sale_order_id"], ["__count"]
            )
        )
        for order in self:
            order.support_ticket_count = counts.get(order, 0)

    def action_open_tickets(self):
        self.ensure_one()
        return self.env["connector.ticket"]._action_of(
            [("sale_order_id", "=", self.id)]
        )
