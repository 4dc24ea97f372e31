"""Records as JSON. [S organizations, users, tickets, ticket_metrics, side_loading]"""

import functools
import time

from . import facts
from .store import POLICY

VIA = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}


@functools.cache
def _day(number):
    """The date of a day since the epoch, of which there are few."""
    return time.strftime("%Y-%m-%d", time.gmtime(number * 86_400))


def iso(seconds):
    """``2026-02-19T01:55:11Z``, None for None."""
    if seconds is None:
        return None
    day, rest = divmod(seconds, 86_400)
    hour, rest = divmod(rest, 3_600)
    minute, second = divmod(rest, 60)
    return f"{_day(day)}T{hour:02d}:{minute:02d}:{second:02d}Z"


class Renderer:
    """``url`` is a callable, since the port is chosen late."""

    def __init__(self, store, url):
        self.store = store
        self.url = url

    def address(self, path):
        """The ``url`` of a record."""
        return f"{self.url()}/api/v2/{path}.json"

    def organization(self, record):
        """An organization."""
        return {
            "url": self.address(f"organizations/{record.id}"),
            "id": record.id,
            "name": record.name,
            "shared_tickets": False,
            "shared_comments": False,
            "external_id": record.external_id,
            "created_at": iso(record.created),
            "updated_at": iso(record.updated),
            "domain_names": list(record.domains),
            "details": record.details or "",
            "notes": record.notes or "",
            "group_id": record.group_id,
            "tags": list(record.tags),
            "organization_fields": self._keyed("organization", record.fields),
        }

    def user(self, record):
        """A user; one who was deleted keeps neither addresses nor a phone [M]."""
        is_agent = record.role != "end-user"
        return {
            "id": record.id,
            "url": self.address(f"users/{record.id}"),
            "name": record.name,
            "email": record.email if record.active else None,
            "created_at": iso(record.created),
            "updated_at": iso(record.updated),
            "time_zone": record.time_zone,
            "iana_time_zone": "Etc/UTC",
            "phone": record.phone if record.active else None,
            "shared_phone_number": None,
            "photo": None,
            "locale_id": 1,
            "locale": record.locale,
            "organization_id": record.organization_id,
            "role": record.role,
            "verified": record.verified,
            "external_id": record.external_id,
            "tags": list(record.tags),
            "alias": record.alias or "",
            "active": record.active,
            "shared": False,
            "shared_agent": False,
            "last_login_at": None,
            "two_factor_auth_enabled": None,
            "signature": None,
            "details": record.details or "",
            "notes": record.notes or "",
            "role_type": 0 if is_agent else None,
            "custom_role_id": None,
            "chat_only": False,
            "moderator": is_agent,
            "ticket_restriction": None if is_agent else "requested",
            "only_private_comments": False,
            "restricted_agent": not is_agent,
            "suspended": record.suspended,
            "default_group_id": next(iter(self.store.groups)) if is_agent else None,
            "report_csv": False,
            "user_fields": self._keyed("user", record.fields),
        }

    def identity(self, record):
        """An address of a user."""
        return {
            "url": self.address(f"users/{record.user_id}/identities/{record.id}"),
            "id": record.id,
            "user_id": record.user_id,
            "type": record.type,
            "value": record.value,
            "verified": record.verified,
            "primary": record.primary,
            "created_at": iso(record.created),
            "updated_at": iso(record.created),
            "undeliverable_count": 0,
            "deliverable_state": "deliverable",
        }

    def ticket(self, record):
        """A ticket."""
        values = record.fields or {}
        custom = [
            {"id": each.id, "value": values.get(each.id, each.empty())}
            for each in self.store.fields.custom("ticket")
        ]
        status = "deleted" if record.deleted else record.status
        custom_status = record.custom_status_id
        if custom_status is None:
            custom_status = self.store.default_status(record.status)
        return {
            "url": self.address(f"tickets/{record.id}"),
            "id": record.id,
            "external_id": record.external_id,
            "via": {**VIA, "channel": record.channel},
            "created_at": iso(record.created),
            "updated_at": iso(record.updated),
            "generated_timestamp": record.generated,
            "type": record.type,
            "subject": record.subject,
            "raw_subject": record.subject,
            "description": record.description,
            "priority": record.priority,
            "status": status,
            "recipient": record.recipient,
            "requester_id": record.requester_id,
            "submitter_id": record.submitter_id,
            "assignee_id": record.assignee_id,
            "organization_id": record.organization_id,
            "group_id": record.group_id,
            "collaborator_ids": [],
            "follower_ids": [],
            "email_cc_ids": [],
            "forum_topic_id": None,
            "problem_id": record.problem_id,
            "has_incidents": False,
            "is_public": record.is_public,
            "due_at": iso(record.due),
            "tags": list(record.tags),
            "custom_fields": custom,
            "fields": custom,
            "satisfaction_rating": self._rating(record),
            "sharing_agreement_ids": [],
            "custom_status_id": custom_status,
            "followup_ids": [],
            "ticket_form_id": record.form_id,
            "brand_id": record.brand_id,
            "allow_channelback": False,
            "allow_attachments": True,
            "from_messaging_channel": False,
        }

    def metric_set(self, record):
        """The ticket metrics; their id is the ticket's with an offset of its own."""
        waited = None
        if record.replied is not None:
            waited = (record.replied - record.created) // 60
        taken = None
        if record.solved is not None:
            taken = (record.solved - record.created) // 60
        return {
            "url": self.address(f"ticket_metrics/{910_000_000_000 + record.id}"),
            "id": 910_000_000_000 + record.id,
            "ticket_id": record.id,
            "created_at": iso(record.created),
            "updated_at": iso(record.updated),
            "group_stations": 1 if record.group_id else 0,
            "assignee_stations": 1 if record.assignee_id else 0,
            "reopens": record.reopens,
            "replies": 0 if record.replied is None else 1,
            "assignee_updated_at": iso(record.updated),
            "requester_updated_at": iso(record.created),
            "status_updated_at": iso(record.status_updated),
            "initially_assigned_at": iso(record.created),
            "assigned_at": iso(record.created),
            "solved_at": iso(record.solved),
            "latest_comment_added_at": iso(record.updated),
            "reply_time_in_minutes": _minutes(waited),
            "first_resolution_time_in_minutes": _minutes(taken),
            "full_resolution_time_in_minutes": _minutes(taken),
            "agent_wait_time_in_minutes": _minutes(waited),
            "requester_wait_time_in_minutes": _minutes(taken),
            "on_hold_time_in_minutes": _minutes(0),
        }

    def slas(self, record):
        """The targets of a ticket, of ``include=slas``. [S side_loading; M for keys]"""
        metrics = []
        for metric, due, done in self.sla_targets(record):
            stage = "paused" if record.status == "pending" else "active"
            stage = "achieved" if done is not None else stage
            left = (due - self.store.now()) / 3600
            metrics.append(
                {
                    "breach_at": iso(due),
                    "stage": stage,
                    "metric": metric,
                    "hours": int(left),
                }
            )
        return {"policy_metrics": metrics}

    def sla_targets(self, record):
        """``(metric, when it is due, when it was met or None)`` of a ticket."""
        if not record.sla:
            return
        reply, resolution = record.sla
        yield "first_reply_time", record.created + reply, record.replied
        yield "requester_wait_time", record.created + resolution, record.solved

    def metric_event(self, record):
        """A ticket metric event. [S ticket_metric_events]"""
        return {
            "id": record.id,
            "ticket_id": record.ticket_id,
            "metric": record.metric,
            "instance_id": 1,
            "type": record.type,
            "time": iso(record.time),
            **record.detail,
        }

    def comments(self, record):
        """What is written on a ticket, oldest first: texts of its past are made up."""
        first = self._comment(record.id * 1_000, record, record.description)
        first["author_id"] = record.submitter_id
        first["public"] = not record.is_internal
        found = [first]
        for place in range(1, record.told):
            text = f"Message {place + 1} about {record.subject}"
            found.append(self._comment(record.id * 1_000 + place, record, text))
        for each in record.comments or ():
            shown = self._comment(each.id, record, each.body)
            shown["author_id"] = each.author_id
            shown["public"] = each.public
            shown["created_at"] = iso(each.created)
            found.append(shown)
        return found

    def comment_count(self, record):
        """How many there are."""
        return max(1, record.told) + len(record.comments or ())

    def _comment(self, comment_id, record, text):
        return {
            "id": comment_id,
            "type": "Comment",
            "author_id": record.requester_id,
            "body": text,
            "html_body": f'<div class="zd-comment">{text}</div>',
            "plain_body": text,
            "public": True,
            "attachments": [],
            "audit_id": comment_id + 1,
            "via": VIA,
            "created_at": iso(record.created),
            "metadata": {"system": {}, "custom": {}},
        }

    def audit(self, record, comments):
        """What one change of a ticket was, as far as comments go; the id of such an
        event is the comment's. [S ticket_audits]"""
        return {
            "id": 930_000_000_000 + record.id,
            "ticket_id": record.id,
            "created_at": iso(record.updated),
            "via": VIA,
            "metadata": {"system": {}, "custom": {}},
            "events": [
                {
                    "id": each.id,
                    "type": "Comment",
                    "author_id": each.author_id,
                    "body": each.body,
                    "public": each.public,
                    "attachments": [],
                }
                for each in comments
            ],
        }

    def _rating(self, record):
        if record.score not in ("good", "bad"):
            return {"score": record.score}
        return {
            "id": 920_000_000_000 + record.id,
            "score": record.score,
            "comment": record.score_comment,
        }

    def satisfaction(self, record):
        """A row of the satisfaction ratings."""
        return {
            "url": self.address(f"satisfaction_ratings/{920_000_000_000 + record.id}"),
            "id": 920_000_000_000 + record.id,
            "ticket_id": record.id,
            "requester_id": record.requester_id,
            "assignee_id": record.assignee_id,
            "group_id": record.group_id,
            "score": record.score,
            "comment": record.score_comment,
            "created_at": iso(record.updated),
            "updated_at": iso(record.updated),
        }

    def field(self, found):
        """A custom field."""
        plural = f"{found.owner}_fields"
        shown = {
            "url": self.address(f"{plural}/{found.id}"),
            "id": found.id,
            "type": found.type,
            "title": found.title,
            "raw_title": found.title,
            "description": found.description,
            "raw_description": found.description,
            "position": list(self.store.fields.rows[found.owner]).index(found.id),
            "active": found.active,
            "system": found.system,
            "regexp_for_validation": found.regexp,
            "created_at": iso(found.created),
            "updated_at": iso(found.updated),
        }
        if found.owner != "ticket":
            shown["key"] = found.key
        else:
            shown["removable"] = not found.system
            shown["required"] = False
        if found.type in facts.OPTIONED:
            shown["custom_field_options"] = [
                {**each, "raw_name": each["name"]} for each in found.options
            ]
        return shown

    def group(self, group_id):
        """A group of agents."""
        return {
            "url": self.address(f"groups/{group_id}"),
            "id": group_id,
            "name": self.store.groups[group_id],
            "is_public": True,
            "deleted": False,
            "default": group_id == next(iter(self.store.groups)),
            "created_at": "2024-01-01T00:00:00Z",
            "updated_at": "2024-01-01T00:00:00Z",
        }

    def policy(self):
        """The one policy of service levels."""
        return {
            "id": POLICY,
            "title": "Standard",
            "description": "First reply and resolution",
        }

    def _keyed(self, owner, values):
        values = values or {}
        return {
            each.key: values.get(each.key, each.empty())
            for each in self.store.fields.custom(owner)
        }


def _minutes(number):
    return {"calendar": number, "business": number}
