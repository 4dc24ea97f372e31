"""HubSpot's answers and the error class of each.

Every field of an error body is optional
(https://developers.hubspot.com/docs/api-reference/error-handling): the status decides
where the body says nothing.
"""

import datetime
import json

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.masking import mask_text
from odoo.addons.connector_base.providers.http_answers import (
    default_classify,
    retry_after,
)

VENDOR = "HubSpot"

#: Status -> (class, our code). Sources: error-handling page above; 423 and 477 are
#: passing (lock, account in migration) with Retry-After. 409: a record with the same
#: unique value exists. What is not named here goes by its kind (4xx, 5xx). No answer at
#: all (timeout, remote down) is the same with every vendor: the HTTP client names it.
BY_STATUS = {
    400: (errors.InvalidRecord, "refused"),
    401: (errors.AuthenticationError, "wrong_token"),
    403: (errors.PermissionDenied, "missing_scope"),
    404: (errors.RemoteNotFound, "not_found"),
    408: (errors.TransientError, "server_error"),
    409: (errors.InvalidRecord, "refused"),
    410: (errors.RemoteNotFound, "not_found"),
    415: (errors.InvalidRecord, "refused"),
    423: (errors.TransientError, "server_error"),
    429: (errors.RateLimited, "rate_limited"),
    477: (errors.TransientError, "server_error"),
    500: (errors.TransientError, "server_error"),
    502: (errors.TransientError, "server_error"),
    503: (errors.TransientError, "server_error"),
    504: (errors.TransientError, "server_error"),
}

#: Category of one row of a batch -> (class, our code). [S] error-handling page, OpenAPI
#: Error; those of what passes and of tokens [M]. What is not named here is refused.
BY_CATEGORY = {
    "VALIDATION_ERROR": (errors.InvalidRecord, "refused"),
    "CONFLICT": (errors.InvalidRecord, "refused"),
    "OBJECT_NOT_FOUND": (errors.RemoteNotFound, "refused"),
    "MISSING_SCOPES": (errors.PermissionDenied, "missing_scope"),
    "INVALID_AUTHENTICATION": (errors.AuthenticationError, "wrong_token"),
    "EXPIRED_AUTHENTICATION": (errors.AuthenticationError, "wrong_token"),
    "RATE_LIMITS": (errors.RateLimited, "rate_limited"),
    "INTERNAL_ERROR": (errors.TransientError, "server_error"),
}

#: Name of a rate limit -> seconds until it lets us through again, where no Retry-After
#: comes. The daily one resets at midnight of the account's time zone: asked again
#: every quarter of an hour. [S] usage guidelines; policy names [M]
POLICY_SECONDS = {
    "SECONDLY": 1,
    "TEN_SECONDLY_ROLLING": 10,
    "DAILY": 900,
}
DEFAULT_POLICY_SECONDS = 10


def classify(status, body, headers):
    """The error of an answer of HubSpot.

    :param body: parsed JSON, or text
    :return: ``errors.ConnectorError``
    """
    body = body if isinstance(body, dict) else {}
    known = BY_STATUS.get(status)
    if known is None:
        return default_classify(status, body, headers)
    error_type, code = known
    message = mask_text(_plain(str(body.get("message") or f"HTTP {status}")), 300)
    params = {"detail": message, "status": status, **_refused_value(body)}
    scopes = _scopes(body)
    if scopes:
        params["scope"] = ", ".join(scopes)
    retry_at = retry_after(headers)
    if status == 429 and retry_at is None:
        policy = str(body.get("policyName"))
        seconds = POLICY_SECONDS.get(policy, DEFAULT_POLICY_SECONDS)
        now = datetime.datetime.now(datetime.UTC)
        retry_at = now + datetime.timedelta(seconds=seconds)
    correlation_id = body.get("correlationId")
    return error_type(
        message,
        code=code,
        params=params,
        request_id=correlation_id if isinstance(correlation_id, str) else None,
        retry_at=retry_at,
    )


def row_error(item):
    """The error of one row of a batch, as a 207 lists it.

    :param item: ``{"category", "message", "context", "errors"}``, all optional
    :return: ``errors.ConnectorError``; its params ``property`` and ``reason`` name the
        value that was refused, where HubSpot does
    """
    category = str(item.get("category") or "")
    error_type, code = BY_CATEGORY.get(category, (errors.InvalidRecord, "refused"))
    message = mask_text(_plain(str(item.get("message") or category or "refused")), 300)
    params = {"vendor": VENDOR, "detail": message, **_refused_value(item)}
    scopes = _scopes(item)
    if scopes:
        params["scope"] = ", ".join(scopes)
    return error_type(message, code=code, params=params)


def _plain(message):
    """The sentence of a refusal without the JSON that HubSpot puts around it."""
    _head, _sep, listed = message.partition("Property values were not valid: ")
    try:
        found = json.loads(listed)
        return " ".join(str(each["message"]) for each in found)
    except (ValueError, TypeError, KeyError):
        return message


def _refused_value(item):
    """``{"property", "reason"}`` of a refusal, by its details or its message."""
    for detail in _list(item.get("errors")):
        context = detail.get("context") if isinstance(detail, dict) else None
        names = _list(context.get("propertyName")) if isinstance(context, dict) else []
        if names:
            reason = str(detail.get("code") or "")
            return {"property": str(names[0]), "reason": reason}
    _head, _sep, listed = str(item.get("message")).partition("not valid: ")
    try:
        first = json.loads(listed)[0]
        return {"property": str(first["name"]), "reason": str(first["error"])}
    except (ValueError, TypeError, KeyError, IndexError):
        return {}


def _scopes(body):
    """The scopes that a 403 names in ``errors[].context``."""
    found = []
    for error in _list(body.get("errors")):
        context = error.get("context") if isinstance(error, dict) else None
        if isinstance(context, dict):
            for key in ("requiredGranularScopes", "requiredScopes"):
                found += _list(context.get(key))
    return list(dict.fromkeys(str(scope) for scope in found))


def _list(value):
    return value if isinstance(value, list) else []
