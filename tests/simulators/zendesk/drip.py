"""A desk at work: somebody asks, somebody answers, a customer changes."""

import random
import threading

from .seed import FIRST, LAST, SUBJECTS


class Drip(threading.Thread):
    """Drops a change every so many seconds until it is told to stop."""

    def __init__(self, simulator, seconds, seed=0):
        super().__init__(name="zendesk-drip", daemon=True)
        self.simulator = simulator
        self.store = simulator.store
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
        kinds = (self._ask, self._ask, self._answer, self._answer, self._move)
        with self.store.lock:
            self.dropped += 1
            return self.luck.choice(kinds)()

    def _ask(self):
        people = [
            each
            for each in self.store.users
            if each.active and each.role == "end-user" and not each.suspended
        ]
        if not people:
            return self._arrive()
        requester = self.luck.choice(people)
        made = self.simulator.ticketing.create(
            {
                "subject": self.luck.choice(SUBJECTS),
                "comment": {"body": "Could you help us, please?"},
                "requester_id": requester.id,
                "priority": self.luck.choice(("normal", "high", "urgent")),
                "via": {"channel": "email"},
            }
        )
        return f"ticket {made.id}: {made.subject}"

    def _answer(self):
        found = self._any_open()
        if found is None:
            return self._ask()
        status = self.luck.choice(("pending", "solved", "hold"))
        comment = {"body": "We have looked into it.", "public": True}
        self.simulator.ticketing.update(found, {"status": status, "comment": comment})
        return f"ticket {found.id}: {status}"

    def _move(self):
        """A person of a customer has another phone, or a new one is there."""
        people = [each for each in self.store.users if each.active]
        if self.luck.random() < 0.3 or len(people) < 2:
            return self._arrive()
        user = self.luck.choice(people)
        phone = f"+44 20 7946 {self.luck.randrange(10_000):04d}"
        self.simulator.parties.update_user(user, {"phone": phone})
        return f"user {user.id}: phone"

    def _arrive(self):
        name = f"{self.luck.choice(FIRST)} {self.luck.choice(LAST)}"
        email = f"{name.replace(' ', '.')}.{self.store.version}@new.example".lower()
        made = self.simulator.parties.create_user({"name": name, "email": email})
        return f"new user {made.id}: {name}"

    def _any_open(self):
        ids = self.store.tickets.ids
        for _try in range(20):
            if not ids:
                return None
            found = self.store.tickets.get(self.luck.choice(ids))
            if found.deleted is None and found.status not in ("solved", "closed"):
                return found
        return None
