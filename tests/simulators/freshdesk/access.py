"""Who may do what, and how often."""

import base64
import binascii
import threading

from ..routing import Refusal
from . import errors, facts

KEY = "simulated-freshdesk-key"


class Access:
    """API keys of an account. ``keys``: key to the index of its agent.

    The key is the user of Basic auth; the password may be anything, ``X`` by habit.
    [S authentication] ``admins``: indexes of agents who may change fields.
    """

    def __init__(self, key):
        self.keys = {key: 0}
        self.revoked = set()
        self.admins = {0}

    def authenticate(self, request):
        """401 unless the user of Basic auth is a key."""
        key = _user(request.headers.get("Authorization", ""))
        if key not in self.keys or key in self.revoked:
            raise Refusal(errors.unauthenticated())
        request.notes["agent"] = self.keys[key]

    def require_admin(self, request):
        """403 unless the key is an administrator's. [S fields: "admin" only]"""
        if request.notes.get("agent") not in self.admins:
            raise Refusal(errors.denied())


def _user(header):
    kind, _space, rest = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, _colon, _password = base64.b64decode(rest, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return user.decode("utf-8", "replace")


class Meter:
    """Counts the credits of a minute, which begins with its first request [M], for the
    account and for the endpoints with a limit of their own.

    ``plan``: numbers as in :data:`facts.PLANS`; None: no limit and no headers.
    ``used_by_others``: credits a minute that other apps of the account take: the limit
    is the account's, not the key's. [S ratelimit]
    """

    def __init__(self, clock, plan=None):
        self.clock = clock
        self.plan = plan
        self.used_by_others = 0
        self._lock = threading.Lock()
        self._began = None
        self._used = {}

    def take(self, request, credits=1):
        """Count a request, an invalid one as well [S ratelimit]; 429 where it is one
        too many. The headers to send are noted in the request."""
        if self.plan is None:
            return
        own = facts.LIMITED.get((request.method, request.template))
        now = self.clock.now_ms()
        with self._lock:
            if self._began is None or now - self._began >= facts.RATE_SECONDS * 1000:
                self._began, self._used = now, {"total": self.used_by_others}
            names = [name for name in ("total", own) if name in self.plan]
            used = {name: self._used.get(name, 0) for name in names}
            costs = {name: credits if name == "total" else 1 for name in names}
            over = any(used[name] + costs[name] > self.plan[name] for name in names)
            if not over:
                for name in names:
                    self._used[name] = used[name] + costs[name]
            request.notes["rate_headers"] = {
                "X-RateLimit-Total": self.plan["total"],
                "X-RateLimit-Remaining": self.plan["total"] - self._used["total"],
                "X-RateLimit-Used-CurrentRequest": 0 if over else credits,
            }
            wait = facts.RATE_SECONDS * 1000 - (now - self._began)
        if over:
            raise Refusal(errors.limited(max(1, -(-wait // 1000))))
