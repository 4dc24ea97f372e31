"""Writes what goes back to tickets: comments, and the status.

Freshdesk has no key for a note or a reply. Each ends with a line of ours, “Odoo
reference: <key>”; before one is written, the conversations of its ticket are looked
through for that line, so that a second try finds what the first has written.

Sources: https://developers.freshdesk.com/api/#conversations, #update_ticket [S].
"""

import html
import re

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult
from odoo.addons.connector_base.providers.row_writer import RowWriter

from . import ask
from .endpoints import OWN_STATUSES, SENT_STATUSES, path
from .look import statuses

STATUS = "desk.status"
REFERENCE = "Odoo reference: "
_TAG = re.compile(r"<[^>]+>")


class TicketWriter(RowWriter):
    """Writes the status of tickets, and nothing else of them."""

    def __init__(self, client):
        super().__init__(client)
        self._own = None

    def _create(self, row):
        raise errors.InvalidRecord(
            "Tickets are made at Freshdesk, not from here.", code="refused"
        )

    def _update(self, row):
        status = row.values.get(STATUS)
        if status:
            self._set_status(row.remote_id, status)
        return RowResult(row.key, row.remote_id)

    def _archive(self, row):
        raise errors.InvalidRecord(
            "Tickets are deleted at Freshdesk, not from here.", code="refused"
        )

    def _set_status(self, ticket_id, status):
        """:raises errors.InvalidRecord: where the account has no such status"""
        number = SENT_STATUSES.get(status) or self._own_statuses().get(status)
        if number is None:
            raise errors.InvalidRecord(
                f"Freshdesk has no status that means {status}.",
                code="refused",
                params={"property": "status"},
            )
        where = path("tickets", ticket_id)
        self.client.request("PUT", where, json={"status": number}, safe=True)

    def _own_statuses(self):
        """``{our name: number}`` of the statuses that are the account's own."""
        if self._own is None:
            self._own = {
                OWN_STATUSES.get(name.lower(), name): number
                for number, name, own in statuses(self.client)
                if own
            }
        return self._own


class CommentWriter(TicketWriter):
    """Writes comments of Odoo's: as notes for agents, or as replies to the customer."""

    def _create(self, row):
        ticket_id, key = row.values.get("ticket_id"), row.values.get("key") or row.key
        if not str(ticket_id or "").isdecimal():
            raise errors.MissingDependency(
                "The comment's ticket isn't known at Freshdesk.",
                code="parent_not_sent",
            )
        found = self._written(ticket_id, key)
        if found is None:
            found = self._write(ticket_id, row.values, key)
        status = row.values.get(STATUS)
        if status:
            self._set_status(ticket_id, status)
        return RowResult(row.key, str(found["id"]))

    def _update(self, row):
        raise errors.InvalidRecord(
            "A comment that Freshdesk has isn't changed from here.", code="refused"
        )

    def _archive(self, row):
        raise errors.InvalidRecord(
            "A comment that Freshdesk has isn't deleted from here.", code="refused"
        )

    def _write(self, ticket_id, values, key):
        """Write it; a second one would be another comment, so that it is sent once."""
        # Unless it is clearly meant for the customer, the customer doesn't get it.
        internal = values.get("private") is not False
        body = {"body": as_html(values.get("body") or "", key)}
        where = path("tickets", ticket_id, "notes" if internal else "reply")
        if internal:
            body["private"] = True
        return self.client.request("POST", where, json=body).data

    def _written(self, ticket_id, key):
        """The conversation that a comment was written as, or ``None``."""
        where = path("tickets", ticket_id, "conversations")
        for item in ask.everything(self.client, where):
            if key in references(item):
                return item
        return None


def as_html(text, key):
    """A comment as Freshdesk takes it, with our line as its last.

    :param text: plain text
    """
    lines = [line for line in text.strip().splitlines() if not _is_reference(line)]
    shown = "<br>".join(html.escape(line) for line in lines)
    return f"<div>{shown}</div><div>{REFERENCE}{html.escape(key)}</div>"


def references(item):
    """The keys that a conversation ends with or quotes."""
    body = _TAG.sub("\n", item.get("body") or "")
    lines = [html.unescape(line).strip() for line in body.splitlines()]
    return {line.removeprefix(REFERENCE) for line in lines if _is_reference(line)}


def _is_reference(line):
    return line.strip().startswith(REFERENCE)
