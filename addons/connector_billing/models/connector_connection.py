from odoo import api, fields, models

#: How the names of entities begin that book something.
BILLING_PREFIX = "billing."


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    billing_policy_ids = fields.One2many("connector.billing.policy", "connection_id")
    has_billing = fields.Boolean(compute="_compute_has_billing")

    @api.depends("billing_policy_ids")
    def _compute_has_billing(self):
        for connection in self:
            connection.has_billing = bool(connection.billing_policy_ids)

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        billing = connections.filtered(lambda connection: connection._bills())
        if billing:
            self.env["connector.billing.policy"].sudo()._make(billing)
        return connections

    def _bills(self):
        """Whether what the vendor offers is booked."""
        return any(
            stream.entity.startswith(BILLING_PREFIX)
            for stream in self._provider()._streams()
        )

    def action_open_billing_policy(self):
        self.ensure_one()
        self.check_access("read")
        policy = self.env["connector.billing.policy"].sudo()._for(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.billing.policy",
            "res_id": policy.id,
            "views": [(False, "form")],
        }
