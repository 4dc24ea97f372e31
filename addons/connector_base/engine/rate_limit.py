"""How often somebody may come: a token bucket for each, in memory that doesn't grow.

In memory, since a row of the database for each caller would let strangers write, and
cost those who are welcome a transaction more. Each process of the server counts for
itself: with n of them, n times as much passes.
"""

import collections
import ipaddress
import threading
import time

#: Callers that are remembered; whoever hasn't come for the longest time is forgotten
#: first, and begins anew.
REMEMBERED = 10_000
#: Network of IPv6 that counts as one caller: providers give each customer one.
CALLER_PREFIX = 64


class RateLimit:
    """Safe between threads.

    :param rate: how often a second, in the long run
    :param burst: how often at once
    :param clock: seconds that never run backwards, as ``time.monotonic``
    """

    def __init__(self, rate, burst, clock=time.monotonic, remembered=REMEMBERED):
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._remembered = remembered
        self._lock = threading.Lock()
        #: key -> (what was left, when)
        self._buckets = collections.OrderedDict()

    def take(self, key):
        """Come once more; whether that may be."""
        now = self._clock()
        with self._lock:
            left = self._left(key, now)
            may = left >= 1
            self._buckets[key] = (left - 1 if may else left, now)
            self._buckets.move_to_end(key)
            if len(self._buckets) > self._remembered:
                self._buckets.popitem(last=False)
            return may

    def is_spent(self, key):
        """Whether somebody has come too often, without counting this time."""
        with self._lock:
            return self._left(key, self._clock()) < 1

    def _left(self, key, now):
        left, since = self._buckets.get(key, (self._burst, now))
        return min(self._burst, left + (now - since) * self._rate)


def caller(address):
    """Under which key an address counts.

    :param address: text, as the server knows it; ``None`` and what is none count as
        one caller
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    plain = int(parsed)  # without a zone, which is none of the caller's
    return str(ipaddress.ip_network((plain, CALLER_PREFIX), strict=False))
