"""Freshdesk's answers and the error class of each.

Sources: https://developers.freshdesk.com/api/#error [S] for the statuses and the shapes
``{"code", "message"}`` and ``{"description", "errors": [{"field", "message", "code",
"additional_info"}]}``, and for the codes; ``additional_info`` of a value that is taken
names whose it is [3P, clients that read ``user_id``]. A 404 has no body. Every key may
be missing: the status decides where the body says nothing.
"""

import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.masking import mask_text
from odoo.addons.connector_base.providers.http_answers import (
    default_classify,
    retry_after,
)

VENDOR = "Freshdesk"
RATE_LIMITED = (errors.RateLimited, "rate_limited")
SERVER_ERROR = (errors.TransientError, "server_error")
WRONG_KEY = (errors.AuthenticationError, "wrong_token")
NOT_ALLOWED = (errors.PermissionDenied, "missing_scope")
NOT_FOUND = (errors.RemoteNotFound, "not_found")
REFUSED = (errors.InvalidRecord, "refused")
#: Contacts that are deleted or blocked, and deleted tickets, can only be read. [3P]
READ_ONLY = (errors.RemoteNotFound, "read_only")
DUPLICATE = (errors.AmbiguousMatch, "duplicate_remotely")

#: Status -> (class, our code). What isn't named goes by its kind (4xx, 5xx). 409
#: without a code of its own: another request is at the record.
BY_STATUS = {
    400: REFUSED,
    401: WRONG_KEY,
    403: NOT_ALLOWED,
    404: NOT_FOUND,
    405: READ_ONLY,
    406: REFUSED,
    409: SERVER_ERROR,
    415: REFUSED,
    429: RATE_LIMITED,
    500: SERVER_ERROR,
    502: SERVER_ERROR,
    503: SERVER_ERROR,
    504: SERVER_ERROR,
}
#: ``code`` of the answer, or of one of its fields -> (class, our code), before the
#: status. [S error; 3P for those of the account]
BY_CODE = {
    "duplicate_value": DUPLICATE,
    "missing_field": REFUSED,
    "invalid_value": REFUSED,
    "datatype_mismatch": REFUSED,
    "invalid_field": REFUSED,
    "invalid_format": REFUSED,
    "invalid_date": REFUSED,
    "invalid_size": REFUSED,
    "readonly_field": REFUSED,
    "inaccessible_field": REFUSED,
    "incompatible_field": REFUSED,
    "invalid_json": REFUSED,
    "invalid_content_type": REFUSED,
    "invalid_credentials": WRONG_KEY,
    "password_expired": WRONG_KEY,
    "password_lockout": WRONG_KEY,
    "access_denied": NOT_ALLOWED,
    "require_feature": NOT_ALLOWED,
    "account_suspended": NOT_ALLOWED,
    "ssl_required": NOT_ALLOWED,
    "method_not_allowed": READ_ONLY,
    "inconsistent_state": SERVER_ERROR,
}
#: Seconds until a limit lets us through again, where no Retry-After comes: limits are
#: of a minute. [S ratelimit]
LIMIT_SECONDS = 60
#: Keys of ``additional_info`` that name a record. [3P]
OWNERS = ("user_id", "company_id")


def classify(status, body, headers):
    """The error of an answer of Freshdesk.

    :param body: parsed JSON, or text
    :return: ``errors.ConnectorError``; its params ``detail``, ``vendor_code`` and
        ``property`` (the field that was refused) are Freshdesk's; where a value is
        taken, ``taken`` names the fields and ``candidates`` the ids of who has it
    """
    told = body if isinstance(body, dict) else {}
    problems = [each for each in _list(told.get("errors")) if isinstance(each, dict)]
    found = _lookup(status, told, problems)
    if found is None:
        return default_classify(status, body, headers)
    error_type, code = found
    message = mask_text(_message(status, told, problems), 300)
    params = {"detail": message, "status": status}
    first = _decisive(problems)
    vendor_code = told.get("code") or first.get("code")
    for name, value in (("vendor_code", vendor_code), ("property", first.get("field"))):
        if isinstance(value, str):
            params[name] = value
    if error_type is errors.AmbiguousMatch:
        params |= _taken(problems)
    return error_type(
        message, code=code, params=params, retry_at=_retry_at(error_type, headers)
    )


def _lookup(status, told, problems):
    """``(class, our code)``, or ``None`` where no table names the answer."""
    if status >= 500 or status in (404, 429):
        return BY_STATUS.get(status)
    code = _decisive(problems).get("code") or told.get("code")
    return (BY_CODE.get(code) if isinstance(code, str) else None) or BY_STATUS.get(
        status
    )


def _decisive(problems):
    """The field that decides: what is wrong with a record comes before whose it is."""
    wrong = [each for each in problems if each.get("code") != "duplicate_value"]
    return next(iter(wrong or problems), {})


def _message(status, told, problems):
    parts = [
        ": ".join(str(each[name]) for name in ("field", "message") if each.get(name))
        for each in problems
    ]
    text = "; ".join(filter(None, parts))
    return text or str(told.get("message") or told.get("description") or status)


def _taken(problems):
    """Which values are taken, and by which records as far as it is told."""
    taken = [each for each in problems if each.get("code") == "duplicate_value"]
    infos = [each.get("additional_info") for each in taken]
    owners = {
        str(info[name])
        for info in infos
        if isinstance(info, dict)
        for name in OWNERS
        if info.get(name)
    }
    return {
        "taken": [str(each.get("field")) for each in taken],
        "candidates": sorted(owners),
    }


def _retry_at(error_type, headers):
    moment = retry_after(headers)
    if moment is None and error_type is errors.RateLimited:
        now = datetime.datetime.now(datetime.UTC)
        moment = now + datetime.timedelta(seconds=LIMIT_SECONDS)
    return moment


def _list(value):
    return value if isinstance(value, list) else []
