from odoo import models


class ConnectorProcess(models.Model):
    """What is said of a deal that was handed over and then reopened."""

    _inherit = "connector.process"

    def _tell_reopened(self):
        """An exception for each: nothing is cancelled or deleted by itself."""
        for process in self:
            lead = process._record()
            order = process._handoff_order()
            message = (
                self.env._(
                    "“%(deal)s” is not won any more, but order %(order)s stands.",
                    deal=lead.name,
                    order=order.name,
                )
                if order
                else self.env._(
                    "“%s” is not won any more, but it is being handed over.", lead.name
                )
            )
            process._report("conflict", "deal_reopened", message)

    def _won_again(self):
        """Close what was said of reopened deals; what stopped for that goes on."""
        items = self.exception_item_ids.sudo().filtered(
            lambda item: (
                item.state == "open" and item.exception_id.code == "deal_reopened"
            )
        )
        processes = items.process_id
        items._close("resolved")
        processes.filtered(lambda process: process.state == "parked")._resume()

    def _handoff_order(self):
        """The order that the deal has become, or an empty recordset."""
        self.ensure_one()
        return (
            self.env["sale.order"]
            .sudo()
            .search([("handoff_process_id", "=", self.id)], limit=1)
        )
