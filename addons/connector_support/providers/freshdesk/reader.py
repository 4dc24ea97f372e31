"""Reads one stream of Freshdesk: all of it, then what was changed since.

Times are Freshdesk's own (``Date`` header), as ISO 8601 in UTC. What no list has in the
order of its change is walked page by page; while records come and go others slip from
one page to the one before it, so that this one is read again after each
(:meth:`Reader._page`). How tickets are read says ``reader_tickets.py``.
"""

import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import Page
from odoo.addons.connector_base.engine.values import UTC, read_value

from . import ask, records
from .endpoints import LIST_LIMIT, path

#: A change may be listed a little later than its time says.
OVERLAP = datetime.timedelta(minutes=5)
#: Records that are asked for one by one before what there is is taken.
SINGLES = 20


class Reader:
    """What the readers share.

    :param client: ``HttpClient``
    :param paths: remote paths of the field map
    """

    resource = None
    #: What is included in its lists.
    included = ()

    def __init__(self, client, paths=()):
        self.client = client
        self.paths = frozenset(paths)

    def _listed(self, params, page):
        where = ask.including(path(self.resource), self.included)
        return ask.listed(self.client, where, params, page)

    def _page(self, params, page, seen=()):
        """A page, and before it what has slipped to the page before since.

        :param seen: ids of the page before, as it was read
        :return: ``(ask.Listed, items)``
        """
        found = self._listed(params, page)
        if page == 1:
            return found, found.items
        known = set(seen)
        earlier = self._listed(params, page - 1)
        slipped = [item for item in earlier.items if item["id"] not in known]
        return found, [*slipped, *found.items]

    def _singles(self, ids, get):
        """What can be asked for one by one for now, and how many ids that were.

        Where a limit ends it, what was got is worth taking: the rest comes next.

        :param get: ``function(id) -> item or None``
        """
        found, count = [], 0
        for record_id in ids[:SINGLES]:
            try:
                item = get(record_id)
            except errors.RateLimited:
                if not count:
                    raise
                break
            count += 1
            if item is not None:
                found.append(item)
        return found, count


class ContactReader(Reader):
    """Reads contacts.

    The list knows when they were changed, but leaves out who is blocked or deleted, and
    of everybody the other addresses and the tags [3P]. Whose record has changed is
    therefore asked for alone, where the map wants these. After a first load those that
    haven't changed are gone through by and by, a page each run: no load waits for it.

    The cursor is ``{"phase", "since", "page", "begun", "seen", "alone"}`` in the
    middle, ``phase`` being ``changed``, ``blocked``, ``deleted`` or ``alone``;
    ``{"since", "alone"}`` once all is read; ``{…, "rest", "then", "done"}`` while
    records are asked for alone. ``alone`` is the page of the list that is gone through
    next, ``None`` when all were.
    """

    resource = "contacts"
    #: Values that lists leave out, and what a map calls them.
    ALONE = frozenset(
        {"desk.other_emails", "other_emails", "tags", "other_companies"}
        | {"view_all_tickets"}
    )

    def __init__(self, client, paths=()):
        super().__init__(client, paths)
        self.asks_alone = bool(self.ALONE & self.paths)

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        cursor = {"phase": "changed", "since": None, "alone": 1, **(cursor or {})}
        if cursor.get("rest"):
            return self._rest(cursor)
        phase, since = cursor["phase"], cursor["since"]
        if phase == "alone":
            return self._alone(cursor)
        params = {"state": phase} if phase != "changed" else {}
        if since:
            params["_updated_since"] = since
        page = cursor.get("page", 1)
        found, items = self._page(params, page, cursor.get("seen", ()))
        cursor.setdefault("begun", text(found.now))
        following, done = self._following(cursor, found, page)
        if items and phase == "changed" and since and self.asks_alone:
            return Page([], self._resting(items, following, done), False)
        blocked = {"changed": False, "blocked": True}.get(phase)
        shaped = [records.contact(item, blocked) for item in items]
        return Page(shaped, following, done)

    def fetch_by_ids(self, ids):
        """The contacts of these ids; those that Freshdesk doesn't have are left out."""
        found = (ask.one(self.client, self.resource, each) for each in ids)
        return [records.contact(item) for item in found if item]

    def _alone(self, cursor):
        """A page of those that haven't changed: one a run is enough."""
        page = cursor["alone"]
        found = self._listed({}, page)
        ended = {"since": cursor["since"], "alone": page + 1 if found.more else None}
        if not found.items:
            return Page([], ended, True)
        return Page([], self._resting(found.items, ended, True), False)

    def _resting(self, items, following, done):
        """The cursor while these are asked for alone."""
        rest = [str(item["id"]) for item in items]
        return {"rest": rest, "then": following, "done": done}

    def _rest(self, cursor):
        """A few of those that are asked for alone."""
        rest = cursor["rest"]
        found, count = self._singles(
            rest, lambda each: ask.one(self.client, self.resource, each)
        )
        # The list that named them leaves out who is blocked.
        shaped = [records.contact(item, blocked=False) for item in found]
        left = rest[count:]
        if left:
            return Page(shaped, {**cursor, "rest": left}, False)
        return Page(shaped, cursor["then"], cursor["done"])

    def _following(self, cursor, found, page):
        """The cursor behind a page, and whether that is all for now."""
        phase = cursor["phase"]
        kept = {name: cursor[name] for name in ("since", "begun", "alone")}
        if found.more:
            seen = [item["id"] for item in found.items]
            return {**kept, "phase": phase, "page": page + 1, "seen": seen}, False
        if phase == "changed":
            return {**kept, "phase": "blocked"}, False
        # What nobody knows yet isn't deleted either.
        if phase == "blocked" and kept["since"]:
            return {**kept, "phase": "deleted"}, False
        ended = {"since": before(kept["begun"]), "alone": kept["alone"]}
        if kept["since"] and self.asks_alone and kept["alone"]:
            return {**ended, "phase": "alone"}, False
        return ended, True


class CompanyReader(Reader):
    """Reads companies: no list of theirs knows a time, all are looked through.

    Each time what has changed is taken. Once a day everything is, should something have
    slipped from page to page, and all that Odoo knows is compared: a company that is
    deleted at Freshdesk is gone without a trace.

    The cursor is ``{"page", "begun", "since", "whole"}`` in the middle,
    ``{"since", "whole"}`` once all is read: the times of the last look and of the last
    whole one.
    """

    resource = "companies"
    #: How often companies are looked through, and how often all of them are taken.
    INTERVAL = datetime.timedelta(minutes=15)
    WHOLE = datetime.timedelta(days=1)
    #: From how many on companies are found in the whole list rather than one by one.
    MANY = 10
    ids_limit = LIST_LIMIT

    def __init__(self, client, paths=()):
        super().__init__(client, paths)
        self._all = None

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        cursor = cursor or {}
        since, page = cursor.get("since"), cursor.get("page", 1)
        begun = cursor.get("begun")
        if since and not begun and self.client.clock() - moment(since) < self.INTERVAL:
            return Page([], cursor, True)
        found = ask.listed(self.client, path(self.resource), page=page)
        begun = begun or text(found.now)
        whole = not since or moment(begun) - moment(cursor["whole"]) >= self.WHOLE
        items = found.items
        if not whole:
            limit = moment(before(since))
            items = [i for i in items if (records.moment(i) or limit) >= limit]
        shaped = [records.company(item) for item in items]
        if found.more:
            kept = {"since": since, "whole": cursor.get("whole"), "begun": begun}
            return Page(shaped, {**kept, "page": page + 1}, False)
        following = {"since": begun, "whole": begun if whole else cursor["whole"]}
        return Page(shaped, following, True, gap=bool(whole and since))

    def fetch_by_ids(self, ids):
        """The companies of these ids; those that Freshdesk doesn't have are left out.

        Many are looked for in the list first, which is read once; what isn't in it is
        asked for alone before it counts as gone.
        """
        known = {}
        if len(ids) > self.MANY or self._all is not None:
            if self._all is None:
                listed = ask.everything(self.client, path(self.resource))
                self._all = {str(item["id"]): item for item in listed}
            known = self._all
        found = (
            known.get(str(each)) or ask.one(self.client, self.resource, each)
            for each in ids
        )
        return [records.company(item) for item in found if item]


class NothingReader:
    """Of what only goes out: there is nothing to read."""

    def __init__(self, client, paths=()):
        pass

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        return Page([], {}, True)

    def fetch_by_ids(self, ids):
        """:return: an empty list"""
        return []


def text(value):
    """A moment as Freshdesk takes it: ``2026-11-02T09:00:00Z``."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(value):
    """The moment that such a text names, aware UTC."""
    return read_value("datetime", value)


def before(value):
    """A moment, as text, from which on nothing is missed that was listed late."""
    return text(moment(value) - OVERLAP)
