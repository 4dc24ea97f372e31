"""Fills an account: those who work there, and a :class:`~.desk.Desk`."""

from . import facts
from .contacts import make_company
from .settings import rating_of

AGENTS = (
    ("Ada Berger", "ada.berger@northwind-support.example"),
    ("Ben Costa", "ben.costa@northwind-support.example"),
    ("Cleo Dubois", "cleo.dubois@northwind-support.example"),
    ("Dan Eriksson", "dan.eriksson@northwind-support.example"),
    ("Eva Fischer", "eva.fischer@northwind-support.example"),
    ("Finn Gallo", "finn.gallo@northwind-support.example"),
    ("Gia Horvat", "gia.horvat@northwind-support.example"),
    ("Hal Ito", "hal.ito@northwind-support.example"),
)
GROUPS = ("Support", "Billing", "Returns")
PRODUCTS = ("Sensors", "Cloud")

STATUS = {"open": 2, "pending": 3, "solved": 4, "closed": 5, "waiting": 6}
PRIORITY = {"low": 1, "normal": 2, "high": 3, "urgent": 4}
SOURCE = {"email": 1, "portal": 2, "phone": 3, "chat": 7}
KIND = {
    "question": "Question",
    "incident": "Incident",
    "problem": "Problem",
    "task": "Feature Request",
    None: None,
}
RATED = {"good": 103, "bad": -103}


def set_up(store):
    """What every account has: agents, groups, products and one policy of targets."""
    for name, email in AGENTS:
        agent = {
            "name": name,
            "email": email,
            "active": True,
            "language": "en",
            "job_title": None,
            "phone": None,
            "mobile": None,
            "ticket_scope": 1,
            "group_ids": [],
            "role_ids": [43_000_000_401],
        }
        store.create("agent", agent)
    agents = [each["id"] for each in store.rows("agent")]
    for name in GROUPS:
        group = {"name": name, "description": None, "agent_ids": agents}
        store.create("group", {**group, "escalate_to": None, "unassigned_for": None})
    for name in PRODUCTS:
        store.create("product", {"name": name, "description": None, "default": False})
    targets = {
        f"priority_{priority}": {
            "respond_within": answer,
            "resolve_within": end,
            "business_hours": False,
            "escalation_enabled": True,
        }
        for priority, (answer, end) in facts.SLA.items()
    }
    policy = {
        "name": "Default SLA Policy",
        "description": "default policy",
        "active": True,
        "sla_target": targets,
        "applicable_to": {},
        "is_default": True,
        "position": 1,
    }
    store.create("sla_policy", policy)


class Seeder:
    """Loads desks into a store; ``ids``: neutral key to id."""

    def __init__(self, store, cases):
        self.store = store
        self.cases = cases
        self.ids = {}

    def load(self, desk):
        """Load a whole desk; returns ``ids``."""
        with self.store.lock:
            self._agents = [each["id"] for each in self.store.rows("agent")]
            self._groups = [each["id"] for each in self.store.rows("group")]
            for company in desk.companies:
                self.company(company)
            for person in desk.people:
                self.person(person)
            for person in desk.people:
                if person.merged_into:
                    into = {"merged_into": self.ids[person.merged_into]}
                    self.store.get("contact", self.ids[person.key]).update(into)
            for ticket in desk.tickets:
                self.ticket(ticket)
        return self.ids

    def company(self, company):
        values = {
            "name": company.name,
            "description": company.description,
            "domains": list(company.domains),
        }
        made = make_company(self.store, values, **_stamps(company))
        self.ids[company.key] = made["id"]

    def person(self, person):
        merged = person.state == "merged"
        values = {
            "name": person.name,
            "email": None if merged else person.email,
            "other_emails": list(person.aliases),
            "phone": person.phone,
            "mobile": person.mobile,
            "unique_external_id": person.external_key,
            "company_id": self.ids.get(person.company_key),
            "job_title": person.job_title,
            "language": person.language,
            "tags": list(person.tags),
            "active": person.state == "verified",
            "blocked": person.state == "blocked",
            "deleted": person.state in ("deleted", "merged"),
        }
        made = self.cases.contact(values, **_stamps(person))
        self.ids[person.key] = made["id"]

    def ticket(self, ticket):
        reopened = _seconds(ticket.reopened_at)
        stats = {
            "status_updated_at": _seconds(ticket.updated_at),
            "first_responded_at": _seconds(ticket.first_reply_at),
            "agent_responded_at": _seconds(ticket.first_reply_at),
            "resolved_at": None if reopened else _seconds(ticket.solved_at),
            "closed_at": None if reopened else _seconds(ticket.closed_at),
            "reopened_at": reopened,
            "requester_responded_at": reopened,
        }
        agent = None if ticket.agent is None else self._agents[ticket.agent]
        values = {
            "subject": ticket.subject,
            "description": f"<div>{ticket.text}</div>",
            "status": STATUS[ticket.status],
            "priority": PRIORITY[ticket.priority],
            "source": SOURCE[ticket.channel],
            "type": KIND[ticket.kind],
            "requester_id": self.ids[ticket.requester_key],
            "company_id": self.ids.get(ticket.company_key),
            "responder_id": agent,
            "group_id": self._groups[ticket.group],
            "tags": list(ticket.tags),
            "due_by": _seconds(ticket.due_at),
            "fr_due_by": _seconds(ticket.first_due_at),
            "deleted": ticket.gone == "deleted",
            "spam": ticket.gone == "spam",
            "stats": stats,
        }
        made = self.cases.ticket(values, **_stamps(ticket))
        self.ids[ticket.key] = made["id"]
        for number in range(ticket.comments):
            self._said(ticket, made, number)
        if ticket.satisfaction in RATED:
            rated = rating_of(made, RATED[ticket.satisfaction])
            moment = _seconds(ticket.solved_at)
            self.store.create("rating", rated, created_at=moment)

    def _said(self, ticket, made, number):
        """Answers of an agent and notes, by turns."""
        said = {
            "ticket_id": made["id"],
            "body": f"<div>Answer {number + 1} to {ticket.subject}</div>",
            "private": number % 2 == 1,
            "incoming": False,
            "source": 2 if number % 2 else 0,
            "user_id": made["responder_id"] or self._agents[0],
        }
        moment = _seconds(ticket.first_reply_at)
        self.store.create("conversation", said, created_at=moment)


def _seconds(moment):
    return None if moment is None else int(moment.timestamp())


def _stamps(record):
    """Those of a neutral record; none of what is made now."""
    return {
        "created_at": _seconds(record.created_at),
        "updated_at": _seconds(record.updated_at),
    }
