import datetime
import logging

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine import retry
from ..engine.errors import ConnectorError
from .connector_concurrency import is_concurrency_error
from .connector_lane_worker import lives

_logger = logging.getLogger(__name__)

#: Seconds that a worker may be silent before its job is given to another one although
#: its database session lives. A job renews its lease at every checkpoint; between two
#: of them lies one request at most.
LEASE_SECONDS = 150
#: Seconds that a job may lie claimed behind another one of its batch before any other
#: worker may take it.
CLAIM_SECONDS = 5
#: Tries of a claim that another worker's got in the way of.
CLAIM_TRIES = 5
#: What a worker has to know of a claimed job to run it.
CLAIMED = (
    *("id", "name", "model_name", "method_name", "record_ids", "kwargs"),
    *("connection_id", "company_id", "attempt", "identity_key", "lane"),
    "correlation_id",
)


class ConnectorJob(models.Model):
    """Who gets which job.

    A worker claims several jobs at once (``FOR UPDATE SKIP LOCKED``) and begins them
    one by one; what it has not begun within seconds is free for others. A worker that
    died is known by its database session, which PostgreSQL ends with it.
    """

    _inherit = "connector.job"

    # -- what may run ---------------------------------------------------------

    @api.model
    def _candidates(self, lane, limit):
        """SQL that gives ``id, priority, eta`` of the jobs of a lane that may run now.

        Asked for each connection on its own, along an index: neither the backlog of a
        connection that may not run nor finished jobs cost anything. Looks at vendors
        that are down are few and have an index of their own.
        """
        gate = self.env["connector.connection"]._gate
        now = fields.Datetime.now()
        due = SQL(
            """
            SELECT j.id, j.priority, j.eta FROM connector_job j
             WHERE j.state = 'pending' AND j.lane = %(lane)s AND j.eta <= %(now)s
               AND NOT EXISTS (
                    SELECT FROM connector_lane l
                     WHERE l.code = %(lane)s AND l.paused)
               AND (j.order_key IS NULL OR NOT EXISTS (
                    SELECT FROM connector_job e
                     WHERE e.order_key = j.order_key
                       AND (e.state = 'started'
                            OR e.state IN ('waiting', 'pending') AND e.id < j.id)))
            """,
            lane=lane,
            now=now,
        )
        order = SQL("ORDER BY j.priority, j.eta, j.id LIMIT %s", limit)
        return SQL(
            """
            SELECT o.id, o.priority, o.eta
              FROM connector_connection c CROSS JOIN LATERAL (
                    %(due)s AND j.connection_id = c.id %(order)s) o
             WHERE %(gate)s
             UNION ALL (%(due)s AND j.connection_id IS NULL %(order)s)
             UNION ALL (%(due)s AND j.probe AND EXISTS (
                SELECT FROM connector_connection c
                 WHERE c.id = j.connection_id AND %(probe_gate)s) %(order)s)
            """,
            due=due,
            order=order,
            gate=gate(lane, probe=SQL("FALSE")),
            probe_gate=gate(lane, probe=SQL("TRUE")),
        )

    @api.model
    def _has_work(self, lane):
        """Whether a job of the lane may run now."""
        rows = self.env.execute_query(
            SQL("SELECT 1 FROM (%s) AS candidates LIMIT 1", self._candidates(lane, 1))
        )
        return bool(rows)

    # -- claim ----------------------------------------------------------------

    @api.model
    def _claim(self, lane, limit=1, worker=None, session_key=None):
        """Take the next jobs of a lane and commit that they are ours.

        They are begun one after the other, see :meth:`_begin`.

        :param limit: how many at most
        :param worker: name under which they are ours
        :param session_key: number by which others see that we live
        :return: list of dicts with ``CLAIMED``, in the order in which they are to run
        """
        for _try in range(CLAIM_TRIES):
            try:
                rows, more = self._claim_in_transaction(
                    lane, limit, worker, session_key
                )
                self._commit()
            except psycopg2.Error as error:
                self.env.cr.rollback()
                if not is_concurrency_error(error):
                    raise
                continue
            if rows or not more:
                return rows
        return []

    def _claim_in_transaction(self, lane, limit, worker, session_key):
        now = fields.Datetime.now()
        # Several times what is wanted: others may be about to take the first ones.
        candidates = self.env.execute_query(
            SQL(
                "SELECT id FROM (%s) AS candidates ORDER BY priority, eta, id LIMIT %s",
                self._candidates(lane, limit * 4),
                limit * 4,
            )
        )
        if not candidates:
            return [], False
        # Another worker may be first with a row: no error for the server's log.
        self.env.cr.execute(
            SQL(
                """
                WITH taken AS (
                    SELECT id FROM connector_job
                     WHERE id = ANY(%(ids)s) AND state = 'pending'
                     ORDER BY priority, eta, id LIMIT %(limit)s
                       FOR UPDATE SKIP LOCKED)
                UPDATE connector_job j
                   SET state = 'started', worker = %(worker)s,
                       session_key = %(session_key)s, started_at = NULL,
                       finished_at = NULL, lease_until = %(until)s
                  FROM taken WHERE taken.id = j.id
                RETURNING %(columns)s, j.priority, j.eta
                """,
                ids=[row[0] for row in candidates],
                limit=limit,
                worker=worker,
                session_key=session_key,
                until=now + datetime.timedelta(seconds=CLAIM_SECONDS),
                columns=SQL(", ").join(SQL("j.%s", SQL.identifier(c)) for c in CLAIMED),
            ),
            log_exceptions=False,
        )
        rows = self.env.cr.dictfetchall()
        rows.sort(key=lambda row: (row["priority"], row["eta"], row["id"]))
        return rows, True

    @api.model
    def _begin(self, row, worker):
        """Commit that a claimed job runs, with its try counted, before it does.

        Whatever becomes of the machine: the job is found as begun, or as not begun and
        nothing was done. So the disk need not be waited for.

        :return: whether it is still ours
        """
        now = fields.Datetime.now()
        try:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE connector_job
                       SET attempt = attempt + 1, started_at = %s, lease_until = %s
                     WHERE id = %s AND state = 'started' AND worker = %s
                    RETURNING attempt, set_config('synchronous_commit', 'off', true)
                    """,
                    now,
                    now + datetime.timedelta(seconds=LEASE_SECONDS),
                    row["id"],
                    worker,
                ),
                log_exceptions=False,
            )
            rows = self.env.cr.fetchall()
            self._commit()
        except psycopg2.Error as error:
            self.env.cr.rollback()
            if not is_concurrency_error(error):
                raise
            return False
        if rows:
            row["attempt"] = rows[0][0]
        return bool(rows)

    # -- back to the queue ----------------------------------------------------

    @api.model
    def _give_back(self, job_ids, worker):
        """Put claimed jobs that were not begun back into the queue."""
        if job_ids:
            self._in_transaction(
                lambda: self._return_to_queue(
                    SQL(
                        "j.id = ANY(%s) AND j.worker = %s AND j.started_at IS NULL",
                        job_ids,
                        worker,
                    )
                )
            )

    @api.model
    def _reclaim_expired(self):
        """Give jobs whose worker died back to the queue; their try is counted.

        So are those that a living worker has claimed and not come to, and those whose
        worker has been silent for too long.
        """
        rows = self._in_transaction(self._reclaim_in_transaction)
        begun = [row["id"] for row in rows or () if row["begun"]]
        if begun:
            _logger.warning(
                "Connector jobs %s are back in the queue: their workers died.", begun
            )
            policy = retry.policy_for("transient")
            worn = self.browse(begun).filtered(
                lambda job: job.state == "pending" and not policy.may_retry(job.attempt)
            )
            if worn:
                self._in_transaction(worn._bury)

    def _reclaim_in_transaction(self):
        return self._return_to_queue(
            SQL(
                "(j.lease_until < %s OR j.session_key IS NOT NULL AND NOT %s)",
                fields.Datetime.now(),
                lives(SQL("j.session_key")),
            )
        )

    def _return_to_queue(self, condition):
        """Make started jobs pending again.

        Where a job of the same identity waits already, that one does the work.

        :param condition: SQL on ``j``
        :return: list of dicts ``id``, ``begun``
        """
        now = fields.Datetime.now()
        twin = SQL(
            """
            SELECT FROM connector_job p
             WHERE p.identity_key = j.identity_key AND p.id <> j.id
               AND p.state IN ('waiting', 'pending')
            """
        )
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH back AS (
                    SELECT j.id, j.started_at IS NOT NULL AS begun,
                           j.identity_key IS NOT NULL AND (
                                EXISTS (%(twin)s)
                                OR ROW_NUMBER() OVER (
                                    PARTITION BY j.identity_key ORDER BY j.id) > 1
                           ) AS spare
                      FROM connector_job j
                     WHERE j.id IN (
                        SELECT j.id FROM connector_job j
                         WHERE j.state = 'started' AND %(condition)s
                           FOR UPDATE SKIP LOCKED))
                UPDATE connector_job j
                   SET state = CASE WHEN spare THEN 'cancelled' ELSE 'pending' END,
                       worker = NULL, session_key = NULL,
                       eta = CASE WHEN begun THEN %(now)s ELSE eta END,
                       finished_at = CASE WHEN spare THEN %(now)s END,
                       error = CASE WHEN spare THEN %(why)s ELSE error END
                  FROM back WHERE back.id = j.id
                RETURNING j.id, back.begun, j.lane
                """,
                twin=twin,
                condition=condition,
                now=now,
                why=self.env._("Another job that waited does its work."),
            )
        )
        if rows:
            self.invalidate_model()
            self._wake_lanes({row["lane"] for row in rows})
        return rows

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

    @api.model
    def _commit(self):
        """End the open transaction; the queue is the one place that does it."""
        self.env.cr.commit()  # pylint: disable=invalid-commit

    @api.model
    def _in_transaction(self, function):
        """Do something small and commit it; leave it where others are at it.

        :return: what ``function`` returns, ``None`` where it was left
        """
        try:
            result = function()
            self._commit()
            return result
        except psycopg2.Error as error:
            self.env.cr.rollback()
            if not is_concurrency_error(error):
                raise
            return None
