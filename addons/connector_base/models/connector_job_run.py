import datetime
import json
import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.queue import Again, LeaseLost
from ..engine.trail import CORRELATION, JOB
from ..service_user import service_env
from .connector_budget import LANE
from .connector_concurrency import is_concurrency_error
from .connector_job_claim import LEASE_SECONDS

_logger = logging.getLogger(__name__)

#: Tries in a row of a job whose transaction PostgreSQL could not serialize.
SERIALIZATION_TRIES = 5
#: Key of the context under which a worker keeps its own name. Not read from the job: it
#: would be the name of whoever has taken the job over.
WORKER = "connector_worker"
#: Key under which it keeps the end of its time on the monotonic clock, where no cron
#: set one.
END_TIME = "connector_end_time"


class ConnectorJob(models.Model):
    """How a job is run.

    It runs in a transaction of its own, and what came of it is recorded with its work;
    a failure is recorded in another transaction, so that a rollback of the work never
    erases the error.
    """

    _inherit = "connector.job"

    def _checkpoint(self):
        """Commit what the job has done so far and keep its lease.

        Call it before every request to a vendor: no transaction is open while we wait.

        :return: seconds that the job may go on for; 0 where more urgent work waits for
            the worker
        :raises LeaseLost: where another worker has taken the job over
        """
        # Called without a job, as by a test of the work itself, there is no lease.
        if self:
            self.env.flush_all()
            self._keep_lease()
        self._commit()
        lane = self.env.context.get(LANE)
        deserted = lane and self._deserted_lanes(lane)
        # The look begins a transaction: what the vendor answers would be compared with
        # a state of Odoo from before the request.
        self._commit()
        return 0 if deserted else self._seconds_left()

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

    @api.model
    def _perform(self, row):
        """Run one job that has begun, and record what came of it.

        :param row: dict as of :meth:`_claim`
        :return: whether it did what it should, all of it or a part
        """
        job = self.browse(row["id"])
        for attempt in range(1, SERIALIZATION_TRIES + 1):
            try:
                if attempt > 1:
                    job._keep_lease()
                result = job._call(row)
                self.env.flush_all()
                if isinstance(result, Again):
                    job._keep_lease()
                    # Going on is no failed try.
                    vals = {"result": result.result, "attempt": row["attempt"] - 1}
                    job._finish_later(result.after, vals)
                else:
                    job._finish_done(result)
                self._commit()
                return True
            except LeaseLost:
                job._leave_to_other_worker()
                return False
            except Exception as error:
                # Whatever went wrong, the transaction that failed is gone first.
                self.env.cr.rollback()
                if is_concurrency_error(error) and attempt < SERIALIZATION_TRIES:
                    continue
                job._record_failure_safely(error)
                return False
        return False

    def _leave_to_other_worker(self):
        self.env.cr.rollback()
        _logger.warning("Connector job %s went to another worker.", self.id)

    def _call(self, row):
        # What it writes, enqueues and sends belongs to its trail.
        trail = {CORRELATION: row["correlation_id"], JOB: row["id"]}
        env = service_env(self.env)
        records = env[row["model_name"]].with_context(**trail)
        records = records.browse(row["record_ids"] or [])
        if row["company_id"]:
            records = records.with_company(row["company_id"])
        if not row["method_name"].startswith("_job_"):
            raise ValueError(f"{row['method_name']} is no job method")
        job = self.with_env(env)
        return getattr(records, row["method_name"])(job, **(row["kwargs"] or {}))

    def _finish_done(self, result):
        """Record that the job is done, if it is still ours.

        :raises LeaseLost: where another worker has taken the job over
        """
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_job
                   SET state = 'done', worker = NULL, session_key = NULL,
                       finished_at = %s, result = %s, error_class = NULL, error = NULL,
                       error_detail = NULL, traceback = NULL
                 WHERE id = %s AND state = 'started' AND worker = %s RETURNING id
                """,
                fields.Datetime.now(),
                None if result is None else json.dumps(result),
                self.id,
                self.env.context.get(WORKER),
            )
        )
        if not rows:
            raise LeaseLost(self.id)
        self.invalidate_recordset()

    def _finish(self, vals):
        self.write(
            {
                "worker": False,
                "session_key": False,
                "finished_at": fields.Datetime.now(),
                **vals,
            }
        )

    def _finish_later(self, seconds, vals):
        """Put the job back; where its like waits already, that one does the rest."""
        twin = self.identity_key and self.search_count(
            [
                ("identity_key", "=", self.identity_key),
                ("state", "in", ("waiting", "pending")),
            ],
            limit=1,
        )
        if twin:
            state = "cancelled" if vals.get("error") else "done"
            self._finish({**vals, "state": state})
            return
        eta = fields.Datetime.now() + datetime.timedelta(seconds=seconds)
        self.write(
            {
                **vals,
                "state": "pending",
                "eta": eta,
                "worker": False,
                "session_key": False,
            }
        )
        self._wake_lanes({self.lane}, eta)

    @api.model
    def _wake_at_next_eta(self, lane):
        """Let the lane's workers come back for the job that becomes due next."""
        now = fields.Datetime.now()
        [(moment, shut_out)] = self.env.execute_query(
            SQL(
                """
                SELECT (SELECT MIN(eta) FROM connector_job
                         WHERE state = 'pending' AND lane = %(lane)s
                           AND eta > %(now)s),
                       EXISTS (SELECT FROM connector_job
                                WHERE state = 'pending' AND lane = %(lane)s
                                  AND eta <= %(now)s)
                """,
                lane=lane,
                now=now,
            )
        )
        opening = shut_out and self.env["connector.connection"]._next_gate_change()
        if opening and (not moment or opening < moment):
            moment = opening
        if moment:
            self._wake_lanes({lane}, moment)
