import datetime

from odoo import api, fields, models
from odoo.tools import SQL

#: Minutes that a flow's changes wait after a push of them became a dead letter: a cause
#: that nobody has dealt with yet must not fill the queue.
DEAD_LETTER_PAUSE = 15


class ConnectorJob(models.Model):
    """Jobs of the outbox: where they come from."""

    _inherit = "connector.job"

    @api.model
    def _collect_work(self, lane):
        """Enqueue a push for each flow with something in its outbox.

        Not done by the transactions that cause the changes: they would wait for each
        other at the one job that all of them want.
        """
        result = super()._collect_work(lane)
        self._flows_to_push(lane)._enqueue_push()
        return result

    @api.model
    def _has_work(self, lane):
        """What waits in an outbox is work as well, though it is no job yet."""
        return super()._has_work(lane) or bool(self._flows_to_push(lane))

    @api.model
    def _flows_to_push(self, lane):
        """Flows that may send and have changes which no waiting job will take."""
        self.env["connector.change"].flush_model(["flow_id", "state"])
        since = fields.Datetime.now() - datetime.timedelta(minutes=DEAD_LETTER_PAUSE)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.id FROM connector_flow f
                  JOIN connector_connection n ON n.id = f.connection_id
                 WHERE f.lane = %s AND f.active AND f.direction != 'pull'
                   AND n.active AND n.state = 'connected'
                   AND EXISTS (
                        SELECT FROM connector_change c
                         WHERE c.flow_id = f.id AND c.state = 'pending')
                   AND NOT EXISTS (
                        SELECT FROM connector_job j
                         WHERE j.flow_id = f.id AND j.identity_key = 'push:' || f.id
                           AND (j.state IN ('waiting', 'pending')
                                OR j.state = 'dead' AND j.finished_at > %s))
                """,
                lane,
                since,
            )
        )
        return self.env["connector.flow"].browse([row[0] for row in rows])


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    def unlink(self):
        # The database would delete the flows past the ORM.
        self.with_context(active_test=False).flow_ids.unlink()
        return super().unlink()


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    def unlink(self):
        changes = self.env["connector.change"].sudo()
        changes.search([("flow_id", "in", self.ids)]).unlink()
        return super().unlink()

    def _enqueue_push(self):
        """Enqueue a push of each flow; one that already waits is enough."""
        for flow in self.sudo():
            flow._enqueue_work(
                "connector.push",
                "_job_push",
                name=self.env._("Push %s", flow.name),
                identity_key=f"push:{flow.id}",
                order_key=f"push:{flow.id}",
            )
