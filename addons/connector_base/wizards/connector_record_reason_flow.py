from odoo import models
from odoo.tools import format_datetime


class ConnectorRecordPanel(models.TransientModel):
    """Why a record is as it is: what its connection, its flow and their lane say."""

    _inherit = "connector.record.panel"

    # -- the system -----------------------------------------------------------

    def _reasons_of_connection(self, connection):
        name = self.env._("Connection")
        states = dict(connection._fields["state"]._description_selection(self.env))
        todos = {
            "draft": self.env._("Finish its set-up."),
            "paused": self.env._("Resume it when it may run."),
            "attention": self.env._("Put right what it says there, then resume it."),
        }
        if not connection.active:
            yield self._reason(
                name,
                "bad",
                self.env._("The connection %s is archived.", connection.name),
                self.env._("Bring it back if it is to run."),
                connection,
            )
        elif connection.state != "connected":
            yield self._reason(
                name,
                "bad",
                self.env._(
                    "The connection %(name)s doesn't run: %(state)s. %(reason)s",
                    name=connection.name,
                    state=states[connection.state],
                    reason=connection.attention_reason or "",
                ).strip(),
                todos[connection.state],
                connection,
            )
        else:
            yield self._reason(
                name, "good", self.env._("%s is connected.", connection.name)
            )
        yield from self._reasons_of_gate(connection)

    def _reasons_of_gate(self, connection):
        """What shuts a connection although it is connected."""
        if connection.elsewhere:
            yield self._reason(
                self.env._("Place"),
                "bad",
                connection.elsewhere,
                self.env._("An administrator decides on the connection's page."),
                connection,
            )
        by_itself = self.env._("Nothing: work goes on by itself then.")
        if connection.circuit_state != "closed":
            yield self._reason(
                self.env._("Remote System"),
                "bad",
                connection.circuit_text or self.env._("It doesn't answer."),
                self.env._("Nothing: it is looked at again and again."),
                connection,
            )
        if connection.maintenance_until:
            yield self._reason(
                self.env._("Maintenance"),
                "bad",
                self.env._(
                    "A maintenance goes on until %s.",
                    format_datetime(self.env, connection.maintenance_until),
                ),
                by_itself,
                connection,
            )
        if connection.is_blocked:
            yield self._reason(
                self.env._("Rate Limit"),
                "bad",
                self.env._(
                    "The system asked us to wait until %s.",
                    format_datetime(self.env, connection.blocked_until),
                ),
                by_itself,
                connection,
            )

    # -- the flow -------------------------------------------------------------

    def _reasons_of_flow(self, flow):
        name = self.env._("Flow")
        if not flow.active:
            yield self._reason(
                name,
                "bad",
                self.env._("The flow %s is switched off.", flow.name),
                self.env._("Switch it on if these records are to be synced."),
                flow,
            )
        elif flow.direction == "push":
            pass
        elif flow.last_success_at:
            verdict = "good" if flow.health == "good" else "bad"
            yield self._reason(
                name,
                verdict,
                self.env._(
                    "%(flow)s is up to date as of %(lag)s minutes ago; its target is"
                    " %(target)s minutes.",
                    flow=flow.name,
                    lag=flow.lag_minutes,
                    target=flow.latency_target,
                ),
                verdict == "bad" and self.env._("Look what its jobs wait for."),
                flow,
            )
        else:
            yield self._reason(
                name,
                "info",
                self.env._("%s is loading for the first time.", flow.name),
            )
        yield from self._reasons_of_lane(flow)
        directions = {
            "pull": self.env._("Into Odoo only: edits in Odoo don't go out."),
            "push": self.env._("Out of Odoo only: edits there don't come in."),
            "both": self.env._("Both ways."),
        }
        yield self._reason(
            self.env._("Direction"), "info", directions[flow.direction], target=flow
        )
        if flow.direction != "push" and not flow.may_update:
            yield self._reason(
                self.env._("Rights"),
                "bad",
                self.env._("%s may not change records in Odoo.", flow.name),
                self.env._("Allow it in the flow if it should."),
                flow,
            )

    def _reasons_of_lane(self, flow):
        """What keeps the jobs of a flow from being run."""
        lane = self.env["connector.lane"].of(flow.lane)
        if lane.paused:
            yield self._reason(
                self.env._("Lane"),
                "bad",
                self.env._(
                    "The lane %s, in which its jobs run, is paused.", lane.display_name
                ),
                self.env._("Resume it when it may run."),
                lane,
            )
        elif lane.health == "standing":
            yield self._reason(self.env._("Lane"), "bad", lane.health_text, target=lane)
