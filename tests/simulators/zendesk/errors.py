"""Error bodies in Zendesk's shapes. [S introduction/requests; M for texts]

There are three: ``{"error": code, "description": text}``, with ``details`` by field
when a record is invalid, and ``{"error": {"title", "message"}}`` of older parts.
"""

from ..routing import Refusal, Reply
from . import facts


def reply(status, code, description, **more):
    """An error :class:`Reply` of the usual shape."""
    return Reply(status, {"error": code, "description": description, **more})


def titled(status, title, message):
    """One of the older shape."""
    return Reply(status, {"error": {"title": title, "message": message}})


def refuse(status, code, description, **more):
    """The same as :func:`reply`, to raise."""
    return Refusal(reply(status, code, description, **more))


def not_found():
    """404 of a record."""
    return refuse(404, "RecordNotFound", "Not found")


def bad_request(message, title="Invalid attribute"):
    """400 of a parameter."""
    return Refusal(titled(400, title, message))


def too_many(name):
    """400 of a bulk request with more than 100 rows."""
    text = facts.TEXT_SIZE.format(name=name)
    return refuse(400, "TooManyValues", text, max_count=facts.BULK)


def unauthenticated(expired=True):
    """401: of a token that is no good, or of no token."""
    if not expired:
        return Reply(401, {"error": facts.TEXT_401})
    body = {"error": "invalid_token", "error_description": facts.TEXT_TOKEN}
    return Reply(401, body, {"WWW-Authenticate": 'Bearer error="invalid_token"'})


def forbidden():
    """403 of what the user of the token may not do."""
    return titled(403, "Forbidden", facts.TEXT_403)


def missing_scope(scope):
    """403 of what the token was not given."""
    return reply(403, "forbidden", facts.TEXT_SCOPE.format(scope=scope))


def limited(retry_after, code="APIRateLimitExceeded", text=facts.TEXT_429):
    """429, always with the seconds to wait."""
    answer = reply(429, code, text)
    answer.headers["Retry-After"] = str(retry_after)
    return answer


class Invalid(Exception):
    """Collects what is wrong with a record; ``details``: field to its errors."""

    def __init__(self, field=None, text="", code="InvalidValue"):
        super().__init__(text)
        self.details = {}
        if field:
            self.add(field, text, code)

    def add(self, field, text, code="InvalidValue"):
        """One more error of a field."""
        entry = {"description": text, "error": code}
        self.details.setdefault(field, []).append(entry)

    def raise_if_any(self):
        """Raise this if something is wrong."""
        if self.details:
            raise self

    def sentence(self):
        """All of it in a line, as a job tells it."""
        return ", ".join(
            each["description"] for errors in self.details.values() for each in errors
        )

    def refusal(self):
        """422 RecordInvalid."""
        return refuse(
            422, "RecordInvalid", "Record validation errors", details=self.details
        )
