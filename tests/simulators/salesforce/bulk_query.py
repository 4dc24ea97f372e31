"""Bulk API 2.0 query jobs: SOQL in, pages of CSV out.

[S api-asynch/guide: query_create_job, query_get_one_job, query_get_job_results,
query_abort_job, query_delete_job]
"""

import base64
import binascii

from ..routing import Reply
from . import facts
from .bodies import body_of
from .bulk_jobs import Job, Jobs, csv_reply
from .errors import SalesforceError
from .soql import parse

OPERATIONS = ("query", "queryAll")


class QueryJob(Job):
    """``rows`` once it has run: a snapshot."""

    def __init__(self, *args):
        super().__init__(*args)
        self.object = None
        self.query = None
        self.rows = ()
        self.columns = ()

    def describe(self, user_id):
        shape = super().describe(user_id)
        shape["jobType"] = "V2Query"
        shape["isPkChunkingSupported"] = True
        return shape


class QueryJobs(Jobs):
    """Handlers of `/jobs/query`."""

    path = "query"

    def __init__(self, store, finder, bulk):
        super().__init__(store, bulk)
        self.finder = finder

    def routes(self):
        return [
            *super().routes(),
            ("GET", "/jobs/query/{job}/results", self.results),
        ]

    def create(self, request):
        """200 with the job; 400 for SOQL that is wrong or that bulk does not do."""
        given = body_of(request)
        if given.get("operation") not in OPERATIONS or not given.get("query"):
            raise SalesforceError("INVALIDJOB", "operation and query are needed")
        if given.get("contentType", "CSV") != "CSV":
            raise SalesforceError("INVALIDJOB", "contentType must be CSV")
        query = parse(given["query"])
        if query.count or query.offset:
            raise SalesforceError(
                "INVALIDJOB", "COUNT() and OFFSET are not supported by bulk queries"
            )
        job = QueryJob(self.bulk, self.store.clock, request.params["version"], given)
        with self.store.lock:
            kind = self.finder.kind(query)
            job.columns = self.finder.columns(kind, query)
        job.object = kind.name
        job.query = query
        job.queue()
        self.add(job)
        return Reply(200, self.describe(job))

    def advance(self, job):
        """UploadComplete, InProgress for a while, then an outcome."""
        if job.state not in ("UploadComplete", "InProgress"):
            return
        if job.is_waiting():
            job.move("InProgress")
            return
        failure = self.next_failure()
        if failure is None and any(f.type == "address" for _c, f in job.columns):
            failure = (
                "FUNCTIONALITY_NOT_ENABLED: Selecting compound data not supported in "
                "Bulk Query"
            )
        if failure is not None:
            job.fail(failure)
            return
        try:
            with self.store.lock:
                _kind, job.rows = self.finder.run(
                    job.query, deleted=job.operation == "queryAll"
                )
        except SalesforceError as error:
            job.fail(f"{error.code}: {error.message}")
            return
        job.processed = len(job.rows)
        job.move("JobComplete")

    def results(self, request):
        """CSV of up to maxRecords rows from a locator on; each page has a header line.
        [3P airbyte source-salesforce and simple-salesforce read each page by itself]
        """
        with self.lock:
            job = self.find(request)
            if job.state != "JobComplete":
                raise SalesforceError(
                    "INVALIDJOBSTATE",
                    f"the results of a job in {job.state} cannot be read",
                )
        start = read_locator(request.first("locator"))
        most = request.first("maxRecords") or str(self.bulk.page)
        if not most.isdigit() or int(most) < 1 or start > len(job.rows):
            raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
        page = job.rows[start : start + int(most)]
        behind = start + len(page)
        header = [path_of(*column) for column in job.columns]
        with self.store.lock:
            cells = [self._cells(column, page) for column in job.columns]
        headers = {
            "Sforce-Locator": locator(behind)
            if behind < len(job.rows)
            else facts.LAST_LOCATOR,
            "Sforce-NumberOfRecords": len(page),
        }
        return csv_reply(request, job.csv(header, zip(*cells, strict=True)), headers)

    def _cells(self, column, rows):
        """The texts of one column: moments end in Z here [3P], null is empty."""
        chain, field = column
        if chain:
            get = self.finder.getter(None, column)
            found = [get(row) for row in rows]
        else:
            name = field.name
            found = [row.get(name) for row in rows]
        if field.type == "boolean":
            return ["true" if value else "false" for value in found]
        if field.type == "datetime":
            return [value and f"{value[:23]}Z" for value in found]
        return found


def path_of(chain, field):
    """``Account.Name`` of a column."""
    return ".".join([*(each.relationship for each in chain), field.name])


def locator(start):
    """The locator of a page, as opaque as the vendor's ``MTAwMDA``."""
    return base64.b64encode(str(start).encode()).decode().rstrip("=")


def read_locator(text):
    """Where a page begins; 400 for nonsense."""
    if not text:
        return 0
    try:
        return int(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (ValueError, binascii.Error):
        raise SalesforceError(
            "INVALID_QUERY_LOCATOR", "invalid query locator"
        ) from None
