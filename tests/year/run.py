"""The year, and the two ways in which it comes to Odoo."""

import contextlib
import time

from chaos.nursery import Nursery
from scenarios.odoo_server import odoo_server
from scenarios.own_database import committed, own_database
from simulators import Clock
from simulators.billing.model import Customer, Invoice, Payment
from simulators.billing.periods import after
from simulators.billing.year import Year

from .books import Books
from .compare import compare, differences
from .office import Office
from .telling import tell
from .vendors import VENDORS

#: Share of the events that are told twice.
DUPLICATES = 0.2
WAITING = """
    SELECT (SELECT COUNT(*) FROM connector_job
             WHERE state IN ('pending', 'started')
               AND eta < clock_timestamp() AT TIME ZONE 'UTC' + INTERVAL '2 minutes')
         + (SELECT COUNT(*) FROM connector_event WHERE state = 'pending')
"""


class TooSlow(Exception):
    """Work was left when the time was over."""


def year(
    customers,
    *,
    seed,
    log,
    seconds,
    provider="stripe",
    months=12,
    workers=1,
    say=lambda sentence: None,
):
    """Let a year happen, read it in two ways, and compare.

    :param provider: key of :data:`.vendors.VENDORS`
    :param log: open binary file for what the workers say
    :param seconds: longest time for either way
    :param say: called with what is being done
    :return: ``(dict as printed by ./dev year, list of differences as sentences)``;
        ``amounts`` is how many sums by month, currency and account were compared
    :raises TooSlow: where Odoo isn't done in time
    """
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        clock = Clock(after(int(time.time()), "month", 1, -months) * 1000)
        vendor = VENDORS[provider](clock, seed)
        stack.enter_context(vendor.simulator)
        story = Year(vendor.engine, customers, seed, months)
        story.open()
        told = stack.enter_context(_Place("webhooks", vendor, log, seconds, workers))
        say("The company lives for a year")
        story.run()
        say("First load")
        read = stack.enter_context(_Place("first load", vendor, log, seconds, workers))
        read.check()
        say("Second load")
        read.load_again()
        say("Webhooks out of order, with duplicates")
        told.be_told(seed)
        told.check()
        found = [*read.sentences, *told.sentences, *_between(read, told)]
        store = vendor.engine.store
    return {
        "year": provider,
        "customers": store.count(Customer),
        "invoices": store.count(Invoice),
        "payments": store.count(Payment),
        "events": told.events,
        "seconds": round(time.monotonic() - started),
        "load_seconds": round(read.spent),
        "told_seconds": round(told.told_seconds),
        "webhook_seconds": round(told.spent),
        "amounts": len(vendor.truth().ledger(write_off=True)),
        "differences": len(found),
    }, found


class _Place:
    """A database with an office in it, and workers, that learns of the year its way."""

    def __init__(self, name, vendor, log, seconds, workers):
        self.name = name
        self.vendor = vendor
        self.log = log
        self.seconds = seconds
        self.workers = workers
        self.sentences = []
        self.ledger = self.receivable = None
        self.spent = self.told_seconds = 0
        self.events = 0
        self._stack = None

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.database = stack.enter_context(own_database())
            self.office = Office(self.database, self.vendor)
            self._work()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error):
        return self._stack.__exit__(*error)

    def be_told(self, seed):
        """All events come by webhook, shuffled, some twice."""
        started = time.monotonic()
        with odoo_server(self.database) as url:
            target = f"{url}/connector/webhook/{self.office.token}"
            self.events = tell(self.vendor, target, seed=seed, duplicates=DUPLICATES)
        self.told_seconds = time.monotonic() - started
        self._work()

    def check(self):
        """Compare with the truth."""
        with committed(self.database) as env:
            books = Books(env, self.office.company(env), self.office.names)
            self.ledger = books.ledger()
            self.receivable = books.receivable(self.office.connection(env))
            self.say(compare(env, self.office, self.vendor))

    def load_again(self):
        """All once more, which may write nothing."""
        before = self._written()
        with committed(self.database) as env:
            flows = self.office.connection(env).flow_ids.filtered("active")
            flows.action_full_sync()
        self._work()
        after = self._written()
        for table, rows in after.items():
            if rows != before[table]:
                self.say([f"again: {table} had {before[table]}, has {rows}"])

    def say(self, sentences):
        self.sentences += [f"{self.name}: {each}" for each in sentences]

    def _written(self):
        with committed(self.database) as env:
            return Books(env, self.office.company(env), {}).written()

    def _work(self):
        started = time.monotonic()
        with Nursery(self.database, self.workers, self.log):
            while True:
                with committed(self.database) as env:
                    env.cr.execute(WAITING)
                    if not env.cr.fetchone()[0]:
                        break
                if time.monotonic() > started + self.seconds:
                    raise TooSlow(f"{self.name}: not done in {self.seconds} s")
                time.sleep(0.3)
        self.spent += time.monotonic() - started


def _between(one, other):
    """Both ways give the same books."""
    return [
        *differences("both ways, ledger", one.ledger, other.ledger),
        *differences("both ways, receivable", one.receivable, other.receivable),
    ]
