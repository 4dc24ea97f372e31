"""The fields of Zendesk's records: what all accounts have, and what one has added.

The table holds what is worth mapping [S organizations, users, tickets], and what
``records.py`` and ``tickets.py`` put under ``support``. An account's own fields are
described by its API. Those of a ticket are known by their ids: one that is renamed is
still the same.
"""

from odoo.addons.connector_base.engine.records import RemoteField

from . import ask, own
from .endpoints import LISTINGS
from .writers import is_writable

ID = ("id", "ID", "text")
TIMES = (
    ("created_at", "Created", "datetime"),
    ("updated_at", "Updated", "datetime"),
)
TAGS = ("tags", "Tags", "list")
EXTERNAL = ("external_id", "External ID", "text")
ORGANIZATION = ("organization_id", "Organization", "reference", "organizations")

#: Stream -> ``(path, label, kind[, stream that it refers to])``.
FIELDS = {
    "organizations": (
        *(ID, ("name", "Name", "text"), EXTERNAL, TAGS, *TIMES),
        ("domain_names", "Domains", "list"),
        *(("details", "Details", "long_text"), ("notes", "Notes", "long_text")),
    ),
    "users": (
        *(ID, ("name", "Name", "text"), ("email", "E-mail", "email"), EXTERNAL),
        *(("phone", "Phone", "phone"), ORGANIZATION, TAGS, *TIMES),
        *(("alias", "Alias", "text"), ("locale", "Language", "text")),
        *(("details", "Details", "long_text"), ("notes", "Notes", "long_text")),
        *(("suspended", "Suspended", "boolean"), ("verified", "Verified", "boolean")),
        ("support.role", "Role", "option"),
        ("support.other_emails", "Other E-mails", "text"),
        ("support.timezone", "Time Zone", "text"),
    ),
    "tickets": (
        *(ID, ("subject", "Subject", "text"), EXTERNAL, TAGS, *TIMES),
        ("description", "First Message", "long_text"),
        ("requester_id", "Requester", "reference", "users"),
        ("submitter_id", "Submitter", "reference", "users"),
        ("problem_id", "Problem", "reference", "tickets"),
        *(ORGANIZATION, ("assignee_id", "Assignee (ID)", "option")),
        *(("priority", "Priority", "option"), ("type", "Type", "option")),
        *(("due_at", "Due", "datetime"), ("recipient", "Received At", "email")),
        *(("is_public", "Has Public Comments", "boolean"),),
        ("support.status", "Status", "option"),
        ("support.custom_status", "Custom Status", "text"),
        ("support.channel", "Channel", "option"),
        ("support.assignee", "Assignee", "text"),
        *(("support.group", "Group", "text"), ("support.brand", "Brand", "text")),
        ("support.form", "Form", "text"),
        ("support.requester_email", "Requester's E-mail", "email"),
        ("support.satisfaction", "Satisfaction", "option"),
        ("support.comments_count", "Comments", "integer"),
        ("support.reopens", "Reopened", "integer"),
        ("support.solved_at", "Solved", "datetime"),
        ("support.closed_at", "Closed", "datetime"),
        ("support.first_reply_at", "First Reply", "datetime"),
        ("support.first_reply_due_at", "First Reply Due", "datetime"),
        ("support.resolution_due_at", "Resolution Due", "datetime"),
        ("support.is_breached", "Service Level Breached", "boolean"),
        ("support.sla_state", "Service Level", "option"),
    ),
    "comments": (
        ("ticket_id", "Ticket", "reference", "tickets"),
        *(("body", "Text", "long_text"), ("is_internal", "Internal", "boolean")),
        *(("status", "Status of the Ticket", "text"), ("key", "Key", "text")),
    ),
}
#: Type of an account's own field -> kind. [S] ticket_fields, user_fields
TYPES = {
    "text": "text",
    "textarea": "long_text",
    "checkbox": "boolean",
    "date": "date",
    "integer": "integer",
    "decimal": "number",
    "regexp": "text",
    "partialcreditcard": "text",
    "tagger": "option",
    "dropdown": "option",
    "multiselect": "options",
    "lookup": "reference",
}


def remote_fields(client, stream):
    """:return: list of ``records.RemoteField`` of a stream"""
    found = [_field(stream, *each) for each in FIELDS[stream]]
    listing = LISTINGS.get(stream)
    if not listing:
        return found
    items = [
        item
        for item in ask.pages(client, (listing.fields,), listing.fields)
        if item.get("type") in TYPES and not item.get("system")
    ]
    # Odoo's own that are switched off stay: it is said where they are sent.
    shown = [item for item in items if item.get("active", True)]
    return [
        *found,
        *(_own_field(stream, listing, item) for item in shown),
        *own.missing_fields(stream, {item.get("key") for item in shown}),
    ]


def _field(stream, name, label, kind, references=None):
    return RemoteField(
        name,
        label,
        kind,
        writable=is_writable(stream, name),
        unique=name == "id",
        references=references,
    )


def _own_field(stream, listing, item):
    name = str(item["id"]) if stream == "tickets" else item["key"]
    where = f"{listing.kept}.{name}"
    return RemoteField(
        path=where,
        label=item.get("title") or name,
        kind=TYPES[item["type"]],
        vendor_type=item["type"],
        writable=is_writable(stream, where),
        options=tuple(
            (option["value"], option.get("name") or option["value"])
            for option in item.get("custom_field_options") or []
        ),
        custom=True,
        description=item.get("description") or "",
    )
