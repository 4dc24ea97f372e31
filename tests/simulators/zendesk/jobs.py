"""Bulk writes, done in the background. [S job_statuses]

``queued``, then ``working``, then ``completed`` with a result for each row: a poll
moves a job one step, and time finishes it without one. Rows are written when it ends,
so that nobody sees them before. At most 30 are on at once.
"""

import uuid

from ..routing import Refusal, Reply, Route
from . import errors, facts
from .access import ids_of
from .errors import Invalid

NEXT = {"queued": "working", "working": "completed"}


class Job:
    """``rows``: what to do for each, a callable that returns a result."""

    __slots__ = ("id", "type", "rows", "status", "born", "results", "message")

    def __init__(self, kind, rows, born):
        self.id = uuid.uuid4().hex
        self.type = kind
        self.rows = rows
        self.status = "queued"
        self.born = born
        self.results = None
        self.message = None


class Jobs:
    """``seconds``: after which a job has ended without a poll; ``still``: polls don't
    move jobs, time alone does; ``fail``: how many of the next jobs end as ``failed``
    after half of their rows, ``kill``: the same as ``killed``, before the first."""

    def __init__(self, store, url):
        self.store = store
        self.url = url
        self.rows = {}
        self.seconds = 2
        self.still = False
        self.fail = 0
        self.kill = 0

    def routes(self):
        """The endpoints."""
        return [
            Route("GET", "/api/v2/job_statuses", self.listed),
            Route("GET", "/api/v2/job_statuses/show_many", self.show_many),
            Route("GET", "/api/v2/job_statuses/{id}", self.show),
        ]

    def start(self, kind, rows):
        """200 with a queued job; 429 when 30 are on."""
        on = sum(each.status in NEXT for each in self.rows.values())
        if on >= facts.JOB_LIMIT:
            wait = max(1, self.seconds)
            raise Refusal(errors.limited(wait, "TooManyJobs", facts.TEXT_JOBS))
        job = Job(kind, rows, self.store.now())
        self.rows[job.id] = job
        return Reply(200, {"job_status": self._shape(job)})

    def run_due(self):
        """End what is old enough; forget what ended long ago."""
        now = self.store.now()
        for job in list(self.rows.values()):
            age = now - job.born
            while job.status in NEXT and age >= self.seconds:
                self._step(job)
            if age >= facts.JOB_SECONDS:
                del self.rows[job.id]

    def listed(self, _request):
        """All that are known."""
        shown = [self._shape(each) for each in self.rows.values()]
        return Reply(200, {"job_statuses": shown})

    def show_many(self, request):
        """Those of some ids, each moved a step."""
        found = [self.rows[each] for each in ids_of(request) if each in self.rows]
        return Reply(200, {"job_statuses": [self._polled(each) for each in found]})

    def show(self, request):
        """One, moved a step; 404 when it is not known any longer."""
        job = self.rows.get(request.params["id"])
        if job is None:
            raise errors.not_found()
        return Reply(200, {"job_status": self._polled(job)})

    def _polled(self, job):
        if not self.still:
            self._step(job)
        return self._shape(job)

    def _step(self, job):
        if job.status not in NEXT:
            return
        job.status = NEXT[job.status]
        if job.status == "working" and self.kill:
            self.kill -= 1
            job.status, job.message = "killed", "Job was killed"
        if job.status != "completed":
            return
        rows = job.rows
        if self.fail:
            self.fail -= 1
            job.status, job.message = "failed", "Job failed, try again"
            rows = rows[: len(rows) // 2]
        job.results = [_result(place, row) for place, row in enumerate(rows)]
        if job.status == "completed":
            job.message = f"Completed at {self.store.clock.now():%Y-%m-%d %H:%M:%S}"

    def _shape(self, job):
        done = len(job.results or ())
        return {
            "id": job.id,
            "job_type": job.type,
            "url": f"{self.url()}/api/v2/job_statuses/{job.id}.json",
            "total": len(job.rows),
            "progress": done or None,
            "status": job.status,
            "message": job.message,
            "results": job.results,
        }


def _result(place, row):
    try:
        return {"index": place, **row(), "success": True}
    except Invalid as wrong:
        code = next(iter(wrong.details.values()))[0]["error"]
        return _failed(place, code, wrong.sentence())
    except Refusal as refusal:
        body = refusal.reply.body
        return _failed(place, body.get("error"), body.get("description"))


def _failed(place, code, text):
    return {"index": place, "success": False, "error": code, "details": text}
