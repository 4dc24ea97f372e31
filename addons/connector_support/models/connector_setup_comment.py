from odoo import models

from .connector_ticket_comment import COMMENT_ENTITY


class ConnectorSetupFlow(models.Model):
    """Comments go out whoever owns all else: nothing of them comes in."""

    _inherit = "connector.setup.flow"

    def _apply_owner(self, owner):
        result = super()._apply_owner(owner)
        if self.flow_id.entity == COMMENT_ENTITY:
            self.write({"direction": "push", "may_create": False, "push_create": True})
        return result
