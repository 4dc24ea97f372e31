"""A vendor of no special kind, and a server that answers with any bytes."""

import contextlib
import socket
import threading
import time

import pytest
from simulators.routing import Reply, Route
from simulators.server import Simulator

from odoo.addons.connector_base.engine import errors


class Vendor(Simulator):
    """``/thing`` takes every method, ``/nothing`` has no content (204), ``/empty`` has
    no body (200), ``/headers`` shows what was sent, ``/elsewhere`` leads to ``target``
    with the status ``moved``, and ``/echo`` fails with ``echo_status`` and repeats the
    authorization.
    """

    vendor = "vendor"
    target = ""
    moved = 302
    echo_status = 401
    echo_padding = ""
    echo_type = "application/json"

    def routes(self):
        return [
            Route("GET", "/thing", lambda request: Reply(200, {"name": "Ünïcödé"})),
            Route("POST", "/thing", lambda request: Reply(201, request.json())),
            *(
                Route(method, "/thing", lambda request: Reply(200, request.json()))
                for method in ("DELETE", "PATCH", "PUT")
            ),
            Route("GET", "/nothing", lambda request: Reply(204)),
            Route("DELETE", "/nothing", lambda request: Reply(204)),
            Route("GET", "/empty", lambda request: Reply(200, b"")),
            Route("GET", "/headers", self.show_headers),
            Route("GET", "/elsewhere", self.send_elsewhere),
            Route("GET", "/echo", self.echo),
        ]

    def show_headers(self, request):
        return Reply(200, dict(request.headers))

    def send_elsewhere(self, request):
        return Reply(self.moved, None, {"Location": self.target})

    def echo(self, request):
        sent = self.echo_padding + request.headers.get("Authorization", "")
        if self.echo_type == "application/json":
            body = {"message": sent, "errors": [{"context": {"sent": [sent]}}]}
        else:
            body = f"<p>{sent}</p>".encode()
        return Reply(self.echo_status, body, content_type=self.echo_type)


@contextlib.contextmanager
def bytes_server(*pieces, pause=0.0):
    """The address of a server that answers every request with ``pieces``.

    :param pause: seconds between two pieces
    """
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def answer(connection):
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            for number, piece in enumerate(pieces):
                if number:
                    ended.wait(pause)
                connection.sendall(piece)

    def serve():
        with contextlib.suppress(OSError):
            while True:
                connection, _address = listener.accept()
                answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield "http://127.0.0.1:%d" % listener.getsockname()[1]
    finally:
        ended.set()
        # A listener that is only closed would go on to accept.
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)


def closed_port():
    """A port of this machine at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def wait_until(condition, seconds=5):
    """Wait for another thread; whether it came to it."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def failure(call, *args, **options):
    """The error that a call ends with."""
    with pytest.raises(errors.ConnectorError) as caught:
        call(*args, **options)
    return caught.value
