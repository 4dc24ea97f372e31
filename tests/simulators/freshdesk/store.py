"""The records of one account, its indexes, and who is told of what changes."""

import itertools
import threading
from collections import defaultdict

#: Where the ids of each kind begin: tickets are numbered, the rest is large. [S
#: examples]
FIRST_IDS = {
    "ticket": 1,
    "company": 43_000_100_001,
    "contact": 43_000_200_001,
    "conversation": 43_000_900_001,
    "agent": 43_000_000_011,
    "group": 43_000_000_101,
    "product": 43_000_000_201,
    "sla_policy": 43_000_000_301,
    "rating": 43_000_800_001,
    "field": 43_000_000_501,
}


class Store:
    """Records by kind and id, each a dict with ``id``, ``created_at``, ``updated_at``
    (whole seconds since the epoch: the API shows no more).

    ``lock`` guards all of it; ``version`` rises with each change; ``listeners`` are
    called with (event, kind, record).
    """

    def __init__(self, clock):
        self.clock = clock
        self.lock = threading.RLock()
        self.version = 0
        self.listeners = []
        self._tables = {kind: {} for kind in FIRST_IDS}
        self._ids = {kind: itertools.count(first) for kind, first in FIRST_IDS.items()}
        self._changed = defaultdict(int)
        self._emails = {}
        self._externals = {}
        self._names = {}
        self._domains = {}
        self._talk = defaultdict(list)
        self._asked = defaultdict(set)
        self._queries = {}

    def now(self):
        """Seconds since the epoch."""
        return self.clock.now_ms() // 1000

    def next_id(self, kind):
        """An id that no record of the kind has had."""
        return next(self._ids[kind])

    # Reading

    def get(self, kind, record_id):
        """A record or None; ``record_id`` may be the text of a path."""
        try:
            return self._tables[kind].get(int(record_id))
        except (TypeError, ValueError):
            return None

    def rows(self, kind):
        """All records of a kind, oldest first."""
        return list(self._tables[kind].values())

    def count(self, kind):
        """How many there are, deleted ones included."""
        return len(self._tables[kind])

    def contact_by_email(self, email):
        """Whose address this is, main or other; None: nobody's."""
        return self._tables["contact"].get(self._emails.get((email or "").lower()))

    def contact_by_external(self, key):
        """Whose ``unique_external_id`` this is."""
        return self._tables["contact"].get(self._externals.get(key))

    def company_by_name(self, name):
        """The company of this name, whatever the case."""
        return self._tables["company"].get(self._names.get((name or "").lower()))

    def company_by_domain(self, domain):
        """The company that has this domain."""
        return self._tables["company"].get(self._domains.get((domain or "").lower()))

    def conversations(self, ticket_id):
        """The conversations of a ticket, oldest first."""
        return [self._tables["conversation"][each] for each in self._talk[ticket_id]]

    def tickets_of(self, contact_id):
        """The tickets that a contact asked for."""
        tickets = self._tables["ticket"]
        return [tickets[each] for each in sorted(self._asked[contact_id])]

    def query(self, kind, key, find):
        """The rows that ``find()`` gives, remembered under ``key`` for as long as no
        record of the kind changes: pages of one list are cut from it."""
        kept = self._queries.get((kind, key))
        if kept and kept[0] == self._changed[kind]:
            return kept[1]
        if len(self._queries) > 50:
            self._queries.clear()
        rows = find()
        self._queries[kind, key] = (self._changed[kind], rows)
        return rows

    # Writing

    def create(self, kind, values, event=None, **fixed):
        """A new record; ``fixed``: id, created_at, updated_at, where they are known."""
        now = self.now()
        created = fixed.get("created_at") or now
        record = {"id": fixed.get("id") or self.next_id(kind), **values}
        record["created_at"] = created
        record["updated_at"] = fixed.get("updated_at") or created
        if record["id"] in self._tables[kind]:
            raise ValueError(f"{kind} {record['id']} is there already")
        self._tables[kind][record["id"]] = record
        self._index(kind, record)
        self._tell(event, kind, record)
        return record

    def update(self, kind, record, values, event=None, at=None):
        """Change a record and stamp it; without any new value it stays as it is."""
        values = {
            name: value
            for name, value in values.items()
            if name not in record or record[name] != value
        }
        if not values:
            return record
        self._forget(kind, record)
        record.update(values)
        record["updated_at"] = self.now() if at is None else at
        self._index(kind, record)
        self._tell(event, kind, record)
        return record

    def touch(self, kind, record, event=None):
        """Stamp a record that nothing else of changed."""
        record["updated_at"] = self.now()
        self._tell(event, kind, record)

    def remove(self, kind, record):
        """Take a record away for good."""
        self._forget(kind, record)
        del self._tables[kind][record["id"]]
        if kind == "ticket":
            for each in self._talk.pop(record["id"], ()):
                del self._tables["conversation"][each]
        self._tell(None, kind, record)

    def _tell(self, event, kind, record):
        self.version += 1
        self._changed[kind] += 1
        if event:
            for listener in self.listeners:
                listener(event, kind, record)

    def _index(self, kind, record):
        record_id = record["id"]
        if kind == "contact":
            for email in addresses(record):
                self._emails[email.lower()] = record_id
            if record.get("unique_external_id"):
                self._externals[record["unique_external_id"]] = record_id
        elif kind == "company":
            self._names[record["name"].lower()] = record_id
            for domain in record["domains"]:
                self._domains[domain.lower()] = record_id
        elif kind == "conversation":
            self._talk[record["ticket_id"]].append(record_id)
        elif kind == "ticket":
            self._asked[record["requester_id"]].add(record_id)

    def _forget(self, kind, record):
        if kind == "contact":
            for email in addresses(record):
                if self._emails.get(email.lower()) == record["id"]:
                    del self._emails[email.lower()]
            self._externals.pop(record.get("unique_external_id"), None)
        elif kind == "company":
            self._names.pop(record["name"].lower(), None)
            for domain in record["domains"]:
                self._domains.pop(domain.lower(), None)
        elif kind == "conversation":
            self._talk[record["ticket_id"]].remove(record["id"])
        elif kind == "ticket":
            self._asked[record["requester_id"]].discard(record["id"])


def addresses(contact):
    """All e-mail addresses of a contact."""
    main = [contact["email"]] if contact.get("email") else []
    return [*main, *contact.get("other_emails", ())]
