"""The sessions of all clients: which addresses they reach, and what they add."""

import requests

from .http_guard import GuardedAdapter
from .http_stream import ACCEPTED

#: Seconds to wait for a connection.
CONNECT_TIMEOUT = 5


class _Adapter(GuardedAdapter):
    """Waits less long for a connection than for an answer."""

    def send(self, request, timeout=None, **options):
        wait = (min(CONNECT_TIMEOUT, timeout), timeout)
        return super().send(request, timeout=wait, **options)


def new_session():
    """:return: ``requests.Session``"""
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter())
    session.headers["Accept-Encoding"] = ACCEPTED
    # Without one of its own, requests would put what a .netrc file of this machine
    # says about the host in place of our authorization.
    session.auth = lambda request: request
    return session
