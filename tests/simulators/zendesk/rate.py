"""Rate limits of an account, off unless it is given a plan. Windows are minutes of the
simulator's clock that begin with the first request in them. [S rate-limits; M windows]
"""

import threading

from . import facts

MINUTE = 60


class Meter:
    """Counts requests; thread-safe. ``plan``: one of :data:`facts.PLANS`, or None for
    no limits; ``high_volume``: the add-on; ``limit``: other requests a minute."""

    def __init__(self, clock, plan=None, high_volume=False, limit=None):
        self.clock = clock
        self.plan = plan
        self.high_volume = high_volume
        self.limit = limit or (plan and facts.PLANS[plan])
        if plan and high_volume and not limit:
            self.limit = max(self.limit, facts.PLANS["enterprise_plus"])
        self._lock = threading.Lock()
        self._windows = {}

    def take(self, request):
        """Count a request: ``(seconds to wait or None, headers of the answer)``."""
        if not self.limit:
            return None, {}
        now = self.clock.now_ms() / 1000
        with self._lock:
            limits = [("account", self.limit, MINUTE), *self._own(request)]
            states = [self._state(now, *each) for each in limits]
            wait = next(
                (reset for used, limit, reset, _name in states if used >= limit), None
            )
            if wait is None:
                for name, _limit, _seconds in limits:
                    self._windows[name][1] += 1
            return wait, self._headers(states, counted=wait is None)

    def _own(self, request):
        path = request.path.removesuffix(".json")
        if path.startswith("/api/v2/incremental/"):
            each = facts.EXPORTS_A_MINUTE
            if self.high_volume:
                each = facts.EXPORTS_A_MINUTE_HIGH
            return [("incremental-exports", each, MINUTE)]
        parts = path.split("/")[3:]
        if request.method != "PUT" or len(parts) != 2 or not parts[1].isdigit():
            return []
        if parts[0] == "tickets":
            one = f"ticket-{parts[1]}"
            return [
                ("tickets-update", facts.TICKET_UPDATES_A_MINUTE, MINUTE),
                (one, facts.SAME_TICKET_UPDATES, facts.SAME_TICKET_SECONDS),
            ]
        if parts[0] == "organizations":
            each = facts.ORGANIZATION_UPDATES_A_MINUTE
            return [("organizations-update", each, MINUTE)]
        return []

    def _state(self, now, name, limit, seconds):
        window = self._windows.get(name)
        if window is None or now >= window[0] + seconds:
            window = self._windows[name] = [now, 0]
        reset = max(1, int(window[0] + seconds - now + 0.999))
        return window[1], limit, reset, name

    def _headers(self, states, counted):
        used, limit, reset, _name = states[0]
        left = max(0, limit - used - counted)
        headers = {
            "X-Rate-Limit": limit,
            "X-Rate-Limit-Remaining": left,
            "ratelimit-limit": limit,
            "ratelimit-remaining": left,
            "ratelimit-reset": reset,
        }
        for used, limit, reset, name in states[1:]:
            if not name.startswith("ticket-"):
                left = max(0, limit - used - counted)
                text = f"total={limit}; remaining={left}; resets={reset}"
                headers[f"zendesk-ratelimit-{name}"] = text
        return headers
