import datetime

from odoo import api, fields, models
from odoo.tools import SQL

#: Minutes that a flow's changes wait after a push of them became a dead letter: a cause
#: that nobody has dealt with yet must not fill the queue.
DEAD_LETTER_PAUSE = 15


class ConnectorJob(models.Model):
    _inherit = "connector.job"

    @api.model
    def _collect_work(self, lane):
        """Enqueue a push for each connected flow of a lane that has changes waiting.

        Called before a lane claims jobs, rather than from the transactions that cause
        the changes: those never wait for each other at the queue's unique index.
        """
        flows = self.env["connector.flow"].search(
            [
                ("lane", "=", lane),
                ("direction", "!=", "pull"),
                ("connection_id.state", "=", "connected"),
                ("connection_id.active", "=", True),
            ]
        )
        if not flows:
            return
        self.env["connector.change"].flush_model(["flow_id", "state"])
        since = fields.Datetime.now() - datetime.timedelta(minutes=DEAD_LETTER_PAUSE)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT f.id FROM unnest(%s) AS f(id)
                 WHERE EXISTS (SELECT FROM connector_change c
                                WHERE c.flow_id = f.id AND c.state = 'pending')
                   AND NOT EXISTS (
                        SELECT FROM connector_job j
                         WHERE j.flow_id = f.id AND j.identity_key = 'push:' || f.id
                           AND (j.state = 'pending'
                                OR j.state = 'dead' AND j.finished_at > %s))
                """,
                flows.ids,
                since,
            )
        )
        flows.browse([row[0] for row in rows])._enqueue_push()


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
            self.env["connector.job"].enqueue(
                self.env["connector.push"],
                "_job_push",
                kwargs={"flow_id": flow.id},
                name=self.env._("Push %s", flow.name),
                connection=flow.connection_id,
                flow=flow,
                lane=flow.lane,
                priority=flow.sequence,
                identity_key=f"push:{flow.id}",
                order_key=f"push:{flow.id}",
            )
