"""What query jobs and ingest jobs of Bulk API 2.0 have in common.

A job is told to be InProgress for as many polls as ``Bulk.polls`` says (and for
``Bulk.seconds`` of the clock), whatever it takes here.
[S api-asynch/guide: how_requests_are_processed, get_job_info, query_get_one_job]
"""

import csv
import gzip
import io
import itertools
import threading
from collections import OrderedDict

from ..routing import Reply
from . import facts, ids, values
from .bodies import body_of
from .errors import SalesforceError, not_found


class Bulk:
    """Settings of all jobs of an org.

    - ``polls``: how often a finished job still says InProgress
    - ``seconds``: of the simulator's clock that it does so at least
    - ``page``: rows of a page of results when maxRecords is left out
    - ``failures``: messages of the jobs to come, the first for the next: it fails
    - ``stop_after``: an ingest job fails once it has done so many rows; the rest is
      unprocessed
    - ``shuffle``: the files of an ingest job have their rows in any order
    """

    def __init__(self, polls=1, seconds=0, page=facts.BULK_PAGE, shuffle=True):
        self.polls = polls
        self.seconds = seconds
        self.page = page
        self.shuffle = shuffle
        self.failures = []
        self.stop_after = None
        self.crashes = []
        self.numbers = itertools.count(1)

    def configure(self, **settings):
        """Change the settings above; unknown names are a ValueError."""
        known = {"polls", "seconds", "page", "failures", "stop_after", "shuffle"}
        if unknown := set(settings) - known:
            raise ValueError(f"unknown settings {sorted(unknown)}")
        for name, value in settings.items():
            setattr(self, name, value)


class Job:
    """One job; ``state`` as it is told, ``error`` once it has failed."""

    def __init__(self, bulk, clock, version, given):
        self.id = ids.new_id(facts.BULK_PREFIX, next(bulk.numbers))
        self.bulk = bulk
        self.clock = clock
        self.version = version
        self.operation = given.get("operation")
        self.line_ending = given.get("lineEnding") or "LF"
        self.delimiter = given.get("columnDelimiter") or "COMMA"
        self.state = "Open"
        self.error = None
        self.created = self.changed = clock.now_ms()
        self.processed = 0
        self.polls = bulk.polls
        self.ready_at = self.created
        for name, known in (
            (self.line_ending, facts.LINE_ENDINGS),
            (self.delimiter, facts.DELIMITERS),
        ):
            if name not in known:
                raise SalesforceError("INVALIDJOB", f"unknown format {name}")

    def queue(self):
        """All is there that the job needs."""
        self.move("UploadComplete")
        self.ready_at = self.clock.now_ms() + self.bulk.seconds * 1000

    def move(self, state):
        """Change the state."""
        self.state = state
        self.changed = self.clock.now_ms()

    def is_waiting(self):
        """Count a poll: whether the job is still told to be in progress."""
        if self.polls > 0:
            self.polls -= 1
            return True
        return self.clock.now_ms() < self.ready_at

    def fail(self, message):
        """End in Failed."""
        self.error = message
        self.move("Failed")

    def describe(self, user_id):
        """What both kinds tell of themselves."""
        shape = {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": user_id,
            "createdDate": values.moment(self.created),
            "systemModstamp": values.moment(self.changed),
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version.removeprefix("v")),
            "lineEnding": self.line_ending,
            "columnDelimiter": self.delimiter,
        }
        if self.state in ("InProgress", "JobComplete", "Failed", "Aborted"):
            shape["numberRecordsProcessed"] = self.processed
            shape["retries"] = 0
            shape["totalProcessingTime"] = max(0, self.changed - self.created)
        if self.error:
            shape["errorMessage"] = self.error
        return shape

    def csv(self, header, rows):
        """Bytes of a CSV file, everything quoted. [S query_get_job_results, example]"""
        out = io.StringIO()
        writer = csv.writer(
            out,
            delimiter=facts.DELIMITERS[self.delimiter],
            quoting=csv.QUOTE_ALL,
            lineterminator=facts.LINE_ENDINGS[self.line_ending],
        )
        writer.writerow(header)
        writer.writerows(rows)
        return out.getvalue().encode()


class Jobs:
    """The jobs of one kind; ``path`` below `/jobs/`."""

    path = ""

    def __init__(self, store, bulk):
        self.store = store
        self.bulk = bulk
        self.lock = threading.RLock()
        self.jobs = OrderedDict()

    def routes(self):
        """(method, path below the version, handler)."""
        one = f"/jobs/{self.path}/{{job}}"
        return [
            ("POST", f"/jobs/{self.path}", self.create),
            ("GET", f"/jobs/{self.path}", self.all),
            ("GET", one, self.poll),
            ("PATCH", one, self.change),
            ("DELETE", one, self.delete),
        ]

    def all(self, _request):
        """Every job, newest first."""
        with self.lock:
            listed = [self.describe(job) for job in reversed(self.jobs.values())]
        return Reply(200, {"done": True, "records": listed, "nextRecordsUrl": None})

    def poll(self, request):
        """The job as it is now, which a poll may bring forward."""
        with self.lock:
            job = self.find(request)
            self.advance(job)
            return Reply(200, self.describe(job))

    def change(self, request):
        """Abort a job, or say that the upload is complete."""
        wanted = body_of(request).get("state")
        with self.lock:
            job = self.find(request)
            if wanted == "Aborted" and job.state not in ("JobComplete", "Failed"):
                job.move("Aborted")
            elif wanted == "UploadComplete":
                self.complete(job)
            else:
                raise SalesforceError(
                    "INVALIDJOBSTATE", f"a job in {job.state} cannot be {wanted}"
                )
            return Reply(200, self.describe(job))

    def complete(self, job):
        """Only ingest jobs are told so."""
        raise SalesforceError("INVALIDJOBSTATE", "this job has no upload")

    def delete(self, request):
        """204; only a job that has ended can be deleted."""
        with self.lock:
            job = self.find(request)
            if job.state not in ("JobComplete", "Failed", "Aborted", "UploadComplete"):
                raise SalesforceError(
                    "INVALIDJOBSTATE", f"a job in {job.state} cannot be deleted"
                )
            del self.jobs[job.id]
        return Reply(204)

    def find(self, request):
        """The job of a path: 404, and 409 by another version than its own."""
        job = self.jobs.get(ids.long_id(request.params["job"]))
        if job is None:
            raise not_found()
        if job.version != request.params["version"]:
            raise SalesforceError(
                "CONFLICT",
                f"the job was created with API version {job.version}",
                status=409,
            )
        return job

    def add(self, job):
        """Keep a new job."""
        with self.lock:
            self.jobs[job.id] = job

    def describe(self, job):
        """The JSON of a job."""
        return job.describe(self.store.user_id)

    def next_failure(self):
        """The message with which this job is to fail, or None."""
        return self.bulk.failures.pop(0) if self.bulk.failures else None


def csv_reply(request, body, headers=None):
    """CSV, packed when the client can unpack it. [S query_get_job_results]"""
    headers = dict(headers or {})
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        body = gzip.compress(body, compresslevel=1)
        headers["Content-Encoding"] = "gzip"
    return Reply(200, body, headers, "text/csv; charset=UTF-8")
