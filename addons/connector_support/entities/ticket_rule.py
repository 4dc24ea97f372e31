from odoo import models


class ConnectorEntitySupportTicket(models.AbstractModel):
    """Tickets set off the rules, with the page that brings them."""

    _inherit = "connector.entity.support.ticket"

    def _after_write(self, run, done):
        super()._after_write(run, done)
        if not done:
            return
        tickets = self.env["connector.ticket"]
        self.env["connector.support.rule"]._noticed(
            run.connection,
            tickets.browse([mapped.record_id for mapped in done]),
            tickets.browse([m.record_id for m in done if m.action == "create"]),
        )
