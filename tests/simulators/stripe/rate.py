"""Rate limits of an account, off unless a simulator is given a :class:`RateLimit`."""

import threading
import time
from collections import deque
from dataclasses import dataclass

from . import facts


@dataclass
class RateLimit:
    """Requests a second: of all, and of one endpoint (method and path template)."""

    whole: int = facts.RATE
    endpoint: int = facts.ENDPOINT_RATE


class Meter:
    """Counts requests in rolling seconds of the wall clock, which is the one that
    clients live by; thread-safe."""

    def __init__(self, limit):
        self.limit = limit
        self._lock = threading.Lock()
        self._whole = deque()
        self._endpoints = {}

    def take(self, endpoint):
        """Count a request; the limiter that it is refused by, or None."""
        now = time.monotonic()
        with self._lock:
            own = self._endpoints.setdefault(endpoint, deque())
            for window in (self._whole, own):
                while window and window[0] <= now - 1:
                    window.popleft()
            if len(self._whole) >= self.limit.whole:
                return "global-rate"
            if len(own) >= self.limit.endpoint:
                return "endpoint-rate"
            self._whole.append(now)
            own.append(now)
            return None
