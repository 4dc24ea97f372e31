"""Reads one stream of Zendesk by its incremental export: all of it, then what changed.

The cursor of tickets and users is one of

- ``None``: nothing read yet;
- ``{"since"}``: what was changed since a time is next;
- ``{"since", "cursor"}``: what comes behind Zendesk's cursor is next; ``started`` too
  in the middle of it. ``since`` is where to begin should Zendesk refuse its cursor.

That of organizations, which have no export by cursor, is

- ``None`` or ``{"since"}``: what was changed since a time is next;
- ``{"since", "at", "seen", "started"}``: in the middle of that. A page begins with the
  last second of the one before it: ``seen`` are the ids that it has brought already.

Times are seconds since 1970 by Zendesk's clock (``Date`` header); ``ahead`` says by how
many it is ahead of ours, where it is. What changed in the
last minute is left out of every export, and comes with the next one: by cursor since
that names the last record, by time since the next walk begins earlier than this one.

Source: using-the-incremental-export-api below
https://developer.zendesk.com/documentation/ticketing/managing-tickets/ [S].
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import Page

from . import ask, tickets
from .endpoints import BULK, EXPORT_LAG, LISTINGS, path
from .records import Organizations, Users

#: Seconds that a walk begins before the one before it has begun: clocks differ, and
#: what is read again unchanged costs a hash.
OVERLAP = 5 * 60
#: No export tells of organizations that were deleted: all that are known are looked at,
#: this often. Webhooks tell of them meanwhile.
SWEEP_INTERVAL = 24 * 60 * 60
#: Stream -> what makes records of its answers.
SHAPES = {
    "organizations": Organizations,
    "users": Users,
    "tickets": tickets.Tickets,
}


def start_cursor(since):
    """Where a first load begins that leaves out what was not changed since.

    :param since: aware UTC
    """
    return {"since": int(since.timestamp())}


class ZendeskReader:
    """Reads one stream.

    :param client: ``HttpClient``
    :param stream: ``organizations``, ``users`` or ``tickets``
    :param paths: remote paths of the field map: what costs requests of its own is asked
        for only where one of them names it
    """

    ids_limit = BULK

    def __init__(self, client, stream, paths=()):
        self.client = client
        self.listing = LISTINGS[stream]
        self.shape = SHAPES[stream](client, paths)
        #: Seconds by which Zendesk's clock is ahead of ours, as it told last.
        self._ahead = 0

    # -- contract -------------------------------------------------------------

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        cursor = dict(cursor or {})
        self._ahead = cursor.pop("ahead", self._ahead)
        walk = self._by_cursor if self.listing.by_cursor else self._by_time
        page = walk(cursor)
        if self._ahead:
            # Whoever goes on, in another process, has asked nothing yet.
            page.next_cursor["ahead"] = self._ahead
        return page

    def fetch_by_ids(self, ids):
        """The records of these ids; those that Zendesk doesn't have are left out, and
        so are tickets in its trash."""
        found = []
        wanted = [each for each in ids if str(each).isdecimal()]
        name, include = self.listing.name, self.listing.include
        for reply in ask.named(self.client, name, wanted, include):
            found += self.shape.records(reply.data)
        return found

    # -- by cursor ------------------------------------------------------------

    def _by_cursor(self, cursor):
        reply = self._ask_behind(cursor)
        started = cursor.get("started") or ask.read_at(reply, self.client)
        since = cursor.get("since", 0)
        records = self.shape.records(reply.data)
        after = reply.data.get("after_cursor") or cursor.get("cursor")
        done = reply.data.get("end_of_stream", not records) or not after
        following = {"since": rewound(since, started) if done and after else since}
        if after:
            # Where nothing has ever changed there is none: the time is all there is.
            following["cursor"] = after
        if not done:
            following["started"] = started
        return Page(records, following, bool(done), reply.request_id)

    def _ask_behind(self, cursor):
        """What comes behind a cursor; by time where there is none that is good."""
        if cursor.get("cursor"):
            try:
                return self._export({"cursor": cursor["cursor"]})
            except errors.InvalidRecord as error:
                if error.params.get("status") != 400:
                    raise
        return self._export({"start_time": self._startable(cursor.get("since", 0))})

    # -- by time --------------------------------------------------------------

    def _by_time(self, cursor):
        since = cursor.get("since", 0)
        at, seen = cursor.get("at", since), set(cursor.get("seen", ()))
        if "at" in cursor and (seconds := self._too_early(at)):
            return Page([], cursor, False, wait=seconds)
        reply = self._export({"start_time": self._startable(at)})
        now = ask.read_at(reply, self.client)
        started = cursor.get("started") or now
        records = self.shape.records(reply.data)
        fresh = [each for each in records if each.remote_id not in seen]
        swept = cursor.get("swept") or started
        end = reply.data.get("end_time") or at
        if reply.data.get("end_of_stream", not fresh):
            gap = now - swept >= SWEEP_INTERVAL
            following = {
                "since": rewound(since, started),
                "swept": now if gap else swept,
            }
            return Page(fresh, following, True, reply.request_id, gap=gap)
        if end <= at and not fresh:
            # It would never end.
            end = at + 1
        following = {
            "since": since,
            "at": end,
            "seen": [e.remote_id for e in records if _second(e) == end],
            "started": started,
            "swept": swept,
        }
        return Page(fresh, following, False, reply.request_id)

    # -- requests -------------------------------------------------------------

    def _export(self, params):
        if self.listing.include:
            params["include"] = ",".join(self.listing.include)
        return self._get(path(*self.listing.export), params)

    def _get(self, where, params):
        """An answer, and what it says of the time."""
        reply = self.client.get(where, params)
        self._ahead = ask.read_at(reply, self.client) - self._our_time()
        return reply

    def _our_time(self):
        return int(self.client.clock().timestamp())

    def _now(self):
        """Seconds since 1970 by Zendesk's clock; by ours before it has answered."""
        return self._our_time() + self._ahead

    def _startable(self, since):
        """A time that an export begins at: none of the last minute."""
        return max(0, min(since, self._now() - EXPORT_LAG - 1))

    def _too_early(self, at):
        """Seconds until an export can go on from a time; to begin earlier in the middle
        of a walk would bring the same page for ever."""
        return max(0, at - self._startable(at))


def rewound(since, started):
    """Where the walk behind one that began at ``started`` begins; never back."""
    return max(since, started - EXPORT_LAG - OVERLAP)


def _second(record):
    return record.updated_at and int(record.updated_at.timestamp())
