"""Rate budgets: a token bucket that all workers share, and the few tokens in hand.

The arithmetic is pure; ``connector.budget`` keeps the bucket in a row of the database.
"""

import dataclasses
import datetime
import math
import threading
import time

#: Part of a bucket that is drawn at once: fewer draws, and little in hand that another
#: worker could use.
CHUNK_SHARE = 0.1
LARGEST_CHUNK = 10
#: Seconds after which tokens in hand are worth nothing: used later than they were
#: granted, they could come on top of those of the vendor's next interval.
KEEP_SECONDS = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket within a limit of ``requests`` in any ``seconds``.

    :param burst: tokens that it holds at most
    :param reserve: share of the burst that only urgent lanes draw from
    """

    requests: int
    seconds: float
    burst: int
    reserve: float = 0.0

    @property
    def rate(self):
        """Tokens per second.

        Chosen so that burst and refill together never pass the limit: whoever empties a
        full bucket and all that flows in has used ``requests`` in ``seconds``.
        """
        return (self.requests - self.burst + 1) / self.seconds

    @property
    def chunk(self):
        """Tokens that a worker draws at once."""
        return max(1, min(LARGEST_CHUNK, int(self.burst * CHUNK_SHARE)))

    def floor(self, urgent):
        """Tokens that must be left after a draw."""
        if urgent:
            return 0.0
        # One token at least is to be had above it, or nobody else would ever get one.
        return min(self.burst * self.reserve, self.burst - 1)

    def refilled(self, tokens, elapsed):
        """Tokens after ``elapsed`` seconds; a clock that went back adds none."""
        return min(self.burst, max(tokens, 0.0) + max(elapsed, 0.0) * self.rate)


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """What a draw brought.

    :param granted: tokens
    :param tokens: what is left in the bucket
    :param wait: seconds until a token can be had, where none was
    """

    granted: int
    tokens: float
    wait: float = 0.0


def draw(bucket, tokens, elapsed, wanted, urgent):
    """Take up to ``wanted`` tokens.

    :param tokens: in the bucket when it was looked at last
    :param elapsed: seconds since then
    :param urgent: may use the reserve
    :return: :class:`Grant`
    """
    tokens = bucket.refilled(tokens, elapsed)
    free = tokens - bucket.floor(urgent)
    # A wait that was slept to its end must bring its token, whatever floats make of it.
    granted = max(0, min(wanted, math.floor(free + 1e-9)))
    if granted or not wanted:
        return Grant(granted, max(tokens - granted, 0.0))
    return Grant(0, tokens, (1 - free) / bucket.rate)


@dataclasses.dataclass(frozen=True, slots=True)
class Quota:
    """What the vendor said last of its own count.

    :param name: of the budget that it belongs to
    :param resets_at: aware UTC, where known
    """

    name: str
    limit: int | None
    remaining: int | None
    resets_at: datetime.datetime | None = None


class Allowance:
    """Tokens of one client, drawn in chunks from a bucket that all workers share.

    Thread-safe: a page is read ahead while parents are fetched.

    :param draw_tokens: ``(quota or None) -> Grant`` of one chunk, or ``None`` where
        there is no limit
    :param clock: seconds that never go back
    """

    def __init__(self, draw_tokens, clock=time.monotonic):
        self._draw_tokens = draw_tokens
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens = 0
        self._good_until = 0.0
        self._unlimited = False
        self._quota = None

    def take(self):
        """Take one token.

        :return: 0.0 where it was granted, else the seconds until it is worth to ask
            again
        """
        with self._lock:
            if self._unlimited:
                return 0.0
            now = self._clock()
            if now >= self._good_until:
                self._tokens = 0
            if not self._tokens:
                quota, self._quota = self._quota, None
                grant = self._draw_tokens(quota)
                if grant is None:
                    self._unlimited = True
                    return 0.0
                if not grant.granted:
                    return grant.wait
                self._tokens = grant.granted
                self._good_until = now + KEEP_SECONDS
            self._tokens -= 1
            return 0.0

    def give_back(self):
        """Return a token that was not needed after all."""
        with self._lock:
            self._tokens += 1

    def learn(self, quota):
        """Keep what the vendor said of its count; written with the next draw."""
        with self._lock:
            self._quota = quota


class Budgets:
    """The allowances of one client.

    :param allowances: ``{name: Allowance}``
    :param names_of: ``(method, path) -> names`` of the budgets that a request counts in
    """

    def __init__(self, allowances, names_of):
        self._allowances = allowances
        self._names_of = names_of

    def take(self, method, path):
        """Take what one request needs, from all its budgets or from none.

        :return: 0.0 where it was granted, else the seconds until it is worth to ask
            again
        """
        taken = []
        for name in self._names_of(method, path):
            allowance = self._allowances.get(name)
            if allowance is None:
                continue
            seconds = allowance.take()
            if seconds:
                for each in taken:
                    each.give_back()
                return seconds
            taken.append(allowance)
        return 0.0

    def learn(self, quotas):
        for quota in quotas:
            if quota.name in self._allowances:
                self._allowances[quota.name].learn(quota)
