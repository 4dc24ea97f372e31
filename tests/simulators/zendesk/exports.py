"""Incremental exports. [S incremental_exports, using]

By cursor (tickets, users): records at or after ``start_time``, then what comes after
the cursor, in the order of their last change. By time: pages of 1,000 from
``start_time``; ``end_time`` is the stamp of the last record, so the next page begins
with the records of that stamp once more.
"""

import base64

from ..routing import Reply, Route
from . import errors, facts
from .access import whole

BASE = "/api/v2/incremental"


class Exports:
    """``lag``: seconds that an export leaves out; ``page``: records of a page at most,
    for tests that want many pages of few records."""

    def __init__(self, store, render, sideloads, pager):
        self.store = store
        self.render = render
        self.sideloads = sideloads
        self.pager = pager
        self.lag = facts.EXPORT_LAG
        self.page = facts.EXPORT_PAGE

    def routes(self):
        """The endpoints."""
        found = []
        for kind in ("tickets", "users"):
            handler = self._handler(self.by_cursor, kind)
            found.append(Route("GET", f"{BASE}/{kind}/cursor", handler))
        for kind in ("tickets", "users", "organizations", "ticket_metric_events"):
            handler = self._handler(self.by_time, kind)
            found.append(Route("GET", f"{BASE}/{kind}", handler))
        return found

    def _handler(self, method, kind):
        return lambda request: method(request, kind)

    def by_cursor(self, request, kind):
        """200 with a page, `after_cursor` and `end_of_stream`."""
        size = self._size(request)
        given = request.first("cursor")
        if given:
            stamp, record_id = _place(given)
            since = (stamp, record_id + 1)
        else:
            since = (self._start(request), 0)
        table = getattr(self.store, kind)
        found, has_more = table.changed(
            since, self._until(), size, self._wanted(request, kind)
        )
        after = given
        if found:
            last = found[-1]
            stamp = last.generated if kind == "tickets" else last.updated
            after = _cursor(stamp, last.id)
        changes = {"cursor": after}
        for name in ("include", "per_page", "exclude_deleted"):
            if name in request.query:
                changes[name] = request.first(name)
        body = self._shown(request, kind, found)
        body["after_url"] = self._link(request, changes) if after else None
        body["after_cursor"] = after
        body["before_url"] = body["before_cursor"] = None
        body["end_of_stream"] = not has_more
        return Reply(200, body)

    def by_time(self, request, kind):
        """200 with a page, `next_page`, `end_time`, `count` and `end_of_stream`."""
        size = self._size(request)
        start = self._start(request)
        table = getattr(self.store, kind)
        until, wanted = self._until(), self._wanted(request, kind)
        found, has_more = table.changed((start, 0), until, size, wanted)
        stamp_of = _stamp_of(kind)
        if has_more and stamp_of(found[-1]) == start:
            # More of one second than a page has: all of them, or it would never end.
            found, _more = table.changed((start, 0), start, len(table), wanted)
            has_more = bool(table.changed((start + 1, 0), until, 1, wanted)[0])
            end = start + 1 if has_more else start
        else:
            end = stamp_of(found[-1]) if found else None
        body = self._shown(request, kind, found)
        body["count"] = len(found)
        body["end_time"] = end
        body["next_page"] = None
        if end is not None:
            changes = {"start_time": end}
            for name in ("include", "per_page"):
                if name in request.query:
                    changes[name] = request.first(name)
            body["next_page"] = self._link(request, changes)
        body["end_of_stream"] = not has_more
        return Reply(200, body)

    def _shown(self, request, kind, found):
        if kind == "ticket_metric_events":
            return {kind: [self.render.metric_event(each) for each in found]}
        shape = self.sideloads.shape_of(request, kind, exported=True)
        body = {kind: [shape(each) for each in found]}
        more = self.sideloads.beside(request, kind, exported=True)
        return {**body, **more(found)} if more else body

    def _wanted(self, request, kind):
        if kind == "tickets" and request.first("exclude_deleted") == "true":
            return lambda each: each.deleted is None
        return None

    def _until(self):
        return self.store.now() - self.lag

    def _start(self, request):
        start = whole(request, "start_time")
        if start is None:
            raise errors.refuse(400, "InvalidValue", "start_time is required")
        if start > self._until():
            raise errors.refuse(400, "StartTimeTooRecent", facts.TEXT_TOO_RECENT)
        return start

    def _size(self, request):
        return min(whole(request, "per_page", self.page, lowest=1), self.page)

    def _link(self, request, changes):
        bare = type(request)("GET", request.path, {}, b"", "")
        return self.pager.link(bare, changes)


def _stamp_of(kind):
    if kind == "tickets":
        return lambda each: each.generated
    if kind == "ticket_metric_events":
        return lambda each: each.time
    return lambda each: each.updated


def _cursor(stamp, record_id):
    """As `1580753798.0||432|`. [3P fivetran docs, a cursor decoded]"""
    return base64.b64encode(f"{stamp}.0||{record_id}|".encode()).decode()


def _place(cursor):
    try:
        stamp, _empty, record_id, _rest = base64.b64decode(cursor).decode().split("|")
        return int(float(stamp)), int(record_id)
    except ValueError:
        text = "cursor is not valid"
        raise errors.refuse(400, "InvalidValue", text) from None
