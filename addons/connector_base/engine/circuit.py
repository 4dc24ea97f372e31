"""A circuit breaker: when to stop asking a vendor that fails, and when to look again.

Pure rules on values; the model ``connector.circuit`` keeps them in a row that all
workers share. See M. Nygard, "Release It!", 2nd edition 2018, chapter 5.
"""

import dataclasses
import datetime

CLOSED = "closed"
OPEN = "open"
HALF_OPEN = "half_open"

#: Error classes that mean that the vendor itself is in trouble. A rate limit, a refused
#: sign-in or a refused record is an answer: the vendor is up.
COUNTED = frozenset({"transient", "timeout", "remote_down"})


@dataclasses.dataclass(frozen=True, slots=True)
class Rules:
    """When a circuit opens, and how often is looked then.

    :param failures: failures within the window that open it
    :param window: seconds
    :param first_probe: seconds until the first look, doubled with each that fails
    :param longest_probe: most seconds between two looks
    """

    failures: int = 5
    window: float = 300
    first_probe: float = 30
    longest_probe: float = 900

    def interval(self, probes):
        """Seconds until the next look after ``probes`` looks that failed."""
        return min(self.first_probe * 2 ** min(probes, 32), self.longest_probe)


@dataclasses.dataclass(frozen=True, slots=True)
class Circuit:
    """The state of a circuit; times are naive UTC as Odoo's own fields.

    :param failed_at: times of the last failures since the last success, oldest first
    :param probes: looks since it opened
    :param probe_at: earliest time of the next look
    """

    state: str = CLOSED
    failed_at: tuple = ()
    opened_at: datetime.datetime | None = None
    probes: int = 0
    probe_at: datetime.datetime | None = None


def fail(circuit, rules, now):
    """The circuit after a failure of a counted class.

    One that is open already stays as it is: what was under way when it opened says
    nothing new, and must not put off the next look.
    """
    if circuit.state != CLOSED:
        return circuit
    since = now - datetime.timedelta(seconds=rules.window)
    failed_at = tuple(moment for moment in circuit.failed_at if moment > since)
    failed_at = (*failed_at, now)[-rules.failures :]
    if len(failed_at) < rules.failures:
        return dataclasses.replace(circuit, failed_at=failed_at)
    probe_at = now + datetime.timedelta(seconds=rules.interval(0))
    return Circuit(OPEN, failed_at, opened_at=now, probe_at=probe_at)


def probe(circuit, rules, now):
    """The circuit as a look at the vendor begins, or ``None`` where none is due.

    The next look is scheduled before this one is made: a worker that dies while it
    looks costs the vendor no request beyond the schedule.
    """
    if circuit.state == CLOSED or now < circuit.probe_at:
        return None
    probes = circuit.probes + 1
    probe_at = now + datetime.timedelta(seconds=rules.interval(probes))
    return dataclasses.replace(
        circuit, state=HALF_OPEN, probes=probes, probe_at=probe_at
    )


def probe_failed(circuit):
    """The circuit after a look that found the vendor still in trouble."""
    if circuit.state != HALF_OPEN:
        return circuit
    return dataclasses.replace(circuit, state=OPEN)
