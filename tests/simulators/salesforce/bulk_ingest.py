"""Bulk API 2.0 ingest jobs: CSV in, three files of what became of it out.

[S api-asynch/guide: create_job, upload_job_data, close_job, get_job_successful_results,
get_job_failed_results, get_job_unprocessed_results; datafiles_csv_valid for #N/A]
"""

import csv
import io
import random
import threading
import traceback

from ..routing import Reply
from . import facts
from .bodies import body_of
from .bulk_jobs import Job, Jobs, csv_reply
from .errors import SalesforceError

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
#: Rows that are written while nobody else can use the org. [M]
SLICE = 200


class IngestJob(Job):
    """``good``, ``bad``, ``rest``: lines of the three files."""

    def __init__(self, kind, given, *args):
        super().__init__(*args, given)
        self.kind = kind
        self.object = kind.name
        self.external = given.get("externalIdFieldName")
        self.data = None
        self.header = []
        self.good = []
        self.bad = []
        self.rest = []
        self.thread = None

    def describe(self, user_id):
        shape = super().describe(user_id)
        shape["jobType"] = "V2Ingest"
        if self.external:
            shape["externalIdFieldName"] = self.external
        if self.state == "Open":
            shape["contentUrl"] = (
                f"services/data/{self.version}/jobs/ingest/{self.id}/batches"
            )
        if "numberRecordsProcessed" in shape:
            shape["numberRecordsFailed"] = len(self.bad)
            shape["apiActiveProcessingTime"] = shape["totalProcessingTime"]
            shape["apexProcessingTime"] = 0
        return shape


class IngestJobs(Jobs):
    """Handlers of `/jobs/ingest`."""

    path = "ingest"

    def routes(self):
        one = "/jobs/ingest/{job}"
        return [
            *super().routes(),
            ("PUT", one + "/batches", self.upload),
            ("GET", one + "/successfulResults", self.successful),
            ("GET", one + "/failedResults", self.failed),
            ("GET", one + "/unprocessedrecords", self.unprocessed),
            # as simple-salesforce and salesforcer spell it [SDK]
            ("GET", one + "/unprocessedRecords", self.unprocessed),
        ]

    def create(self, request):
        """200 with the job, open for its upload."""
        given = body_of(request)
        if given.get("operation") not in OPERATIONS:
            raise SalesforceError("INVALIDJOB", "unknown operation")
        if given.get("contentType", "CSV") != "CSV":
            raise SalesforceError("INVALIDJOB", "contentType must be CSV")
        kind = self.store.schema.find(given.get("object") or "")
        if kind is None:
            raise SalesforceError(
                "INVALIDENTITY",
                f"The object {given.get('object')} does not exist",
            )
        if given["operation"] == "upsert":
            field = kind.find(given.get("externalIdFieldName") or "")
            if field is None or not (field.external_id or field.name == "Id"):
                raise SalesforceError(
                    "INVALIDJOB", "an external id field is needed for an upsert"
                )
            given["externalIdFieldName"] = field.name
        version = request.params["version"]
        job = IngestJob(kind, given, self.bulk, self.store.clock, version)
        self.add(job)
        return Reply(200, self.describe(job))

    def upload(self, request):
        """201, once a job."""
        if request.media_type() != "text/csv":
            raise SalesforceError(
                "UNSUPPORTED_MEDIA_TYPE", "text/csv is needed", status=415
            )
        if len(request.body) > facts.BULK_UPLOAD:
            raise SalesforceError("REQUEST_TOO_LARGE", "more than 150 MB", status=413)
        with self.lock:
            job = self.find(request)
            if job.state != "Open" or job.data is not None:
                raise SalesforceError(
                    "INVALIDJOBSTATE", "the job takes no data, or no more of it"
                )
            job.data = request.body
        return Reply(201)

    def complete(self, job):
        """Begin to work, in a thread of its own."""
        if job.state != "Open" or job.data is None:
            raise SalesforceError("INVALIDJOBSTATE", "no data was uploaded")
        job.queue()
        job.thread = threading.Thread(
            target=self._work, args=(job,), name="salesforce-ingest", daemon=True
        )
        job.thread.start()

    def advance(self, job):
        """UploadComplete, InProgress while it works, then an outcome."""
        if job.state not in ("UploadComplete", "InProgress"):
            return
        if job.is_waiting() or job.thread.is_alive():
            job.move("InProgress")
        elif job.error:
            job.move("Failed")
        else:
            job.move("JobComplete")

    def successful(self, request):
        """CSV with sf__Id and sf__Created before the columns given."""
        job = self._ended(request)
        return self._file(request, job, ["sf__Id", "sf__Created"], job.good)

    def failed(self, request):
        """CSV with sf__Id and sf__Error before the columns given."""
        job = self._ended(request)
        return self._file(request, job, ["sf__Id", "sf__Error"], job.bad)

    def unprocessed(self, request):
        """CSV of the rows that the job did not come to."""
        job = self._ended(request)
        return self._file(request, job, [], job.rest)

    def _file(self, request, job, added, lines):
        """The order of the rows is not that of the upload.
        [S get_job_failed_results, usage notes: it "is not guaranteed to match"]"""
        lines = list(lines)
        if self.bulk.shuffle:
            random.Random(job.id).shuffle(lines)
        return csv_reply(request, job.csv([*added, *job.header], lines))

    def _ended(self, request):
        with self.lock:
            job = self.find(request)
            if job.state not in ("JobComplete", "Failed", "Aborted"):
                raise SalesforceError(
                    "INVALIDJOBSTATE", f"a job in {job.state} has no results yet"
                )
        return job

    # The thread

    def _work(self, job):
        try:
            self._process(job)
        except Exception:
            self.bulk.crashes.append(traceback.format_exc())
            job.error = "InternalServerError : the simulator crashed"

    def _process(self, job):
        text = job.data.decode("utf-8-sig", "replace")
        first = text.partition("\n")[0]
        if first.endswith("\r") != (job.line_ending == "CRLF") and first != text:
            job.error = (
                "ClientInputError : LineEnding is invalid on user data. Current "
                f"LineEnding setting is {job.line_ending}"
            )
            return
        lines = csv.reader(
            io.StringIO(text, newline=""), delimiter=facts.DELIMITERS[job.delimiter]
        )
        job.header = next(lines, [])
        rows = [line for line in lines if line]
        job.error = self._misfit(job) or self.next_failure()
        if job.error:
            job.rest = rows
            return
        for start in range(0, len(rows), SLICE):
            if job.state == "Aborted":
                job.rest = rows[start:]
                return
            with self.store.lock:
                for place in range(start, min(start + SLICE, len(rows))):
                    if self.bulk.stop_after == place:
                        job.rest = rows[place:]
                        job.error = "InternalServerError : too many errors"
                        return
                    self._row(job, rows[place])

    def _misfit(self, job):
        """What is wrong with the header, or None."""
        for name in job.header:
            if job.kind.find(name) is None and "." not in name:
                return f"InvalidBatch : Field name not found : {name}"
        names = {name.lower() for name in job.header}
        needed = {"insert": None, "upsert": job.external}.get(job.operation, "Id")
        if needed and needed.lower() not in names:
            return f"InvalidBatch : Field name not found : {needed}"
        return None

    def _row(self, job, line):
        record_id = ""
        try:
            if len(line) != len(job.header):
                raise SalesforceError(
                    "INVALID_ARGUMENT", "the row has another number of columns"
                )
            given = dict(zip(job.header, line, strict=True))
            record_id = _take(given, "Id") or ""
            with self.store.transaction():
                made, created = self._write(job, record_id, given)
            job.good.append([made, "true" if created else "false", *line])
        except SalesforceError as error:
            job.bad.append([record_id, error.line(), *line])
        job.processed += 1

    def _write(self, job, record_id, given):
        checks, kind = self.store.checks, job.kind
        if job.operation == "insert":
            return checks.create(kind, given, from_csv=True), True
        if job.operation == "upsert" and job.external != "Id":
            value = _take(given, job.external)
            if not value:
                raise SalesforceError(
                    "MISSING_ARGUMENT", f"{job.external} not specified"
                )
            return checks.upsert(kind, job.external, value, given, from_csv=True)
        if job.operation == "upsert" and not record_id:
            return checks.create(kind, given, from_csv=True), True
        try:
            row = self.store.row(kind, record_id)
        except SalesforceError as error:
            if error.code != "NOT_FOUND":
                raise
            raise SalesforceError(
                "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"
            ) from None
        if job.operation in ("delete", "hardDelete"):
            checks.delete(kind, row["Id"])
            if job.operation == "hardDelete":
                self.store.purge_one(kind.name, row["Id"])
        else:
            checks.update(kind, row, given, from_csv=True)
        return row["Id"], False


def _take(given, name):
    """Take a column out, whatever the case of its name."""
    for key in given:
        if key.lower() == name.lower():
            return given.pop(key)
    return None
