"""Chargebee's answers and the error class of each.

Sources: https://apidocs.chargebee.com/docs/api/error-handling [S] for statuses, types
and the shape ``{"message", "type", "api_error_code", "param", "error_cause_id"}``;
enums of chargebee-typescript [SDK] for the codes. Every key may be missing: the status
decides where the body says nothing.
"""

import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.masking import mask_text
from odoo.addons.connector_base.providers.http_answers import (
    default_classify,
    retry_after,
)

VENDOR = "Chargebee"
RATE_LIMITED = (errors.RateLimited, "rate_limited")
SERVER_ERROR = (errors.TransientError, "server_error")
WRONG_KEY = (errors.AuthenticationError, "wrong_token")
NOT_ALLOWED = (errors.PermissionDenied, "missing_scope")
NOT_FOUND = (errors.RemoteNotFound, "not_found")
REFUSED = (errors.InvalidRecord, "refused")

#: Status -> (class, our code). What isn't named goes by its kind (4xx, 5xx). 409: the
#: record is not in a state for it.
BY_STATUS = {
    400: REFUSED,
    401: WRONG_KEY,
    402: REFUSED,
    403: NOT_ALLOWED,
    404: NOT_FOUND,
    405: REFUSED,
    409: REFUSED,
    415: REFUSED,
    429: RATE_LIMITED,
    500: SERVER_ERROR,
    502: SERVER_ERROR,
    503: SERVER_ERROR,
    504: SERVER_ERROR,
}
#: ``api_error_code`` -> (class, our code), before the status.
BY_CODE = {
    "api_authentication_failed": WRONG_KEY,
    "basic_authentication_failed": WRONG_KEY,
    "api_authorization_failed": NOT_ALLOWED,
    "site_not_found": (errors.RemoteNotFound, "wrong_host"),
    "resource_not_found": NOT_FOUND,
    "api_request_limit_exceeded": RATE_LIMITED,
    "third_party_api_request_limit_exceeded": RATE_LIMITED,
    "lock_timeout": SERVER_ERROR,
    "db_connection_failure": SERVER_ERROR,
    "internal_error": SERVER_ERROR,
    "internal_temporary_error": SERVER_ERROR,
    "site_not_ready": SERVER_ERROR,
    "site_read_only_mode": SERVER_ERROR,
    "request_blocked": NOT_ALLOWED,
}
DUPLICATE = "duplicate_entry"
WRONG_STATE = "invalid_state_for_request"
#: What a 409 says of a request whose first try is still worked on. [3P]
IN_PROGRESS = "previous request is still in progress"
#: Seconds until a limit lets us through again, where no Retry-After comes: the past
#: minute counts. [S] support article 250853
LIMIT_SECONDS = 60


def classify(status, body, headers):
    """The error of an answer of Chargebee.

    :param body: parsed JSON, or text
    :return: ``errors.ConnectorError``; its params ``detail``, ``vendor_code`` and
        ``property`` (the parameter that was refused) are Chargebee's
    """
    told = body if isinstance(body, dict) else {}
    message = str(told.get("message") or f"HTTP {status}")
    found = _lookup(status, told, message)
    if found is None:
        return default_classify(status, body, headers)
    error_type, code = found
    message = mask_text(message, 300)
    params = {"detail": message, "status": status}
    for name, key in (("vendor_code", "api_error_code"), ("property", "param")):
        if isinstance(told.get(key), str):
            params[name] = told[key]
    return error_type(
        message, code=code, params=params, retry_at=_retry_at(error_type, headers)
    )


def _lookup(status, told, message):
    """``(class, our code)``, or ``None`` where no table names the answer."""
    code = told.get("api_error_code")
    if code == WRONG_STATE and IN_PROGRESS in message:
        return SERVER_ERROR
    if code == "resource_not_found" and told.get("param"):
        # What the request names is missing, not what it asks for.
        return REFUSED
    return BY_CODE.get(code) or BY_STATUS.get(status)


def _retry_at(error_type, headers):
    moment = retry_after(headers)
    if moment is None and error_type is errors.RateLimited:
        now = datetime.datetime.now(datetime.UTC)
        moment = now + datetime.timedelta(seconds=LIMIT_SECONDS)
    return moment
