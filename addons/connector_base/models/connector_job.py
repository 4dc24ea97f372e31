import datetime
import logging
import os
import threading
import traceback
import uuid

import psycopg2.errorcodes
import psycopg2.errors
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import retry
from ..engine.errors import ConnectorError, error_class_of
from ..engine.masking import mask_text
from ..engine.queue import Again, LeaseLost
from .connector_flow import LANES

_logger = logging.getLogger(__name__)

#: Seconds that a worker may be silent before its job is given to another one. A job
#: renews its lease at every checkpoint; between two of them lies one request at most.
LEASE_SECONDS = 150
#: Days that finished jobs are kept, and rows that one pass of the vacuum deletes.
KEEP_DONE_DAYS = 14
VACUUM_BATCH = 5000
#: Tries in a row of a job whose transaction PostgreSQL could not serialize.
SERIALIZATION_TRIES = 5
#: Errors of PostgreSQL after which the same work succeeds in a fresh transaction. The
#: unique ones mean that another worker was first: the fresh snapshot sees its row.
RETRY_CODES = frozenset(
    {
        psycopg2.errorcodes.SERIALIZATION_FAILURE,
        psycopg2.errorcodes.DEADLOCK_DETECTED,
        psycopg2.errorcodes.LOCK_NOT_AVAILABLE,
    }
)
CONCURRENT_CONSTRAINTS = (
    "connector_binding_",
    "connector_exception_",
    "connector_job_",
)


def is_concurrency_error(error):
    """Whether the same work may well succeed in a fresh transaction."""
    if not isinstance(error, psycopg2.Error):
        return False
    if error.pgcode in RETRY_CODES:
        return True
    constraint = getattr(error.diag, "constraint_name", None) or ""
    return (
        error.pgcode == psycopg2.errorcodes.UNIQUE_VIOLATION
        and constraint.startswith(CONCURRENT_CONSTRAINTS)
    )


class ConnectorJob(models.Model):
    """A unit of background work, run by the cron of its lane.

    A worker claims a job (``FOR UPDATE SKIP LOCKED``), commits it as started under a
    lease, runs it in a transaction of its own and records what came of it in another
    one, so that a rollback of the work never erases the error.
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
    error_class = fields.Char(readonly=True)
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

    # -- enqueue --------------------------------------------------------------

    @api.model
    def _enqueue(
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
        # In SQL, for ON CONFLICT: two transactions that enqueue the same do not raise.
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

    # -- run ------------------------------------------------------------------

    @api.model
    def _cron_run_lane(self, lane):
        """Run the jobs of a lane until none is due or the cron's time is over.

        Never raises: a cron that fails again and again is switched off by Odoo.
        """
        cron = self.env["ir.cron"]
        self._reclaim_expired()
        while True:
            job = self._claim(lane)
            if not job:
                break
            job._perform()
            seconds = cron._commit_progress(1, remaining=self._count_due(lane))
            if seconds <= 0:
                break
        self._wake_at_next_eta(lane)
        cron._commit_progress(0, remaining=self._count_due(lane))

    @api.model
    def _due_condition(self, lane):
        """SQL of the jobs ``j`` of a lane that may run now.

        Its connection is connected and not asked to wait, and no earlier job of its
        order key is unfinished.
        """
        return SQL(
            """
            j.state = 'pending' AND j.lane = %(lane)s AND j.eta <= %(now)s
            AND (j.connection_id IS NULL OR EXISTS (
                SELECT FROM connector_connection c
                 WHERE c.id = j.connection_id AND c.state = 'connected'
                   AND (c.blocked_until IS NULL OR c.blocked_until <= %(now)s)
            ))
            AND (j.order_key IS NULL OR NOT EXISTS (
                SELECT FROM connector_job e
                 WHERE e.order_key = j.order_key AND e.id < j.id
                   AND e.state IN ('pending', 'started')
            ))
            """,
            lane=lane,
            now=fields.Datetime.now(),
        )

    @api.model
    def _count_due(self, lane):
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM connector_job j WHERE %s",
                self._due_condition(lane),
            )
        )
        return count

    @api.model
    def _claim(self, lane):
        """Take the next job of a lane and commit it as started under our lease."""
        worker = f"{os.uname().nodename}:{os.getpid()}:{threading.get_ident()}"
        now = fields.Datetime.now()
        try:
            rows = self.env.execute_query(
                SQL(
                    """
                    UPDATE connector_job
                       SET state = 'started', attempt = attempt + 1, worker = %s,
                           started_at = %s, finished_at = NULL, lease_until = %s
                     WHERE id = (
                        SELECT j.id FROM connector_job j WHERE %s
                         ORDER BY j.priority, j.eta, j.id
                         LIMIT 1 FOR UPDATE OF j SKIP LOCKED
                     )
                    RETURNING id
                    """,
                    f"{worker}:{uuid.uuid4().hex[:8]}",
                    now,
                    now + datetime.timedelta(seconds=LEASE_SECONDS),
                    self._due_condition(lane),
                )
            )
        except psycopg2.errors.SerializationFailure:
            # Another worker claimed it between our snapshot and our update.
            self.env.cr.rollback()
            return self._claim(lane)
        self.env["ir.cron"]._commit_progress(0)
        return self.browse([row[0] for row in rows])

    @api.model
    def _reclaim_expired(self):
        """Give jobs whose worker died back to the queue; their try is counted."""
        try:
            self._reclaim_expired_in_transaction()
        except psycopg2.errors.SerializationFailure:
            # Another worker is at it.
            self.env.cr.rollback()

    def _reclaim_expired_in_transaction(self):
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_job SET state = 'pending', worker = NULL, eta = %(now)s
                 WHERE id IN (
                    SELECT id FROM connector_job j
                     WHERE state = 'started' AND lease_until < %(now)s
                       AND NOT EXISTS (
                            SELECT FROM connector_job p
                             WHERE p.identity_key = j.identity_key
                               AND p.state = 'pending')
                     FOR UPDATE SKIP LOCKED)
                RETURNING id
                """,
                now=fields.Datetime.now(),
            )
        )
        # Where a job of the same identity waits already, that one does the work.
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_job SET state = 'cancelled', finished_at = %(now)s,
                       error = 'Its worker died; the job that waited does its work.'
                 WHERE id IN (
                    SELECT id FROM connector_job
                     WHERE state = 'started' AND lease_until < %(now)s
                     FOR UPDATE SKIP LOCKED)
                RETURNING id
                """,
                now=fields.Datetime.now(),
            )
        )
        if rows:
            _logger.warning(
                "Connector jobs %s are back in the queue: their workers died.",
                [row[0] for row in rows],
            )
        self.env["ir.cron"]._commit_progress(0)

    def _checkpoint(self):
        """Commit what the job has done so far and keep its lease.

        Call it before every request to a vendor: no transaction is open while we wait.

        :return: seconds that the job may go on for
        :raises LeaseLost: where another worker has taken the job over
        """
        if not self:
            # Called without a job, as by a test of the work itself.
            return self.env["ir.cron"]._commit_progress(0)
        self.env.flush_all()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_job SET lease_until = %s
                 WHERE id = %s AND state = 'started' AND worker = %s RETURNING id
                """,
                now + datetime.timedelta(seconds=LEASE_SECONDS),
                self.id,
                self.worker,
            )
        )
        if not rows:
            raise LeaseLost(self.name)
        return self.env["ir.cron"]._commit_progress(0)

    def _perform(self):
        """Run one claimed job and record what came of it."""
        self.ensure_one()
        for attempt in range(1, SERIALIZATION_TRIES + 1):
            try:
                result = self._call()
                self.env.flush_all()
                if isinstance(result, Again):
                    # Going on is no failed try.
                    vals = {"result": result.result, "attempt": self.attempt - 1}
                    self._finish_later(result.after, vals)
                else:
                    self._finish(
                        {
                            "state": "done",
                            "result": result,
                            "error_class": None,
                            "error": None,
                            "error_detail": None,
                            "traceback": None,
                        }
                    )
                self.env["ir.cron"]._commit_progress(0)
                return
            except LeaseLost:
                self.env.cr.rollback()
                _logger.warning("Connector job %s went to another worker.", self.id)
                return
            except Exception as error:
                # Whatever went wrong, the transaction that failed is gone first.
                self.env.cr.rollback()
                if is_concurrency_error(error) and attempt < SERIALIZATION_TRIES:
                    continue
                self._record_failure_safely(error)
                return

    def _call(self):
        records = self.env[self.model_name].browse(self.record_ids or [])
        if self.connection_id:
            records = records.with_company(self.connection_id.company_id)
        if not self.method_name.startswith("_job_"):
            raise ValueError(f"{self.method_name} is no job method")
        return getattr(records, self.method_name)(self, **(self.kwargs or {}))

    def _finish(self, vals):
        self.write({"worker": False, "finished_at": fields.Datetime.now(), **vals})

    def _finish_later(self, seconds, vals):
        """Put the job back; where its like waits already, that one does the rest."""
        twin = self.identity_key and self.search_count(
            [("identity_key", "=", self.identity_key), ("state", "=", "pending")],
            limit=1,
        )
        if twin:
            self._finish({**vals, "state": "done"})
            return
        eta = fields.Datetime.now() + datetime.timedelta(seconds=seconds)
        self.write({**vals, "state": "pending", "eta": eta, "worker": False})
        self._wake_lanes({self.lane}, eta)

    def _record_failure_safely(self, error):
        """Record a failure; if even that fails, the lease's end brings the job back."""
        for _attempt in range(SERIALIZATION_TRIES):
            try:
                self._record_failure(error)
                self.env["ir.cron"]._commit_progress(0)
                return
            except Exception:
                self.env.cr.rollback()
                _logger.exception(
                    "Connector job %s: its failure is not recorded", self.id
                )

    def _record_failure(self, error):
        """Decide by the error's class what becomes of the job; in a fresh transaction."""
        error_class = error_class_of(error)
        policy = retry.policy_for(error_class)
        if is_concurrency_error(error):
            error_class, policy = "transient", retry.policy_for("transient")
        known = isinstance(error, ConnectorError)
        sentence = (
            self.env["connector.exception"]._sentence_of_error(error)
            if known
            else mask_text(f"{type(error).__name__}: {error}", 500)
        )
        vals = {
            "error_class": error_class,
            "error": sentence,
            "error_detail": {
                "code": getattr(error, "code", None),
                "request": getattr(error, "request", None),
                "response": getattr(error, "response", None),
                "request_id": getattr(error, "request_id", None),
            },
            "traceback": None
            if known
            else mask_text("".join(traceback.format_exception(error)), 20000),
        }
        log = _logger.info if known else _logger.error
        log("Connector job %s (%s) failed: %s", self.id, self.name, sentence)
        if policy.pauses and self.connection_id:
            self.connection_id._need_attention(sentence)
            self._report(error, error_class, sentence)
            self._finish_later(0, {**vals, "attempt": self.attempt - 1})
        elif policy.may_retry(self.attempt):
            self._retry_later(error, error_class, policy, vals)
        else:
            self._report(error, error_class, sentence)
            self._finish({"state": "dead", **vals})

    def _retry_later(self, error, error_class, policy, vals):
        retry_at = getattr(error, "retry_at", None)
        seconds = retry.backoff(policy, self.attempt)
        if retry_at:
            wait = (retry_at - datetime.datetime.now(datetime.UTC)).total_seconds()
            seconds = max(seconds if error_class != "rate_limited" else 0, wait, 0)
        if error_class == "rate_limited":
            vals["attempt"] = self.attempt - 1
            if self.connection_id:
                # All jobs of the account wait, or each would be refused on its own.
                self.connection_id.blocked_until = (
                    fields.Datetime.now() + relativedelta(seconds=seconds)
                )
        self._finish_later(seconds, vals)

    def _report(self, error, error_class, sentence):
        """Open the exception that a person sees."""
        if self.connection_id:
            self.env["connector.exception"]._report_job(
                self, error_class, getattr(error, "code", "bug"), sentence, error
            )

    @api.model
    def _wake_at_next_eta(self, lane):
        """Let the lane's cron come back for the job that becomes due next."""
        [(eta,)] = self.env.execute_query(
            SQL(
                """
                SELECT MIN(GREATEST(j.eta, COALESCE(c.blocked_until, j.eta)))
                  FROM connector_job j
                  LEFT JOIN connector_connection c ON c.id = j.connection_id
                 WHERE j.state = 'pending' AND j.lane = %s
                   AND (c.id IS NULL OR c.state = 'connected')
                """,
                lane,
            )
        )
        if eta and eta > fields.Datetime.now():
            self._wake_lanes({lane}, eta)

    # -- people ---------------------------------------------------------------

    def action_retry(self):
        """Put dead letters and cancelled jobs back into the queue."""
        self.check_access("write")
        for job in self.filtered(lambda job: job.state in ("dead", "cancelled")):
            job.write({"attempt": 0})
            job._finish_later(0, {})

    def action_run_now(self):
        """Don't wait for the next try."""
        self.check_access("write")
        self.filtered(lambda job: job.state == "pending").write(
            {"eta": fields.Datetime.now()}
        )
        self._wake_lanes(set(self.mapped("lane")))

    def action_cancel(self):
        self.check_access("write")
        self.filtered(lambda job: job.state in ("pending", "dead"))._finish(
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
