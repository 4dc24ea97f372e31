"""Records of Freshdesk as ours: each with its parts in our terms under ``desk``."""

from odoo.addons.connector_base.engine.records import RemoteRecord
from odoo.addons.connector_base.engine.values import read_value

from .endpoints import (
    CHANNELS,
    CONTACT_KEY,
    DONE,
    KEY,
    KINDS,
    OWN_STATUSES,
    PRIORITIES,
    STATUSES,
)

#: States in which a target doesn't run: the answer is the customer's, or another's.
PAUSED = frozenset({"pending", "on_hold"})


def company(item):
    """:return: ``records.RemoteRecord``"""
    own = item.get("custom_fields")
    key = own.get(KEY) if isinstance(own, dict) else None
    return _record(item, {}, external_key=key)


def contact(item, blocked=None):
    """:param blocked: whether the contact is, as far as the list tells it

    :return: ``records.RemoteRecord``
    """
    desk = {"role": "end_user"}
    if blocked is not None:
        desk["suspended"] = blocked
    if "other_emails" in item:
        # Lists leave them out: then nothing is said of them.
        desk["other_emails"] = ";".join(item["other_emails"] or ()) or None
    gone = bool(item.get("deleted"))
    return _record(item, desk, gone, external_key=item.get(CONTACT_KEY))


def ticket(item, look, paths=()):
    """:param look: ``look.Look``: names, the account's own statuses and ratings

    :param paths: remote paths of the field map
    :return: ``records.RemoteRecord``
    """
    gone = bool(item.get("deleted") or item.get("spam"))
    status = "deleted" if gone else status_of(item.get("status"), look)
    stats = item.get("stats")
    breached = bool(item.get("is_escalated") or item.get("fr_escalated"))
    desk = {
        "status": status,
        "priority": PRIORITIES.get(item.get("priority")),
        "kind": KINDS.get(str(item.get("type")).lower(), item.get("type")),
        "channel": channel_of(item.get("source")),
        "is_breached": breached,
        "sla_state": sla_state(item, status, breached),
    }
    if isinstance(stats, dict):
        desk |= {
            "solved_at": stats.get("resolved_at") or stats.get("closed_at"),
            "closed_at": stats.get("closed_at"),
            "first_reply_at": stats.get("first_responded_at"),
            "reopened_at": stats.get("reopened_at"),
        }
    desk |= look.told(item, paths)
    return _record(item, desk, gone)


def status_of(number, look):
    """Our name of a status; the account's name of one of its own that isn't known."""
    if number in STATUSES:
        return STATUSES[number]
    name = look.status_name(number)
    return OWN_STATUSES.get(name.lower(), name)


def channel_of(number):
    """Our name of a source; one that an account has added is known by its number."""
    if number is None:
        return None
    return CHANNELS.get(number) or f"source_{number}"


def sla_state(item, status, breached):
    """How a ticket does by the targets of its policy."""
    if breached:
        return "breached"
    if not item.get("due_by"):
        return "none"
    if item.get("status") in DONE:
        return "achieved"
    return "paused" if status in PAUSED else "active"


def moment(item):
    """When a record was changed last, aware UTC."""
    return read_value("datetime", item.get("updated_at"))


def _record(item, desk, archived=False, external_key=None):
    return RemoteRecord(
        remote_id=str(item["id"]),
        values={**item, "desk": desk} if desk else item,
        updated_at=moment(item),
        archived=archived,
        external_key=external_key or None,
    )
