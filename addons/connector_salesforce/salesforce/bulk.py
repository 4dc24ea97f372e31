"""Bulk API 2.0 queries: Salesforce prepares a result, we read it as it flows.

Sources: https://developer.salesforce.com/docs/platform/api-asynch/guide/query_create_job,
query_get_job_info, query_get_job_results, query_abort_job: ``POST /jobs/query`` gives a
job; its states are UploadComplete, InProgress, JobComplete, Failed, Aborted; results
come as CSV in parts, each with ``Sforce-Locator`` for the next one. Results are kept
for seven days. A job must be asked for with the version it was made with, else 409.
"""

import contextlib
import csv

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.providers.http_stream import LONGEST_LINE

from .endpoints import path
from .errors import VENDOR

#: Records from which on a job is worth its while. [S] "more than 2,000"; below some
#: 10,000 a few pages of REST are there before a job has begun.
THRESHOLD = 10_000
#: Rows of one request for results, held by nobody: they are read as they flow.
PART_ROWS = 50_000
#: Seconds between two looks at a job: short first, longer as it takes longer.
POLL_SECONDS = (5, 10, 20, 40, 60)
#: Characters of the longest cell: a long text area holds 131,072 [S].
csv.field_size_limit(max(csv.field_size_limit(), 2**22))
#: Characters of the longest row, also where a cell of it has many lines.
LONGEST_ROW = LONGEST_LINE
COMPLETE = "JobComplete"
ENDED = frozenset({"Failed", "Aborted"})
#: What the locator says behind the last part. [M; many clients]
LAST_LOCATOR = "null"
LOCATOR_HEADER = "Sforce-Locator"


def poll_seconds(polls):
    return POLL_SECONDS[min(polls, len(POLL_SECONDS) - 1)]


class QueryJob:
    """One job of an org.

    :param client: ``HttpClient`` that knows the version of the API
    :param job_id: ``None`` before it is created
    :param version: that it was created with
    """

    def __init__(self, client, job_id=None, version=None):
        self.client = client
        self.job_id = job_id
        self.version = version or client.api_version

    def create(self, query, with_deleted):  # pylint: disable=method-required-super
        """Let Salesforce begin; :return: the id of the job"""
        operation = "queryAll" if with_deleted else "query"
        body = {"operation": operation, "query": query}
        # It changes no record, and a second one only costs Salesforce its time.
        reply = self.client.post(self._path(), body, safe=True, reads=True)
        self.job_id = reply.data["id"]
        return self.job_id

    def state(self):
        """:raises errors.RemoteNotFound: where there is no such job any more"""
        data = self.client.get(self._path(self.job_id)).data
        return data.get("state"), data.get("errorMessage") or ""

    def abort(self):
        """End it; one that is over or gone already is as good."""
        with contextlib.suppress(errors.InvalidRecord, errors.RemoteNotFound):
            self.client.request(
                *("PATCH", self._path(self.job_id)),
                json={"state": "Aborted"},
                safe=True,
            )

    @contextlib.contextmanager
    def part(self, locator, rows=PART_ROWS):
        """A part of the results, as it flows.

        :param locator: of the part; ``None`` for the first one
        :return: context manager of :class:`Part`
        """
        params = {"maxRecords": rows}
        if locator:
            params["locator"] = locator
        headers = {"Accept": "text/csv"}
        where = self._path(self.job_id, "results")
        with self.client.stream(where, params, headers) as reply:
            following = reply.headers.get(LOCATOR_HEADER) or LAST_LOCATOR
            rows = rows_of(reply.lines)
            header = next(rows, [])
            yield Part(
                header,
                rows,
                None if following == LAST_LOCATOR else following,
                reply.request_id,
            )

    def _path(self, *rest):
        return path(self.version, "jobs", "query", *rest)


class Part:
    """:param rows: iterator of lists of texts, as many as the header has names"""

    def __init__(self, header, rows, next_locator, request_id):
        self.header = header
        self.rows = rows
        self.next_locator = next_locator
        self.request_id = request_id


def rows_of(lines):
    """The rows of a CSV file as lists of one length, its header first.

    :param lines: iterator of texts
    :raises errors.TransientError: where it is no CSV
    """
    width, read = None, 0

    def counted():
        nonlocal read
        for line in lines:
            read += len(line)
            if read > LONGEST_ROW:
                raise csv.Error("a row without an end")
            yield line

    try:
        for row in csv.reader(counted()):
            read = 0
            width = len(row) if width is None else width
            if len(row) != width:
                raise csv.Error("a row of another length")
            yield row
    except csv.Error:
        raise errors.TransientError(
            f"{VENDOR} sent results that are no CSV.",
            code="malformed",
            params={"vendor": VENDOR},
        ) from None
