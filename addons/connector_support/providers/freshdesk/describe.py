"""The fields of Freshdesk's records: those it lists, and what we put beside them.

The account's own come from ``ticket_fields``, ``contact_fields`` and ``company_fields``
[S], by their names: a field that is labelled anew keeps its name. Those that every
account has are a table, for the lists call some of them otherwise than records do (the
field ``ticket_type`` is ``type`` of a ticket).
"""

from odoo.addons.connector_base.engine.records import RemoteField

from . import ask
from .endpoints import CUSTOM, FIELD_LISTS, path
from .fields import TYPES, missing_fields
from .look import statuses
from .writers import is_writable

ID = ("id", "ID", "integer")
TIMES = (("created_at", "Created", "datetime"), ("updated_at", "Updated", "datetime"))

#: Stream -> ``(path, label, kind[, stream that it refers to])``. [S: the sections of
#: each record]
FIELDS = {
    "companies": (
        *(ID, ("name", "Company Name", "text"), ("domains", "Domains", "list")),
        ("description", "Description", "long_text"),
        *(("note", "Notes", "long_text"), ("industry", "Industry", "text")),
        ("health_score", "Health Score", "option"),
        ("account_tier", "Account Tier", "option"),
        ("renewal_date", "Renewal Date", "datetime"),
        *TIMES,
    ),
    "contacts": (
        *(ID, ("name", "Full Name", "text"), ("email", "E-mail", "email")),
        *(("phone", "Work Phone", "phone"), ("mobile", "Mobile Phone", "phone")),
        *(("job_title", "Title", "text"), ("address", "Address", "long_text")),
        ("company_id", "Company", "reference", "companies"),
        ("other_companies", "Other Companies", "list"),
        *(("language", "Language", "text"), ("time_zone", "Time Zone", "text")),
        *(("tags", "Tags", "list"), ("description", "About", "long_text")),
        *(("twitter_id", "X (Twitter)", "text"), ("active", "Verified", "boolean")),
        ("unique_external_id", "Unique External ID", "text"),
        ("view_all_tickets", "Sees the Company's Tickets", "boolean"),
        ("desk.other_emails", "Other E-mails", "text"),
        ("desk.suspended", "Blocked", "boolean"),
        ("desk.role", "Role", "text"),
        *TIMES,
    ),
    "tickets": (
        *(ID, ("subject", "Subject", "text"), ("type", "Type", "option")),
        ("description", "Description", "long_text"),
        ("description_text", "Description without Layout", "long_text"),
        ("requester_id", "Requester", "reference", "contacts"),
        ("company_id", "Company", "reference", "companies"),
        *(("responder_id", "Agent ID", "option"), ("group_id", "Group ID", "option")),
        *(("product_id", "Product ID", "option"), ("tags", "Tags", "list")),
        *(("status", "Status Number", "option"), ("source", "Source Number", "option")),
        ("priority", "Priority Number", "option"),
        ("due_by", "Resolution Due", "datetime"),
        ("fr_due_by", "First Response Due", "datetime"),
        ("is_escalated", "Resolution Overdue", "boolean"),
        ("fr_escalated", "First Response Overdue", "boolean"),
        *(("desk.status", "Status", "option"), ("desk.priority", "Priority", "option")),
        *(
            ("desk.kind", "Type in General", "option"),
            ("desk.channel", "Source", "text"),
        ),
        *(("desk.assignee", "Agent", "text"), ("desk.group", "Group", "text")),
        *(("desk.brand", "Product", "text"),),
        ("desk.solved_at", "Resolved", "datetime"),
        ("desk.closed_at", "Closed", "datetime"),
        ("desk.first_reply_at", "First Response", "datetime"),
        ("desk.reopened_at", "Reopened", "datetime"),
        ("desk.is_breached", "Target Missed", "boolean"),
        ("desk.sla_state", "Target State", "option"),
        ("desk.satisfaction", "Satisfaction", "option"),
        *TIMES,
    ),
    "comments": (
        ("ticket_id", "Ticket", "reference", "tickets"),
        *(("body", "Text", "long_text"), ("private", "Only for Agents", "boolean")),
        ("desk.status", "Status", "text"),
        ("key", "Key of Odoo", "text"),
    ),
}
UNIQUE = frozenset({"id", "unique_external_id"})


def remote_fields(client, stream):
    """:return: list of ``records.RemoteField`` of a stream"""
    found = [_field(client, stream, *each) for each in FIELDS[stream]]
    if stream in FIELD_LISTS:
        listed = ask.checked(client.get(path(FIELD_LISTS[stream])).data)
        own = [item for item in listed if not item.get("default")]
        found += [_own(stream, item) for item in own]
        found += missing_fields(stream, {item["name"] for item in own})
    return found


def _field(client, stream, name, label, kind, references=None):
    options = ()
    if (stream, name) == ("tickets", "status"):
        options = tuple((str(number), label) for number, label, _o in statuses(client))
    return RemoteField(
        name,
        label,
        kind,
        writable=is_writable(stream, name),
        unique=name in UNIQUE,
        options=options,
        references=references,
    )


def _own(stream, item):
    """A field that the account has added."""
    name, kind = f"{CUSTOM}{item['name']}", item.get("type") or ""
    return RemoteField(
        name,
        item.get("label") or item["name"],
        TYPES.get(kind, ("", "any"))[1],
        vendor_type=kind,
        required=bool(item.get("required_for_agents")),
        writable=is_writable(stream, name),
        options=_options(item.get("choices")),
        custom=True,
    )


def _options(choices):
    """The values of a dropdown, however the list has them. [S, 3P]"""
    if isinstance(choices, dict):
        choices = list(choices)
    found = [
        each.get("value") if isinstance(each, dict) else each for each in choices or ()
    ]
    return tuple((str(each), str(each)) for each in found if each not in (None, ""))
