from odoo import models


class ConnectorEntitySupportTicket(models.AbstractModel):
    """New tickets note what their customers were promised."""

    _inherit = "connector.entity.support.ticket"

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        new = [m for m in batch if not m.binding and m.values.get("partner_id")]
        # A run takes no longer than a service level lasts.
        known = run.tables.setdefault("ticket_levels", {})
        missing = {mapped.values["partner_id"] for mapped in new} - known.keys()
        if missing:
            known |= self.env["connector.ticket"]._level_vals(
                run.connection.company_id, missing
            )
        for mapped in new:
            mapped.on_create |= known.get(mapped.values["partner_id"], {})
