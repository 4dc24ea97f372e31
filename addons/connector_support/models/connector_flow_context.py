from odoo import api, models

#: Entities whose records are told how their customer stands.
CONTEXT_ENTITIES = ("support.organization", "support.requester")


class ConnectorFlow(models.Model):
    """Who a desk has is told how they stand from the first day on.

    Nobody is made at a desk unless an administrator wants that.
    """

    _inherit = "connector.flow"

    @api.model
    def _ensure_flows(self, connection, active=True):
        new = super()._ensure_flows(connection, active)
        told = new.filtered(lambda flow: flow.entity in CONTEXT_ENTITIES)
        told.write({"direction": "both", "push_create": False})
        return new


class ConnectorSetupFlow(models.Model):
    """The context goes out whoever owns all else."""

    _inherit = "connector.setup.flow"

    def _apply_owner(self, owner):
        result = super()._apply_owner(owner)
        if self.flow_id.entity in CONTEXT_ENTITIES:
            self.direction = "both"
        return result
