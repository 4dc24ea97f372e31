import threading
import time

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..engine.prometheus import CONTENT_TYPE
from ..engine.rate_limit import RateLimit, caller

#: Seconds that an answer is good for: however often somebody asks, the database is
#: asked this often by each process.
GOOD_FOR = 10
#: How often one caller may have no token, or a wrong one.
refused_callers = RateLimit(rate=1, burst=30)
#: (name of the database, what) -> (until when, answer)
_answers = {}
_lock = threading.Lock()


def _kept(what, work, clock=time.monotonic):
    """An answer of the last seconds, or a new one; one thread makes it."""
    key = (request.db, what)
    until, answer = _answers.get(key, (0.0, None))
    if clock() < until:
        return answer
    with _lock:
        until, answer = _answers.get(key, (0.0, None))
        if clock() >= until:
            answer = work()
            _answers[key] = (clock() + GOOD_FOR, answer)
    return answer


class MonitoringController(http.Controller):
    """What monitoring systems ask."""

    @http.route(
        "/connector/health",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
        # A replica doesn't know which workers live: they hold locks.
        readonly=False,
    )
    def health(self, **_query):
        """``up`` or ``degraded``, and nothing beside it.

        Both are a 200: a load balancer takes no server out of service because a lane of
        the queue stands still, which hurts nobody who works with Odoo.
        """
        metrics = request.env(user=SUPERUSER_ID)["connector.metrics"]
        up = _kept("health", metrics._is_up)
        return _answer("up" if up else "degraded")

    @http.route(
        "/connector/metrics",
        type="http",
        auth="none",
        methods=["GET"],
        save_session=False,
        readonly=False,
    )
    def metrics(self, **_query):
        who = caller(request.httprequest.remote_addr)
        if refused_callers.is_spent(who):
            return _answer("", 429)
        metrics = request.env(user=SUPERUSER_ID)["connector.metrics"]
        scheme, _space, token = _authorization().partition(" ")
        accepted = metrics._accepts(token.strip())
        if accepted is None:
            return _answer("", 404)
        if not (accepted and scheme.lower() == "bearer"):
            refused_callers.take(who)
            return _answer("", 401, headers=(("WWW-Authenticate", "Bearer"),))
        return _answer(_kept("metrics", metrics._text), content_type=CONTENT_TYPE)


def _authorization():
    return request.httprequest.headers.get("Authorization") or ""


def _answer(body, status=200, content_type="text/plain; charset=utf-8", headers=()):
    return request.make_response(
        body,
        headers=[
            ("Content-Type", content_type),
            ("Cache-Control", "no-store"),
            *headers,
        ],
        status=status,
    )
