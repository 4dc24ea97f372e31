import datetime
import uuid

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .connector_flow import LANES

#: Days that finished jobs are kept, and rows that one pass of the vacuum deletes.
KEEP_DONE_DAYS = 14
VACUUM_BATCH = 5000


class ConnectorJob(models.Model):
    """A unit of background work, run by the cron of its lane.

    Here is what a job is and what people do with it; ``connector_job_run`` has how it
    is run.
    """

    _name = "connector.job"
    _description = "Connector Job"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    model_name = fields.Char(required=True, readonly=True)
    method_name = fields.Char(required=True, readonly=True)
    record_ids = fields.Json(readonly=True)
    kwargs = fields.Json(readonly=True, groups="connector_base.group_operator")
    connection_id = fields.Many2one(
        "connector.connection",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    flow_id = fields.Many2one(
        "connector.flow", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    lane = fields.Selection(LANES, required=True, readonly=True, default="default")
    priority = fields.Integer(default=10, readonly=True, aggregator=None)
    eta = fields.Datetime(
        string="Not Before", required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("started", "Running"),
            ("done", "Done"),
            ("dead", "Dead Letter"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    identity_key = fields.Char(readonly=True)
    order_key = fields.Char(readonly=True)
    correlation_id = fields.Char(readonly=True, index="btree_not_null")
    attempt = fields.Integer(string="Tries", readonly=True, aggregator=None)
    worker = fields.Char(readonly=True)
    lease_until = fields.Datetime(readonly=True)
    started_at = fields.Datetime(readonly=True)
    finished_at = fields.Datetime(readonly=True)
    duration = fields.Float(
        string="Duration (s)", compute="_compute_duration", aggregator=None
    )
    result = fields.Json(string="Result Data", readonly=True)
    result_text = fields.Char(string="Result", compute="_compute_result_text")
    error_class = fields.Selection("_selection_error_class", readonly=True)
    error = fields.Char(readonly=True)
    error_detail = fields.Json(readonly=True, groups="connector_base.group_operator")
    traceback = fields.Text(readonly=True, groups="connector_base.group_operator")

    _claim_idx = models.Index(
        "(lane, priority, eta, id) WHERE state = 'pending'",
    )
    _started_idx = models.Index("(lease_until) WHERE state = 'started'")
    _order_key_idx = models.Index(
        "(order_key, id) WHERE state IN ('pending', 'started')"
    )
    _identity_uniq = models.UniqueIndex(
        "(identity_key) WHERE state = 'pending'", "Such a job waits already."
    )
    _done_idx = models.Index("(finished_at) WHERE state IN ('done', 'cancelled')")

    @api.model
    def _selection_error_class(self):
        return self.env["connector.exception"]._selection_error_class()

    @api.depends("started_at", "finished_at")
    def _compute_duration(self):
        for job in self:
            span = (
                job.finished_at - job.started_at
                if job.finished_at and job.started_at
                else datetime.timedelta()
            )
            job.duration = span.total_seconds()

    @api.depends("result")
    def _compute_result_text(self):
        for job in self:
            job.result_text = ", ".join(
                f"{key.replace('_', ' ')}: {value}"
                for key, value in (job.result or {}).items()
            )

    def write(self, vals):
        # Jobs run with all rights: what they call is never a person's choice.
        if not self.env.su:
            raise AccessError(self.env._("A job changes by its buttons only."))
        return super().write(vals)

    # -- enqueue --------------------------------------------------------------

    @api.private
    @api.model
    def enqueue(
        self,
        records,
        method,
        *,
        name,
        kwargs=None,
        connection=None,
        flow=None,
        lane="default",
        priority=10,
        eta=None,
        identity_key=None,
        order_key=None,
        correlation_id=None,
    ):
        """Put a method call into the queue; the one way in.

        :param records: recordset, or model for a method of the model
        :param method: name that begins with ``_job_``; called as
            ``method(job, **kwargs)``
        :param kwargs: JSON-like; ids and options, no secrets and no payloads
        :param eta: earliest time, naive UTC as Odoo's own fields
        :param identity_key: a job with the same key that waits already is enough; one
            more may wait while another one runs
        :param order_key: jobs of the same key run one after the other, in order
        :return: the job, or an empty recordset where one waits already
        :raises ValueError: where the method is no job method
        """
        if not method.startswith("_job_") or not hasattr(records, method):
            raise ValueError(f"{method} is no job method of {records._name}")
        vals = {
            "name": name,
            "model_name": records._name,
            "method_name": method,
            "record_ids": records.ids,
            "kwargs": kwargs or {},
            "connection_id": connection.id if connection else None,
            "company_id": connection.company_id.id if connection else None,
            "flow_id": flow.id if flow else None,
            "lane": lane,
            "priority": priority,
            "eta": eta or fields.Datetime.now(),
            "state": "pending",
            "attempt": 0,
            "identity_key": identity_key,
            "order_key": order_key,
            "correlation_id": correlation_id or uuid.uuid4().hex,
            "create_uid": self.env.uid,
            "create_date": fields.Datetime.now(),
        }
        # In SQL, for ON CONFLICT: where one waits already nothing is raised. One that
        # another transaction commits meanwhile is a conflict, seen by the next try.
        columns = [SQL.identifier(column) for column in vals]
        values = [
            self._fields[column].convert_to_column_insert(value, self)
            if column in self._fields
            else value
            for column, value in vals.items()
        ]
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_job (%s) VALUES (%s)
                ON CONFLICT (identity_key) WHERE state = 'pending' DO NOTHING
                RETURNING id
                """,
                SQL(", ").join(columns),
                SQL(", ").join(SQL("%s", value) for value in values),
            )
        )
        self._wake_lanes({lane}, vals["eta"])
        return self.browse([row[0] for row in rows])

    @api.model
    def _wake_lanes(self, lanes=None, at=None):
        """Trigger the crons of lanes: at commit, or at the first full minute after."""
        for lane, _label in LANES:
            if lanes is None or lane in lanes:
                cron = self.env.ref(
                    f"connector_base.cron_lane_{lane}", raise_if_not_found=False
                )
                if cron:
                    cron.sudo()._trigger(
                        at if at and at > fields.Datetime.now() else None
                    )

    # -- people ---------------------------------------------------------------

    def action_retry(self):
        """Put dead letters and cancelled jobs back into the queue."""
        self.check_access("write")
        for job in self.sudo().filtered(lambda job: job.state in ("dead", "cancelled")):
            job.write({"attempt": 0})
            job._finish_later(0, {})

    def action_run_now(self):
        """Don't wait for the next try."""
        self.check_access("write")
        self.sudo().filtered(lambda job: job.state == "pending").write(
            {"eta": fields.Datetime.now()}
        )
        self._wake_lanes(set(self.mapped("lane")))

    def action_cancel(self):
        self.check_access("write")
        self.sudo().filtered(lambda job: job.state in ("pending", "dead"))._finish(
            {"state": "cancelled"}
        )

    @api.autovacuum
    def _gc_done(self):
        """Delete finished jobs past their time, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        limit = fields.Datetime.now() - datetime.timedelta(days=KEEP_DONE_DAYS)
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM connector_job WHERE id IN (
                    SELECT id FROM connector_job
                     WHERE state IN ('done', 'cancelled') AND finished_at < %s
                     LIMIT %s)
                RETURNING id
                """,
                limit,
                VACUUM_BATCH,
            )
        )
        return len(rows), len(rows) == VACUUM_BATCH
