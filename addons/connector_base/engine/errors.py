"""One class per kind of failure; the class decides what happens next.

A provider turns every answer of a vendor into one of these classes, an entity every
record that it cannot take. ``engine.retry.POLICIES`` says what each class leads to.
"""

#: Code of a :class:`RateLimited` that comes from our own budget, not from the vendor:
#: only the job waits, not the connection.
BUDGET_SPENT = "budget_spent"

#: Code of a :class:`RateLimited` of a connection that is armed in another place: the
#: job waits until somebody has said what this place is.
NOT_ARMED = "not_armed"
#: Codes of a :class:`RateLimited` that no vendor has asked for: it was not spoken to.
OURS = frozenset({BUDGET_SPENT, NOT_ARMED})

#: Code of an :class:`AuthenticationError` of an address that no request may go to:
#: another token helps nothing.
REFUSED_ADDRESS = "refused_address"
#: Code of a :class:`TransientError`: an answer holds something else than it should.
UNEXPECTED_SHAPE = "unexpected_shape"


class ConnectorError(Exception):
    """Base of all errors that the suite raises on purpose.

    :param message: one plain sentence for a person, without secrets
    :param code: the vendor's or our own short code, stable enough to group by
    :param params: values that the sentence and the cause fingerprint are made of
    :param request: what was asked, masked: ``{"method": str, "url": str}``
    :param response: what was answered, masked and cut: ``{"status": int, "body": str}``
    :param request_id: the vendor's id of the exchange, for its support desk
    :param retry_at: earliest time of another try, aware UTC, where the vendor named one
    """

    error_class = "bug"

    def __init__(
        self,
        message,
        *,
        code=None,
        params=None,
        request=None,
        response=None,
        request_id=None,
        retry_at=None,
    ):
        super().__init__(message)
        self.message = message
        self.code = code or self.error_class
        self.params = params or {}
        self.request = request
        self.response = response
        self.request_id = request_id
        self.retry_at = retry_at


class NotSent(ConnectorError):
    """A dry run came to a request that would change something at the vendor."""


class TransientError(ConnectorError):
    """Passes by itself: lock, 5xx, an answer that is cut or no JSON."""

    error_class = "transient"


class RemoteTimeout(TransientError):
    """No answer in time. The request may have been carried out all the same."""

    error_class = "timeout"


class RemoteDown(TransientError):
    """The vendor can't be reached at all: name, route, TLS or refused connection."""

    error_class = "remote_down"


class RateLimited(TransientError):
    """The vendor, or our own budget of requests, asks to wait until ``retry_at``."""

    error_class = "rate_limited"


class AuthenticationError(ConnectorError):
    """The vendor doesn't accept who we say we are: only an administrator can help."""

    error_class = "authentication"


class PermissionDenied(AuthenticationError):
    """The vendor knows us and doesn't let us: a scope or a licence is missing."""


class InvalidRecord(ConnectorError):
    """A value that one of both sides refuses."""

    error_class = "validation"


class MappingError(ConnectorError):
    """The field map or a value map gives no answer for what came in."""

    error_class = "mapping"


class MissingDependency(ConnectorError):
    """A record that this one refers to is neither in Odoo nor to be had."""

    error_class = "missing_dependency"


class AmbiguousMatch(ConnectorError):
    """Several Odoo records could be meant: a person decides, nothing is guessed."""

    error_class = "ambiguous_match"


class ConflictError(ConnectorError):
    """Both sides changed the same field since they last agreed."""

    error_class = "conflict"


class ClosedPeriod(ConnectorError):
    """The books of that date are closed."""

    error_class = "closed_period"


class RemoteNotFound(ConnectorError):
    """The vendor has no such record (any more): the flow's deletion rule applies."""

    error_class = "not_found"


ERROR_CLASSES = (
    "transient",
    "timeout",
    "remote_down",
    "rate_limited",
    "authentication",
    "validation",
    "mapping",
    "missing_dependency",
    "ambiguous_match",
    "conflict",
    "closed_period",
    "not_found",
    "bug",
)


def error_class_of(error):
    """The error class of any exception; what we did not raise ourselves is a bug."""
    return getattr(error, "error_class", "bug")
