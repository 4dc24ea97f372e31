"""Who may do what, how often, and what is done once only."""

import base64
import binascii
import threading
from collections import deque

from ..routing import Refusal, Reply
from . import errors, facts

KEY = "simulated-chargebee-key"


class Access:
    """API keys of a site. ``keys``: key to ``full`` or ``read_only``.

    [S chargebee.com/docs/api_keys.html; read-only keys can't see coupons there, which
    is not held: "Read-only: All" can]
    """

    def __init__(self, key):
        self.keys = {key: "full"}
        self.revoked = set()

    def authenticate(self, request):
        """401 unless the user of Basic auth is a key and the password is empty."""
        key = _user(request.headers.get("Authorization", ""))
        if key not in self.keys or key in self.revoked:
            raise Refusal(unauthenticated())
        if request.method != "GET" and self.keys[key] == "read_only":
            raise Refusal(unauthorized())


def unauthenticated():
    """401."""
    return errors.reply(401, "api_authentication_failed", facts.TEXT_401)


def unauthorized():
    """403. [M for the status; SDK for the code]"""
    return errors.reply(403, "api_authorization_failed", facts.TEXT_403)


def _user(header):
    kind, _space, rest = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(rest, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return None
    return user.decode("utf-8", "replace") if colon and not password else None


class Meter:
    """Counts requests of the past minute on the simulator's clock; ``limit`` None: no
    limit."""

    def __init__(self, clock, limit=None):
        self.clock = clock
        self.limit = limit
        self._lock = threading.Lock()
        self._window = deque()

    def take(self):
        """Count a request; refuse it with 429 where it is one too many."""
        if self.limit is None:
            return
        now = self.clock.now_ms()
        with self._lock:
            while self._window and self._window[0] <= now - facts.RATE_SECONDS * 1000:
                self._window.popleft()
            if len(self._window) < self.limit:
                self._window.append(now)
                return
            wait = facts.RATE_SECONDS * 1000 - (now - self._window[0])
        raise Refusal(errors.limited(max(1, -(-wait // 1000))))


class Idempotency:
    """Answers of writes by key: the same key again within 30 minutes gets the same
    answer, with a header that says so. [S idempotency]

    What differs while the key is the same is refused [M], and a repeat while the first
    is worked on, with 409 [3P].
    """

    def __init__(self, clock):
        self.clock = clock
        self._lock = threading.Lock()
        self._kept = {}

    def run(self, request, work):
        """The reply of ``work()``, or the one kept for the request's key."""
        key = request.headers.get(facts.IDEMPOTENCY_HEADER)
        if not key:
            return work()
        if len(key) > facts.IDEMPOTENCY_LENGTH:
            raise errors.refuse(400, "invalid_request", "The idempotency key is long")
        asked = (request.path, request.body)
        now = self.clock.now_ms()
        with self._lock:
            at, given, reply = self._kept.get(key, (0, None, None))
            fresh = given and now - at < facts.IDEMPOTENCY_SECONDS * 1000
            if fresh and given != asked:
                text = "The idempotency key was used for another request"
                raise errors.refuse(400, "invalid_request", text)
            if fresh and reply is None:
                raise errors.state(facts.TEXT_IN_PROGRESS)
            if fresh:
                headers = {**reply.headers, facts.REPLAYED_HEADER: "true"}
                return Reply(reply.status, reply.body, headers)
            self._kept[key] = (now, asked, None)
        try:
            reply = work()
        except Refusal as refusal:
            # Refused before anything was done: another try is looked at afresh.
            with self._lock:
                del self._kept[key]
            raise refusal
        except BaseException:
            with self._lock:
                del self._kept[key]
            raise
        with self._lock:
            self._kept[key] = (now, asked, reply)
        return reply
