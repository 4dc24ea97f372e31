from odoo import api, fields, models

#: Colour of a flow's dot on the card, by its health.
HEALTH_COLOURS = {
    "good": "success",
    "waiting": "info",
    "late": "danger",
    "stopped": "muted",
}


class ConnectorConnection(models.Model):
    """What the card of a connection shows besides its own fields."""

    _inherit = "connector.connection"

    is_blocked = fields.Boolean(compute="_compute_is_blocked")
    flow_health = fields.Json(compute="_compute_flow_health")

    @api.depends("blocked_until")
    def _compute_is_blocked(self):
        now = fields.Datetime.now()
        for connection in self:
            until = connection.blocked_until
            connection.is_blocked = bool(until and until > now)

    @api.depends_context("lang")
    @api.depends("flow_ids.health", "flow_ids.lag_minutes", "flow_ids.latency_target")
    def _compute_flow_health(self):
        labels = dict(
            self.env["connector.flow"]
            ._fields["health"]
            ._description_selection(self.env)
        )
        for connection in self:
            connection.flow_health = [
                {
                    "id": flow.id,
                    # The card says the connection's name already.
                    "name": flow.name.removeprefix(f"{connection.name} · "),
                    "health": flow.health,
                    "label": labels[flow.health],
                    "colour": HEALTH_COLOURS[flow.health],
                    "text": flow._lag_text(),
                    "target": self.env._(
                        "May be %s old", flow._duration_text(flow.latency_target)
                    ),
                }
                for flow in connection.flow_ids
            ]


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    def _lag_text(self):
        """How old the data in Odoo is, in a few words."""
        self.ensure_one()
        if not self.last_success_at:
            return dict(self._fields["health"]._description_selection(self.env))[
                self.health
            ]
        if self.health == "late":
            return self.env._(
                "%(lag)s old, target %(target)s",
                lag=self._duration_text(self.lag_minutes),
                target=self._duration_text(self.latency_target),
            )
        return self.env._("%s old", self._duration_text(self.lag_minutes))

    def _duration_text(self, minutes):
        """Minutes in words that stay short whatever their number."""
        if minutes < 120:
            return self.env._("%s min", minutes)
        if minutes < 48 * 60:
            return self.env._("%s h", minutes // 60)
        return self.env._("%s days", minutes // (24 * 60))
