"""The memory of an account: records, what is unique among them, and what changed.

``listener(event, record, changes)`` is told of each change: ``event`` as in
``organization.created``; ``changes``: attribute to (before, now) for an ``….updated``,
whatever else belongs to it for the others.
"""

import threading
from collections import Counter, defaultdict

from . import facts
from .fields import Fields
from .model import Comment, Identity, MetricEvent, Organization, Ticket, User
from .table import Table

FIRST_ORGANIZATION = 370_000_000_001
FIRST_USER = 390_000_000_001
FIRST_GROUP = 360_006_000_001
FIRST_STATUS = 360_007_000_001
BRAND, FORM, POLICY = 360_003_529_474, 360_002_048_693, 360_000_200_001


def updated(record):
    """The stamp of what people see."""
    return record.updated


def generated(record):
    """The stamp of what the system did as well."""
    return record.generated


class Store:
    """All records of one account; hold ``lock`` around whatever belongs together."""

    def __init__(self, clock):
        self.clock = clock
        self.lock = threading.RLock()
        self.version = 0
        self.listener = None
        self.levels = None
        self.ignored = Counter()
        self.organizations = Table(FIRST_ORGANIZATION, updated)
        self.users = Table(FIRST_USER, updated)
        self.tickets = Table(1, generated)
        self.identities = Table(380_000_000_001, lambda each: each.created)
        self.identities_of = defaultdict(list)
        self.ticket_metric_events = Table(900_000_000_001, lambda each: each.time)
        self.fields = Fields(self.now)
        self.names = {}
        self.emails = {}
        self.external = {"organization": {}, "user": {}}
        self.merged = {}
        self.groups = {FIRST_GROUP: "Support", FIRST_GROUP + 1: "Billing"}
        self.statuses = {}
        for place, status in enumerate(facts.STATUSES[:-1]):
            self.statuses[FIRST_STATUS + place] = (status, status.title(), True)
        self._next_comment = 500_000_000_001

    def now(self):
        """Seconds since the epoch."""
        return self.clock.now_ms() // 1000

    def table(self, kind):
        """The table of organization, user or ticket."""
        return getattr(self, f"{kind}s")

    def default_status(self, status):
        """The id of the custom status that stands for a status by default."""
        status = "solved" if status == "closed" else status
        return FIRST_STATUS + facts.STATUSES.index(status)

    # What is unique

    def by_name(self, name):
        """The organization of a name, case aside, or None."""
        return self.organizations.get(self.names.get(_folded(name)))

    def by_external(self, kind, external_id):
        """The record of an external id, case aside, or None."""
        return self.table(kind).get(self.external[kind].get(_folded(external_id)))

    def by_email(self, email):
        """The user whom an e-mail belongs to, as any of their addresses, or None."""
        return self.users.get(self.emails.get(_folded(email)))

    # Organizations and users

    def add_organization(self, **values):
        """A new one, told of."""
        now = self.now()
        values = {"created": now, "updated": now, **values}
        return self.put(Organization(self.organizations.take_id(), **values))

    def add_user(self, **values):
        """A new one, told of."""
        now = self.now()
        values = {"created": now, "updated": now, **values}
        return self.put(User(self.users.take_id(), **values))

    def put(self, record):
        """Take a ready record in, and tell of it."""
        kind = type(record).__name__.lower()
        self.table(kind).add(record)
        if kind != "ticket":
            self._index(kind, record)
        if kind == "user" and record.email:
            self.add_identity(record, "email", record.email, primary=True, tell=False)
        if kind == "ticket":
            self.levels.start(record)
        self._tell(f"{kind}.created", record, {})
        return record

    def update(self, record, values):
        """Set attributes; nothing happens when they are as they were. Returns what
        changed, attribute to (before, now)."""
        changes = {
            name: (getattr(record, name), value)
            for name, value in values.items()
            if getattr(record, name) != value
        }
        if not changes:
            return {}
        kind = type(record).__name__.lower()
        if kind != "ticket":
            self._forget(kind, record)
        for name, (_before, value) in changes.items():
            setattr(record, name, value)
        record.updated = self.now()
        if kind == "ticket":
            record.generated = record.updated
        else:
            self._index(kind, record)
        if "email" in changes and record.email:
            self.make_primary(record, record.email)
        self.table(kind).note(record)
        if kind == "ticket" and record.solved and "solved" in changes:
            self.levels.met(record, 1)
        self._tell(f"{kind}.updated", record, changes)
        return changes

    def delete_organization(self, record):
        """Gone for good; its users and tickets belong to nobody then."""
        self._forget("organization", record)
        self.organizations.remove(record)
        for kind in ("user", "ticket"):
            for each in list(self.table(kind)):
                if each.organization_id == record.id:
                    self.update(each, {"organization_id": None})
        self._tell("organization.deleted", record, {})

    def delete_user(self, record, event="user.deleted", **more):
        """No longer active; the addresses are free again."""
        self._forget("user", record)
        for identity in self.identities_of.pop(record.id, ()):
            self.emails.pop(_folded(identity.value), None)
            self.identities.remove(identity)
        record.active = False
        record.updated = self.now()
        self.users.note(record)
        self._tell(event, record, more)

    def merge_users(self, loser, winner):
        """The loser's tickets and addresses are the winner's from now on."""
        values = [(each.type, each.value) for each in self.identities_of[loser.id]]
        self.delete_user(loser, "user.merged", winner=winner)
        for kind, value in values:
            self.add_identity(winner, kind, value)
        for ticket in list(self.tickets):
            if ticket.requester_id == loser.id:
                self.update(ticket, {"requester_id": winner.id})
        self.merged[loser.id] = winner.id
        winner.updated = self.now()
        self.users.note(winner)

    def add_identity(self, user, kind, value, primary=False, tell=True):
        """One more address of a user."""
        made = Identity(
            self.identities.take_id(), user.id, kind, value, user.updated, primary
        )
        self.identities.add(made)
        self.identities_of[user.id].append(made)
        if kind == "email":
            self.emails[_folded(value)] = user.id
        if tell:
            user.updated = made.created = self.now()
            self.users.note(user)
            self._tell("user.identity_created", user, {"identity": made})
        return made

    def remove_identity(self, user, identity):
        """An address that the user has no longer."""
        self.identities_of[user.id].remove(identity)
        self.identities.remove(identity)
        self.emails.pop(_folded(identity.value), None)
        user.updated = self.now()
        self.users.note(user)
        self._tell("user.identity_deleted", user, {"identity": identity})

    def make_primary(self, user, email):
        """The address that the user is written to; the former stays as another."""
        found = None
        for identity in self.identities_of[user.id]:
            if identity.type == "email":
                identity.primary = _folded(identity.value) == _folded(email)
                found = identity if identity.primary else found
        if found is None:
            self.add_identity(user, "email", email, primary=True, tell=False)
        user.email = email

    # Tickets

    def add_ticket(self, **values):
        """A new one, told of; ``body``: of its first comment, which may be internal."""
        now = self.now()
        values = {"created": now, "updated": now, "generated": now, **values}
        values.setdefault("status_updated", now)
        values.setdefault("brand_id", BRAND)
        values.setdefault("form_id", FORM)
        values.setdefault("submitter_id", values["requester_id"])
        return self.put(Ticket(self.tickets.take_id(), **values))

    def set_status(self, record, status):
        """What a status brings with it, as values for :meth:`update`."""
        now = self.now()
        values = {"status": status, "custom_status_id": None, "status_updated": now}
        was = record.status in ("solved", "closed")
        if status in ("solved", "closed"):
            values["solved"] = record.solved if was and record.solved else now
        elif was:
            values["reopens"] = record.reopens + 1
            values["solved"] = None
        return values

    def comment(self, record, author_id, body, public):
        """Write on a ticket."""
        made = Comment(self._next_comment, author_id, body, public, self.now())
        self._next_comment += 1
        record.comments = [*(record.comments or ()), made]
        author = self.users.get(author_id)
        if public and record.replied is None and author and author.role != "end-user":
            record.replied = made.created
            self.levels.met(record, 0)
        record.updated = record.generated = made.created
        self.tickets.note(record)
        self._tell("ticket.comment_added", record, {"comment": made})
        return made

    def delete_ticket(self, record):
        """In the trash; ``scrub`` it to take its content as well."""
        record.deleted = record.updated = record.generated = self.now()
        self.tickets.note(record)
        self._tell("ticket.soft_deleted", record, {})

    def restore_ticket(self, record):
        """Out of the trash."""
        record.deleted = None
        record.updated = record.generated = self.now()
        self.tickets.note(record)
        self._tell("ticket.undeleted", record, {})

    def scrub_ticket(self, record):
        """Gone for good: an export still shows it, without content. [S using; M]"""
        record.subject = record.description = "SCRUBBED"
        record.comments, record.told, record.scrubbed = None, 0, True
        record.generated = self.now()
        self.tickets.note(record)
        self._tell("ticket.permanently_deleted", record, {})

    def touch_ticket(self, record):
        """The system did something: exported again, `updated_at` as it was. [S using,
        "generated_timestamp"]"""
        record.generated = self.now()
        self.tickets.note(record)

    def metric_event(self, ticket_id, metric, kind, time, detail):
        """A moment of a ticket's service level."""
        made = MetricEvent(
            self.ticket_metric_events.take_id(), time, ticket_id, metric, kind, detail
        )
        self.ticket_metric_events.add(made)
        return made

    # Inside

    def _tell(self, event, record, changes):
        self.version += 1
        if self.listener is not None:
            self.listener(event, record, changes)

    def _index(self, kind, record):
        if kind == "organization":
            self.names[_folded(record.name)] = record.id
        if record.external_id:
            self.external[kind][_folded(record.external_id)] = record.id

    def _forget(self, kind, record):
        if kind == "organization":
            self.names.pop(_folded(record.name), None)
        if record.external_id:
            self.external[kind].pop(_folded(record.external_id), None)


def _folded(text):
    return str(text or "").strip().lower()
