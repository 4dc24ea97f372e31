"""An account at work: customers ask and answer, agents solve, records change."""

import random
import threading

from . import facts
from .store import addresses

SUBJECTS = ("Login fails again", "Where is my order?", "Wrong VAT number", "Add a user")
STATUSES = (facts.OPEN, facts.PENDING, facts.RESOLVED, facts.CLOSED, 6)


class Drip(threading.Thread):
    """Drops something every so many seconds until it is told to stop."""

    def __init__(self, simulator, seconds, seed=0):
        super().__init__(name="freshdesk-drip", daemon=True)
        self.store = simulator.store
        self.cases = simulator.cases
        self.seconds = seconds
        self.luck = random.Random(seed)
        self.dropped = 0
        self._stopped = threading.Event()

    def run(self):
        """Until :meth:`stop`."""
        while not self._stopped.wait(self.seconds):
            self.drop()

    def stop(self):
        """No further drop."""
        self._stopped.set()

    def drop(self):
        """One change; returns what happened, as a line."""
        steps = (self._ask, self._answer, self._status, self._status, self._phone)
        rare = (self._company, self._delete, self._merge)
        with self.store.lock:
            self.dropped += 1
            chosen = rare if self.luck.randrange(8) == 0 else steps
            return self.luck.choice(chosen)() or self._ask()

    def _any(self, kind):
        rows = [each for each in self.store.rows(kind) if not each.get("deleted")]
        return self.luck.choice(rows) if rows else None

    def _ask(self):
        asker = self._any("contact") or self.cases.contact({"name": "Somebody"})
        values = {
            "requester_id": asker["id"],
            "subject": self.luck.choice(SUBJECTS),
            "description": "<div>Please help.</div>",
            "priority": self.luck.choice(tuple(facts.PRIORITIES)),
        }
        return f"ticket {self.cases.ticket(values)['id']}: asked"

    def _answer(self):
        """Of the customer, which opens what was solved again."""
        ticket = self._any("ticket")
        if ticket is None:
            return None
        said = {
            "body": "<div>It happened again.</div>",
            "incoming": True,
            "private": False,
            "user_id": ticket["requester_id"],
        }
        self.cases.say(ticket, said, "reply")
        return f"ticket {ticket['id']}: the customer answered"

    def _status(self):
        ticket = self._any("ticket")
        if ticket is None:
            return None
        self.cases.change(ticket, {"status": self.luck.choice(STATUSES)})
        return f"ticket {ticket['id']}: {facts.STATUSES[ticket['status']]}"

    def _phone(self):
        contact = self._any("contact")
        if contact is None:
            return None
        number = f"+44 20 7946 {self.luck.randrange(10_000):04d}"
        self.store.update("contact", contact, {"phone": number})
        return f"contact {contact['id']}: phone"

    def _company(self):
        company = self._any("company")
        if company is None:
            return None
        note = f"Called {self.luck.randrange(1_000)} times."
        self.store.update("company", company, {"note": note})
        return f"company {company['id']}: note"

    def _delete(self):
        ticket = self._any("ticket")
        if ticket is None:
            return None
        self.cases.delete(ticket)
        return f"ticket {ticket['id']}: deleted"

    def _merge(self):
        one, other = self._any("contact"), self._any("contact")
        if one is None or one is other:
            return None
        if len(addresses(one)) + len(addresses(other)) > facts.EMAILS:
            return None
        self.cases.merge(one, [other])
        return f"contact {other['id']}: merged into {one['id']}"
