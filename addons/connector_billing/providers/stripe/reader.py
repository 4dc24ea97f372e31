"""Reads one stream of Stripe: all of it by list, then what changed by events.

Nothing can be listed by the time of its last change. Events tell for 30 days what
changed, and nightly what is open or recent is read again, should one have been missed.

The cursor is one of

- ``None``: nothing read yet;
- ``{"phase": "sweep", "after", "below", "since", "started"}``: in the middle of all
  records, the newest first, or of those that were made since a time;
- ``{"phase": "events", "since", "after", "started", "repaired"}``: reading what changed
  since;
- ``{"phase": "repair", "part", "after", "since"}``: reading again what is open.

Times are seconds since 1970 by Stripe's clock (``Date`` header); ``after`` is the id
that a page comes behind. All pages come newest first, and what is new comes before the
first page, so that they never shift.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import Page

from . import ask
from .endpoints import EVENT_DAYS, LIST_LIMIT, below, is_basil, listing
from .errors import is_missing
from .events import changed, types_of
from .records import Shaping
from .reference_data import ReferenceData

DAY = 24 * 60 * 60
#: An event may be listed a little later than its time says.
OVERLAP = 5 * 60
#: Within so many seconds of their end events are no longer relied upon.
EVENT_MARGIN = DAY
#: How often what is open is read again, and how far back what is not.
REPAIR_INTERVAL = DAY
REPAIR_DAYS = 7
#: Stream -> what is read again, as ``(params in place of the list's, days back)``, no
#: days for all of it. What can change for long after it was made has a status of its
#: own or more days: a dispute is decided within some months.
REPAIRS = {
    "customers": (((), REPAIR_DAYS),),
    "subscriptions": (((), None), ((("status", "all"),), REPAIR_DAYS)),
    "invoices": (
        ((("status", "open"),), None),
        ((("status", "draft"),), None),
        ((), REPAIR_DAYS),
    ),
    "disputes": (((), 120),),
    "payouts": (
        ((("status", "pending"),), None),
        ((("status", "in_transit"),), None),
        ((), 2 * REPAIR_DAYS),
    ),
    "unbilled_charges": (((("pending", "true"),), None),),
}
REPAIRS_DEFAULT = (((), REPAIR_DAYS),)
#: Objects of about one time from which on it is worth listing them instead of asking
#: for each.
WORTH_LISTING = 5


def start_cursor(since):
    """Where a first load begins that leaves out what was made before a time.

    What is older and still open is read behind it.

    :param since: aware UTC
    """
    return {"phase": "sweep", "since": int(since.timestamp())}


class StripeReader:
    """Reads one stream.

    :param client: ``HttpClient`` that knows the version of the API
    :param stream: ``customers``, ``invoices``, …, see ``endpoints.LISTINGS``
    :param paths: remote paths of the field map; all of an object comes anyway
    """

    #: Each id is a request of its own.
    ids_limit = 25

    def __init__(self, client, stream, paths=()):
        self.client = client
        self.stream = stream
        self.basil = is_basil(client.api_version)
        self.listing = listing(stream, client.api_version)
        self.look = ReferenceData(client)
        self.shaping = self._shaping()
        #: Ids that were read since the events of this run were first asked for.
        self._fresh = set()

    def _shaping(self):
        return Shaping(self.client, self.stream, self.look)

    # -- contract -------------------------------------------------------------

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        cursor = cursor or {"phase": "sweep"}
        return getattr(self, f"_{cursor['phase']}")(cursor)

    def fetch_by_ids(self, ids):
        """The records of these ids; those that Stripe doesn't have are left out."""
        return [record for each in ids for record in self._by_id(each)]

    # -- all ------------------------------------------------------------------

    def _sweep(self, cursor):
        since = cursor.get("since")
        # What is newer than the first page is told by events.
        params = self._window(since, cursor.get("below"))
        reply = self._page(params, cursor)
        read_at = ask.read_at(reply, self.client)
        started = cursor.get("started") or read_at
        items = self._wanted(reply.data["data"], since)
        records = self._records(items, read_at)
        if self._goes_on(reply, since):
            last = reply.data["data"][-1]
            following = {
                "phase": "sweep",
                "after": last["id"],
                "below": last.get("created"),
                "since": since,
                "started": started,
            }
            return Page(records, following, False, reply.request_id)
        if since:
            following = {"phase": "repair", "part": 0, "since": started - OVERLAP}
            return Page(records, following, False, reply.request_id)
        following = self._follow(started - OVERLAP, started)
        return Page(records, following, True, reply.request_id)

    def _page(self, params, cursor):
        """A page of the list behind the cursor's object, or behind its time where that
        object was deleted meanwhile."""
        ask_for = self.client, self.listing.path
        after = cursor.get("after")
        try:
            return ask.page(*ask_for, params, self.listing.expand, after)
        except errors.ConnectorError as error:
            if not (after and self.listing.created and is_missing(error)):
                raise
            return ask.page(*ask_for, params, self.listing.expand)

    def _window(self, since, until=None):
        params = dict(self.listing.params)
        if self.listing.created:
            params |= {"created[gte]": since, "created[lte]": until}
        return tuple(params.items())

    def _wanted(self, items, since):
        """Those of a page that were made since a time, where the list can't tell."""
        return [item for item in items if not since or item["created"] >= since]

    def _goes_on(self, reply, since):
        items = reply.data["data"]
        if not reply.data.get("has_more") or not items:
            return False
        return not since or items[-1]["created"] >= since

    def _follow(self, since, repaired):
        return {"phase": "events", "since": since, "repaired": repaired}

    # -- what changed ---------------------------------------------------------

    def _events(self, cursor):
        since = cursor["since"]
        now = int(self.client.clock().timestamp())
        if now - since > EVENT_DAYS * DAY - EVENT_MARGIN:
            # What was deleted meanwhile can't be told any more, either.
            page = self.fetch_page(None)
            page.gap = True
            return page
        after = cursor.get("after")
        if not after:
            self._fresh = set()
        reply = self._event_page(since, after)
        read_at = ask.read_at(reply, self.client)
        started = cursor.get("started") or read_at
        found = {}
        for event in reply.data["data"]:
            for each in changed(event):
                if each.stream == self.stream and each.remote_id not in self._fresh:
                    found.setdefault(each.remote_id, each)
        self._fresh |= found.keys()
        records = self._changed(found)
        if reply.data.get("has_more") and reply.data["data"]:
            last = reply.data["data"][-1]["id"]
            following = {**cursor, "after": last, "started": started}
            return Page(records, following, False, reply.request_id)
        repaired = cursor.get("repaired") or 0
        since = max(since, started - OVERLAP)
        if started - repaired >= REPAIR_INTERVAL:
            following = {"phase": "repair", "part": 0, "since": since}
            return Page(records, following, False, reply.request_id)
        following = self._follow(since, repaired)
        return Page(records, following, True, reply.request_id)

    def _event_page(self, since, after):
        types = [("types[]", name) for name in types_of(self.stream, self.basil)]
        params = (*types, ("created[gte]", since))
        return ask.page(self.client, "v1/events", params, after=after)

    def _changed(self, found):
        """The records that events name as they are now.

        :param found: ``{id: events.Changed}``
        """
        pending = dict(found)
        records = self._listed(pending)
        for remote_id in pending:
            now = self._by_id(remote_id)
            if not now and self._is_own(remote_id):
                read_at = int(self.client.clock().timestamp())
                now = [self.shaping.gone(remote_id, read_at)]
            records += now
        return records

    def _listed(self, pending):
        """Read records of about one time by list: a hundred by one request.

        :param pending: ``{id: events.Changed}``; those that were read are taken out
        """
        records = []
        while self.listing.created:
            dated = [each for each in pending.values() if each.created]
            if len(dated) < WORTH_LISTING:
                break
            times = [each.created for each in dated]
            params = self._window(min(times), max(times))
            reply = ask.page(
                self.client, self.listing.path, params, self.listing.expand
            )
            known = [item for item in reply.data["data"] if item["id"] in pending]
            records += self._records(known, ask.read_at(reply, self.client))
            for item in known:
                del pending[item["id"]]
            if len(known) < WORTH_LISTING or not reply.data.get("has_more"):
                break
        return records

    # -- what is open ---------------------------------------------------------

    def _repair(self, cursor):
        parts = REPAIRS.get(self.stream, REPAIRS_DEFAULT)
        changed_params, days = parts[cursor["part"]]
        now = int(self.client.clock().timestamp())
        since = now - days * DAY if days else None
        params = list(changed_params)
        if since and self.listing.created:
            params.append(("created[gte]", since))
        reply = self._page(tuple(params), cursor)
        read_at = ask.read_at(reply, self.client)
        items = self._wanted(reply.data["data"], since)
        records = self._records(items, read_at)
        if self._goes_on(reply, since):
            following = {**cursor, "after": reply.data["data"][-1]["id"]}
            return Page(records, following, False, reply.request_id)
        if cursor["part"] + 1 < len(parts):
            following = {
                "phase": "repair",
                "part": cursor["part"] + 1,
                "since": cursor["since"],
            }
            return Page(records, following, False, reply.request_id)
        following = self._follow(cursor["since"], read_at)
        return Page(records, following, True, reply.request_id)

    # -- records --------------------------------------------------------------

    def _records(self, items, read_at):
        return [self.shaping.record(item, read_at) for item in items]

    def _by_id(self, remote_id):
        """The records that an id names: mostly one, none where it is gone."""
        path = below(self.listing.path, remote_id)
        try:
            reply = ask.one(self.client, path, self.listing.expand)
        except errors.RemoteNotFound:
            return []
        return self._records([reply.data], ask.read_at(reply, self.client))

    def _is_own(self, remote_id):
        """Whether an id is one of this stream's records, and of nothing beside it."""
        return True

    def _beside(self, name, remote_id):
        """The records of the list that belong to something; none where it is gone."""
        params = ((name, remote_id),)
        try:
            return self._several(self.listing.path, params, self.listing.expand)
        except errors.ConnectorError as error:
            if not is_missing(error):
                raise
            return []

    def _several(self, path, params, expand=()):
        """The records of a whole list."""
        found, after = [], None
        while True:
            reply = ask.page(self.client, path, params, expand, after)
            items = reply.data["data"]
            found += self._records(items, ask.read_at(reply, self.client))
            if not reply.data.get("has_more") or not items:
                return found
            after = items[-1]["id"]


class ProductReader(StripeReader):
    """Products can be asked for by the hundred. [S] ``ids``"""

    ids_limit = LIST_LIMIT

    def fetch_by_ids(self, ids):
        found = []
        for start in range(0, len(ids), LIST_LIMIT):
            part = [("ids[]", each) for each in ids[start : start + LIST_LIMIT]]
            found += self._several(self.listing.path, tuple(part))
        return found


class RefundReader(StripeReader):
    """Older events tell of a refund by its charge."""

    def _by_id(self, remote_id):
        if self._is_own(remote_id):
            return super()._by_id(remote_id)
        return self._beside("charge", remote_id)

    def _is_own(self, remote_id):
        return not remote_id.startswith(("ch_", "py_"))


class NothingReader:
    """Of what only goes out: there is nothing to read."""

    def __init__(self, client, stream, paths=()):
        pass

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        return Page([], {}, True)

    def fetch_by_ids(self, ids):
        """:return: an empty list"""
        return []
