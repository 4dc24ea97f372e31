"""Stripe's answers and the error class of each.

Sources: https://docs.stripe.com/api/errors and /error-codes [S] for types and codes;
https://docs.stripe.com/error-low-level and the official SDK's retry rule [SDK] for
``Stripe-Should-Retry`` and lock timeouts; OpenAPI ``api_errors`` [S] for the shape::

    {"error": {"type", "code", "decline_code", "message", "param", …}}

Every key may be missing: the status decides where the body says nothing.
"""

import datetime
import re

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.masking import mask_text
from odoo.addons.connector_base.providers.http_answers import (
    default_classify,
    retry_after,
)

VENDOR = "Stripe"
RATE_LIMITED = (errors.RateLimited, "rate_limited")
SERVER_ERROR = (errors.TransientError, "server_error")
WRONG_KEY = (errors.AuthenticationError, "wrong_token")
NOT_ALLOWED = (errors.PermissionDenied, "missing_scope")
NOT_FOUND = (errors.RemoteNotFound, "not_found")
REFUSED = (errors.InvalidRecord, "refused")
DECLINED = (errors.InvalidRecord, "declined")
REPLAYED = (errors.InvalidRecord, "idempotency")

#: Status -> (class, our code). What isn't named goes by its kind (4xx, 5xx). 409 is two
#: requests of one idempotency key at once, 424 a service behind Stripe that failed.
BY_STATUS = {
    400: REFUSED,
    401: WRONG_KEY,
    402: DECLINED,
    403: NOT_ALLOWED,
    404: NOT_FOUND,
    409: SERVER_ERROR,
    424: SERVER_ERROR,
    429: RATE_LIMITED,
    500: SERVER_ERROR,
    502: SERVER_ERROR,
    503: SERVER_ERROR,
    504: SERVER_ERROR,
}
#: ``error.type`` -> (class, our code), where it says more than the status. [S] types:
#: api_error, card_error, idempotency_error, invalid_request_error
BY_TYPE = {
    "card_error": DECLINED,
    "idempotency_error": REPLAYED,
}
#: ``error.code`` -> (class, our code), before type and status. A lock that somebody
#: else holds comes as 429, older versions name rate limits by 400.
BY_CODE = {
    "account_invalid": WRONG_KEY,
    "api_key_expired": WRONG_KEY,
    "idempotency_key_in_use": SERVER_ERROR,
    "livemode_mismatch": WRONG_KEY,
    "lock_timeout": SERVER_ERROR,
    "more_permissions_required": NOT_ALLOWED,
    "more_permissions_required_for_application": NOT_ALLOWED,
    "platform_api_key_expired": WRONG_KEY,
    "rate_limit": RATE_LIMITED,
    "secret_key_required": WRONG_KEY,
    "testmode_charges_only": WRONG_KEY,
    "tls_version_unsupported": (errors.RemoteDown, "tls"),
}
#: Code of an object that isn't there: with 404 the one that was asked for, with 400 one
#: that a parameter names.
MISSING = "resource_missing"
#: Codes of what is there already under the id that we gave.
EXISTING = frozenset({"resource_already_exists"})

#: How a 403 names what the key lacks. [3P, several quote it]
PERMISSION = re.compile(r"[Hh]aving the '([\w-]+)' permission")

#: Seconds until a limit lets us through again, where no Retry-After comes: limits are
#: counted by the second, and concurrent requests end within a few.
LIMIT_SECONDS = 2
#: Header that says whether another try may help, whatever the status. [SDK]
SHOULD_RETRY = "Stripe-Should-Retry"
#: Header of an answer that is only repeated, for its idempotency key. [S]
REPLAYED_HEADER = "Idempotent-Replayed"
#: Header that says which limit it was. [M]
LIMIT_REASON = "Stripe-Rate-Limited-Reason"


def classify(status, body, headers):
    """The error of an answer of Stripe.

    :param body: parsed JSON, or text
    :return: ``errors.ConnectorError``; its params ``detail``, ``vendor_code``,
        ``decline_code`` and ``property`` (the parameter that was refused) are Stripe's
    """
    told = body.get("error") if isinstance(body, dict) else None
    told = told if isinstance(told, dict) else {}
    found = _lookup(status, told, headers)
    if found is None:
        return default_classify(status, body, headers)
    error_type, code = found
    message = mask_text(str(told.get("message") or f"HTTP {status}"), 300)
    params = {"detail": message, "status": status}
    if permission := PERMISSION.search(message):
        params["scope"] = permission[1]
    for name, key in (
        ("vendor_code", "code"),
        ("decline_code", "decline_code"),
        ("property", "param"),
    ):
        if isinstance(told.get(key), str):
            params[name] = told[key]
    if headers.get(REPLAYED_HEADER) == "true":
        params["replayed"] = True
    if reason := headers.get(LIMIT_REASON):
        params["limit"] = reason
    return error_type(
        message, code=code, params=params, retry_at=_retry_at(error_type, headers)
    )


def is_missing(error):
    """Whether an error says that an object isn't there, asked for or named."""
    named = error.params.get("vendor_code") == MISSING
    return named or isinstance(error, errors.RemoteNotFound)


def _lookup(status, told, headers):
    """``(class, our code)``, or ``None`` where no table names the answer."""
    found = (
        BY_CODE.get(told.get("code"))
        or BY_TYPE.get(told.get("type"))
        or BY_STATUS.get(status)
    )
    advice = headers.get(SHOULD_RETRY)
    passing = found and issubclass(found[0], errors.TransientError)
    if advice == "true" and not passing:
        return SERVER_ERROR
    return found


def _retry_at(error_type, headers):
    moment = retry_after(headers)
    if moment is None and error_type is errors.RateLimited:
        now = datetime.datetime.now(datetime.UTC)
        moment = now + datetime.timedelta(seconds=LIMIT_SECONDS)
    return moment
