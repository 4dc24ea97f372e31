"""What is written of tickets, one at a time. [S tickets, creating-and-updating-tickets]

Closed tickets can't be changed. ``safe_update`` with ``updated_stamp`` is refused when
the ticket has changed since.
"""

from . import errors, facts
from .checks import choice, plain, reference, required, seconds, tags
from .errors import Invalid
from .render import iso

TICKET = {
    "subject": "subject",
    "raw_subject": "subject",
    "priority": "priority",
    "type": "type",
    "status": "status",
    "requester_id": "requester_id",
    "submitter_id": "submitter_id",
    "assignee_id": "assignee_id",
    "organization_id": "organization_id",
    "group_id": "group_id",
    "brand_id": "brand_id",
    "ticket_form_id": "form_id",
    "problem_id": "problem_id",
    "external_id": "external_id",
    "recipient": "recipient",
    "due_at": "due",
    "tags": "tags",
    "custom_fields": "fields",
    "custom_status_id": "custom_status_id",
}
#: What is read apart from these, and what comes back with a ticket.
PASSED = frozenset(
    "id url created_at updated_at description comment requester via additional_tags"
    " remove_tags safe_update updated_stamp fields generated_timestamp".split()
)


class Ticketing:
    """Creates and updates tickets; raises :class:`Invalid`, or Refusal for a 409."""

    def __init__(self, store, access, parties):
        self.store = store
        self.access = access
        self.parties = parties

    def create(self, given):
        """A new ticket; the requester is the token's user unless there is another."""
        wrong = Invalid()
        comment = given.get("comment") or {}
        body = _body(comment) or given.get("description")
        required(body, "description", wrong)
        values = self._values(given, None, wrong)
        values["requester_id"] = self._requester(given, values)
        wrong.raise_if_any()
        requester = self.store.users.get(values["requester_id"])
        if values.get("organization_id") is None:
            values["organization_id"] = requester.organization_id
        values.setdefault("status", "new")
        if values.get("assignee_id") and values["status"] == "new":
            values["status"] = "open"
        values["channel"] = (given.get("via") or {}).get("channel", "api")
        subject = values.pop("subject", None) or body[:150]
        if comment.get("public") is False:
            values["is_internal"] = True
            values["submitter_id"] = comment.get("author_id") or self.access.user_id
        if values["status"] in ("solved", "closed"):
            values["solved"] = self.store.now()
            values.setdefault("assignee_id", self.access.user_id)
        return self.store.add_ticket(subject=subject, description=body, **values)

    def update(self, record, given):
        """Another status, fields, …, and a comment; 409 by ``safe_update``."""
        if record.status == "closed":
            raise Invalid("status", facts.TEXT_CLOSED, "InvalidValue")
        self._keep_safe(record, given)
        wrong = Invalid()
        values = self._values(given, record, wrong)
        comment = given.get("comment")
        body = _body(comment) if comment else None
        if comment is not None and not body:
            wrong.add("base", "Comment: cannot be blank", "BlankValue")
        author = self.access.user_id
        if comment and comment.get("author_id"):
            author = reference(
                self.store.users, comment["author_id"], "author_id", wrong
            )
        wrong.raise_if_any()
        self.store.update(record, self._moved(record, values))
        if body:
            self.store.comment(record, author, body, comment.get("public", True))
        return record

    def _keep_safe(self, record, given):
        if not given.get("safe_update"):
            return
        stamp = given.get("updated_stamp")
        if not stamp:
            raise errors.bad_request("updated_stamp is required", "Missing parameter")
        wrong = Invalid()
        moment = seconds(stamp, "updated_stamp", wrong)
        wrong.raise_if_any()
        if moment != record.updated:
            raise errors.refuse(
                409,
                "UpdateConflict",
                facts.TEXT_CONFLICT,
                details={"updated_at": iso(record.updated)},
            )

    def _moved(self, record, values):
        """The values with what a change of the status brings."""
        status = values.get("status")
        if values.get("custom_status_id"):
            status = self.store.statuses[values["custom_status_id"]][0]
        if status is None or status == record.status:
            values.pop("status", None)
            return values
        values = {**self.store.set_status(record, status), **values, "status": status}
        if status in ("solved", "closed"):
            if not values.get("assignee_id", record.assignee_id):
                values["assignee_id"] = self.access.user_id
        return values

    def _values(self, given, record, wrong):
        store = self.store
        known = {key: value for key, value in given.items() if key not in PASSED}
        values = plain(known, TICKET, store.ignored, "ticket")
        if "subject" in values:
            required(values["subject"], "subject", wrong)
        choice(values, "status", facts.STATUSES, wrong)
        choice(values, "priority", facts.PRIORITIES, wrong)
        choice(values, "type", facts.TYPES, wrong)
        for name, table in (
            ("requester_id", store.users),
            ("submitter_id", store.users),
            ("assignee_id", store.users),
            ("organization_id", store.organizations),
            ("problem_id", store.tickets),
        ):
            if name in values:
                values[name] = reference(table, values[name], name, wrong)
        if values.get("assignee_id"):
            if store.users.get(values["assignee_id"]).role == "end-user":
                wrong.add("assignee_id", "Assignee: is not an agent")
        if values.get("group_id") not in (None, *store.groups):
            wrong.add("group_id", "Group: is not valid")
        if values.get("custom_status_id") not in (None, *store.statuses):
            wrong.add("custom_status_id", "Status: is not valid")
        if "due" in values:
            values["due"] = seconds(values["due"], "due_at", wrong)
        self._tags(given, values, record, wrong)
        if "fields" in values:
            values["fields"] = self._fields(values["fields"], record, wrong)
        return values

    def _tags(self, given, values, record, wrong):
        before = record.tags if record else ()
        if "tags" in values:
            before = values["tags"] = tags(values["tags"] or [], wrong)
        if "additional_tags" in given:
            added = tags(given["additional_tags"], wrong)
            before = values["tags"] = tuple(dict.fromkeys((*before, *added)))
        if "remove_tags" in given:
            gone = tags(given["remove_tags"], wrong)
            values["tags"] = tuple(each for each in before if each not in gone)

    def _fields(self, given, record, wrong):
        if isinstance(given, list):
            given = {
                each["id"]: each.get("value")
                for each in given
                if isinstance(each, dict) and "id" in each
            }
        if not isinstance(given, dict):
            wrong.add("custom_fields", "Custom fields: is not valid")
            return None
        before = record.fields if record else None
        return self.store.fields.merge(
            "ticket", before, given, wrong, self.store.ignored
        )

    def _requester(self, given, values):
        person = given.get("requester")
        if isinstance(person, dict):
            found = self.parties.find_user(person)
            return (found or self.parties.create_user(person)).id
        return values.get("requester_id") or self.access.user_id


def _body(comment):
    if not isinstance(comment, dict):
        return None
    return comment.get("body") or comment.get("html_body")
