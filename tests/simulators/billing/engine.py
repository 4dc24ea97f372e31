"""A billing account that lives through time, whatever vendor renders it.

    clock = Clock("2026-01-01T00:00:00Z")
    engine = BillingEngine(clock, rules=STRIPE)
    customer = engine.create(Customer, name="Acme", currency="USD")
    engine.subscriptions.subscribe(customer, [(price, 5)])
    engine.advance("2026-03-01T00:00:00Z")

Operations take objects or ids, return the object they made, and raise
:class:`.rules.Refused` where the state forbids them. What they do by name:

- ``subscriptions``: ``subscribe``, ``change_items``, ``set_quantity``, ``end_trial``,
  ``co_terminate``, ``cancel``, ``undo_cancel``, ``pause``, ``resume``,
  ``add_discount``, ``remove_discount``, ``plan`` (phases)
- ``invoices``: ``draft``, ``finalize``, ``bill_now``, ``void``, ``mark_uncollectible``,
  ``add_item`` (pending), ``remove_item``
- ``payments``: ``collect`` (charge the customer's method), ``pay`` (any amount, also
  from outside), ``settle`` (a pending one succeeds or fails), ``apply`` (a payment or
  what is left of it to an invoice)
- ``credits``: ``issue``, ``void``, ``refund``, ``fail_refund``, ``adjust_balance``
- ``disputes``: ``open``, ``respond``, ``close``
- ``payouts``: ``pay_out``, ``fail_next``
- ``usage``: ``report``, ``total``

Only one thread may work on it at a time: hold ``engine.store.lock``.
"""

import heapq
import random

from ..clock import to_ms
from .credits import Credits
from .disputes import Disputes
from .invoices import Invoices
from .ledger import Ledger
from .payments import Payments
from .payouts import Payouts
from .rules import STRIPE
from .store import Store
from .subscriptions import Subscriptions
from .usage import UsageBook

#: Prefixes of the ids that the engine gives by itself.
PREFIXES = {
    "customer": "cus",
    "product": "prod",
    "price": "price",
    "meter": "mtr",
    "tax_rate": "txr",
    "coupon": "coupon",
    "feature": "feat",
    "subscription": "sub",
    "item": "si",
    "schedule": "sub_sched",
    "discount": "di",
    "usage": "use",
    "pending_item": "ii",
    "entitlement": "ent",
    "invoice": "in",
    "line": "il",
    "credit_note": "cn",
    "credit_line": "cnli",
    "balance_entry": "cbtxn",
    "intent": "pi",
    "payment": "ch",
    "invoice_payment": "inpay",
    "refund": "re",
    "dispute": "dp",
    "balance_transaction": "txn",
    "payout": "po",
}


class BillingEngine:
    """One account: its objects (``store``), its clock, and what falls due.

    :param clock: :class:`simulators.clock.Clock`; :meth:`advance` moves one that stands
        still, with a running one :meth:`run_due` catches up
    :param rules: :class:`.rules.Rules`
    :param ids: ``ids(type, number)`` gives the id of a new object (types: the keys of
        :data:`PREFIXES`, number counts up per type from 1)
    :param decline: ``decline(payment)`` gives the failure code of a charge that is to
        fail, or ``None``
    """

    def __init__(self, clock, rules=STRIPE, *, seed=0, ids=None, decline=None):
        self.clock = clock
        self.rules = rules
        self.random = random.Random(seed)
        self.decline = decline or (lambda payment: None)
        self.store = Store(self.now)
        self._ids = ids or _plain_id
        self._numbers = dict.fromkeys(PREFIXES, 0)
        self._at = None
        self._due = []
        self._tick = 0
        self._actions = {}
        self.usage = UsageBook(self)
        self.ledger = Ledger(self)
        self.payouts = Payouts(self)
        self.payments = Payments(self)
        self.credits = Credits(self)
        self.disputes = Disputes(self)
        self.invoices = Invoices(self)
        self.subscriptions = Subscriptions(self)

    # Time

    def now(self):
        """The moment, in seconds: of what is being run, else the clock's."""
        return self.clock.now_ms() // 1000 if self._at is None else self._at

    def at(self, moment, action, *arguments):
        """Have ``action`` (a name given to :meth:`on`) run at a moment.

        What is due at the same moment runs in the order in which it was asked for.
        """
        self._tick += 1
        heapq.heappush(self._due, (moment, self._tick, action, arguments))

    def on(self, action, do):
        """``do(*arguments)`` when an ``action`` falls due; it checks if it still is."""
        self._actions[action] = do

    def run_due(self):
        """Run all that is due until now, each at its moment."""
        self._run(self.now())

    def advance(self, to):
        """Move a clock that stands still to a moment, running what falls due before.

        ``to``: seconds, or an aware datetime or ISO text.
        """
        moment = to if isinstance(to, int) else to_ms(to) // 1000
        self._run(moment)
        self.clock.stop(moment * 1000)

    def _run(self, until):
        with self.store.lock:
            try:
                while self._due and self._due[0][0] <= until:
                    moment, _tick, action, arguments = heapq.heappop(self._due)
                    self._at = max(moment, self._at or 0)
                    self._actions[action](*arguments)
            finally:
                self._at = None

    # Objects

    def new_id(self, kind):
        """A new id of that kind."""
        self._numbers[kind] += 1
        return self._ids(kind, self._numbers[kind])

    def create(self, cls, *, id=None, **values):
        """Create an object that needs no more than being kept (customer, product,
        price, tax rate, coupon, meter, feature). Raises :class:`.store.AlreadyThere`.
        """
        return self.store.add(cls(id=id or self.new_id(cls.TYPE), **values))

    def update(self, obj, **values):
        """Change such an object."""
        return self.store.change(obj, **values)

    def delete(self, obj):
        """Mark such an object deleted."""
        return self.store.delete(obj)

    def get(self, cls, id):
        """The object of an id, or the object itself. Raises
        :class:`.store.UnknownObject`.
        """
        return id if isinstance(id, cls) else self.store.get(cls, id)


def _plain_id(kind, number):
    return f"{PREFIXES[kind]}_{number:08d}"
