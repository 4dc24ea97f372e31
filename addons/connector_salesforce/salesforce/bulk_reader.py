"""Reads the results of a Bulk job page by page, while they flow.

One request brings a part of up to 50,000 rows. It stays open from page to page, so that
nothing is held but the rows of one page. The cursor names the part and how many of its
rows were taken: whoever comes later, in another process, opens the part again and
passes over them.
"""

import contextlib
import dataclasses

from odoo.addons.connector_base.engine import errors

from . import soql
from .bulk import COMPLETE, ENDED, QueryJob, poll_seconds
from .endpoints import QUERY_PAGE
from .values import from_csv

#: Errors of creating a job after which the same records are read without one.
NO_BULK = (errors.InvalidRecord, errors.PermissionDenied, errors.RemoteNotFound)


@dataclasses.dataclass(slots=True)
class Found:
    """What a look at a job brought.

    :param rows: as those of a query
    :param cursor: what is to be kept of the job; ``None`` behind its last row
    :param wait: seconds until it is worth looking again
    :param refused: the job can't be had, or has failed
    """

    rows: list = dataclasses.field(default_factory=list)
    cursor: dict | None = None
    wait: float = 0.0
    refused: bool = False
    request_id: str | None = None
    headers: dict = dataclasses.field(default_factory=dict)


class BulkReader:
    """:param names: ``names.Names`` of the object"""

    def __init__(self, client, object_name, names):
        self.client = client
        self.object_name = object_name
        self.names = names
        self._stack = contextlib.ExitStack()
        #: The open part, and the cursor that goes on in it.
        self._part = self._position = self._behind = None

    def go_on(self, cursor, with_deleted):
        """:return: :class:`Found`"""
        if not cursor.get("job"):
            return self._create(cursor, with_deleted)
        job = QueryJob(self.client, cursor["job"], cursor["version"])
        if not cursor.get("ready"):
            found = self._look(job, cursor)
            if found is not None:
                return found
        return self._rows(job, cursor)

    def _create(self, cursor, with_deleted):
        condition = soql.changed_since(cursor.get("since"))
        job = QueryJob(self.client)
        while True:
            query = soql.select(self.names.current, self.object_name, condition)
            try:
                job.create(query, with_deleted)
                break
            except NO_BULK as error:
                unknown = error.code == "unknown_field"
                if not unknown or not self.names.forget(error.message):
                    return Found(refused=True)
        kept = {"job": job.job_id, "version": job.version, "polls": 0}
        return Found(cursor=kept, wait=poll_seconds(0))

    def _look(self, job, cursor):
        """``None`` where its results can be read now."""
        try:
            state, _message = job.state()
        except errors.RemoteNotFound:
            # Kept for seven days only: another one, then.
            return Found(cursor={})
        if state == COMPLETE:
            return None
        if state in ENDED:
            return Found(refused=True)
        polls = cursor.get("polls", 0) + 1
        kept = {"job": job.job_id, "version": job.version, "polls": polls}
        return Found(cursor=kept, wait=poll_seconds(polls))

    def _rows(self, job, cursor):
        place = (job.job_id, cursor.get("locator"), cursor.get("skip", 0))
        if self._part is None or self._position != place:
            self._open(job, place)
        rows, broken = self._take()
        if broken and not rows:
            raise broken
        following = {
            "job": job.job_id,
            "version": job.version,
            "ready": True,
            "locator": place[1],
            "skip": place[2] + len(rows),
        }
        part = self._part
        if part is None and not broken:
            following = self._next_part(following)
        self._position = (job.job_id, place[1], place[2] + len(rows))
        request_id = part.request_id if part else None
        return Found(rows, following, request_id=request_id)

    def _open(self, job, place):
        _job_id, locator, skip = place
        self.close()
        try:
            self._part = self._stack.enter_context(job.part(locator))
            for _row in range(skip):
                next(self._part.rows, None)
        except BaseException:
            self.close()
            raise

    def _take(self):
        """Up to a page of rows, and the error that came in between.

        At the end of the part it is closed.
        """
        header, rows = self._part.header, []
        types = {name: self.names.types.of(name) for name in header}
        try:
            for cells in self._part.rows:
                rows.append(from_csv(header, cells, types))
                if len(rows) == QUERY_PAGE:
                    return rows, None
        except errors.ConnectorError as error:
            self.close()
            return rows, error
        self._behind = self._part.next_locator
        self.close()
        return rows, None

    def _next_part(self, following):
        """Where to go on behind a part; ``None`` behind the last one."""
        if self._behind is None:
            return None
        return {**following, "locator": self._behind, "skip": 0}

    def close(self):
        """Let go of the open part."""
        self._part = None
        self._stack.close()
