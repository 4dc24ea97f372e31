from odoo import models


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def _ignored_now(self, items):
        """A comment that is ignored is cancelled: the next one of its ticket may go."""
        result = super()._ignored_now(items)
        comments = self.env["connector.ticket.comment"].sudo()
        ids = [i.res_id for i in items if i.res_model == comments._name]
        comments.browse(ids).exists()._cancel()
        return result
