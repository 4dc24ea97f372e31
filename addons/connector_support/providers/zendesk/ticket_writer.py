"""Writes what goes to tickets: their status, and comments.

Each is one ``PUT`` of a ticket, which takes status and comment together or neither.
Zendesk refuses a status with ``safe_update`` where somebody has changed the ticket
since it was read: it is read again then. A comment has our key in its last line, by
which Zendesk is asked for it before it is written.

Source: tickets, ticket_comments below
https://developer.zendesk.com/api-reference/ticketing/ [S]; safe_update: “Protecting
against ticket update collisions” [S creating-and-updating-tickets].
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult
from odoo.addons.connector_base.engine.values import read_value
from odoo.addons.connector_base.providers.row_writer import RowWriter

from . import ask
from .endpoints import path
from .tickets import STATUSES

#: Tries of a change that others come in between of.
TRIES = 3
#: Our status -> Zendesk's. A ticket is deleted there, and closed by Zendesk itself.
SENT = {
    ours: theirs
    for theirs, ours in STATUSES.items()
    if ours not in ("deleted", "closed", "new")
}
#: Errors of one ticket, behind which the others go on.
OF_ONE = frozenset({"zendesk_changed_meanwhile", "zendesk_ticket_limit"})
REFERENCE = "Odoo reference: {}"


class _Writer(RowWriter):
    def _change(self, ticket_id, status=None, comment=None):
        """Change a ticket; :return: the answer, ``None`` where nothing is to be done

        :param status: ours
        """
        where = path("tickets", ticket_id)
        for attempt in range(1, TRIES + 1):
            change = {} if comment is None else {"comment": comment}
            if status:
                now = self.client.get(where).data["ticket"]
                if STATUSES.get(now.get("status")) != status:
                    change |= {
                        "status": self._spelt(status),
                        "safe_update": True,
                        "updated_stamp": now["updated_at"],
                    }
            if not change:
                return None
            try:
                return self.client.request("PUT", where, json={"ticket": change})
            except errors.TransientError as error:
                changed = error.code == "zendesk_changed_meanwhile"
                if not changed or attempt == TRIES:
                    raise
        raise AssertionError("unreachable")

    def _spelt(self, status):
        if status not in SENT:
            raise errors.InvalidRecord(
                f"A ticket can't be set to {status} from outside.",
                code="zendesk_status_not_set",
                params={"status_name": status},
            )
        return SENT[status]

    def _guarded(self, row, work):
        """The result of work on one ticket; an error of it alone lets the others go."""
        try:
            return work(row)
        except errors.TransientError as error:
            if error.code not in OF_ONE:
                raise
            return RowResult(row.key, error=error, request_id=error.request_id)

    def _archive(self, row):
        raise _refused("zendesk_not_deleted", "Nothing is deleted there from here.")


class TicketWriter(_Writer):
    """Of a ticket only its status goes out: the desk owns the rest."""

    writable = frozenset({"support.status"})

    def _create(self, row):
        raise _refused("zendesk_tickets_not_made", "Tickets are made at the desk.")

    def _update(self, row):
        return self._guarded(row, self._set)

    def _set(self, row):
        reply = self._change(row.remote_id, row.values.get("support.status"))
        if reply is None:
            return RowResult(row.key, row.remote_id)
        seen = read_value("datetime", reply.data["ticket"].get("updated_at"))
        return RowResult(row.key, row.remote_id, seen, request_id=reply.request_id)


class CommentWriter(_Writer):
    """Comments are made, and never changed."""

    writable = frozenset({"ticket_id", "body", "is_internal", "status", "key"})

    def _create(self, row):
        return self._guarded(row, self._make)

    def _make(self, row):
        ticket_id = row.values.get("ticket_id")
        if not ticket_id:
            raise _refused("refused", "The comment names no ticket.")
        line = REFERENCE.format(row.values.get("key") or row.key)
        made = self._made(ticket_id, line)
        if made:
            # An earlier try has written it, with the status.
            return RowResult(row.key, made)
        body = str(row.values.get("body") or "").rstrip()
        if not body.endswith(line):
            body = f"{body}\n\n{line}".lstrip()
        comment = {"body": body, "public": not row.values.get("is_internal")}
        reply = self._change(ticket_id, row.values.get("status"), comment)
        made = _of_audit(reply.data) or self._made(ticket_id, line)
        return RowResult(row.key, made or row.key, request_id=reply.request_id)

    def _made(self, ticket_id, line):
        """The id of the comment that ends so, or ``None``."""
        where = ("tickets", ticket_id, "comments")
        for each in ask.pages(self.client, where, "comments"):
            text = each.get("plain_body") or each.get("body") or ""
            if text.rstrip().endswith(line):
                return str(each["id"])
        return None

    def _update(self, row):
        raise _refused("zendesk_comment_fixed", "A comment can't be changed there.")


def _of_audit(data):
    """The id of the comment that an answer tells of. [S] tickets, “Update Ticket”"""
    for event in (data.get("audit") or {}).get("events") or []:
        if event.get("type") == "Comment":
            return str(event["id"])
    return None


def _refused(code, text):
    return errors.InvalidRecord(text, code=code, params={"detail": text, "status": 422})
