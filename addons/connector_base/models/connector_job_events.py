from odoo import api, fields, models
from odoo.tools import SQL

EVENT_JOB = "_job_take_events"


class ConnectorJob(models.Model):
    """Jobs of the inbox: where they come from, and what their end means to it."""

    _inherit = "connector.job"

    @api.model
    def _collect_work(self, lane):
        """Enqueue a job for each connection with something in its inbox.

        Not done by the request that stored it: requests would wait for each other at
        the one job that all of them want.
        """
        result = super()._collect_work(lane)
        if lane == "realtime":
            self._collect_events()
        return result

    @api.model
    def _has_work(self, lane):
        """What waits in an inbox is work as well, though it is no job yet."""
        return super()._has_work(lane) or (
            lane == "realtime" and bool(self._full_inboxes())
        )

    def _full_inboxes(self):
        """Connections that may work and have events which no waiting job will take."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id FROM connector_connection c
                 WHERE c.active AND c.state = 'connected'
                   AND EXISTS (
                        SELECT FROM connector_event e
                         WHERE e.connection_id = c.id AND e.state = 'pending')
                   AND NOT EXISTS (
                        SELECT FROM connector_job j
                         WHERE j.identity_key = 'events:' || c.id
                           AND j.state = 'pending')
                """
            )
        )
        return self.env["connector.connection"].browse([row[0] for row in rows])

    def _collect_events(self):
        for connection in self._full_inboxes():
            key = f"events:{connection.id}"
            self.enqueue(
                self.env["connector.event"],
                EVENT_JOB,
                kwargs={"connection_id": connection.id},
                name=self.env._("%s: take what came in", connection.name),
                connection=connection,
                lane="realtime",
                identity_key=key,
                order_key=key,
            )

    def _finish(self, vals):
        if vals.get("state") == "dead":
            self._bury_events(vals.get("error"))
        return super()._finish(vals)

    def _bury_events(self, error):
        """What a job had taken on and could not do goes with it, visibly."""
        jobs = self.filtered(lambda job: job.method_name == EVENT_JOB)
        if jobs:
            self.env.execute_query(
                SQL(
                    """
                    UPDATE connector_event
                       SET state = 'dead', error = %s, processed_at = %s
                     WHERE job_id IN %s AND state = 'pending' RETURNING id
                    """,
                    error or None,
                    fields.Datetime.now(),
                    tuple(jobs.ids),
                )
            )
            self.env["connector.event"].invalidate_model(flush=False)

    def _replay(self):
        """The events of a dead letter come back with it."""
        dead = self.filtered(lambda job: job.state == "dead")
        events = self.env["connector.event"].sudo()
        events.search([("job_id", "in", dead.ids), ("state", "=", "dead")]).write(
            {"state": "pending", "error": False, "processed_at": False}
        )
        return super()._replay()
