from odoo import api, fields, models
from odoo.tools import SQL

from .bulk_insert import bulk_insert
from .connector_exception_item import RETRY_BATCH
from .connector_pull import PAGE_SECONDS

#: Hours after which a retry that says nothing more is taken for ended.
STALE_HOURS = 24


class ConnectorException(models.Model):
    """Trying all records of a cause again, in the background.

    One job a flow goes through the records batch by batch and commits each; what it
    tried is counted on the cause. When its time is over it enqueues the next one, which
    goes on behind the last record: a million records never stand in memory, and none is
    tried twice because its try took too long.
    """

    _inherit = "connector.exception"

    retry_at = fields.Datetime(string="Tried Again At", readonly=True)
    retry_total = fields.Integer(readonly=True, aggregator=None)
    retry_left = fields.Integer(readonly=True, aggregator=None)
    progress = fields.Char(compute="_compute_progress")
    progress_rate = fields.Float(compute="_compute_progress")

    @api.depends_context("lang")
    @api.depends("retry_total", "retry_left")
    def _compute_progress(self):
        for exception in self:
            total, left = exception.retry_total, exception.retry_left
            going_on = exception.state == "open" and total > 0 and left > 0
            exception.progress_rate = 100 * (total - left) / total if going_on else 0
            exception.progress = going_on and self.env._(
                "%(done)s of %(total)s done",
                done=self._in_digits(total - left),
                total=self._in_digits(total),
            )

    def _retry(self):
        """Enqueue another try of all records of these causes."""
        without_items = self.filtered(lambda e: e.state == "open" and not e.has_items)
        outgoing = without_items.filtered(lambda e: e.direction == "push")
        outgoing.flow_id._enqueue_push()
        (without_items - outgoing).flow_id.sudo().action_sync()
        held = self.filtered(lambda e: e.state == "open" and e.has_items)
        held.filtered(lambda e: e.direction == "push")._retry_held_outgoing()
        held.filtered(lambda e: e.direction == "pull")._retry_held()

    def _retry_held(self):
        """One job for each cause and flow, whatever the number of its records."""
        if not self:
            return
        now = fields.Datetime.now()
        for exception, flow, count in self._open_by_flow():
            exception.sudo().write(
                {"retry_at": now, "retry_total": count, "retry_left": count}
            )
            exception._enqueue_retry(flow, after_id=0)

    def _open_by_flow(self):
        """:return: list of ``(exception, flow, records of both that are open)``"""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT exception_id, flow_id,
                       SUM(COUNT(*)) OVER (PARTITION BY exception_id)
                  FROM connector_exception_item
                 WHERE exception_id IN %s AND state = 'open'
                 GROUP BY exception_id, flow_id
                """,
                tuple(self.ids),
            )
        )
        flows = self.env["connector.flow"]
        return [
            (self.browse(exception_id), flows.browse(flow_id), int(count))
            for exception_id, flow_id, count in rows
        ]

    def _enqueue_retry(self, flow, after_id):
        self.ensure_one()
        flow._enqueue_work(
            self._name,
            "_job_retry",
            kwargs={"exception_id": self.id, "after_id": after_id},
            name=self.env._("Try again what was held in %s", flow.name),
            order_key=f"flow:{flow.id}",
            identity_key=f"retry:{self.id}:{flow.id}:{after_id}",
        )

    @api.model
    def _job_retry(self, job, flow_id, exception_id, after_id):
        """Read a cause's records again and take them, those behind an id first to last.

        :param after_id: id of the last item that a job before this one has tried
        """
        exception = self.browse(exception_id).exists()
        flow = self.env["connector.flow"].browse(flow_id)
        pull = self.env["connector.pull"]
        if not exception or not flow.active:
            exception.retry_left = 0
            return {"skipped": 1}
        run = pull._start(flow, job)
        tried = 0
        while rows := exception._next_held(flow, after_id):
            if tried and job._checkpoint() < PAGE_SECONDS:
                exception._enqueue_retry(flow, after_id)
                return +run.stats
            pull._take_ids(run, [remote_id for _item_id, remote_id in rows])
            after_id = rows[-1][0]
            tried += len(rows)
            exception._count_tried(len(rows))
        return +run.stats

    def _next_held(self, flow, after_id):
        """:return: list of ``(item id, remote id)`` of one batch"""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT id, remote_id FROM connector_exception_item
                 WHERE exception_id = %s AND flow_id = %s AND state = 'open' AND id > %s
                   AND remote_id IS NOT NULL
                 ORDER BY id LIMIT %s
                """,
                self.id,
                flow.id,
                after_id,
                RETRY_BATCH,
            )
        )

    def _count_tried(self, count):
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_exception
                   SET retry_left = GREATEST(COALESCE(retry_left, 0) - %s, 0)
                 WHERE id = %s RETURNING id
                """,
                count,
                self.id,
            )
        )
        self.invalidate_recordset(["retry_left"], flush=False)

    # -- on the way out -------------------------------------------------------

    def _retry_held_outgoing(self):
        """Let all Odoo records of these causes go out again, in two statements."""
        if not self:
            return
        self.env.flush_all()
        changes = self.env["connector.change"]
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_change c SET state = 'pending'
                  FROM connector_exception_item i
                 WHERE i.exception_id IN %s AND i.state = 'open'
                   AND i.direction = 'push' AND c.flow_id = i.flow_id
                   AND c.res_id = i.res_id AND c.state = 'held' RETURNING c.id
                """,
                tuple(self.ids),
            )
        )
        # Some wait without a change: they went but for a value, or as a parent.
        missing = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT i.flow_id, i.res_id FROM connector_exception_item i
                 WHERE i.exception_id IN %s AND i.state = 'open'
                   AND i.direction = 'push' AND NOT EXISTS (
                        SELECT FROM connector_change c
                         WHERE c.flow_id = i.flow_id AND c.res_id = i.res_id)
                 ORDER BY i.flow_id, i.res_id
                """,
                tuple(self.ids),
            )
        )
        flows = self.env["connector.flow"]
        bulk_insert(
            changes,
            [
                changes._written(flows.browse(flow_id), res_id)
                for flow_id, res_id in missing
            ],
        )
        changes.invalidate_model(["state"], flush=False)
        flows.union(*(flow for _exc, flow, _n in self._open_by_flow()))._enqueue_push()

    @api.autovacuum
    def _forget_stale_retries(self):
        """A retry whose job died isn't going on for ever."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), hours=STALE_HOURS)
        stale = self.search([("retry_left", ">", 0), ("retry_at", "<", limit)])
        stale.write({"retry_left": 0})
        return len(stale), 0
