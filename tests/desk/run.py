"""What a desk is read and written by, under its limits."""

import contextlib
import time

from scenarios.own_database import committed, own_database
from scenarios.waiting import as_late_as
from simulators import Clock

from .counting import busiest, refused, written
from .office import Office
from .turns import Turns
from .vendors import VENDORS


def desk(
    provider,
    organizations,
    users,
    tickets,
    *,
    pushed,
    seconds,
    seed=1,
    page=None,
    say=lambda sentence: None,
):
    """Read a desk, read it again, write to it, and compare.

    :param provider: key of :data:`.vendors.VENDORS`
    :param pushed: organizations that go out at once
    :param seconds: longest real seconds for each of the steps
    :param page: see :class:`.vendors.Zendesk`
    :param say: called with what is being done
    :return: ``(dict as printed by ./dev desk, list of differences as sentences)``
    :raises turns.Stuck: where Odoo isn't done in time
    """
    with contextlib.ExitStack() as stack:
        clock = Clock()
        say("The desk opens")
        vendor = VENDORS[provider](clock, seed, organizations, users, tickets, page)
        stack.enter_context(vendor.simulator)
        stack.enter_context(as_late_as(clock))
        run = _Run(stack.enter_context(own_database()), vendor, clock, seconds)
        say("First load")
        first = run.measure()
        found = [f"first load: {each}" for each in run.office.differences()]
        say("All of it once more")
        again, more = run.read_again()
        found += more
        say(f"{pushed} organizations go out")
        sent, more = run.push(pushed)
        found += more + run.limits_passed()
        return {
            "desk": provider,
            "organizations": len(vendor.organizations()) - sent.pop("new"),
            "users": len(vendor.people()),
            "tickets": len(vendor.tickets()),
            "pulled": first,
            "again": again,
            "pushed": sent,
            "busiest_minute": run.busiest(),
            "limits": {label: most for label, (_counts, most) in vendor.limits.items()},
            "refused": refused(run.entries()),
            "differences": len(found),
        }, found


class _Run:
    def __init__(self, database, vendor, clock, seconds):
        self.database = database
        self.vendor = vendor
        self.log = vendor.simulator.requests
        self.turns = Turns(database, clock, seconds)
        self.office = Office(database, vendor)

    def measure(self):
        """Work until nothing is left; what that took."""
        asked, passed = self.log.count(), self.turns.passed
        started = time.monotonic()
        self.turns.work()
        spent = time.monotonic() - started
        return {
            "requests": self.log.count() - asked,
            "minutes": round((self.turns.passed - passed + spent) / 60, 1),
            "seconds": round(spent, 1),
        }

    def read_again(self):
        """Everything from the start, which may write nothing."""
        # What has waited goes first: a second pass settles nothing new.
        before = self._written()
        self.office.sync(anew=True)
        took = self.measure()
        after = self._written()
        return took, [
            f"again: {table} had {before[table]}, has {rows}"
            for table, rows in after.items()
            if rows != before[table]
        ]

    def push(self, number):
        """Send so many organizations, then compare."""
        self.office.let_send()
        self.turns.work()
        changed, new = self.office.change_and_make(number)
        wrote = self._writes()
        took = self.measure()
        took |= {
            "organizations": number,
            "writes": self._writes() - wrote,
            "fewest_writes": self.vendor.fewest(changed, new),
            "new": new,
        }
        found = []
        if left := self.office.unsent():
            found.append(f"sent: {left} changes are left")
        if took["writes"] > took["fewest_writes"]:
            found.append(f"sent: {took['writes']} writes")
        found += [f"sent: {each}" for each in self.office.differences()]
        return took, found

    def entries(self):
        return self.log.entries

    def busiest(self):
        """Label of a limit -> most requests in any minute."""
        entries = self.entries()
        return {
            label: busiest(entries, counts)
            for label, (counts, _most) in self.vendor.limits.items()
        }

    def limits_passed(self):
        return [
            f"limit {label}: {found} requests in a minute"
            for label, found in self.busiest().items()
            if found > self.vendor.limits[label][1]
        ]

    def _writes(self):
        return sum(
            entry.method != "GET"
            and entry.path.startswith(self.vendor.organizations_path)
            for entry in self.entries()
        )

    def _written(self):
        with committed(self.database) as env:
            return written(env)
