"""Answers of HTTP: what they hold, and what they mean by themselves (RFC 9110)."""

import dataclasses
import datetime
import email.utils
import logging

import requests

from ..engine import errors
from ..engine.answers import UNFIT, place_of

_logger = logging.getLogger(__name__)

#: Longest wait that a vendor may ask for: a clock that is wrong must not stop us for
#: ever.
LONGEST_WAIT = datetime.timedelta(days=1)


@dataclasses.dataclass(slots=True)
class Reply:
    """A good answer, already parsed."""

    status: int
    data: object
    headers: requests.structures.CaseInsensitiveDict
    request_id: str | None = None


@dataclasses.dataclass(slots=True)
class StreamedReply:
    """A good answer whose body is still coming.

    :param lines: iterator of its lines as text, line ends kept; raises
        ``errors.ConnectorError`` where the vendor breaks off
    """

    status: int
    lines: object
    headers: requests.structures.CaseInsensitiveDict
    request_id: str | None = None


def default_classify(status, body, headers):
    """Class of an HTTP error by its status alone (RFC 9110), for vendors' tables."""
    if status == 401:
        return errors.AuthenticationError("Not authenticated.", code="wrong_token")
    if status == 403:
        return errors.PermissionDenied("Not allowed.", code="missing_scope")
    if status in (404, 410):
        return errors.RemoteNotFound("Not found.", code="not_found")
    if status == 429:
        return errors.RateLimited(
            "Too many requests.", code="rate_limited", retry_at=retry_after(headers)
        )
    if status in (408, 423, 425) or status >= 500:
        return errors.TransientError(
            f"The remote system failed with HTTP {status}.",
            code="server_error",
            params={"status": status},
            retry_at=retry_after(headers),
        )
    return errors.InvalidRecord(
        f"The request was refused with HTTP {status}.",
        code="refused",
        params={"status": status},
    )


def classified(classify, status, body, headers):
    """The error of a refusal by a vendor's table; by its status alone where the body is
    none that the table can read."""
    try:
        return classify(status, body, headers)
    except UNFIT as error:
        _logger.warning(
            "A refusal of another shape, HTTP %s\n%s", status, place_of(error)
        )
        return default_classify(status, body, headers)


def retry_after(headers, clock=lambda: datetime.datetime.now(datetime.UTC)):
    """The time that a ``Retry-After`` header names (RFC 9110, 10.2.3), or ``None``.

    :return: aware UTC, a day ahead at most; seconds and HTTP dates are both understood
    """
    text = (headers.get("Retry-After") or "").strip()
    now = clock()
    try:
        moment = now + datetime.timedelta(seconds=float(text))
    except OverflowError:
        moment = now + LONGEST_WAIT
    except ValueError:
        try:
            # Locales of this machine don't matter to it, and old forms are known.
            moment = email.utils.parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
    return min(max(moment, now), now + LONGEST_WAIT)
