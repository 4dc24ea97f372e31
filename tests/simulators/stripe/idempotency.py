"""The memory of ``Idempotency-Key``: one key, one execution.

The first status and body are kept once an endpoint began to work, a 500 included, and
replayed for at least 24 hours; what failed validation, or met its twin in flight, is
not kept. [S docs.stripe.com/api/idempotent_requests; 409 and texts M]
"""

import threading

from ..routing import Refusal, Reply
from . import errors, facts


class Idempotency:
    """Keys of an account with what was answered; thread-safe."""

    def __init__(self, clock):
        self.clock = clock
        self._lock = threading.Lock()
        self._kept = {}
        self._running = set()

    def forget(self):
        """Forget all keys, as the vendor does after a day."""
        with self._lock:
            self._kept.clear()

    def is_running(self, key):
        """Whether a request with that key is being worked on."""
        with self._lock:
            return key in self._running

    def run(self, request, parameters, work):
        """What ``work`` answers, or what it answered when the key came first."""
        key = request.headers.get("Idempotency-Key")
        if not key or request.method != "POST":
            return work()
        if len(key) > facts.KEY_LENGTH:
            text = f"Idempotency keys are up to {facts.KEY_LENGTH} characters long."
            raise errors.invalid(request, text)
        asked = (request.method, request.path, repr(parameters))
        replay = self._begin(request, key, asked)
        if replay is not None:
            return replay
        try:
            try:
                reply = work()
            except Refusal as refusal:
                reply = refusal.reply
            except Exception:
                reply = errors.reply(
                    request, 500, "An unknown error occurred", kind=facts.API_ERROR
                )
                self._keep(key, asked, reply, request)
                raise
            self._keep(key, asked, reply, request)
        finally:
            with self._lock:
                self._running.discard(key)
        reply.headers["Idempotency-Key"] = key
        return reply

    def _begin(self, request, key, asked):
        with self._lock:
            if key in self._running:
                text = facts.TEXT_409_KEY.format(key)
                raise errors.refuse(
                    request,
                    409,
                    text,
                    "idempotency_key_in_use",
                    kind=facts.IDEMPOTENCY_ERROR,
                )
            known = self._kept.get(key)
            if known and self.clock.now_ms() - known[3] > facts.KEY_LIFE_MS:
                known = self._kept.pop(key) and None
            if known is None:
                self._running.add(key)
                return None
        first, status, body, _at, request_id = known
        if first != asked:
            text = facts.TEXT_400_KEY.format(key)
            raise errors.refuse(request, 400, text, kind=facts.IDEMPOTENCY_ERROR)
        headers = {
            "Idempotency-Key": key,
            "Idempotent-Replayed": "true",
            "Original-Request": request_id,
        }
        return Reply(status, body, headers)

    def _keep(self, key, asked, reply, request):
        kept = (asked, reply.status, reply.payload(), self.clock.now_ms())
        with self._lock:
            self._kept[key] = (*kept, request.notes["request_id"])
