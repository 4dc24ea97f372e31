"""The JSON of each kind of record. [S view and list examples of each section]"""

import html
import re

from ..clock import iso
from . import facts

STATS = (
    "agent_responded_at",
    "requester_responded_at",
    "first_responded_at",
    "status_updated_at",
    "reopened_at",
    "resolved_at",
    "closed_at",
    "pending_since",
)
CONTACT = (
    "address",
    "company_id",
    "description",
    "email",
    "id",
    "job_title",
    "language",
    "mobile",
    "name",
    "phone",
    "time_zone",
    "twitter_id",
    "facebook_id",
    "unique_external_id",
)
COMPANY = (
    "id",
    "name",
    "description",
    "note",
    "domains",
    "health_score",
    "account_tier",
    "renewal_date",
    "industry",
)
TICKET = (
    "cc_emails",
    "group_id",
    "priority",
    "requester_id",
    "responder_id",
    "source",
    "spam",
    "status",
    "subject",
    "company_id",
    "id",
    "type",
    "product_id",
    "tags",
)
CONVERSATION = ("body", "id", "incoming", "private", "user_id", "source", "ticket_id")


def stamp(seconds):
    """``2026-11-02T09:00:00Z``; None stays None."""
    return None if seconds is None else iso(seconds * 1000)[:-5] + "Z"


def plain(text):
    """HTML as ``description_text`` shows it."""
    return html.unescape(re.sub(r"<[^>]+>", " ", text or "")).strip()


class Render:
    """Shapes of one account's records."""

    def __init__(self, store, fields):
        self.store = store
        self.fields = fields

    def company(self, company):
        """A company, the same in lists."""
        return {
            **{name: company.get(name) for name in COMPANY},
            **self._ends("company", company),
        }

    def contact(self, contact, listed=False):
        """A contact; ``listed``: as lists have it, without its other addresses."""
        shape = {"active": contact["active"]}
        shape.update({name: contact.get(name) for name in CONTACT})
        shape.update(self._ends("contact", contact))
        if contact["deleted"]:
            shape["deleted"] = True
        if not listed:
            shape.update({name: contact.get(name) for name in facts.CONTACT_ONLY})
        return shape

    def ticket(self, ticket, include=(), listed=False):
        """A ticket with what is to be included."""
        now = self.store.now()
        stats = ticket["stats"]
        shape = {name: ticket.get(name) for name in TICKET}
        shape.update(
            fwd_emails=[],
            reply_cc_emails=ticket["cc_emails"],
            email_config_id=None,
            to_emails=None,
            due_by=stamp(ticket["due_by"]),
            fr_due_by=stamp(ticket["fr_due_by"]),
            is_escalated=ticket["due_by"] < (stats.get("resolved_at") or now),
            fr_escalated=ticket["fr_due_by"] < (stats.get("first_responded_at") or now),
            **self._ends("ticket", ticket),
        )
        if ticket["deleted"]:
            shape["deleted"] = True
        if not listed or "description" in include:
            shape["description"] = ticket["description"]
            shape["description_text"] = plain(ticket["description"])
        if not listed:
            shape["attachments"] = []
        for name in include:
            if name != "description":
                shape[name] = getattr(self, f"_{name}")(ticket)
        return shape

    def conversation(self, conversation):
        """A reply or a note."""
        return {
            **{name: conversation.get(name) for name in CONVERSATION},
            "body_text": plain(conversation["body"]),
            "support_email": None,
            "to_emails": conversation.get("to_emails", []),
            "from_email": conversation.get("from_email"),
            "cc_emails": conversation.get("cc_emails", []),
            "bcc_emails": conversation.get("bcc_emails", []),
            "attachments": [],
            **self._stamps(conversation),
        }

    def agent(self, agent):
        """An agent; the person is in ``contact``."""
        person = ("active", "email", "job_title", "language", "name", "phone", "mobile")
        return {
            "available": True,
            "occasional": False,
            "id": agent["id"],
            "signature": None,
            "ticket_scope": agent["ticket_scope"],
            "group_ids": agent["group_ids"],
            "role_ids": agent["role_ids"],
            "type": "support_agent",
            "contact": {
                **{name: agent.get(name) for name in person},
                "time_zone": "Berlin",
                "last_login_at": None,
                **self._stamps(agent),
            },
            **self._stamps(agent),
        }

    def plain(self, record):
        """A record that is shown as it is kept."""
        return {**record, **self._stamps(record)}

    def field(self, field):
        """A definition; without choices where it can have none."""
        shape = self.plain(field)
        if field["choices"] is None:
            del shape["choices"]
        return shape

    def _stamps(self, record):
        return {
            "created_at": stamp(record["created_at"]),
            "updated_at": stamp(record["updated_at"]),
        }

    def _ends(self, kind, record):
        custom = self.fields.values(kind, record["custom_fields"])
        return {"custom_fields": custom, **self._stamps(record)}

    # What tickets include

    def _stats(self, ticket):
        return {name: stamp(ticket["stats"].get(name)) for name in STATS}

    def _requester(self, ticket):
        contact = self.store.get("contact", ticket["requester_id"]) or {}
        names = ("id", "name", "email", "mobile", "phone")
        return {name: contact.get(name) for name in names}

    def _company(self, ticket):
        company = self.store.get("company", ticket["company_id"])
        return {"id": company["id"], "name": company["name"]} if company else {}

    def _conversations(self, ticket):
        """Ten at most, the rest is listed. [S view_a_ticket]"""
        talk = self.store.conversations(ticket["id"])[:10]
        return [self.conversation(each) for each in talk]

    def _sla_policy(self, _ticket):
        [policy] = self.store.rows("sla_policy")
        return {"id": policy["id"], "name": policy["name"]}
