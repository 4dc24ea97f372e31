"""A billing account at work: its time goes by faster, and customers change things.

Nothing is made up record by record as in a CRM: the engine renews, collects and retries
what its customers have.
"""

import random
import threading

from .model import Customer, Subscription
from .rules import Refused

#: Seconds of the account's life that go by with each drop.
STEP = 6 * 3600


class Drip(threading.Thread):
    """Drops something into an engine every so many seconds until it is told to stop."""

    def __init__(self, engine, seconds, seed=0):
        super().__init__(name="billing-drip", daemon=True)
        self.engine = engine
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
        """Let time go by, then one change; returns what happened, as a line."""
        with self.engine.store.lock:
            self.engine.clock.advance(STEP)
            self.engine.run_due()
            self.dropped += 1
            try:
                return self.luck.choice((self._seats, self._seats, self._phone))()
            except Refused as refused:
                return str(refused)

    def _seats(self):
        rows = self.engine.store.rows(Subscription)
        live = [each for each in rows if each.status == "active" and not each.phases]
        if not live:
            return "nobody subscribes"
        subscription = self.luck.choice(live)
        item = subscription.items[0]
        seats = max(1, item.quantity + self.luck.choice((-1, 1, 2)))
        self.engine.subscriptions.set_quantity(subscription, item.id, seats)
        return f"subscription {subscription.id}: {seats} of {item.id}"

    def _phone(self):
        customers = self.engine.store.rows(Customer)
        if not customers:
            return "nobody is a customer"
        customer = self.luck.choice(customers)
        number = f"+44 20 7946 {self.luck.randrange(10_000):04d}"
        self.engine.update(customer, phone=number)
        return f"customer {customer.id}: phone"
