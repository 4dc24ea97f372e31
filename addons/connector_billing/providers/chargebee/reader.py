"""Reads one stream of Chargebee: all of it, then what was changed since.

The cursor is one of

- ``None``: nothing read yet;
- ``{"since", "offset", "started"}``: in the middle of what was changed since a time, of
  everything without one;
- ``{"since"}``: all is read, and what is changed since is next.

Times are seconds since 1970 by Chargebee's clock (``Date`` header). Whatever a list is
sorted by, a walk through it ends before the time moves on to where the walk began: what
was changed meanwhile is met by the next one. Offsets name a place in the order, so that
records that change move behind it and are lost to no page.
"""

from odoo.addons.connector_base.engine.records import Page

from . import ask
from .endpoints import LISTINGS
from .entitlements import Entitlements, subscription_of
from .records import Shaping
from .reference_data import ReferenceData

#: A change may be listed a little later than its time says.
OVERLAP = 5 * 60
#: Unbilled charges can't be listed by the time of their change: all are read, this
#: often; webhooks tell of them meanwhile.
SWEEP_INTERVAL = 60 * 60


def start_cursor(since):
    """Where a first load begins that leaves out what was not changed since.

    :param since: aware UTC
    """
    return {"since": int(since.timestamp())}


class ChargebeeReader:
    """Reads one stream.

    :param client: ``HttpClient``
    :param stream: ``customers``, ``invoices``, …, see ``endpoints.LISTINGS``
    :param paths: remote paths of the field map; all of a record comes anyway
    """

    ids_limit = ask.LIST_LIMIT
    page_size = ask.LIST_LIMIT

    def __init__(self, client, stream, paths=()):
        self.client = client
        self.listing = LISTINGS[stream]
        self.shaping = Shaping(client, stream, ReferenceData(client))

    # -- contract -------------------------------------------------------------

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        cursor = cursor or {}
        since = cursor.get("since")
        reply = self._page(since, cursor.get("offset"))
        started = cursor.get("started") or ask.read_at(reply, self.client)
        records = self.shaping.records(ask.items(self.listing, reply))
        offset = reply.data.get("next_offset")
        if offset:
            following = {"since": since, "offset": offset, "started": started}
            return Page(records, following, False, reply.request_id)
        # Never back: the clock of who answers may be another one's.
        following = {"since": max(started - OVERLAP, since or 0)}
        return Page(records, following, True, reply.request_id)

    def fetch_by_ids(self, ids):
        """The records of these ids; those that Chargebee doesn't have are left out."""
        found = list(ask.named(self.client, self.listing, ids))
        return self.shaping.records(found)

    # -- requests -------------------------------------------------------------

    def _page(self, since, offset):
        params = []
        if self.listing.sort:
            params.append(("sort_by[asc]", self.listing.sort))
        if since is not None and self.listing.dated:
            params.append(("updated_at[after]", since))
        return ask.page(self.client, self.listing, params, offset, self.page_size)


class SweepReader(ChargebeeReader):
    """Of what no list tells when it was changed: all is read now and then."""

    def fetch_page(self, cursor):
        cursor = cursor or {}
        now = int(self.client.clock().timestamp())
        swept = cursor.get("since")
        if swept and not cursor.get("offset") and now - swept < SWEEP_INTERVAL:
            return Page([], cursor, True)
        return super().fetch_page(cursor)

    def fetch_by_ids(self, ids):
        """Looks through the list until all are found: no request names them."""
        wanted, found = set(ids), []
        for item in ask.everything(self.client, self.listing):
            if item["id"] in wanted:
                found.append(item)
                wanted.discard(item["id"])
                if not wanted:
                    break
        return self.shaping.records(found)


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


class EntitlementReader(ChargebeeReader):
    """Of what subscriptions give access to.

    An entitlement has no time of its change, and no list holds those of several
    subscriptions. It changes with its subscription: the cursor is that of the
    subscriptions, and those that were changed are asked about, one request for each;
    webhooks tell of the rest. A site without features costs one request.
    """

    #: Subscriptions of a page: each costs a request, and a page is what may be lost.
    ids_limit = page_size = 25

    def __init__(self, client, stream, paths=()):
        self.client = client
        self.listing = LISTINGS["subscriptions"]
        self.shaping = Entitlements(client)

    def fetch_page(self, cursor):
        if not self.shaping.features:
            # Once there is one, all subscriptions are asked about.
            return Page([], {}, True)
        return super().fetch_page(cursor)

    def fetch_by_ids(self, ids):
        """Those of these ids that are there; asks for each subscription once."""
        wanted = set(ids)
        found = super().fetch_by_ids(sorted({subscription_of(each) for each in wanted}))
        return [
            record
            for record in found
            if record.remote_id in wanted and not record.archived
        ]


#: Stream -> what reads it, where it isn't read like most.
READERS = {
    "entitlements": EntitlementReader,
    "unbilled_charges": SweepReader,
    "usage": NothingReader,
}


def reader_of(client, stream, paths=()):
    """The reader of a stream."""
    return READERS.get(stream, ChargebeeReader)(client, stream, paths)
