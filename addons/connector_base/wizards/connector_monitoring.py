import secrets

from odoo import api, fields, models

from ..models.connector_metrics import TOKEN_PARAMETER, digest


class ConnectorMonitoring(models.TransientModel):
    """Who may read the metrics: a token that is shown once and kept as a digest."""

    _name = "connector.monitoring"
    _description = "Connector Monitoring"

    health_url = fields.Char(string="Health", compute="_compute_addresses")
    metrics_url = fields.Char(string="Metrics", compute="_compute_addresses")
    is_on = fields.Boolean(compute="_compute_addresses")

    def _compute_addresses(self):
        base = self.get_base_url()
        parameters = self.env["ir.config_parameter"].sudo()
        self.health_url = f"{base}/connector/health"
        self.metrics_url = f"{base}/connector/metrics"
        self.is_on = bool(parameters.get_param(TOKEN_PARAMETER))

    @api.depends("is_on")
    def _compute_display_name(self):
        self.display_name = self.env._("Monitoring")

    def action_renew_token(self):
        """A new token; the one before reads nothing from now on."""
        self.check_access("write")
        token = secrets.token_urlsafe(32)
        self._keep(digest(token))
        return self._say(
            self.env._("Copy this token now, it is not shown again: %s", token)
        )

    def action_switch_off(self):
        self.check_access("write")
        self._keep(False)
        return self._say(self.env._("Nobody reads the metrics any more."))

    def _keep(self, value):
        # Administrators of the connectors needn't be those of the whole system.
        self.env["ir.config_parameter"].sudo().set_param(TOKEN_PARAMETER, value)

    def _say(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "sticky": True,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
