"""A support desk that has lived for a year: N organizations, 10 N users, 25 N tickets.

In it are shared mailboxes, aliases, merged and suspended users, users without an
organization, deleted and reopened tickets, missed targets. Everything follows from the
seed; texts are short and made here, so that 50,000 tickets take seconds.
"""

import random

from .model import Organization, Ticket, User
from .store import BRAND, FORM

USERS, TICKETS = 10, 25
DAY = 86_400
YEAR = 365 * DAY
#: Older tickets are closed, nearly all of them.
OLD = 60 * DAY
FIRST = (
    "Anna Ben Carla David Elena Farid Grace Hugo Ines Jonas Keiko Liam Maria Noah"
    " Olga Pedro Quinn Rosa Samir Tara Uwe Vera Wei Yara Zoë"
).split()
LAST = (
    "Adams Becker Costa Dubois Ek Fischer García Hansen Ivanov Jansen Kowalski Lang"
    " Moreau Novak Okafor Petit Quist Rossi Silva Tanaka Ueda Varga Weber Yilmaz"
).split()
WORDS = (
    "Amber Birch Cedar Delta Ember Falcon Granite Harbor Iris Juniper Kestrel Lumen"
    " Meadow Nordic Orchid Pioneer Quartz River Summit Tundra"
).split()
TRADES = "Logistics Foods Software Optics Energy Health Textiles Media Tools".split()
FORMS = ("GmbH", "Ltd", "Inc.", "SARL", "B.V.", "AB")
SUBJECTS = (
    "Cannot sign in",
    "Invoice shows the wrong amount",
    "Parcel has not arrived",
    "How do I export my data?",
    "Please cancel the order",
    "Device does not start",
    "Refund for a returned item",
    "Upgrade of our plan",
)
STATUSES = (
    ("closed", 45),
    ("solved", 20),
    ("open", 15),
    ("pending", 10),
    ("new", 6),
    ("hold", 4),
)
PRIORITIES = (None, None, None, "low", "low", "normal", "normal", "high", "urgent")
TYPES = (None, "question", "question", "incident", "problem", "task")
CHANNELS = ("email", "email", "email", "web", "web", "api", "chat", "voice")
TAGS = (("billing",), ("shipping",), ("bug",), ("return", "vip"), (), ())
SCORES = ("unoffered",) * 12 + ("offered", "offered", "good", "good", "good", "bad")
PRODUCTS = ("Router X1", "Router X2", "Cloud Basic", "Cloud Pro")


class Seeder:
    """Loads into one store; nobody is told."""

    def __init__(self, store, seed=0):
        self.store = store
        self.luck = random.Random(seed)
        self.shared = []
        self.now = store.now() - 3_600

    def load(self, organizations, users=None, tickets=None, customers=()):
        """That many organizations; users and tickets in proportion unless given.

        ``customers``: (name, domain) of the first ones.
        """
        users = organizations * USERS if users is None else users
        tickets = organizations * TICKETS if tickets is None else tickets
        if not organizations:
            return
        listener, self.store.listener = self.store.listener, None
        with self.store.lock:
            self._fields()
            agents = self._agents(max(2, min(25, organizations // 40)))
            known = [*customers, *[None] * organizations][:organizations]
            firms = [self._organization(*each) for each in enumerate(known)]
            people = [self._user(place, firms) for place in range(users)]
            people = self._merge(people)
            for place in range(tickets if people else 0):
                self._ticket(place, people, agents)
            self.store.levels.run_due()
        self.store.listener = listener

    def _fields(self):
        fields = self.store.fields
        titles = {each.title: each for each in fields.custom("ticket")}
        if "Order number" not in titles:
            titles["Order number"] = fields.define("ticket", "text", "Order number")
            titles["Product"] = fields.define(
                "ticket", "tagger", "Product", options=PRODUCTS
            )
        self.order = titles["Order number"].id
        self.product = titles["Product"].id
        self.products = [each["value"] for each in titles["Product"].options]

    def _moment(self, since=None):
        since = self.now - YEAR if since is None else since
        return since + int(self.luck.random() * max(0, self.now - since))

    def _agents(self, number):
        found = []
        for place in range(number):
            name = f"{FIRST[place % len(FIRST)]} Agent {place + 1}"
            record = User(
                self.store.users.take_id(),
                name,
                self.now - YEAR,
                self.now - YEAR,
                email=f"agent{self.store.users.next_id}@desk.example",
                role="admin" if place == 0 else "agent",
            )
            found.append(self.store.put(record).id)
        return found

    def _organization(self, place, customer):
        luck, store = self.luck, self.store
        number = store.organizations.take_id()
        word, trade = luck.choice(WORDS), luck.choice(TRADES)
        tail = number % 1_000_000
        name = f"{word} {trade} {tail} {luck.choice(FORMS)}"
        domain = f"{word}-{trade}-{tail}.example".lower()
        if customer:
            name, domain = customer
        domains = () if place % 10 == 9 else (domain,)
        if domains and place % 7 == 3:
            domains += (f"{word}-{tail}.test".lower(),)
        created = self._moment()
        return store.put(
            Organization(
                number,
                name,
                created,
                self._moment(created),
                external_id=f"C{tail:06d}" if place % 3 else None,
                domains=domains,
                tags=("key_account",) if place % 20 == 0 else (),
            )
        )

    def _user(self, place, firms):
        luck, store = self.luck, self.store
        number = store.users.take_id()
        firm = firms[place % len(firms)]
        domain = firm.domains[0] if firm.domains else f"mail{firm.id}.example"
        tail = number % 1_000_000
        first, last = luck.choice(FIRST), luck.choice(LAST)
        name, email = f"{first} {last}", f"{first}.{last}.{tail}@{domain}".lower()
        kind, of_firm = luck.random(), firm.id
        round_ = place // len(firms)
        is_shared = round_ == 0 and place % 4 == 0
        if is_shared:
            name, email = f"{firm.name} support", f"support-{tail}@{domain}"
        elif kind < 0.05:
            of_firm = None
        elif kind < 0.08:
            of_firm, email = None, f"{first}.{last}.{tail}@freemail.example".lower()
        elif kind < 0.09:
            email = None
        created = self._moment()
        record = store.put(
            User(
                number,
                name,
                created,
                self._moment(created),
                email=email,
                phone=f"+49 30 {tail:06d}" if place % 3 == 0 or not email else None,
                organization_id=of_firm,
                external_id=f"U{tail:06d}" if place % 5 == 0 else None,
                suspended=kind > 0.98,
                tags=("shared_mailbox",) if is_shared else (),
            )
        )
        if is_shared:
            self.shared.append(record)
        elif email and 0.2 < kind < 0.24:
            alias = f"{last}.{tail}@{domain}".lower()
            store.add_identity(record, "email", alias, tell=False)
        return record

    def _merge(self, people):
        """Every hundredth into the one before; returns who is left."""
        store = self.store
        gone = set()
        for place in range(60, len(people), 100):
            loser, winner = people[place], people[place - 1]
            if loser.tags or winner.tags or winner.id in gone:
                continue
            updated = max(loser.updated, winner.updated)
            values = [(each.type, each.value) for each in store.identities_of[loser.id]]
            store.delete_user(loser, "user.merged", winner=winner)
            for kind, value in values:
                store.add_identity(winner, kind, value, tell=False)
            store.merged[loser.id] = winner.id
            for each in (loser, winner):
                each.updated = updated
                store.users.note(each)
            gone.add(loser.id)
        return [each for each in people if each.active]

    def _ticket(self, place, people, agents):
        luck, store = self.luck, self.store
        rank = luck.random()
        requester = people[int(rank * len(people))]
        if self.shared and luck.random() < 0.1:
            requester = self.shared[int(rank * len(self.shared))]
        created = self._moment()
        updated = min(self.now, created + int(luck.random() ** 6 * 20 * DAY))
        status = self._status(luck.random() * 100)
        if self.now - created > OLD and luck.random() < 0.95:
            status = "closed"
        ended = status in ("solved", "closed")
        replied = None
        if status != "new":
            replied = min(updated, created + int(luck.random() ** 3 * 36_000))
        is_deleted = place % 50 == 49
        values = {}
        if place % 4 == 0:
            values[self.order] = f"S{place:05d}"
        if place % 6 == 0:
            values[self.product] = self.products[place % len(self.products)]
        kind = TYPES[place % len(TYPES)]
        store.put(
            Ticket(
                store.tickets.take_id(),
                f"{SUBJECTS[place % len(SUBJECTS)]} ({place + 1})",
                f"Hello, please help us with case {place + 1}.",
                requester.id,
                created,
                updated,
                updated,
                status=status,
                priority=PRIORITIES[int(luck.random() * len(PRIORITIES))],
                type=kind,
                channel=CHANNELS[place % len(CHANNELS)],
                submitter_id=requester.id,
                assignee_id=None if status == "new" else agents[place % len(agents)],
                organization_id=requester.organization_id,
                group_id=next(iter(store.groups)) if status != "new" else None,
                brand_id=BRAND,
                form_id=FORM,
                due=created + 3 * DAY if kind == "task" else None,
                tags=TAGS[place % len(TAGS)],
                fields=values or None,
                score=SCORES[place % len(SCORES)] if ended else "unoffered",
                replied=replied,
                solved=max(updated - 60, created) if ended else None,
                status_updated=updated,
                reopens=1 + place % 2 if place % 20 == 7 else 0,
                told=1 + place % 5,
                deleted=updated if is_deleted else None,
            )
        )

    def _status(self, drawn):
        for status, share in STATUSES:
            drawn -= share
            if drawn < 0:
                return status
        return STATUSES[0][0]


def truth(store):
    """What there is, counted record by record: what a copy has to come to."""
    by_status, tickets = {}, list(store.tickets)
    live = [each for each in tickets if each.deleted is None]
    for each in live:
        by_status[each.status] = by_status.get(each.status, 0) + 1
    users = list(store.users)
    active = [each for each in users if each.active]
    end_users = [each for each in active if each.role == "end-user"]
    return {
        "organizations": len(store.organizations),
        "users": len(users),
        "end_users": len(end_users),
        "agents": len(active) - len(end_users),
        "inactive": len(users) - len(active),
        "merged": len(store.merged),
        "suspended": sum(each.suspended for each in end_users),
        "shared_mailboxes": sum("shared_mailbox" in each.tags for each in end_users),
        "without_organization": sum(not each.organization_id for each in end_users),
        "aliases": sum(
            each.type == "email" and not each.primary for each in store.identities
        ),
        "tickets": len(live),
        "deleted": len(tickets) - len(live),
        "by_status": by_status,
        "reopened": sum(each.reopens > 0 for each in live),
        "rated": sum(each.score in ("good", "bad") for each in live),
        "breached": sum(each.id in store.levels.breached for each in live),
    }
