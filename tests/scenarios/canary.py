"""Unmistakable secrets, and where they turned up.

All secrets begin alike, so that the search for one finds all of them, also cut off,
quoted, escaped, in hexadecimal digits, or as base64 wherever they begin in it.
"""

import base64
import json
import logging
import secrets
import types

from cryptography.fernet import Fernet
from simulators.routing import Reply
from simulators.server import _Cut

#: Letters and digits only: it looks the same quoted, in an address and in JSON.
MARK = "Kanarienvogel7"


def secret(name):
    """A secret that nobody may find anywhere."""
    return f"{MARK}{name}{secrets.token_hex(8)}"


def master_key():
    """A key of the server: base64 of 32 bytes, and still a canary."""
    random = Fernet.generate_key().decode()
    return MARK + random[len(MARK) :]


def marking(module, monkeypatch):
    """Let what a simulator gives for tokens begin as all canaries do."""
    made = types.SimpleNamespace(**vars(secrets))
    made.token_hex = lambda size=None: MARK + secrets.token_hex(size)
    made.token_urlsafe = lambda size=None: MARK + secrets.token_urlsafe(size)
    monkeypatch.setattr(module, "secrets", made)


def _spellings():
    text = MARK.encode()
    yield MARK
    yield text.hex()
    for skipped in range(3):
        # The letters that stand for it whole, whatever is before and after.
        coded = base64.b64encode(b"x" * skipped + text).decode()
        yield coded[(4 if skipped else 0) : len(coded) // 4 * 4 - 4]


SPELLINGS = tuple(_spellings())


def found_in(text):
    """The first place in a text where a canary is, with what is around it, or None."""
    for spelling in SPELLINGS:
        at = text.find(spelling)
        if at >= 0:
            return text[max(at - 80, 0) : at + 60]
    return None


def found_in_database(cr):
    """``[(table, what is around)]`` of all rows of all tables that hold a canary."""
    cr.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for (table,) in cr.fetchall():
        cr.execute(
            f'SELECT t::text FROM "{table}" t WHERE t::text LIKE ANY(%s) LIMIT 3',  # noqa: S608
            ([f"%{spelling}%" for spelling in SPELLINGS],),
        )
        found += [(table, found_in(row)) for (row,) in cr.fetchall()]
    return found


class Log(logging.Handler):
    """All that is logged, as the server's log would have it, tracebacks included."""

    #: Who is listened to at their most talkative.
    NAMES = ("odoo.addons", "odoo.http", "werkzeug", "urllib3", "requests")

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    def __enter__(self):
        self._before = [
            (logger, logger.level)
            for logger in map(logging.getLogger, ("", *self.NAMES))
        ]
        for logger, _level in self._before[1:]:
            logger.setLevel(logging.DEBUG)
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_exc):
        logging.getLogger().removeHandler(self)
        for logger, level in self._before:
            logger.setLevel(level)

    @property
    def found(self):
        return [place for line in self.lines if (place := found_in(line))]


# -- vendors that tell all that they were told -------------------------------------


def _told(request):
    """All of a request as one text: headers, address, and body, decoded as well."""
    kind, _space, given = request.headers.get("Authorization", "").partition(" ")
    plain = ""
    if kind.lower() == "basic":
        plain = base64.b64decode(given + "==").decode("utf-8", "replace")
    body = request.body.decode("utf-8", "replace")
    return f"{dict(request.headers)} {plain} {request.target} {body}"


def _failing(status):
    def answer(request):
        told = _told(request)
        error = {"message": told, "type": "invalid_request_error", "code": told}
        body = {
            "message": told,
            "error": error if status != 400 else told,
            "error_description": told,
            "errors": [{"message": told, "field": "x", "context": {"x": [told]}}],
            "description": told,
            "category": "VALIDATION_ERROR",
            "errorCode": "INVALID_FIELD",
        }
        flat = told.encode("ascii", "replace").decode().replace("\r", "")
        flat = flat.replace("\n", " ")[:1500]
        names = ("Request-Id", "X-Request-Id", "x-hubspot-correlation-id", "X-Told")
        return Reply(status, body, dict.fromkeys(names, flat)), False

    return answer


def _cut_off(request):
    raise _Cut(
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + _told(request).encode()
    )


def _elsewhere(request):
    where = "https://elsewhere.example/?" + _told(request).replace("\n", " ")[:900]
    return Reply(302, None, {"Location": where.encode("ascii", "replace").decode()}), 0


#: How a vendor fails: what it is called, and its answer to a request.
FAILURES = {
    "unauthorized": _failing(401),
    "forbidden": _failing(403),
    "refused": _failing(422),
    "bad request": _failing(400),
    "server error": _failing(500),
    "malformed": lambda request: (
        Reply(200, json.dumps(_told(request))[:-1].encode()),
        0,
    ),
    "another shape": lambda request: (Reply(200, {"told": _told(request)}), 0),
    "web page": lambda request: (
        Reply(200, f"<html>{_told(request)}</html>".encode(), content_type="text/html"),
        0,
    ),
    "cut off": _cut_off,
    "elsewhere": _elsewhere,
}
