"""The other end of a delivery: a server that keeps what it is sent.

    with Receiver() as receiver:
        hubspot.webhooks.configure(target=receiver.url)

It binds 127.0.0.1 only.
"""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .routing import Reply
from .server import HOST


class Receiver:
    """Keeps the POSTs that come and answers as told.

    ``url``; ``deliveries``: (headers, body) in the order they came; ``times``: when
    they came, monotonic seconds; ``answers``: a :class:`Reply` to each of the next
    ones, ``answer`` (200 and nothing else) once there are no more.
    """

    def __init__(self, path="/", answer=None):
        self.deliveries = []
        self.times = []
        self.answers = []
        self.answer = answer or Reply()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.times.append(time.monotonic())
                receiver.deliveries.append((self.headers, body))
                answers = receiver.answers
                reply = answers.pop(0) if answers else receiver.answer
                payload = reply.payload()
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_args):
                """Silent: what came is kept."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://{HOST}:{self._server.server_port}{path}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exc):
        self.stop()

    def stop(self):
        """Be gone: from now on nobody answers."""
        self._server.shutdown()
        self._server.server_close()
