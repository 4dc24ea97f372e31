"""A support desk of any size in plain records, the same for the same seed.

``make_desk(...)`` gives a :class:`Desk` built on the CRM generator's companies and
contacts; ``seed.py`` spells it as Freshdesk does. What desks really hold is in it:
shared mailboxes of a domain, people with several addresses, people who were merged,
blocked or deleted, tickets that were deleted, marked as spam or opened again.
:meth:`Desk.truth` counts all that from the records themselves.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..generator import Generator
from ..generator.pools import TICKET_SUBJECTS, slug

CONTACTS = 10  # a company
TICKETS = 25  # a company

#: Local parts that several people read. The first person of a company may be one.
MAILBOXES = ("info", "support", "office", "billing", "hello")
STATUSES = ("open", "pending", "waiting", "solved", "closed", "closed", "closed")
PRIORITIES = ("low", "normal", "normal", "high", "urgent")
KINDS = ("question", "question", "incident", "problem", "task", None)
CHANNELS = ("email", "email", "portal", "phone", "chat")
TAGS = ("billing", "login", "vip", "return", "sensor", "onboarding")
#: Hours until the first answer and the end, by priority.
TARGETS = {"low": (24, 120), "normal": (8, 72), "high": (4, 24), "urgent": (1, 8)}


@dataclass
class DeskCompany:
    """A customer at the desk; ``domains`` are all its own, the first its main one."""

    key: str
    name: str
    domains: list
    description: str | None
    external_key: str | None
    created_at: datetime
    updated_at: datetime


@dataclass
class DeskPerson:
    """Somebody who asks. ``state``: verified, unverified, blocked, deleted, or merged
    (into ``merged_into``, a key, whose aliases have the addresses then)."""

    key: str
    name: str
    email: str | None
    aliases: list
    phone: str | None
    mobile: str | None
    company_key: str | None
    job_title: str | None
    language: str
    external_key: str | None
    state: str
    created_at: datetime
    updated_at: datetime
    merged_into: str | None = None
    is_mailbox: bool = False
    tags: list = field(default_factory=list)


@dataclass
class DeskTicket:
    """A case. ``gone``: None, deleted or spam; ``reopened_at``: after a solution;
    ``satisfaction``: None, offered, good or bad."""

    key: str
    subject: str
    text: str
    requester_key: str
    company_key: str | None
    status: str
    priority: str
    kind: str | None
    channel: str
    tags: list
    agent: int | None
    group: int
    created_at: datetime
    updated_at: datetime
    first_due_at: datetime
    due_at: datetime
    first_reply_at: datetime | None = None
    solved_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    comments: int = 0
    satisfaction: str | None = None
    gone: str | None = None


@dataclass
class Desk:
    """All of one desk, in the order in which it can be loaded."""

    companies: list = field(default_factory=list)
    people: list = field(default_factory=list)
    tickets: list = field(default_factory=list)

    def truth(self):
        """What there is to be found, counted: ``{"contacts": 97, …}``."""
        live = [p for p in self.people if p.state not in ("deleted", "merged")]
        there = [t for t in self.tickets if t.gone is None]
        return {
            "companies": len(self.companies),
            "contacts": len(live),
            "mailboxes": sum(p.is_mailbox for p in live),
            "aliases": sum(len(p.aliases) for p in live),
            "companyless": sum(p.company_key is None for p in live),
            "blocked": sum(p.state == "blocked" for p in live),
            "deleted_contacts": sum(p.state == "deleted" for p in self.people),
            "merged_contacts": sum(p.state == "merged" for p in self.people),
            "tickets": len(there),
            "deleted_tickets": sum(t.gone == "deleted" for t in self.tickets),
            "spam_tickets": sum(t.gone == "spam" for t in self.tickets),
            "reopened": sum(t.reopened_at is not None for t in there),
            "statuses": dict(Counter(t.status for t in there)),
        }


def make_desk(
    companies,
    *,
    seed=0,
    dirt=0.08,
    at=None,
    contacts=None,
    tickets=None,
    customers=(),
):
    """A :class:`Desk` with that many companies, 10 contacts and 25 tickets to each.

    ``contacts``, ``tickets``: other totals. ``dirt``: share of unusual records, 0 to 1.
    ``at``: aware datetime at which the data end. ``customers``: (name, domain) of the
    first companies.
    """
    maker = _Maker(seed, dirt, at)
    for customer in [*customers, *[None] * companies][:companies]:
        maker.company(customer)
    wanted = companies * CONTACTS if contacts is None else contacts
    for number in range(wanted):
        maker.person(number)
    for _ in range(companies * TICKETS if tickets is None else tickets):
        maker.ticket()
    return maker.desk


class _Maker:
    def __init__(self, seed, dirt, at):
        self.luck = random.Random(seed)
        self.dirt = dirt
        self.desk = Desk()
        self._crm = Generator(seed, 0, at) if at else Generator(seed, 0)
        self.at = self._crm.at
        self._companies = []
        self._names = set()
        self._askers = []

    def company(self, customer=None):
        made = self._crm.company()
        if customer:
            made.name, made.domain = customer
        while made.name.lower() in self._names:  # desks know a name once
            made.name += f" {self.luck.randrange(100, 10_000)}"
        self._names.add(made.name.lower())
        domains = [made.domain]
        if self.luck.random() < 0.1:
            domains.append(f"{made.domain.removesuffix('.example')}-group.example")
        self._companies.append(made)
        self.desk.companies.append(
            DeskCompany(
                made.key,
                made.name,
                domains,
                made.description,
                f"C{10_000 + len(self._companies)}",
                _whole(made.created_at),
                _whole(made.updated_at),
            )
        )

    def person(self, number):
        luck, count = self.luck, len(self._companies)
        at = number % count if count else 0
        company = self._companies[at] if count and luck.random() < 0.95 else None
        made = self._crm.contact((), [company] if company else ())
        inside = company is not None and made.company_key is not None
        name = f"{made.first_name} {made.last_name}"
        person = DeskPerson(
            key=made.key,
            name=name,
            email=made.email,
            aliases=[],
            phone=made.phone,
            mobile=made.mobile,
            company_key=company.key if inside else None,
            job_title=made.job_title,
            language=made.language.split("-")[0],
            external_key=f"P{20_000 + number}" if luck.random() < 0.5 else None,
            state="verified" if luck.random() < 0.7 else "unverified",
            created_at=_whole(made.created_at),
            updated_at=_whole(made.updated_at),
            tags=luck.sample(TAGS, 1) if luck.random() < 0.2 else [],
        )
        if inside and count and number < count and luck.random() < 0.4:
            person.is_mailbox = True
            person.email = f"{luck.choice(MAILBOXES)}@{company.domain}"
            person.name = company.name
        elif luck.random() < 0.1:
            person.aliases = [f"{slug(name) or 'x'}.{number}@private.example"]
        if luck.random() < self.dirt / 2:
            self._spoil(person)
        self.desk.people.append(person)
        if person.state not in ("deleted", "merged"):
            self._askers.append(person)

    def _spoil(self, person):
        kind = self.luck.choice(("blocked", "deleted", "merged", "no_email"))
        if kind == "merged" and self._askers:
            into = self._askers[-1]
            into.aliases = [*into.aliases, person.email, *person.aliases]
            into.updated_at = max(into.updated_at, person.updated_at)
            person.state, person.merged_into = "merged", into.key
            person.aliases, person.external_key = [], None
        elif kind == "no_email":
            person.email, person.aliases = None, []
            person.mobile = person.mobile or person.phone
        elif kind != "merged":
            person.state = kind

    def ticket(self):
        luck = self.luck
        asker = luck.choice(self._askers)
        created = self._past(400 * 86_400 if luck.random() < 0.8 else 20 * 86_400)
        priority, status = luck.choice(PRIORITIES), luck.choice(STATUSES)
        subject = luck.choice(TICKET_SUBJECTS)
        number = len(self.desk.tickets) + 1
        answer, end = TARGETS[priority]
        ticket = DeskTicket(
            key=f"ti-{number}",
            subject=f"{subject} ({number})",
            text=f"{subject}. Please answer by e-mail.",
            requester_key=asker.key,
            company_key=asker.company_key,
            status=status,
            priority=priority,
            kind=luck.choice(KINDS),
            channel=luck.choice(CHANNELS),
            tags=luck.sample(TAGS, luck.randrange(3)),
            agent=luck.randrange(8) if luck.random() < 0.85 else None,
            group=luck.randrange(3),
            created_at=created,
            updated_at=created,
            first_due_at=created + timedelta(hours=answer),
            due_at=created + timedelta(hours=end),
        )
        self._story(ticket)
        self.desk.tickets.append(ticket)

    def _story(self, ticket):
        """What happened since, each step no later than now."""
        luck = self.luck
        if ticket.status != "open" or luck.random() < 0.5:
            ticket.first_reply_at = self._after(ticket.created_at, 12)
            ticket.comments = luck.randint(1, 3)
        last = ticket.first_reply_at or ticket.created_at
        if ticket.status in ("solved", "closed"):
            ticket.solved_at = last = self._after(last, 90)
            if ticket.status == "closed":
                ticket.closed_at = last = self._after(last, 48)
            ticket.satisfaction = luck.choice((None, None, "offered", "good", "bad"))
        elif luck.random() < self.dirt:
            ticket.reopened_at = last = self._after(last, 90)
            ticket.status = "open"
        if luck.random() < self.dirt / 4:
            ticket.gone = luck.choice(("deleted", "deleted", "spam"))
            last = self._after(last, 48)
        ticket.updated_at = last

    def _past(self, seconds):
        return _whole(self.at - timedelta(seconds=self.luck.randrange(60, seconds)))

    def _after(self, moment, hours):
        later = moment + timedelta(seconds=self.luck.randrange(60, hours * 3600))
        return min(later, _whole(self.at))


def _whole(moment):
    return moment.replace(microsecond=0)
