"""A desk in memory: its streams, and builders of what it sends.

Values are called as the entities' fields.
"""

from odoo.addons.connector_base.engine.records import MapLine, Stream
from odoo.addons.connector_base.tests.common_vendor import remote

#: Stream -> entity, sequence, fields.
TABLE = (
    (
        *("organizations", "support.organization", 10),
        "name domain domains phone street city zip country owner ref details notes"
        " tags account_tier account_status overdue_balance standing_currency"
        " overdue_days payment_standing agreements subscriptions renewal_date products"
        " service_level sla_targets account_manager odoo_url",
    ),
    (
        *("users", "support.requester", 20),
        "name email other_emails phone company role locale timezone suspended tags"
        " account_tier account_status payment_standing service_level odoo_url",
    ),
    (
        *("tickets", "support.ticket", 30),
        "number subject description requester requester_email organization status"
        " priority kind channel assignee group brand form tags created_at updated_at"
        " solved_at closed_at due_at first_reply_at first_reply_due_at"
        " resolution_due_at is_breached sla_state satisfaction comments_count reopens"
        " order_ref product",
    ),
    (*("comments", "support.comment", 40), "ticket body is_internal status key"),
)
#: Targets that only come in, besides those that only go out.
PULLED = {"support.ticket"}


def support_streams(env):
    """The streams of all entities that are there.

    Lines whose target an entity doesn't have yet are left out.
    """
    streams = []
    for name, entity, sequence, targets in TABLE:
        model = f"connector.entity.{entity}"
        if model not in env:
            continue
        known = {field.name: field for field in env[model]._entity_fields()}
        streams.append(
            Stream(
                name=name,
                entity=entity,
                label=name.capitalize(),
                default_map=tuple(
                    MapLine(
                        target, target, direction=direction_of(entity, known[target])
                    )
                    for target in targets.split()
                    if target in known
                ),
                sequence=sequence,
            )
        )
    return tuple(streams)


def direction_of(entity, field):
    if field.readonly or entity == "support.comment":
        return "push"
    return "pull" if entity in PULLED and field.name != "status" else "both"


def organization(remote_id, name="Acme", *, at=None, key=None, **values):
    """An organization, as the desk sends it."""
    return remote(remote_id, at=at, key=key, name=name, **values)


def user(remote_id, email=None, *, at=None, key=None, merged_ids=(), **values):
    """An end user named Ada Lovelace, as the desk sends it.

    :param merged_ids: ids of users that the desk merged into this one
    """
    values = {"name": "Ada Lovelace", "email": email, "role": "end_user", **values}
    record = remote(remote_id, at=at, key=key, **values)
    record.merged_ids = tuple(str(merged) for merged in merged_ids)
    return record


def ticket(remote_id, *, at=None, archived=False, **values):
    """An open ticket that somebody sent by e-mail, as the desk sends it."""
    values = {
        "number": str(remote_id),
        "subject": "The printer is on fire",
        "status": "open",
        "priority": "normal",
        "kind": "incident",
        "channel": "email",
        "created_at": "2026-03-01T09:00:00+00:00",
        "updated_at": at or "2026-03-01T09:00:00+00:00",
        **values,
    }
    return remote(remote_id, at=at, archived=archived, **values)
