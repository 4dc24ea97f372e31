"""How many requests an org may make in a day, and what tells of it."""

import threading

from . import facts

HOUR = 3_600_000


class Limits:
    """Counts requests in a rolling day, by the hour. ``daily``: the most."""

    def __init__(self, clock, daily=facts.DAILY_LIMIT):
        self.clock = clock
        self.daily = daily
        self._lock = threading.Lock()
        self._hours = {}

    def take(self):
        """Count a request; tells whether it was still allowed."""
        hour = self.clock.now_ms() // HOUR
        with self._lock:
            used = self._used(hour)
            if used >= self.daily:
                return False
            self._hours[hour] = self._hours.get(hour, 0) + 1
            return True

    def used(self):
        """Requests of the last 24 hours."""
        with self._lock:
            return self._used(self.clock.now_ms() // HOUR)

    def spend(self, count):
        """As if so many requests had been made now."""
        hour = self.clock.now_ms() // HOUR
        with self._lock:
            self._hours[hour] = self._hours.get(hour, 0) + count

    def header(self):
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self.used()}/{self.daily}"

    def describe(self):
        """The body of `/limits`."""
        left = max(0, self.daily - self.used())
        listed = {"DailyApiRequests": {"Max": self.daily, "Remaining": left}}
        for name, most in facts.LIMITS.items():
            listed[name] = {"Max": most, "Remaining": most}
        return listed

    def _used(self, hour):
        for old in [each for each in self._hours if each <= hour - 24]:
            del self._hours[old]
        return sum(self._hours.values())
