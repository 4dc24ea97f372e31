"""Reading records: one by one, by query, and what was changed or deleted."""

import itertools
import threading
from collections import OrderedDict

from ..routing import Reply
from . import facts, ids, values
from .bodies import body_of
from .errors import SalesforceError, not_found
from .finder import Finder
from .render import Renderer
from .soql import parse

#: Cursors that are kept at once.
CURSORS = 200


class Reading:
    """Handlers that read. ``page``: rows a page when no header says, for tests."""

    def __init__(self, store):
        self.store = store
        self.finder = Finder(store)
        self.render = Renderer(store, self.finder)
        self.page = facts.QUERY_PAGE
        self._lock = threading.Lock()
        self._cursors = OrderedDict()
        self._numbers = itertools.count(1)

    def routes(self):
        """(method, path below the version, handler)."""
        one = "/sobjects/{object}/{id}"
        return [
            ("GET", one, self.read),
            ("GET", "/sobjects/{object}/{field}/{value}", self.read_by_field),
            ("GET", "/sobjects/{object}/deleted", self.deleted),
            ("GET", "/sobjects/{object}/updated", self.updated),
            ("GET", "/composite/sobjects/{object}", self.read_many),
            ("POST", "/composite/sobjects/{object}", self.read_many),
            ("GET", "/query", self.query),
            ("GET", "/queryAll", self.query_all),
            ("GET", "/query/{locator}", self.more),
            ("GET", "/queryAll/{locator}", self.more),
        ]

    # One record

    def read(self, request):
        """200, 404 for an unknown or deleted id; `fields` chooses."""
        with self.store.lock:
            kind = self.store.schema.require(request.params["object"])
            record_id = ids.long_id(request.params["id"])
            row = self.store.tables[kind.name].rows.get(record_id)
            if row is None or row.get("IsDeleted"):
                raise not_found()
            return self._whole(request, kind, row)

    def read_by_field(self, request):
        """200 by an external id; 300 with the addresses of several."""
        with self.store.lock:
            kind = self.store.schema.require(request.params["object"])
            found = self.store.checks.by_external_id(
                kind, request.params["field"], request.params["value"]
            )
            if not found:
                raise not_found()
            if len(found) > 1:
                matches = [row["Id"] for row in found]
                return several(kind, matches, request.params["version"])
            return self._whole(request, kind, found[0])

    def read_many(self, request):
        """200 with a record an id in their order, null for one that is not there.
        `ids` and `fields` come in the query or in the body. [M]"""
        wanted, names = request.listed("ids"), request.listed("fields")
        if request.method == "POST":
            body = body_of(request)
            wanted, names = body.get("ids") or [], body.get("fields") or []
        if not wanted or not names:
            raise SalesforceError("MISSING_ARGUMENT", "ids and fields are needed")
        if len(wanted) > facts.COLLECTION_READ:
            raise SalesforceError("EXCEEDED_ID_LIMIT", "too many ids")
        version = request.params["version"]
        with self.store.lock:
            kind = self.store.schema.require(request.params["object"])
            names = self._names(kind, names)
            rows = self.store.tables[kind.name].rows
            found = [rows.get(ids.long_id(each)) for each in wanted]
            shapes = [
                None
                if row is None or row.get("IsDeleted")
                else self.render.whole(kind, row, version, names)
                for row in found
            ]
        return Reply(200, shapes)

    def _whole(self, request, kind, row):
        names = self._names(kind, request.listed("fields"))
        version = request.params["version"]
        return Reply(200, self.render.whole(kind, row, version, names))

    def _names(self, kind, given):
        """The fields that are meant, INVALID_FIELD for one that is not there."""
        found = [(name, kind.find(name)) for name in given]
        for name, field in found:
            if field is None:
                raise SalesforceError(
                    "INVALID_FIELD", f"No such column '{name}' on entity '{kind.name}'"
                )
        return [field.name for _name, field in found]

    # Queries

    def query(self, request):
        """Up to a page of rows, and where the next page is."""
        return self._query(request, deleted=False, name="query")

    def query_all(self, request):
        """The same with deleted rows."""
        return self._query(request, deleted=True, name="queryAll")

    def _query(self, request, deleted, name):
        text = request.first("q")
        if not text:
            raise SalesforceError("MALFORMED_QUERY", "a q parameter is needed")
        query = parse(text)
        version = request.params["version"]
        with self.store.lock:
            kind, rows = self.finder.run(query, deleted)
            if query.count:
                body = {"totalSize": len(rows), "done": True, "records": []}
                return Reply(200, body)
            columns = self.finder.columns(kind, query)
            shape = self.render.shaper(kind, columns, version)
            size = self._page_size(request, columns)
            if len(rows) <= size:
                return Reply(200, self._page(rows, rows, shape))
            key = ids.new_id(facts.CURSOR_PREFIX, next(self._numbers))
            base = f"/services/data/{version}/{name}/{key}"
            deadline = self.store.clock.now_ms() + facts.CURSOR_SECONDS * 1000
            with self._lock:
                self._cursors[key] = (rows, shape, base, size, deadline)
                while len(self._cursors) > CURSORS:
                    self._cursors.popitem(last=False)
            body = self._page(rows, rows[:size], shape, f"{base}-{size}")
            return Reply(200, body)

    def more(self, request):
        """The rows behind the place that a locator tells."""
        key, _dash, place = request.params["locator"].rpartition("-")
        with self._lock:
            cursor = self._cursors.get(key)
        if (
            cursor is None
            or not place.isdigit()
            or self.store.clock.now_ms() >= cursor[4]
        ):
            raise SalesforceError("INVALID_QUERY_LOCATOR", "invalid query locator")
        rows, shape, base, size, _deadline = cursor
        start = int(place)
        behind = start + size
        following = f"{base}-{behind}" if behind < len(rows) else None
        with self.store.lock:
            return Reply(200, self._page(rows, rows[start:behind], shape, following))

    def _page(self, rows, page, shape, following=None):
        body = {"totalSize": len(rows), "done": following is None}
        if following:
            body["nextRecordsUrl"] = following
        body["records"] = [shape(row) for row in page]
        return body

    def _page_size(self, request, columns):
        """What the header asks for, within what is allowed. [S headers_queryoptions]"""
        header = request.headers.get("Sforce-Query-Options", "")
        name, _equals, number = header.replace(" ", "").partition("=")
        size = self.page
        if name.lower() == "batchsize" and number.isdigit():
            size = min(size, max(int(number), facts.QUERY_PAGE_MINIMUM))
        long_texts = sum(
            field.custom and field.type == "textarea" and not field.filterable
            for _chain, field in columns
        )
        return min(size, facts.QUERY_PAGE_MINIMUM) if long_texts >= 2 else size

    # What was deleted and changed

    def deleted(self, request):
        """Ids and moments of a span that began 15 days ago at most."""
        kind, start, end = self._span(request, facts.DELETED_DAYS)
        with self.store.lock:
            found = [
                {"id": record_id, "deletedDate": stamp}
                for stamp, record_id in self.store.deletions(kind.name)
                if start <= stamp < end
            ]
            earliest = self._earliest(kind)
        if len(found) > facts.REPLICATION_IDS:
            raise SalesforceError("EXCEEDED_ID_LIMIT", "too many ids")
        return Reply(
            200,
            {
                "deletedRecords": found,
                "earliestDateAvailable": earliest,
                "latestDateCovered": self._covered(end),
            },
        )

    def updated(self, request):
        """Ids of what was created or changed in a span, deleted ones left out."""
        kind, start, end = self._span(request, facts.UPDATED_DAYS)
        with self.store.lock:
            found = [
                row["Id"]
                for row in self.store.tables[kind.name].since(start)
                if row["SystemModstamp"] < end and not row.get("IsDeleted")
            ]
        if len(found) > facts.REPLICATION_IDS:
            raise SalesforceError("EXCEEDED_ID_LIMIT", "too many ids")
        return Reply(200, {"ids": found, "latestDateCovered": self._covered(end)})

    def _span(self, request, days):
        """(object, start, end), seconds cut off. [3P seconds are ignored]"""
        kind = self.store.schema.require(request.params["object"])
        given = [request.first(name) for name in ("start", "end")]
        read = [each and values.read_moment(each) for each in given]
        if not all(read):
            raise SalesforceError(
                "INVALID_REPLICATION_DATE", f"invalid date: {given[0]}, {given[1]}"
            )
        if not kind.deletable:
            raise SalesforceError(
                "INVALID_TYPE", f"entity is not replicateable: {kind.name}"
            )
        start, end = (f"{each[:16]}:00.000+0000" for each in read)
        if start >= end:
            raise SalesforceError(
                "INVALID_REPLICATION_DATE",
                "endDate must be at least one minute greater than startDate",
            )
        now = self.store.clock.now_ms()
        if start < values.moment(now - days * 86_400_000):
            raise SalesforceError(
                "INVALID_REPLICATION_DATE",
                f"startDate is more than {days} days ago",
            )
        return kind, start, end

    def _earliest(self, kind):
        """The last physical deletion; the window's begin when there was none."""
        table = self.store.tables[kind.name]
        window = self.store.clock.now_ms() - facts.DELETED_DAYS * 86_400_000
        return max(table.purged or "", values.moment(window))

    def _covered(self, end):
        now = values.moment(self.store.clock.now_ms())
        return min(end, f"{now[:16]}:00.000+0000")


def several(kind, record_ids, version):
    """300: the addresses of all records that have an external id. [S errorcodes]"""
    base = f"/services/data/{version}/sobjects/{kind.name}"
    return Reply(300, [f"{base}/{each}" for each in record_ids])
