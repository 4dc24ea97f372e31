"""Reads tickets: what was changed, and those that missed a target without a change.

That time goes by changes no ticket, so that no export of tickets brings it. Metric
events tell of it: those since a time are read behind the tickets, and the tickets of a
``breach`` by their ids. The cursor has ``levels`` then, the time that they are read
from, and ``of`` is ``levels`` while they are. What was missed before the first load
comes with the tickets themselves.

Source: ticket_metric_events, incremental_exports below
https://developer.zendesk.com/api-reference/ticketing/ [S].
"""

from odoo.addons.connector_base.engine.records import Page

from . import ask
from .endpoints import path
from .reader import ZendeskReader, rewound

EVENTS = "ticket_metric_events"
BREACH = "breach"
#: Paths for which it is worth a request: without them nobody sees it.
PATHS = frozenset({"support.is_breached", "support.sla_state"})


class TicketReader(ZendeskReader):
    def __init__(self, client, stream, paths=()):
        super().__init__(client, stream, paths)
        self.watches = not PATHS.isdisjoint(paths)

    def fetch_page(self, cursor):
        """:return: ``records.Page``"""
        cursor = dict(cursor or {})
        self._ahead = cursor.get("ahead", 0)
        levels, of = cursor.pop("levels", None), cursor.pop("of", None)
        if of == "levels":
            return self._missed(cursor, levels)
        if levels is None and self.watches:
            # What a first load has read before it ends may miss a target meanwhile.
            levels = rewound(0, self._now())
        page = super().fetch_page(cursor)
        if levels is not None:
            page.next_cursor["levels"] = levels
        if page.done and self.watches:
            page.next_cursor["of"], page.done = "levels", False
        return page

    def _missed(self, cursor, levels):
        """The tickets of a page of events."""
        if seconds := self._too_early(levels):
            waiting = {**cursor, "levels": levels, "of": "levels"}
            return Page([], waiting, False, wait=seconds)
        params = {"start_time": levels}
        reply = self._get(path("incremental", EVENTS), params)
        events = ask.items(reply.data, EVENTS)
        ids = {each.get("ticket_id") for each in events if each.get("type") == BREACH}
        records = self.fetch_by_ids(sorted(filter(None, ids)))
        if reply.data.get("end_of_stream", not events):
            now = ask.read_at(reply, self.client)
            following = {**cursor, "levels": rewound(levels, now)}
            return Page(records, following, True, reply.request_id)
        end = max(reply.data.get("end_time") or 0, levels + 1)
        following = {**cursor, "levels": end, "of": "levels"}
        return Page(records, following, False, reply.request_id)
