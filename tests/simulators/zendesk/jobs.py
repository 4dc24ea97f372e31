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

#: What the rows of a job do, which decides what their results look like.
CREATES, UPSERTS, UPDATES = "creates", "upserts", "updates"
NEXT = {"queued": "working", "working": "completed"}


class Job:
    """``rows``: what to do for each, a callable that returns ``{"id", "action",
    "status"}``; ``form``: of their results."""

    __slots__ = ("id", "type", "rows", "form", "status", "born", "account_id")
    __slots__ += ("results", "message")

    def __init__(self, kind, rows, form, born, account_id):
        self.id = f"V3-{uuid.uuid4().hex}"
        self.type = kind
        self.rows = rows
        self.form = form
        self.account_id = account_id
        self.status = "queued"
        self.born = born
        self.results = None
        self.message = None


class Jobs:
    """``seconds``: after which a job has ended without a poll; ``still``: polls don't
    move jobs, time alone does; ``fail``: how many of the next jobs end as ``failed``
    after half of their rows, ``kill``: the same as ``killed``, before the first."""

    def __init__(self, store, account, url):
        self.store = store
        self.account = account
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

    def start(self, kind, rows, form=UPDATES):
        """200 with a queued job; 429 when 30 are on."""
        on = sum(each.status in NEXT for each in self.rows.values())
        if on >= facts.JOB_LIMIT:
            wait = max(1, self.seconds)
            raise Refusal(errors.limited(wait, "TooManyJobs", facts.TEXT_JOBS))
        job = Job(kind, rows, form, self.store.now(), self.account["id"])
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
        job.results = [_result(job, place, row) for place, row in enumerate(rows)]
        if job.status == "completed":
            now = f"{self.store.clock.now():%Y-%m-%d %H:%M:%S} +0000"
            job.message = f"Completed at {now}"

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


def _result(job, place, row):
    """What a row came to, in the form of its kind of job. [3P recorded jobs: a create
    has neither `success` nor `status`, a user that was neither created nor updated has
    the status `Failed`; M that refused rows have `error` and `details` everywhere]"""
    try:
        done = row()
    except Invalid as wrong:
        code = next(iter(wrong.details.values()))[0]["error"]
        return _failed(job, place, code, wrong.sentence())
    except Refusal as refusal:
        body = refusal.reply.body
        return _failed(job, place, body.get("error"), body.get("description"))
    if job.form == CREATES:
        return {"index": place, "id": done["id"], "account_id": job.account_id}
    if job.form == UPSERTS:
        return {"index": place, "id": done["id"], "status": done["status"]}
    return {"index": place, **done, "success": True}


def _failed(job, place, code, text):
    failed = {"index": place, "error": code, "details": text}
    if job.form != CREATES:
        failed["status"] = "Failed"
    if job.form == UPDATES:
        failed["success"] = False
    return failed
