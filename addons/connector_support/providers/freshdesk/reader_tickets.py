"""Reads tickets in the order in which they were changed.

A list of tickets has 300 pages at most, and whoever turns its pages loses tickets: one
that is changed meanwhile moves to the end, and another slips to the page before. So no
page is turned: the first page is asked for again, of what was changed since the last
ticket of the one before. Only where a page is full of tickets of one second pages are
turned, each with the one before it once more.

More than 30,000 tickets that were changed in one second, as by a move of the vendor's,
are beyond what the list can give. Then all tickets are asked for by their numbers, one
by one, within the limits of requests: slow, and nothing is left out.

The cursor is ``{"phase", "mark", "page", "seen", "begun", "next", "trash"}``. ``phase``
is one of ``changed``, ``deleted``, ``spam`` and ``numbers``; ``mark`` the time of the
last ticket read; ``next`` where ``changed`` goes on the next time, and ``trash`` where
the two others do, which are looked at less often.
"""

import datetime

from odoo.addons.connector_base.engine.records import Page

from . import ask, records
from .endpoints import EPOCH, TICKET_PAGES, path
from .look import SATISFACTION, Look
from .reader import OVERLAP, Reader, before, moment, text

SECOND = datetime.timedelta(seconds=1)
#: How often deleted tickets and spam are looked for: each look is a list of tickets,
#: of which the lowest plan has 20 a minute.
TRASH_INTERVAL = datetime.timedelta(minutes=15)
PHASES = ("changed", "deleted", "spam")

#: What is only told where it is included, which costs two requests more. [S]
STATS = (
    *("desk.solved_at", "desk.closed_at", "desk.first_reply_at", "desk.reopened_at"),
    "stats.",
)
DESCRIPTION = ("description", "description_text")


def start_cursor(since):
    """Where a first load begins that leaves out what was not changed since.

    :param since: aware UTC
    """
    return {"phase": "changed", "mark": text(since)}


class TicketReader(Reader):
    """Reads tickets.

    :param client: ``HttpClient``
    :param paths: remote paths of the field map: they decide what is included, and what
        is looked up
    """

    resource = "tickets"
    #: Pages of a list, a class attribute so that a small one can be tried.
    pages = TICKET_PAGES

    def __init__(self, client, paths=()):
        super().__init__(client, paths)
        wants_stats = any(each.startswith(STATS) for each in self.paths)
        self.stats = ("stats",) if wants_stats else ()
        wants_texts = not self.paths.isdisjoint(DESCRIPTION)
        self.included = (*self.stats, *(("description",) if wants_texts else ()))
        self._look = None

    # -- contract -------------------------------------------------------------

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        cursor = {"phase": "changed", "mark": EPOCH, **(cursor or {})}
        if cursor["phase"] == "numbers":
            return self._numbers(cursor)
        page = cursor.get("page", 1)
        found, items = self._page(self._params(cursor), page, cursor.get("seen", ()))
        cursor.setdefault("begun", text(found.now))
        shaped = self._records(items, self._rated_since(cursor))
        if found.more:
            return Page(shaped, self._turned(cursor, found, page), False)
        following, done = self._following(cursor, found.now)
        return Page(shaped, following, done)

    def fetch_by_ids(self, ids):
        """The tickets of these ids; those that Freshdesk doesn't have are left out."""
        found = [self._one(each) for each in ids]
        # Of a few tickets all ratings of the account would be asked for.
        paths = self.paths - {SATISFACTION}
        look = Look(self.client)
        return [records.ticket(item, look, paths) for item in found if item]

    # -- lists ----------------------------------------------------------------

    def _params(self, cursor):
        # A second earlier: whether the moment itself counts needn't be known then.
        since = text(moment(cursor["mark"]) - SECOND)
        params = {"updated_since": since, "order_by": "updated_at", "order_type": "asc"}
        if cursor["phase"] != "changed":
            params["filter"] = cursor["phase"]
        return params

    def _turned(self, cursor, found, page):
        """The cursor behind a page of a list that goes on."""
        kept = {name: each for name, each in cursor.items() if name != "seen"}
        last = max(filter(None, map(records.moment, found.items)))
        if last > moment(cursor["mark"]):
            return {**kept, "mark": text(last), "page": 1}
        if page < self.pages:
            seen = [item["id"] for item in found.items]
            return {**kept, "page": page + 1, "seen": seen}
        return {**kept, "phase": "numbers", "of": cursor["phase"], "number": 1}

    def _following(self, cursor, now):
        """The cursor behind the last page, and whether that is all for now."""
        phase = cursor["phase"]
        trash = cursor.get("trash") or before(cursor["begun"])
        if phase == "changed":
            ended = {"phase": phase, "mark": before(text(now)), "trash": trash}
            if now - moment(trash) < TRASH_INTERVAL + OVERLAP:
                return ended, True
            following = {"next": ended["mark"], "trash": before(text(now))}
            return {
                "phase": "deleted",
                "mark": trash,
                "from": trash,
                **following,
            }, False
        if phase == "deleted":
            kept = {name: cursor[name] for name in ("next", "trash", "from")}
            return {"phase": "spam", "mark": cursor["from"], **kept}, False
        return {"phase": "changed", "mark": cursor["next"], "trash": trash}, True

    # -- one by one -----------------------------------------------------------

    def _numbers(self, cursor):
        """A few tickets by their numbers, which are given in order."""
        number, last = cursor["number"], cursor.get("last")
        if last is None:
            last = self._newest()
        ids = list(range(number, last + 1))
        found, count = self._singles(ids, self._one)
        shaped = self._records(found, self._rated_since(cursor))
        if number + count <= last:
            return Page(
                shaped, {**cursor, "number": number + count, "last": last}, False
            )
        dropped = ("of", "number", "last", "page")
        kept = {name: each for name, each in cursor.items() if name not in dropped}
        # Behind the second that the list didn't get over.
        mark = text(moment(cursor["mark"]) + 2 * SECOND)
        return Page(shaped, {**kept, "phase": cursor["of"], "mark": mark}, False)

    def _newest(self):
        """The highest number of a ticket."""
        params = {"updated_since": EPOCH, "order_by": "created_at"}
        found = ask.listed(self.client, path(self.resource), params, limit=1)
        return max((item["id"] for item in found.items), default=0)

    def _one(self, record_id):
        return ask.one(self.client, self.resource, record_id, self.stats)

    # -- records --------------------------------------------------------------

    def _rated_since(self, cursor):
        """From when on ratings matter: in a first load all do."""
        return cursor["mark"] if "trash" in cursor else None

    def _records(self, items, rated_since):
        if self._look is None:
            self._look = Look(self.client, rated_since)
        return [records.ticket(item, self._look, self.paths) for item in items]
