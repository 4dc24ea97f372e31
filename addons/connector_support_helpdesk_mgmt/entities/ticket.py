from odoo import models


class ConnectorEntitySupportTicket(models.AbstractModel):
    """What becomes of a ticket at the desk becomes of its mirror."""

    _inherit = "connector.entity.support.ticket"

    def _after_write(self, run, done):
        super()._after_write(run, done)
        if done:
            tickets = self.env["connector.ticket"]
            tickets.browse([m.record_id for m in done])._enqueue_mirror()

    def _archive_records(self, record_ids):
        result = super()._archive_records(record_ids)
        self.env["connector.ticket"].browse(record_ids).exists()._enqueue_mirror()
        return result
