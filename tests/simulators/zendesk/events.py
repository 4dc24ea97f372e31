"""Changes of records as webhook events. [S webhook-event-types, ticket-events,
user-events, organization-events; M for what is marked below]
"""

import uuid

from . import facts
from .render import iso

#: Attribute of a record to the last part of its event. [S the same; 3P subscriptions of
#: public integrations for `form_changed`, `type_changed`, `task_due_at_changed`]
CHANGED = {
    "organization": {
        "name": "name_changed",
        "external_id": "external_id_changed",
    },
    "user": {
        "name": "name_changed",
        "external_id": "external_id_changed",
        "details": "details_changed",
        "notes": "notes_changed",
        "role": "role_changed",
        "suspended": "suspended_changed",
        "alias": "alias_changed",
    },
    "ticket": {
        "status": "status_changed",
        "custom_status_id": "custom_status_changed",
        "priority": "priority_changed",
        "type": "type_changed",
        "subject": "subject_changed",
        "requester_id": "requester_changed",
        "organization_id": "organization_changed",
        "assignee_id": "agent_assignment_changed",
        "group_id": "group_assignment_changed",
        "external_id": "external_id_changed",
        "form_id": "form_changed",
        "problem_id": "problem_link_changed",
        "due": "task_due_at_changed",
    },
}


class Events:
    """Makes the bodies of events; ``account``: whose they are."""

    def __init__(self, store, account):
        self.store = store
        self.account = account

    def of(self, event, record, changes):
        """The events of a change, as ``(type, body)``."""
        kind, _dot, verb = event.partition(".")
        if verb == "updated":
            parts = list(self._differences(kind, record, changes))
        else:
            parts = [(verb, self._about(verb, changes))]
        sequence = str(uuid.uuid4())
        return [
            self._event(kind, record, name, about, (sequence, place, len(parts)))
            for place, (name, about) in enumerate(parts, 1)
        ]

    def _differences(self, kind, record, changes):
        for name, (before, now) in changes.items():
            if name in CHANGED[kind]:
                yield (
                    CHANGED[kind][name],
                    {"current": _text(now, kind, name)}
                    | {"previous": _text(before, kind, name)},
                )
            elif name == "tags":
                added = [each for each in now if each not in before]
                removed = [each for each in before if each not in now]
                yield (
                    "tags_changed",
                    {"added": {"tags": added}, "removed": {"tags": removed}},
                )
            elif name == "organization_id" and kind == "user":
                for verb, value in (("deleted", before), ("created", now)):
                    if value:
                        about = {"organization": {"id": str(value)}}
                        yield f"organization_membership_{verb}", about
            elif name == "fields":
                yield from self._fields(kind, before or {}, now or {})

    def _fields(self, kind, before, now):
        for slot in dict.fromkeys((*before, *now)):
            if before.get(slot) == now.get(slot):
                continue
            found = self.store.fields.find(kind, slot)
            yield (
                "custom_field_changed",
                {
                    "current": now.get(slot),
                    "previous": before.get(slot),
                    "field": {
                        "id": str(found.id) if found else str(slot),
                        "title": found.title if found else "",
                        "type": found.type if found else "text",
                    },
                },
            )

    def _about(self, verb, changes):
        if verb == "comment_added":
            comment = changes["comment"]
            return {
                "comment": {
                    "id": str(comment.id),
                    "author": {"id": str(comment.author_id)},
                    "body": comment.body,
                    "is_public": comment.public,
                }
            }
        if verb == "merged":
            return {"user": {"id": str(changes["winner"].id)}}
        if verb.startswith("identity_"):
            identity = changes["identity"]
            return {
                "identity": {
                    "id": str(identity.id),
                    "type": identity.type,
                    "value": identity.value,
                    "primary": identity.primary,
                }
            }
        return {}

    def _event(self, kind, record, name, about, sequence):
        made = f"zen:event-type:{kind}.{name}"
        if kind == "ticket":
            about = {
                **about,
                "meta": {
                    "sequence": dict(
                        zip(("id", "position", "total"), sequence, strict=True)
                    )
                },
            }
        return made, {
            "type": made,
            "account_id": self.account["id"],
            "id": str(uuid.uuid4()),
            "time": iso(self.store.now()),
            "zendesk_event_version": facts.EVENT_VERSIONS[kind],
            "subject": f"zen:{kind}:{record.id}",
            "detail": getattr(self, f"_{kind}")(record),
            "event": about,
        }

    def _organization(self, record):
        return {
            "created_at": iso(record.created),
            "external_id": record.external_id or "",
            "group_id": str(record.group_id or 0),
            "id": str(record.id),
            "name": record.name,
            "shared_comments": False,
            "shared_tickets": False,
            "updated_at": iso(record.updated),
        }

    def _user(self, record):
        return {
            "created_at": iso(record.created),
            "email": record.email or "",
            "external_id": record.external_id or "",
            "default_group_id": "0",
            "id": str(record.id),
            "organization_id": str(record.organization_id or 0),
            "role": record.role,
            "updated_at": iso(record.updated),
        }

    def _ticket(self, record):
        names = ("requester_id", "submitter_id", "assignee_id", "organization_id")
        names += ("group_id", "brand_id", "form_id")
        ids = {name: _id(getattr(record, name)) for name in names}
        status = record.custom_status_id or self.store.default_status(record.status)
        return {
            "actor_id": ids["submitter_id"],
            **ids,
            "id": str(record.id),
            "external_id": record.external_id,
            "subject": record.subject,
            "description": record.description,
            # In capitals, unlike in the API. [M]
            "status": record.status.upper(),
            "priority": record.priority and record.priority.upper(),
            "type": record.type and record.type.upper(),
            "custom_status": str(status),
            "is_public": record.is_public,
            "tags": list(record.tags),
            "via": {"channel": record.channel},
            "created_at": iso(record.created),
            "updated_at": iso(record.updated),
        }


def _id(value):
    return None if value is None else str(value)


def _text(value, kind, name):
    if kind == "ticket" and name in ("status", "priority", "type"):
        return value and value.upper()
    return str(value) if name.endswith("_id") and value is not None else value
