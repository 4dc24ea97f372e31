import datetime
import logging
import os
import threading
import uuid

import psycopg2.errorcodes
import psycopg2.errors

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import retry
from ..engine.errors import ConnectorError
from ..engine.queue import Again, LeaseLost
from .connector_budget import LANE

_logger = logging.getLogger(__name__)

#: Seconds that a worker may be silent before its job is given to another one. A job
#: renews its lease at every checkpoint; between two of them lies one request at most.
LEASE_SECONDS = 150
#: Tries in a row of a job whose transaction PostgreSQL could not serialize.
SERIALIZATION_TRIES = 5
#: Key of the context under which a worker keeps its own name. Not read from the job: it
#: would be the name of whoever has taken the job over.
WORKER = "connector_worker"
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
    """How jobs are run.

    A worker claims a job (``FOR UPDATE SKIP LOCKED``), commits it as started under a
    lease, runs it in a transaction of its own and records what came of it in another
    one, so that a rollback of the work never erases the error.
    """

    _inherit = "connector.job"

    @api.model
    def _cron_run_lane(self, lane):
        """Run the jobs of a lane until none is due or the cron's time is over.

        Never raises: a cron that fails again and again is switched off by Odoo.
        """
        cron = self.env["ir.cron"]
        self._reclaim_expired()
        while True:
            job = self.with_context(**{LANE: lane})._claim(lane)
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

        The gate of its connection is open, and no earlier job of its order key is
        unfinished.
        """
        return SQL(
            """
            j.state = 'pending' AND j.lane = %(lane)s AND j.eta <= %(now)s
            AND (j.connection_id IS NULL OR EXISTS (
                SELECT FROM connector_connection c
                 WHERE c.id = j.connection_id AND %(gate)s
            ))
            AND (j.order_key IS NULL OR NOT EXISTS (
                SELECT FROM connector_job e
                 WHERE e.order_key = j.order_key AND e.id < j.id
                   AND e.state IN ('pending', 'started')
            ))
            """,
            lane=lane,
            now=fields.Datetime.now(),
            gate=self.env["connector.connection"]._gate(lane),
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
        process = f"{os.uname().nodename}:{os.getpid()}:{threading.get_ident()}"
        worker = f"{process}:{uuid.uuid4().hex[:8]}"
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
                    worker,
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
        return self.with_context(**{WORKER: worker}).browse([row[0] for row in rows])

    @api.model
    def _reclaim_expired(self):
        """Give jobs whose worker died back to the queue; their try is counted."""
        try:
            self._reclaim_expired_in_transaction()
        except (
            psycopg2.errors.SerializationFailure,
            psycopg2.errors.UniqueViolation,
        ):
            # Another worker is at it, or enqueues the like of such a job right now.
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
                               AND (p.state = 'pending'
                                    OR p.state = 'started' AND p.id < j.id
                                       AND p.lease_until < %(now)s))
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
                    SELECT id FROM connector_job j
                     WHERE state = 'started' AND lease_until < %(now)s
                       AND EXISTS (
                            SELECT FROM connector_job p
                             WHERE p.identity_key = j.identity_key
                               AND p.state = 'pending')
                     FOR UPDATE SKIP LOCKED)
                RETURNING id
                """,
                now=fields.Datetime.now(),
            )
        )
        if rows:
            jobs = self.browse([row[0] for row in rows])
            _logger.warning(
                "Connector jobs %s are back in the queue: their workers died.", jobs.ids
            )
            policy = retry.policy_for("transient")
            jobs.filtered(lambda job: not policy.may_retry(job.attempt))._bury()
        self.env["ir.cron"]._commit_progress(0)

    def _bury(self):
        """Give up jobs that took their worker with them each time they were tried."""
        for job in self:
            error = ConnectorError(
                "Its worker died.", code="worker_died", params={"tries": job.attempt}
            )
            sentence = self.env["connector.exception"]._sentence_of_error(error)
            job._report(error, error.error_class, sentence)
            job._finish(
                {"state": "dead", "error_class": error.error_class, "error": sentence}
            )

    def _checkpoint(self):
        """Commit what the job has done so far and keep its lease.

        Call it before every request to a vendor: no transaction is open while we wait.

        :return: seconds that the job may go on for
        :raises LeaseLost: where another worker has taken the job over
        """
        # Called without a job, as by a test of the work itself, there is no lease.
        if self:
            self.env.flush_all()
            self._keep_lease()
        return self.env["ir.cron"]._commit_progress(0)

    def _keep_lease(self):
        """Renew the lease, in the transaction that is open.

        :raises LeaseLost: where another worker has taken the job over
        """
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_job SET lease_until = %s
                 WHERE id = %s AND state = 'started' AND worker = %s RETURNING id
                """,
                now + datetime.timedelta(seconds=LEASE_SECONDS),
                self.id,
                self.env.context.get(WORKER),
            )
        )
        if not rows:
            raise LeaseLost(self.id)

    def _perform(self):
        """Run one claimed job and record what came of it."""
        self.ensure_one()
        for attempt in range(1, SERIALIZATION_TRIES + 1):
            try:
                if attempt > 1:
                    self._keep_lease()
                result = self._call()
                self.env.flush_all()
                self._keep_lease()
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
                self._leave_to_other_worker()
                return
            except Exception as error:
                # Whatever went wrong, the transaction that failed is gone first.
                self.env.cr.rollback()
                if is_concurrency_error(error) and attempt < SERIALIZATION_TRIES:
                    continue
                self._record_failure_safely(error)
                return

    def _leave_to_other_worker(self):
        self.env.cr.rollback()
        _logger.warning("Connector job %s went to another worker.", self.id)

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
            state = "cancelled" if vals.get("error") else "done"
            self._finish({**vals, "state": state})
            return
        eta = fields.Datetime.now() + datetime.timedelta(seconds=seconds)
        self.write({**vals, "state": "pending", "eta": eta, "worker": False})
        self._wake_lanes({self.lane}, eta)

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
