"""Reads one object of Salesforce: all of it, then what was changed or deleted since.

The cursor is a dict. Shared by all phases are ``since`` (changes from then on are
wanted; none in a first load), ``started`` (Salesforce's own time when the pass began),
``deleted_since`` (up to when getDeleted was asked), ``gap`` (one is still to be told)
and ``gap_told`` (when one was told last). The phases::

    query ──────────────────────────┬── deleted, now and then ── query (next pass)
      │ many records: bulk ─────────┘
      └── of a job: created, looked at, read part by part

- ``query``: ``next`` is the address of the next page, ``after`` the time and id of the
  last record; where the address is over, the query goes on from there.
- ``bulk``: ``job``, ``version``, ``polls``, then ``locator`` and ``skip``, the rows of
  that part that were read. Whoever comes after a crash goes on there.
- ``deleted``: ``asked``, Salesforce's time up to which getDeleted is asked, and
  ``skip`` of the ids that it names.

What was deleted comes with the changes (``queryAll``) for as long as it is in the
recycle bin; what is gone from there, too, getDeleted tells of for 15 days.
"""

import contextlib
import datetime
import email.utils
import re

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import Page, RemoteRecord
from odoo.addons.connector_base.engine.values import UTC, read_value

from . import ask, soql
from .bulk import THRESHOLD
from .bulk_reader import BulkReader
from .endpoints import (
    CHANGED,
    DELETED,
    IDS_LIMIT,
    KEY_FIELD,
    MASTER,
    QUERY_PAGE,
    path,
)
from .names import Names
from .values import from_json

#: A change carries the time at which its transaction began, and shows when it ends; one
#: may take ten minutes. [S] Apex: maximum execution time 10 minutes
OVERLAP = datetime.timedelta(minutes=10)
#: How often getDeleted is asked: it only adds what is gone from the recycle bin.
DELETED_INTERVAL = datetime.timedelta(hours=1)
#: How far back getDeleted goes, less a margin. [S] resources-getdeleted: 15 days
DELETED_REACH = datetime.timedelta(days=14, hours=12)
#: How often a gap has all records looked at, at the most.
GAP_INTERVAL = datetime.timedelta(days=1)
AN_ID = re.compile("[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?")
#: Merges of merged records that are followed.
MERGE_LEVELS = 5


def start_cursor(since):
    """Where a first load begins that leaves out what was not changed since.

    :param since: aware UTC
    """
    return {"phase": "query", "since": soql.moment(since)}


def count_records(client, object_name, since=None):
    """How many records there are that were changed since; one request."""
    condition = soql.changed_since(since and soql.moment(since))
    query = soql.count(object_name, condition)
    reply = client.get(path(client.api_version, "query"), {"q": query})
    return reply.data.get("totalSize")


class SalesforceReader:
    """Reads one stream.

    :param client: ``HttpClient`` that knows the version of the API
    :param object_name: as ``Account``
    :param paths: remote paths of the field map: they decide which fields are asked for
    :param threshold: records from which on they are read by Bulk API
    """

    ids_limit = IDS_LIMIT

    def __init__(self, client, object_name, paths, threshold=THRESHOLD):
        self.client = client
        self.object_name = object_name
        self.threshold = threshold
        self.names = Names(client, object_name, paths)
        self._bulk = BulkReader(client, object_name, self.names)

    # -- contract -------------------------------------------------------------

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        cursor = cursor or {}
        phase = cursor.get("phase") or "query"
        if phase == "bulk":
            return self._bulk_page(cursor)
        return self._deleted(cursor) if phase == "deleted" else self._query(cursor)

    def fetch_by_ids(self, ids):
        """The records of these ids, those in the recycle bin as archived.

        Of one that was merged into another the other one comes, and says so.
        """
        # One that is none at all would have the whole query refused.
        ids = [one for one in ids if AN_ID.fullmatch(one)]
        rows = []
        for start in range(0, len(ids), IDS_LIMIT):
            rows += self._rows_of(ids[start : start + IDS_LIMIT])
        return self._records(rows)

    # -- changes --------------------------------------------------------------

    def _query(self, cursor):
        reply = self._ask(cursor)
        data = reply.data
        started = cursor.get("started") or soql.moment(self._now(reply))
        shared = {**_shared(cursor), "started": started}
        rows = ask.rows(data)
        records = self._records(rows)
        following = data.get("nextRecordsUrl")
        if self._is_many(cursor, data):
            # What has come already is taken; the job brings all of it.
            return Page(records, {**shared, "phase": "bulk"}, False, reply.request_id)
        if following and not data.get("done"):
            after = [from_json(rows[-1], [CHANGED])[CHANGED], rows[-1]["Id"]]
            phase = {"phase": "query", "next": following, "after": after}
            return Page(records, {**shared, **phase}, False, reply.request_id)
        return self._end_pass(records, shared, reply)

    def _is_many(self, cursor, data):
        first = not (cursor.get("next") or cursor.get("after") or cursor.get("rest"))
        return first and (data.get("totalSize") or 0) >= self.threshold

    def _ask(self, cursor):
        if cursor.get("next"):
            # The address may be over: after two days, or with other queries [S].
            with contextlib.suppress(errors.InvalidRecord, errors.RemoteNotFound):
                return self.client.get(cursor["next"])
        condition = soql.changed_since(cursor.get("since"), cursor.get("after"))
        return self.names.query(
            lambda names: soql.select(names, self.object_name, condition, ordered=True),
            everything=self._with_deleted(cursor),
        )

    def _with_deleted(self, cursor):
        """Nothing that was deleted before a first load is of interest."""
        return bool(cursor.get("deleted_since"))

    def _end_pass(self, records, shared, reply):
        """All changes were read; what getDeleted adds is due now and then."""
        now = self._now(reply)
        started = shared["started"]
        since = _earlier(started, OVERLAP)
        if shared.get("since"):
            since = max(since, shared["since"])
        following = {
            **_shared(shared, "gap", "gap_told"),
            "phase": "query",
            "since": since,
            "deleted_since": shared.get("deleted_since") or started,
        }
        asked = read_value("datetime", following["deleted_since"])
        if now - asked < DELETED_INTERVAL:
            return Page(records, following, True, reply.request_id)
        following |= {"phase": "deleted", "asked": soql.moment(now)}
        return Page(records, following, False, reply.request_id)

    # -- many records ---------------------------------------------------------

    def _bulk_page(self, cursor):
        shared = _shared(cursor)
        found = self._bulk.go_on(cursor, self._with_deleted(cursor))
        if found.refused:
            # No Bulk API for this object, or the job failed: page by page, then.
            return Page([], {**shared, "phase": "query", "rest": True}, False)
        records = self._records(found.rows)
        if found.cursor is not None:
            following = {**shared, "phase": "bulk", **found.cursor}
            return Page(records, following, False, found.request_id, found.wait)
        return self._end_pass(records, shared, found)

    # -- deletions ------------------------------------------------------------

    def _deleted(self, cursor):
        """What getDeleted names, looked at: it may be merged or restored."""
        now = read_value("datetime", cursor["asked"])
        start = read_value("datetime", cursor["deleted_since"])
        if start < now - DELETED_REACH:
            return self._end_deleted(cursor, [], now, gap=True)
        where = path(self.client.api_version, "sobjects", self.object_name, "deleted")
        period = {"start": soql.moment(start), "end": soql.moment(now)}
        try:
            reply = self.client.get(where, period)
        except (errors.InvalidRecord, errors.RemoteNotFound) as error:
            # Too many, or asked too late; or no such list is kept of the object: then
            # the recycle bin has to do.
            gap = error.code in ("too_many_ids", "too_long_ago")
            return self._end_deleted(cursor, [], now, gap)
        ids = [item["id"] for item in ask.rows(reply.data, "deletedRecords")]
        skip = cursor.get("skip", 0)
        part = ids[skip : skip + QUERY_PAGE]
        records = self._look_at(part)
        if skip + len(part) < len(ids):
            return Page(records, {**cursor, "skip": skip + len(part)}, False)
        earliest = reply.data.get("earliestDateAvailable")
        gap = bool(earliest) and read_value("datetime", earliest) > start
        covered = reply.data.get("latestDateCovered")
        covered = read_value("datetime", covered) if covered else now
        return self._end_deleted(cursor, records, covered, gap)

    def _end_deleted(self, cursor, records, covered, gap):
        """The end of a run.

        A gap is told once a day at the most: where the recycle bin is emptied all the
        time, there is one all the time. One that isn't told yet is kept.
        """
        gap = gap or bool(cursor.get("gap"))
        told = cursor.get("gap_told")
        now = read_value("datetime", cursor["asked"])
        due = not told or now - read_value("datetime", told) >= GAP_INTERVAL
        following = {
            **_shared(cursor, "since", "gap_told"),
            "phase": "query",
            "deleted_since": soql.moment(covered),
        }
        if gap and due:
            following["gap_told"] = soql.moment(now)
        elif gap:
            following["gap"] = True
        return Page(records, following, True, gap=gap and due)

    def _look_at(self, ids):
        found = self.fetch_by_ids(ids)
        present = {
            remote_id
            for record in found
            for remote_id in (record.remote_id, *record.merged_ids)
        }
        gone = [
            RemoteRecord(remote_id, {}, archived=True)
            for remote_id in ids
            if remote_id not in present
        ]
        return [*found, *gone]

    # -- records --------------------------------------------------------------

    def _rows_of(self, ids):
        if not ids:
            return []
        condition = soql.of_ids(ids)
        reply = self.names.query(
            lambda names: soql.select(names, self.object_name, condition),
            everything=True,
        )
        return list(ask.following(self.client, reply))

    def _records(self, rows):
        """Records of rows; merged ones come as what they were merged into."""
        wanted = self.names.current
        found, losers = {}, {}
        for _level in range(MERGE_LEVELS):
            missing = set()
            for row in rows:
                master = row.get(MASTER) if row.get(DELETED) else None
                if master:
                    losers.setdefault(master, []).append(row["Id"])
                    missing.add(master)
                else:
                    found[row["Id"]] = row
            rows = self._rows_of(sorted(missing - found.keys()))
            if not rows:
                break
        return [
            self._record(row, wanted, _merged_into(remote_id, losers))
            for remote_id, row in found.items()
        ]

    def _record(self, row, wanted, merged_ids):
        values = from_json(row, wanted)
        return RemoteRecord(
            remote_id=row["Id"],
            values=values,
            updated_at=read_value("datetime", values.get(CHANGED)),
            archived=bool(values.get(DELETED)) or self._is_off(values),
            external_key=values.get(KEY_FIELD),
            merged_ids=merged_ids,
        )

    def _is_off(self, values):
        """Whether a product is inactive: that is what being archived is there."""
        return self.names.switch is not None and values.get(self.names.switch) is False

    def _now(self, reply):
        """Salesforce's clock: ours may differ."""
        stamp = reply.headers.get("Date")
        if not stamp:
            return self.client.clock()
        return email.utils.parsedate_to_datetime(stamp).astimezone(UTC)


def _shared(cursor, *names):
    """What of a cursor goes on through all phases, or these of it."""
    names = names or ("since", "started", "deleted_since", "gap", "gap_told")
    return {name: cursor[name] for name in names if cursor.get(name)}


def _earlier(stamp, delta):
    return soql.moment(read_value("datetime", stamp) - delta)


def _merged_into(remote_id, losers):
    """Ids of all that were merged into a record, also by way of others."""
    merged, todo = [], list(losers.get(remote_id, ()))
    while todo:
        one = todo.pop(0)
        if one not in merged:
            merged.append(one)
            todo += losers.get(one, ())
    return tuple(merged)
