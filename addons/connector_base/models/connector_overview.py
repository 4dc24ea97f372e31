from odoo import api, fields, models
from odoo.tools import SQL

#: Colour of a flow's dot on the card, by its health.
HEALTH_COLOURS = {
    "good": "success",
    "waiting": "info",
    "late": "danger",
    "stopped": "muted",
}


#: States of jobs that are still to be done.
UNFINISHED = ("waiting", "pending", "started")


class ConnectorConnection(models.Model):
    """What the card of a connection shows besides its own fields."""

    _inherit = "connector.connection"

    is_blocked = fields.Boolean(compute="_compute_is_blocked")
    flow_health = fields.Json(compute="_compute_flow_health")
    lane_load = fields.Json(
        compute="_compute_lane_load",
        help="By lane: its name, its unfinished jobs of this connection, its health.",
    )
    lane_warning = fields.Char(compute="_compute_lane_load")
    outgoing_count = fields.Integer(
        string="Outgoing Changes", compute="_compute_outgoing"
    )
    outgoing_held_count = fields.Integer(
        string="Held Outgoing Changes", compute="_compute_outgoing"
    )

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

    @api.depends_context("lang")
    def _compute_lane_load(self):
        rows = self.env["connector.job"]._read_group(
            [("connection_id", "in", self.ids), ("state", "in", UNFINISHED)],
            ["connection_id", "lane"],
            ["__count"],
        )
        counts = {(connection.id, lane): count for connection, lane, count in rows}
        lanes = self.env["connector.lane"].search([("code", "!=", False)])
        names = dict(lanes._fields["code"]._description_selection(self.env))
        for connection in self:
            of_lane = {
                lane: counts.get((connection.id, lane.code), 0) for lane in lanes
            }
            connection.lane_load = {
                lane.code: {
                    "name": names[lane.code],
                    "count": count,
                    "health": lane.health,
                    "text": lane.health_text or names[lane.code],
                }
                for lane, count in of_lane.items()
            }
            standing = lanes.filtered(
                lambda lane, of_lane=of_lane: (
                    of_lane[lane] and lane.health == "standing"
                )
            )
            connection.lane_warning = bool(standing) and self.env._(
                "No worker comes to these lanes: %s. Their jobs stand still.",
                ", ".join(names[lane.code] for lane in standing),
            )

    def _compute_outgoing(self):
        counts = {}
        if self.ids:
            self.env["connector.change"].flush_model()
            counts = {
                connection_id: numbers
                for connection_id, *numbers in self.env.execute_query(
                    SQL(
                        """
                        SELECT f.connection_id, COUNT(*),
                               COUNT(*) FILTER (WHERE c.state = 'held')
                          FROM connector_change c
                          JOIN connector_flow f ON f.id = c.flow_id
                         WHERE f.connection_id IN %s
                         GROUP BY f.connection_id
                        """,
                        tuple(self.ids),
                    )
                )
            }
        for connection in self:
            total, held = counts.get(connection.id, (0, 0))
            connection.outgoing_count = total
            connection.outgoing_held_count = held

    def action_open_outgoing(self):
        return self._open_related("connector.change", self.env._("Outgoing Changes"))

    def action_open_lanes(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "connector_base.connector_lane_action"
        )

    def action_open_lane_jobs(self, lane):
        """The unfinished jobs of one lane.

        :param lane: its code
        """
        return self._open_related(
            "connector.job",
            self.env._("Waiting Jobs"),
            [("lane", "=", lane)],
            {"search_default_unfinished": 1},
        )


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
        if not self.lag_minutes:
            return self.env._("Up to date")
        return self.env._("%s old", self._duration_text(self.lag_minutes))

    def _duration_text(self, minutes):
        """Minutes in words that stay short whatever their number."""
        if minutes < 120:
            return self.env._("%s min", minutes)
        if minutes < 48 * 60:
            return self.env._("%s h", minutes // 60)
        return self.env._("%s days", minutes // (24 * 60))
