import dataclasses
import logging
import signal
import time

from odoo import api, fields, models
from odoo.tools import SQL

from .connector_budget import LANE
from .connector_flow import LANES
from .connector_job_run import END_TIME, WORKER

_logger = logging.getLogger(__name__)

#: Most jobs claimed at once, and the seconds of work that a claim is meant to hold.
MOST_CLAIMED = 50
CLAIM_WORK_SECONDS = 0.2
#: Seconds between two looks at more urgent lanes, and at what else a lane has to see
#: to: work outside of the queue, dead workers, jobs whose parents are done.
LOOK_SECONDS = 0.2
COLLECT_SECONDS = 1.0
TIDY_SECONDS = 5.0


@dataclasses.dataclass(slots=True)
class Shift:
    """One run of a worker: from its cron's start until nothing is due or time is over.

    :param size: jobs to claim at once, as many as take ``CLAIM_WORK_SECONDS``
    :param done: jobs since the last report
    """

    lane: str
    worker: str
    session_key: int
    size: int = 1
    done: int = 0
    looked_at: float = float("-inf")
    collected_at: float = float("-inf")
    tidied_at: float = float("-inf")


class ConnectorJob(models.Model):
    """How a worker of a lane spends its time.

    It runs the jobs of its lane, helps out where a more urgent lane has nobody, and
    leaves its thread to Odoo's other crons when its time is over.
    """

    _inherit = "connector.job"

    @api.model
    def _cron_run_lane(self, lane, number=1):
        """Run the jobs of a lane until none is due or the cron's time is over.

        Never raises: a cron that fails again and again is switched off by Odoo.

        :param number: which of the lane's workers this is, from 1
        """
        if number > 1 and number > self.env["connector.lane"].of(lane).workers:
            return
        self._run_lane(lane, f"cron {number}")

    @api.model
    def _run_lane(self, lane, slot):
        """Work in a lane under the name of a slot, whoever runs us."""
        shift = None
        try:
            workers = self.env["connector.lane.worker"]
            worker, session_key = workers._open(lane, slot)
            self._commit()
            shift = Shift(lane, worker, session_key)
            self.with_context(**{WORKER: worker, LANE: lane})._work(shift)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("The lane %s stopped; its next run goes on.", lane)
        finally:
            self._end_shift(shift)

    def _end_shift(self, shift):
        if shift is None:
            return
        try:
            self.env["connector.lane.worker"]._close(shift.session_key)
            if self._has_work(shift.lane):
                # Odoo's other crons come first, then we go on.
                self._wake_lanes({shift.lane})
            else:
                self._wake_at_next_eta(shift.lane)
            self._report_progress(shift)
        except Exception:
            self.env.cr.rollback()
            _logger.exception("The end of a run of lane %s failed.", shift.lane)

    def _work(self, shift):
        while True:
            self._look_around(shift)
            rows = self._claim_for(shift)
            if not rows:
                return
            if not self._run_batch(shift, rows):
                return

    def _claim_for(self, shift):
        for lane in (*self._deserted_lanes(shift.lane), shift.lane):
            size = shift.size if lane == shift.lane else 1
            rows = self._claim(lane, size, shift.worker, shift.session_key)
            if rows:
                return rows
        return []

    def _run_batch(self, shift, rows):
        """Run claimed jobs; what is not begun when something else is due goes back.

        :return: whether there is time for more
        """
        started = time.monotonic()
        shift.looked_at = started
        more = True
        done = []
        for number, row in enumerate(rows):
            lane = row["lane"]
            runner = self.with_context(**{LANE: lane})
            if runner._begin(row, shift.worker):
                row["succeeded"] = runner._perform(row)
                done.append(row)
                shift.done += 1
            more = self._seconds_left() > 0
            if not more or self._is_wanted_elsewhere(shift):
                rest = [row["id"] for row in rows[number + 1 :]]
                self._give_back(rest, shift.worker)
                break
        self._after_jobs(done)
        seconds = time.monotonic() - started
        shift.size = self._next_size(len(done), seconds)
        return more

    def _next_size(self, count, seconds):
        wanted = CLAIM_WORK_SECONDS * count / max(seconds, 0.001)
        return int(min(max(wanted, 1), 2 * count or 1, MOST_CLAIMED))

    def _is_wanted_elsewhere(self, shift):
        now = time.monotonic()
        if now < shift.looked_at + LOOK_SECONDS:
            return False
        shift.looked_at = now
        return bool(self._deserted_lanes(shift.lane))

    @api.model
    def _deserted_lanes(self, lane):
        """More urgent lanes that have due work and fewer workers at it than they may.

        With Odoo's two cron threads both may be at long work when an invoice comes:
        whoever is done with a job first takes it.
        """
        urgent = _more_urgent(lane)
        if not urgent:
            return []
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.code, l.workers FROM connector_lane l
                 WHERE l.code = ANY(%s) AND l.paused IS NOT TRUE AND EXISTS (
                    SELECT FROM connector_job j
                     WHERE j.lane = l.code AND j.state = 'pending'
                       AND j.eta <= %s)
                 ORDER BY l.sequence
                """,
                urgent,
                fields.Datetime.now(),
            )
        )
        serving = self.env["connector.lane.worker"]._serving() if rows else {}
        return [
            code
            for code, workers in rows
            if serving.get(code, 0) < workers and self._has_work(code)
        ]

    # -- between jobs ---------------------------------------------------------

    def _look_around(self, shift):
        """See to what a lane has to do besides running jobs, not too often."""
        now = time.monotonic()
        if now >= shift.collected_at + COLLECT_SECONDS:
            shift.collected_at = now
            # For more urgent lanes, too: they may have nobody, see _deserted_lanes.
            for lane in (*_more_urgent(shift.lane), shift.lane):
                self._in_transaction(lambda lane=lane: self._collect_work(lane))
        if now >= shift.tidied_at + TIDY_SECONDS:
            shift.tidied_at = now
            self._reclaim_expired()
            self._in_transaction(self._release)
            self._report_progress(shift)

    @api.model
    def _collect_work(self, lane):
        """Make jobs of what waits outside of the queue; extend where something does.

        Called before a lane claims and about every second while it runs, in a
        transaction of its own.
        """

    def _after_jobs(self, rows):
        """What follows from jobs that were run; extend. In transactions of its own.

        :param rows: list of dicts as of :meth:`_claim`, with ``succeeded``
        """
        if not rows:
            return
        connections = {row["connection_id"] for row in rows if row["succeeded"]}
        if connections - {None}:
            self._in_transaction(
                lambda: self.env["connector.circuit"]._note_success(
                    sorted(connections - {None})
                )
            )
        children = self.env.execute_query(
            SQL(
                "SELECT DISTINCT job_id FROM connector_job_dependency"
                " WHERE after_id = ANY(%s)",
                [row["id"] for row in rows],
            )
        )
        if children:
            self._in_transaction(lambda: self._release([row[0] for row in children]))

    def _report_progress(self, shift):
        """Say that we live, and to Odoo what we did: never that something remains.

        Odoo calls a cron that has more to do ten times over before it lets another
        one have the thread; we come again by a trigger instead.
        """
        done, shift.done = shift.done, 0
        workers = self.env["connector.lane.worker"]
        workers._beat(shift.session_key, shift.lane, done)
        self.env["ir.cron"]._commit_progress(done, remaining=0)

    # -- time -----------------------------------------------------------------

    @api.model
    def _seconds_left(self):
        """Seconds that the worker may go on for; 0 where the server is stopping."""
        if server_is_stopping():
            return 0
        ends = [self.env.context.get(key) for key in ("cron_end_time", END_TIME)]
        ends = [end for end in ends if end is not None]
        return max(min(ends) - time.monotonic(), 0) if ends else float("inf")


def _more_urgent(lane):
    names = [name for name, _label in LANES]
    return names[: names.index(lane)]


def server_is_stopping():
    """Whether the Odoo server that we run in was told to end.

    Its classes keep that in the object whose method handles the signal.
    """
    server = getattr(signal.getsignal(signal.SIGINT), "__self__", None)
    quitting = getattr(server, "quit_signals_received", 0)
    return bool(quitting) or getattr(server, "alive", True) is False
