"""Errors in the shapes of the REST API."""

from ..routing import Refusal, Reply

#: Bodies are an array of {message, errorCode, fields} [S errorcodes]; a few pages show
#: a bare object, and `fields` is often left out [3P, apis collected 2026-11-22].
STYLES = ("array", "sparse", "bare")


class SalesforceError(Exception):
    """A refusal: ``code`` as in REQUIRED_FIELD_MISSING, ``fields`` by API name.

    ``more`` is put beside it in a single-record answer (``duplicateResut``).
    """

    def __init__(self, code, message, fields=(), status=400, more=None):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.fields = list(fields)
        self.status = status
        self.more = more or {}

    def row(self):
        """As one entry of the ``errors`` of a collection's result."""
        return {
            "statusCode": self.code,
            "message": self.message,
            "fields": self.fields,
            **self.more,
        }

    def line(self):
        """As the ``sf__Error`` of a bulk job's row. [S for "code and
        message"; M for the rest]"""
        return f"{self.code}:{self.message}:{' '.join(self.fields) or '--'}"


class Errors:
    """Builds error answers; ``style`` is one of :data:`STYLES`."""

    def __init__(self, style="array"):
        self.style = style

    def reply(self, error):
        """The :class:`Reply` of a :class:`SalesforceError`."""
        return Reply(error.status, self.body(error))

    def body(self, error):
        """The body alone, for sub-requests."""
        entry = {"message": error.message, "errorCode": error.code}
        if self.style != "sparse":
            if error.fields:
                entry["fields"] = error.fields
            entry.update(error.more)
        return entry if self.style == "bare" else [entry]

    def refuse(self, code, message, status=400, fields=()):
        """A :class:`Refusal` to raise."""
        return Refusal(self.reply(SalesforceError(code, message, fields, status)))


def not_found(message="The requested resource does not exist"):
    """404 of a record, an object or a path."""
    return SalesforceError("NOT_FOUND", message, status=404)
