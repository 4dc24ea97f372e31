from odoo import api, models
from odoo.fields import Domain

from .connector_ticket_comment import COMMENT_ENTITY


class ConnectorFlow(models.Model):
    """Comments go out as they are written, each to its own desk."""

    _inherit = "connector.flow"

    def _push_domain(self):
        domain = super()._push_domain()
        if self.entity == COMMENT_ENTITY:
            domain &= Domain("connection_id", "=", self.connection_id.id)
        return domain

    @api.model
    def _ensure_flows(self, connection, active=True):
        new = super()._ensure_flows(connection, active)
        new.filtered(lambda flow: flow.entity == COMMENT_ENTITY).write(
            {"direction": "push", "lane": "realtime"}
        )
        return new
