"""Zendesk's answers and the error class of each.

Sources, below https://developer.zendesk.com: api-reference/introduction/requests [S]
for statuses and shapes, rate-limits [S] for 429, grant_type_tokens [S] for those of
OAuth; [3P] answers that public clients match or have recorded, [M] from memory. There
are four shapes: ``{"error": code, "description", "details": {field: [{"description",
"error"}]}}``, ``{"error": {"title", "message"}}`` of older parts, ``{"errors":
[{"code", "title", "detail"}]}`` of newer ones, and ``{"error", "error_description"}``
of OAuth. Every key may be missing: the status decides where the body says nothing.
"""

import datetime
import re

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.masking import mask_text
from odoo.addons.connector_base.providers.http_answers import (
    default_classify,
    retry_after,
)

from . import limits

VENDOR = "Zendesk"
RATE_LIMITED = (errors.RateLimited, "rate_limited")
SERVER_ERROR = (errors.TransientError, "server_error")
WRONG_TOKEN = (errors.AuthenticationError, "wrong_token")
SIGN_IN = (errors.AuthenticationError, "zendesk_sign_in_refused")
NOT_ALLOWED = (errors.PermissionDenied, "missing_scope")
NOT_FOUND = (errors.RemoteNotFound, "not_found")
REFUSED = (errors.InvalidRecord, "refused")
#: Somebody else has changed the ticket in between: it is read again first.
CONFLICT = (errors.TransientError, "zendesk_changed_meanwhile")
#: The limit of one endpoint, ticket or kind of work: whoever asks for that waits.
#: Others of the connection go on.
ENDPOINT_LIMIT = (errors.RateLimited, errors.BUDGET_SPENT)
ONE_TICKET = (errors.TransientError, "zendesk_ticket_limit")

#: Status -> (class, our code). What isn't named goes by its kind (4xx, 5xx).
BY_STATUS = {
    400: REFUSED,
    401: WRONG_TOKEN,
    403: NOT_ALLOWED,
    404: NOT_FOUND,
    405: REFUSED,
    406: REFUSED,
    409: CONFLICT,
    410: NOT_FOUND,
    413: REFUSED,
    415: REFUSED,
    422: REFUSED,
    423: SERVER_ERROR,
    429: RATE_LIMITED,
    500: SERVER_ERROR,
    502: SERVER_ERROR,
    503: SERVER_ERROR,
    504: SERVER_ERROR,
}
#: Code -> (class, our code), before the status. Jobs name the same ones for their rows.
BY_CODE = {
    # Who asks. [3P] 401 of a token, 403 of a scope; [S] OAuth's own
    "invalid_token": WRONG_TOKEN,
    "invalid_client": SIGN_IN,
    "invalid_grant": SIGN_IN,
    "invalid_scope": SIGN_IN,
    "unauthorized_client": SIGN_IN,
    "unsupported_grant_type": SIGN_IN,
    "forbidden": NOT_ALLOWED,
    "Forbidden": NOT_ALLOWED,
    "PermissionDenied": NOT_ALLOWED,
    # What is asked for. [S]
    "RecordNotFound": NOT_FOUND,
    "InvalidEndpoint": NOT_FOUND,
    # What is sent. [S] RecordInvalid and its details; [3P] TooManyValues
    "RecordInvalid": REFUSED,
    "InvalidValue": REFUSED,
    "BlankValue": REFUSED,
    "DuplicateValue": REFUSED,
    "TooManyValues": REFUSED,
    "InvalidPaginationParameter": REFUSED,
    "UnsupportedMediaType": REFUSED,
    "Unprocessable Entity": REFUSED,
    "IdempotentRequestError": REFUSED,
    # What passes. [3P] UpdateConflict, DatabaseConflict, StartTimeTooRecent; [M]
    "UpdateConflict": CONFLICT,
    "DatabaseConflict": SERVER_ERROR,
    "StartTimeTooRecent": SERVER_ERROR,
    "ServiceUnavailable": SERVER_ERROR,
    "InternalError": SERVER_ERROR,
    # Limits. [S] rate-limits
    "APIRateLimitExceeded": RATE_LIMITED,
    "TooManyJobs": ENDPOINT_LIMIT,
}
DUPLICATE = "DuplicateValue"
#: How a refusal says that a value is somebody else's, whatever its code. [3P]
TAKEN = re.compile(r"already (been taken|being used)", re.IGNORECASE)
#: What a refused change of a closed ticket says. [3P]
CLOSED = re.compile(r"closed prevents ticket update", re.IGNORECASE)
#: How a 403 names scopes. [3P]
SCOPES = re.compile(r"required scopes?:\s*(.+?)\.?$", re.IGNORECASE)
#: Seconds until a limit lets us through again, where no Retry-After comes: it counts
#: minutes. [S]
LIMIT_SECONDS = 60


def classify(status, body, headers):
    """The error of an answer of Zendesk.

    :param body: parsed JSON, or text
    :return: ``errors.ConnectorError``; its params ``detail``, ``vendor_code``,
        ``property`` (the field that was refused), ``scope`` and ``duplicate`` are made
        of Zendesk's
    """
    code, message, details = _told(body)
    found = BY_CODE.get(code) or BY_STATUS.get(status)
    if found is None:
        return default_classify(status, body, headers)
    if status == 429 and found is RATE_LIMITED:
        found = _limit(headers)
    params = {**_params(code, message, details), "status": status}
    return _error(found, params, message or f"HTTP {status}", headers)


def classify_sign_in(status, body, headers):
    """The error of an answer of the token endpoint: its 400 and 401 mean that nobody
    is let in."""
    code, message, _details = _told(body)
    if status not in (400, 401, 403):
        return classify(status, body, headers)
    params = {"status": status, "reason": code or str(status)}
    return _error(SIGN_IN, params, message or f"HTTP {status}", headers)


def row_error(item):
    """The error of a row that a job has refused.

    :param item: result of the row: ``{"error": code, "details": text}``
    """
    code, message = str(item.get("error") or ""), item.get("details")
    message = message if isinstance(message, str) else str(message or code)
    params = _params(code, message, {})
    return _error(BY_CODE.get(code, REFUSED), params, message, {})


def _told(body):
    """``(code, message, details)`` of a body; empty where it says nothing."""
    if not isinstance(body, dict):
        return "", "", {}
    told, details = body.get("error"), body.get("details")
    if isinstance(told, dict):
        return _text(told.get("title")), _text(told.get("message")), {}
    several = body.get("errors")
    if told is None and isinstance(several, list) and several:
        first = several[0] if isinstance(several[0], dict) else {}
        message = first.get("detail") or first.get("title")
        return _text(first.get("code")), _text(message), {}
    message = _text(body.get("description") or body.get("error_description"))
    return (
        _text(told),
        message or _text(body.get("message")) or _text(told),
        details if isinstance(details, dict) else {},
    )


def _text(value):
    return value if isinstance(value, str) else ""


def _params(code, message, details):
    params = {}
    if code:
        params["vendor_code"] = code
    parts, codes = [message], {code}
    for field, entries in details.items():
        params.setdefault("property", str(field))
        for entry in entries if isinstance(entries, list) else ():
            if isinstance(entry, dict):
                parts.append(_text(entry.get("description")))
                codes.add(entry.get("error"))
    text = ": ".join(part for part in parts if part)
    params["detail"] = text
    if DUPLICATE in codes or TAKEN.search(text):
        params["duplicate"] = True
    if CLOSED.search(text):
        params["closed"] = True
    if scope := SCOPES.search(text):
        params["scope"] = scope[1]
    return params


def _limit(headers):
    """What a 429 is about: the account's minute, an endpoint's, or one ticket.

    [S] rate-limits: an endpoint's own limit tells its count in a header of its own
    """
    if limits.left(headers) in (None, 0):
        return RATE_LIMITED
    return ONE_TICKET if limits.is_of_one_ticket(headers) else ENDPOINT_LIMIT


def _error(found, params, message, headers):
    error_type, code = found
    if params.get("closed"):
        code = "zendesk_ticket_closed"
    params["detail"] = message = mask_text(params.get("detail") or message, 300)
    return error_type(
        message,
        code=code,
        params={"vendor": VENDOR, **params},
        retry_at=_retry_at(found, headers),
    )


def _retry_at(found, headers):
    moment = retry_after(headers)
    if moment is None and found in (RATE_LIMITED, ENDPOINT_LIMIT, ONE_TICKET):
        now = datetime.datetime.now(datetime.UTC)
        moment = now + datetime.timedelta(seconds=LIMIT_SECONDS)
    return moment
