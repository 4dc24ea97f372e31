"""Rate limits of an account, off unless a simulator is given a :class:`RateLimit`."""

import threading
from collections import deque
from dataclasses import dataclass

from . import facts


@dataclass
class RateLimit:
    """The numbers that hold. ``daily_headers`` False: as an OAuth app sees it, with
    no daily headers [M]."""

    ten_secondly: int = facts.TEN_SECONDLY
    daily: int = facts.DAILY
    search_secondly: int = facts.SEARCH_SECONDLY
    daily_headers: bool = True


class Meter:
    """Counts requests in rolling windows on the simulator's clock; thread-safe.

    The day begins at midnight of the account's time zone. [S quoted in
    community.hubspot.com 511719]
    """

    def __init__(self, clock, limit, utc_offset_ms=0):
        self.clock = clock
        self.limit = limit
        self.utc_offset_ms = utc_offset_ms
        self._lock = threading.Lock()
        self._window = deque()
        self._searches = deque()
        self._day = None
        self._today = 0

    def take(self, searching):
        """Count a request: ``(policy it breaks or None, headers to send)``."""
        now = self.clock.now_ms()
        limit = self.limit
        with self._lock:
            self._roll(now)
            policy = None
            if self._today >= limit.daily:
                policy = "DAILY"
            elif len(self._window) >= limit.ten_secondly:
                policy = "TEN_SECONDLY_ROLLING"
            elif searching and len(self._searches) >= limit.search_secondly:
                policy = "SECONDLY"
            if policy is None:
                self._today += 1
                self._window.append(now)
                if searching:
                    self._searches.append(now)
            return policy, {} if searching else self._headers(now)

    def _roll(self, now):
        day = (now + self.utc_offset_ms) // 86_400_000
        if day != self._day:
            self._day, self._today = day, 0
        while self._window and self._window[0] <= now - 10_000:
            self._window.popleft()
        while self._searches and self._searches[0] <= now - 1_000:
            self._searches.popleft()

    def _headers(self, now):
        limit = self.limit
        last_second = sum(stamp > now - 1_000 for stamp in self._window)
        prefix = "X-HubSpot-RateLimit-"
        headers = {
            f"{prefix}Max": limit.ten_secondly,
            f"{prefix}Interval-Milliseconds": 10_000,
            f"{prefix}Remaining": max(0, limit.ten_secondly - len(self._window)),
            f"{prefix}Secondly": facts.SECONDLY_HEADER,
            f"{prefix}Secondly-Remaining": max(0, facts.SECONDLY_HEADER - last_second),
        }
        if limit.daily_headers:
            headers[f"{prefix}Daily"] = limit.daily
            headers[f"{prefix}Daily-Remaining"] = max(0, limit.daily - self._today)
        return headers
