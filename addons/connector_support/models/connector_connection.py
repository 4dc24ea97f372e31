from odoo import api, fields, models

#: How the names of entities begin that a desk tells of.
SUPPORT_PREFIX = "support."


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    support_policy_ids = fields.One2many("connector.support.policy", "connection_id")
    has_support = fields.Boolean(compute="_compute_has_support")

    @api.depends("support_policy_ids")
    def _compute_has_support(self):
        for connection in self:
            connection.has_support = bool(connection.support_policy_ids)

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        desks = connections.filtered(lambda connection: connection._is_desk())
        if desks:
            self.env["connector.support.policy"].sudo()._make(desks)
        return connections

    def _is_desk(self):
        """Whether the vendor offers tickets or those who ask."""
        return any(
            stream.entity.startswith(SUPPORT_PREFIX)
            for stream in self._provider()._streams()
        )

    def action_open_support_policy(self):
        self.ensure_one()
        self.check_access("read")
        policy = self.env["connector.support.policy"].sudo()._for(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.support.policy",
            "res_id": policy.id,
            "views": [(False, "form")],
        }
