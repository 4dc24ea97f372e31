"""The vendor-neutral half of a simulator: HTTP, routing, log, faults, control.

A vendor's simulator is a :class:`Simulator` with routes and error shapes of its own::

    class StripeSimulator(Simulator):
        vendor = "stripe"

        def routes(self):
            return [Route("GET", "/v1/customers/{id}", self.read_customer)]

It binds 127.0.0.1 only, speaks HTTP/1.1 with keep-alive, and writes each answer in
one piece (no Nagle delay), so that it can stand in a benchmark.
"""

import socket
import sys
import threading
import time
import traceback
import uuid
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import control
from .clock import Clock
from .faults import FaultPlan
from .request_log import Entry, RequestLog
from .routing import Refusal, Reply, Request, RouteTable

HOST = "127.0.0.1"
#: Bodies larger than this are refused with 413, unless a vendor says otherwise.
MAX_BODY = 32 * 1024 * 1024
WEB_PAGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment</title></head>"
    b"<body><h1>We'll be right back</h1></body></html>"
)
REASONS = {status.value: status.phrase for status in HTTPStatus}


class _Cut(Exception):
    """Close the connection; ``sent`` is what leaves before it closes."""

    def __init__(self, sent=b""):
        super().__init__()
        self.sent = sent


class _Connection(BaseHTTPRequestHandler):
    """One client connection; everything of interest is the simulator's."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_one_request(self):
        try:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or len(self.raw_requestline) > 65536:
                self.close_connection = True
                return
            if not self.parse_request():
                self.wfile.flush()
                return
            self._serve()
        except _Cut as cut:
            self._close(cut.sent)
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _serve(self):
        simulator = self.server.simulator
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            self.close_connection = True
            self._write(Reply(411), {})
            return
        length = int(self.headers.get("Content-Length") or 0)
        if length > simulator.max_body:
            self.close_connection = True
            self._write(Reply(413), {})
            return
        body = self.rfile.read(length) if length else b""
        request = Request(
            self.command, self.path, self.headers, body, str(uuid.uuid4())
        )
        reply, half = simulator.answer(request)
        self._write(reply, simulator.headers(request), half)

    def _write(self, reply, extra, half=False):
        payload = reply.payload()
        lines = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Unknown')}"]
        if reply.status != 204:
            lines.append(f"Content-Length: {len(payload)}")
        if payload:
            lines.append(f"Content-Type: {reply.content_type}")
        for name, value in {**extra, **reply.headers}.items():
            lines.append(f"{name}: {value}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        if self.command == "HEAD" and not half:
            payload = b""
        if half:
            raise _Cut(head + payload[: len(payload) // 2])
        self.wfile.write(head + payload)
        self.wfile.flush()

    def _close(self, sent):
        self.close_connection = True
        try:
            if sent:
                self.wfile.write(sent)
                self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def handle_expect_100(self):
        going_on = super().handle_expect_100()
        self.wfile.flush()  # or the client waits for it before it sends its body
        return going_on

    def log_message(self, *_args):
        """Silent: the request log has it."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, address, simulator):
        super().__init__(address, _Connection)
        self.simulator = simulator
        self._open = set()
        self._open_lock = threading.Lock()

    def process_request(self, request, client_address):
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError | OSError):
            super().handle_error(request, client_address)

    def hang_up(self):
        """Close what clients keep open, so that their threads end."""
        with self._open_lock:
            still_open = list(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Simulator:
    """Base of the vendors' simulators, used as a context manager.

    Attributes: ``url``, ``port``, ``clock``, ``faults`` (:class:`FaultPlan`),
    ``requests`` (:class:`RequestLog`), ``crashes`` (tracebacks of handlers, which is
    a fault of the simulator itself: tests assert that it is empty).
    """

    vendor = "vendor"
    max_body = MAX_BODY

    def __init__(self, *, port=0, seed=0, clock=None, log_size=500):
        self.seed = seed
        self.clock = clock or Clock()
        self.faults = FaultPlan(seed)
        self.requests = RequestLog(log_size)
        self.crashes = []
        self.port = port
        self._is_down = False
        self._server = None
        self._thread = None
        self._date = (0, "")
        self._table = RouteTable([])
        self.set_routes(self.routes())
        self._control = RouteTable(self.control_routes())

    # What a vendor fills in

    def routes(self):
        """The vendor's :class:`Route` list."""
        return []

    def set_routes(self, routes):
        """Replace the routes, for a vendor that knows them only once it is built."""
        self._table = RouteTable(routes)

    def control_routes(self):
        """What ``/_control/`` offers; a vendor adds its own to these."""
        return control.routes(self)

    def guard(self, request):
        """Authentication, media type, rate limit: raise Refusal to stop here."""

    def headers(self, request):
        """Headers of every answer: name to value."""
        return {"Date": self.date_header()}

    def error(self, request, status, message, **details):
        """An error :class:`Reply` in the vendor's shape."""
        return Reply(status, {"error": message, **details})

    def fault_reply(self, request, fault):
        """The vendor's answer to a ``status``, ``rate_limit``, ``revoked`` or
        ``missing_scope`` fault."""
        status = {"rate_limit": 429, "revoked": 401, "missing_scope": 403}
        return self.error(
            request, status.get(fault.kind, fault.status), f"Simulated: {fault.kind}"
        )

    def state(self):
        """Counts that the control endpoint shows, JSON-ready."""
        return {}

    # Life

    @property
    def url(self):
        """Where it listens, without a slash at the end."""
        return f"http://{HOST}:{self.port}"

    def start(self):
        """Listen (on a free port when ``port`` is 0) and return self."""
        self._server = _Server((HOST, self.port), self)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.02},
            name=f"simulator-{self.vendor}",
            daemon=True,
        )
        self._thread.start()
        return self

    def stop(self):
        """Stop listening and hang up on every client."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._thread.join(timeout=5)
        self._server = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exc):
        self.stop()

    def down(self):
        """An outage: connections are accepted and closed without an answer.

        ``/_control/`` still answers.
        """
        self._is_down = True

    def up(self):
        """The end of the outage."""
        self._is_down = False

    @property
    def is_down(self):
        """Whether an outage is on."""
        return self._is_down

    # One request

    def answer(self, request):
        """``(reply, whether to send only half of it)``; raises _Cut to hang up."""
        if request.path.startswith("/_control/"):
            return self._answer_control(request), False
        if self._is_down:
            raise _Cut
        started = time.perf_counter()
        route, request.params, allowed = self._table.find(request.method, request.path)
        if route:
            request.template = route.template
        wait, fault = self.faults.draw(request.method, request.path)
        if wait:
            time.sleep(wait / 1000)
        status = 0
        try:
            reply, half = self._respond(request, route, allowed, fault)
            status = reply.status
            return reply, half
        finally:
            self._log(request, status, fault, started)

    def _respond(self, request, route, allowed, fault):
        if fault is None:
            return self._work(request, route, allowed), False
        if fault.behind:
            return _spoil(self._work(request, route, allowed), fault)
        if fault.kind == "drop":
            raise _Cut
        if fault.kind == "html":
            return Reply(200, WEB_PAGE, content_type="text/html; charset=utf-8"), False
        return self.fault_reply(request, fault), False

    def _work(self, request, route, allowed):
        try:
            if route is None and allowed:
                reply = self.error(request, 405, f"{request.method} is not allowed")
                reply.headers["Allow"] = ", ".join(sorted(allowed))
                return reply
            if route is None:
                return self.error(request, 404, f"No route {request.path}")
            self.guard(request)
            return route.handler(request)
        except Refusal as refusal:
            return refusal.reply
        except Exception:
            self.crashes.append(traceback.format_exc())
            traceback.print_exc()
            return self.error(request, 500, "internal error")

    def _answer_control(self, request):
        route, request.params, _allowed = self._control.find(
            request.method, request.path
        )
        if route is None:
            return Reply(404, {"error": f"no control {request.method} {request.path}"})
        try:
            return Reply(200, route.handler(request) or {"ok": True})
        except (KeyError, TypeError, ValueError) as error:
            return Reply(400, {"error": f"{type(error).__name__}: {error}"})

    def _log(self, request, status, fault, started):
        self.requests.add(
            Entry(
                at_ms=self.clock.now_ms(),
                method=request.method,
                path=request.path,
                template=request.template,
                query=request.query,
                body=request.body.decode("utf-8", "replace"),
                status=status,
                fault=fault.kind if fault else None,
                elapsed_ms=round((time.perf_counter() - started) * 1000, 3),
                correlation_id=request.correlation_id,
            )
        )

    def date_header(self):
        """The ``Date`` header by the simulator's clock."""
        second = self.clock.now_ms() // 1000
        if self._date[0] != second:
            self._date = (second, formatdate(second, usegmt=True))
        return self._date[1]


def _spoil(reply, fault):
    """Let a good answer go bad on its way."""
    payload = reply.payload()
    if fault.kind == "drop":
        raise _Cut
    if fault.kind == "drop_half":
        return reply, True
    if fault.kind == "truncated":
        spoilt = payload[: max(1, len(payload) // 2)]
    else:
        spoilt = b'{"results": [{"id": ' + payload[:40].replace(b'"', b"'")
    return Reply(200, spoilt, reply.headers, reply.content_type), False
