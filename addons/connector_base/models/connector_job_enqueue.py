import uuid

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.trail import CORRELATION
from .connector_flow import LANES
from .connector_wake import notify_soon

#: Key under which a transaction remembers which lanes it wakes when it commits.
WAKE_KEY = "connector.wake"
LANE_NAMES = tuple(lane for lane, _label in LANES)


class ConnectorJob(models.Model):
    """How jobs get into the queue, alone or after one another."""

    _inherit = "connector.job"

    @api.private
    @api.model
    def enqueue(self, records, method, **options):
        """Put a method call into the queue; the one way in.

        :param records: recordset, or model for a method of the model
        :param method: name that begins with ``_job_``; called as
            ``method(job, **kwargs)``
        :param options: see :meth:`call`; and ``after``, a recordset of jobs that must
            be done first
        :return: the job; where one of the same identity waits already, that one
        :raises ValueError: where the method is no job method
        """
        after = options.pop("after", None)
        return self.enqueue_group([self.call(records, method, **options)], after=after)

    @api.private
    @api.model
    def enqueue_group(self, calls, *, after=None):
        """Put several calls into the queue, in one statement.

        ``after=`` the group makes others wait for all of it.

        :param calls: list of what :meth:`call` returns
        :param after: recordset of jobs that must be done before any of them
        :return: the jobs; in the order of the calls where none has an identity key
        """
        jobs = self._insert_jobs(calls, waiting=bool(after))
        if after:
            self._add_dependencies([(job.id, p.id) for job in jobs for p in after])
            # What they wait for may be over already.
            self._release(jobs.ids)
        return jobs

    @api.private
    @api.model
    def enqueue_chain(self, calls, *, after=None):
        """Put calls into the queue of which each waits for the one before it.

        :param calls: list of what :meth:`call` returns, without identity keys
        :return: the jobs, in order
        """
        if any(vals["identity_key"] for vals in calls):
            raise ValueError("a link of a chain can't be left out")
        first = self.enqueue_group(calls[:1], after=after)
        rest = self._insert_jobs(calls[1:], waiting=True)
        jobs = first + rest
        self._add_dependencies(list(zip(rest.ids, jobs.ids, strict=False)))
        return jobs

    @api.private
    @api.model
    def call(
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
        """What a job is to do, for :meth:`enqueue_group` and :meth:`enqueue_chain`.

        :param kwargs: JSON-like; ids and options, no secrets and no payloads
        :param lane: ``realtime``, ``finance``, ``default`` or ``bulk``
        :param priority: the lower, the earlier within the lane
        :param eta: earliest time, naive UTC as Odoo's own fields
        :param identity_key: a job with the same key that waits already is enough; one
            more may wait while another one runs
        :param order_key: jobs of the same key run one after the other, in order
        :param correlation_id: the trail; what a job enqueues goes on with its own
        :return: values of a job
        :raises ValueError: where the method is no job method
        """
        if not method.startswith("_job_") or not hasattr(records, method):
            raise ValueError(f"{method} is no job method of {records._name}")
        return {
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
            "attempt": 0,
            "identity_key": identity_key,
            "order_key": order_key,
            "correlation_id": correlation_id
            or self.env.context.get(CORRELATION)
            or uuid.uuid4().hex,
            "create_uid": self.env.uid,
            "create_date": fields.Datetime.now(),
        }

    # -- rows -----------------------------------------------------------------

    def _insert_jobs(self, calls, waiting):
        """Insert rows, in SQL for ON CONFLICT: where the like waits nothing is raised.

        What another transaction enqueues meanwhile is a serialization failure: the
        next try sees it.
        """
        if not calls:
            return self.browse()
        state = "waiting" if waiting else "pending"
        rows = [{**vals, "state": state} for vals in calls]
        self.flush_model(["state", "identity_key"])
        inserted = self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_job (%s) VALUES %s
                ON CONFLICT (identity_key) WHERE state IN ('waiting', 'pending')
                DO NOTHING RETURNING id
                """,
                SQL(", ").join(SQL.identifier(column) for column in rows[0]),
                SQL(", ").join(SQL("%s", self._column_values(row)) for row in rows),
            )
        )
        ids = [row[0] for row in inserted]
        if len(ids) < len(rows):
            ids += self._hold_twins({row["identity_key"] for row in rows}, set(ids))
        by_eta = {}
        for row in rows:
            by_eta.setdefault(row["eta"], set()).add(row["lane"])
        for eta, lanes in by_eta.items():
            self._wake_lanes(lanes, eta)
        return self.browse(ids)

    def _column_values(self, row):
        return tuple(
            self._fields[column].convert_to_column_insert(value, self)
            if column in self._fields
            else value
            for column, value in row.items()
        )

    def _hold_twins(self, identity_keys, own_ids):
        """The jobs that wait already; none of them starts before our transaction ends.

        Otherwise one could start now, see nothing of what our transaction does, and
        the work that it was asked for would be left undone. Workers skip rows that are
        locked; several transactions may hold the same one.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM connector_job
                 WHERE identity_key IN %s AND state IN ('waiting', 'pending')
                   FOR SHARE
                """,
                tuple(key for key in identity_keys if key),
            )
        )
        return [row[0] for row in rows if row[0] not in own_ids]

    def _add_dependencies(self, pairs):
        """:param pairs: list of ``(job id, id of the job that it waits for)``"""
        if pairs:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO connector_job_dependency (job_id, after_id) VALUES %s
                    ON CONFLICT DO NOTHING RETURNING job_id
                    """,
                    SQL(", ").join(SQL("%s", pair) for pair in pairs),
                )
            )
            self.invalidate_model(["after_ids", "before_ids"])

    @api.model
    def _release(self, job_ids=None):
        """Let jobs run that have waited for others which are all done now.

        What happened in transactions that are still open is not seen: whoever finishes
        a job calls this in a transaction after that.

        :param job_ids: only these; of all that wait otherwise
        :return: the jobs that were released
        """
        self.flush_model(["state"])
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_job j SET state = 'pending'
                 WHERE j.state = 'waiting' AND %s AND NOT EXISTS (
                    SELECT FROM connector_job_dependency d
                      JOIN connector_job a ON a.id = d.after_id
                     WHERE d.job_id = j.id AND a.state <> 'done')
                RETURNING j.id, j.lane
                """,
                SQL("TRUE") if job_ids is None else SQL("j.id = ANY(%s)", job_ids),
            )
        )
        if rows:
            self.invalidate_model(["state"])
            self._wake_lanes({lane for _id, lane in rows})
        return self.browse([row[0] for row in rows])

    # -- wake -----------------------------------------------------------------

    @api.model
    def _wake_lanes(self, lanes=None, at=None):
        """Let a worker of each lane look for jobs: at commit, or when it is time.

        A transaction that enqueues a thousand jobs wakes each lane once.
        """
        now = fields.Datetime.now()
        data = self.env.cr.precommit.data
        if WAKE_KEY not in data:
            data[WAKE_KEY] = set()
            self.env.cr.precommit.add(self._trigger_lanes)
        moment = at.replace(microsecond=0) if at and at > now else None
        data[WAKE_KEY] |= {(lane, moment) for lane in lanes or LANE_NAMES}

    def _trigger_lanes(self):
        wanted = self.env.cr.precommit.data.pop(WAKE_KEY, set())
        if wanted:
            self._call_workers(wanted)

    def _call_workers(self, wanted):
        """Write the triggers of the cron rows of each lane, in one statement.

        Called right before the commit; extend where others than crons run a lane.

        :param wanted: set of ``(lane, moment)``, naive UTC; ``None`` is now
        """
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO ir_cron_trigger (cron_id, call_at)
                SELECT r.ir_cron_id, v.at
                  FROM (VALUES %s) AS v(lane, at)
                  JOIN connector_lane l ON l.code = v.lane AND l.paused IS NOT TRUE
                  JOIN connector_lane_ir_cron_rel r ON r.connector_lane_id = l.id
                  JOIN ir_cron c ON c.id = r.ir_cron_id AND c.active
                RETURNING call_at
                """,
                SQL(", ").join(
                    SQL("(%s, %s::timestamp)", lane, moment or now)
                    for lane, moment in sorted(wanted, key=str)
                ),
            )
        )
        if rows:
            seconds = max((min(row[0] for row in rows) - now).total_seconds(), 0)
            dbname = self.env.cr.dbname
            self.env.cr.postcommit.add(lambda: notify_soon(dbname, seconds))
