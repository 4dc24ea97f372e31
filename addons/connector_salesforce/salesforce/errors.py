"""Salesforce's answers and the error class of each: one table.

A body is an array ``[{"message", "errorCode", "fields"}]``, on some pages a bare object
[3P]; a row of a collection says ``statusCode`` instead of ``errorCode``; the token
endpoint says ``{"error", "error_description"}``. The code decides; where it is not
known, the status does.

Sources: [E] https://developer.salesforce.com/docs/platform/api-rest/guide/errorcodes
(HTTP status and errorCode); [C] https://developer.salesforce.com/docs/platform/api/guide/sforce_api_calls_concepts_core_data_objects
(StatusCode of rows, ExceptionCode); [O] https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_flow_errors.htm
(OAuth); [3P] observed by others; [M] from memory.
"""

import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.masking import mask_text
from odoo.addons.connector_base.providers.http_client import (
    default_classify,
    retry_after,
)

VENDOR = "Salesforce"

#: errorCode, statusCode or OAuth error -> (class, our code).
BY_CODE = {
    # Pass by themselves: locks, time limits, trouble of the servers. [E, C, 3P]
    "UNABLE_TO_LOCK_ROW": (errors.TransientError, "row_locked"),
    "QUERY_TIMEOUT": (errors.TransientError, "server_error"),
    "QUERY_TOO_COMPLICATED": (errors.InvalidRecord, "refused"),
    "OPERATION_TOO_LARGE": (errors.InvalidRecord, "refused"),
    "SERVER_UNAVAILABLE": (errors.TransientError, "server_error"),
    "SERVICE_UNAVAILABLE": (errors.TransientError, "server_error"),
    "UNKNOWN_EXCEPTION": (errors.TransientError, "server_error"),
    "EXCEEDED_MAX_SEMIJOIN_SUBSELECTS": (errors.InvalidRecord, "refused"),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": (errors.TransientError, "rolled_back"),
    # Wait until it can be asked again: nothing but time helps. No Retry-After comes.
    "REQUEST_LIMIT_EXCEEDED": (errors.RateLimited, "rate_limited"),  # [E]
    "TXN_SECURITY_METERING_ERROR": (errors.RateLimited, "rate_limited"),  # [C]
    "LIMIT_EXCEEDED": (errors.RateLimited, "rate_limited"),  # [C]
    "LOGIN_RATE_EXCEEDED": (errors.RateLimited, "rate_limited"),  # [M]
    # Who we say we are. INVALID_SESSION_ID: the token is over, another one is got once.
    "INVALID_SESSION_ID": (errors.AuthenticationError, "wrong_token"),  # [E]
    "INVALID_AUTH_HEADER": (errors.AuthenticationError, "wrong_token"),  # [M]
    "INVALID_LOGIN": (errors.AuthenticationError, "sign_in_refused"),  # [C]
    "INACTIVE_OWNER_OR_USER": (errors.InvalidRecord, "refused"),  # [C]
    "INACTIVE_ORGANIZATION": (errors.AuthenticationError, "sign_in_refused"),  # [C]
    # The token endpoint. [O]
    "invalid_grant": (errors.AuthenticationError, "sign_in_refused"),
    "invalid_client": (errors.AuthenticationError, "sign_in_refused"),
    "invalid_client_id": (errors.AuthenticationError, "sign_in_refused"),
    "invalid_client_credentials": (errors.AuthenticationError, "sign_in_refused"),
    "invalid_assertion_type": (errors.AuthenticationError, "sign_in_refused"),
    "invalid_app_access": (errors.AuthenticationError, "sign_in_refused"),
    "app_not_found": (errors.AuthenticationError, "sign_in_refused"),  # [3P]
    "inactive_user": (errors.AuthenticationError, "sign_in_refused"),
    "inactive_org": (errors.AuthenticationError, "sign_in_refused"),
    "invalid_request": (errors.AuthenticationError, "sign_in_refused"),
    "invalid_scope": (errors.AuthenticationError, "sign_in_refused"),
    "unsupported_grant_type": (errors.AuthenticationError, "sign_in_refused"),
    "unauthorized_client": (errors.AuthenticationError, "sign_in_refused"),
    "access_denied": (errors.AuthenticationError, "sign_in_refused"),
    "rate_limit_exceeded": (errors.RateLimited, "rate_limited"),
    "temporarily_unavailable": (errors.TransientError, "server_error"),
    "server_error": (errors.TransientError, "server_error"),
    # What we may not do. [E, C]
    "API_DISABLED_FOR_ORG": (errors.PermissionDenied, "missing_scope"),
    "API_CURRENTLY_DISABLED": (errors.PermissionDenied, "missing_scope"),
    "FUNCTIONALITY_NOT_ENABLED": (errors.PermissionDenied, "missing_scope"),
    "FEATURENOTENABLED": (errors.PermissionDenied, "missing_scope"),
    "INSUFFICIENT_ACCESS": (errors.PermissionDenied, "missing_scope"),
    "INSUFFICIENT_ACCESS_OR_READONLY": (errors.PermissionDenied, "missing_scope"),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": (
        errors.PermissionDenied,
        "missing_scope",
    ),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (errors.InvalidRecord, "refused"),
    # The values of a record. [E, C]
    "REQUIRED_FIELD_MISSING": (errors.InvalidRecord, "refused"),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (errors.InvalidRecord, "refused"),
    "FIELD_INTEGRITY_EXCEPTION": (errors.InvalidRecord, "refused"),
    "FIELD_FILTER_VALIDATION_EXCEPTION": (errors.InvalidRecord, "refused"),
    "INVALID_FIELD": (errors.InvalidRecord, "unknown_field"),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (errors.InvalidRecord, "refused"),
    "INVALID_TYPE": (errors.RemoteNotFound, "unknown_object"),
    "INVALID_TYPE_ON_FIELD_IN_RECORD": (errors.InvalidRecord, "refused"),
    "INVALID_CROSS_REFERENCE_KEY": (errors.InvalidRecord, "refused"),
    "INVALID_ID_FIELD": (errors.InvalidRecord, "refused"),
    "INVALID_EMAIL_ADDRESS": (errors.InvalidRecord, "refused"),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (errors.InvalidRecord, "refused"),
    "INVALID_STATUS": (errors.InvalidRecord, "refused"),
    "INVALID_CURRENCY_ISO": (errors.InvalidRecord, "refused"),
    "STRING_TOO_LONG": (errors.InvalidRecord, "refused"),
    "NUMBER_OUTSIDE_VALID_RANGE": (errors.InvalidRecord, "refused"),
    "MALFORMED_ID": (errors.InvalidRecord, "refused"),
    "MALFORMED_QUERY": (errors.InvalidRecord, "refused"),
    "JSON_PARSER_ERROR": (errors.InvalidRecord, "refused"),
    "DUPLICATE_VALUE": (errors.InvalidRecord, "refused"),
    "DUPLICATE_EXTERNAL_ID": (errors.InvalidRecord, "refused"),
    "STANDARD_PRICE_NOT_DEFINED": (errors.InvalidRecord, "refused"),
    "DEPENDENCY_EXISTS": (errors.InvalidRecord, "refused"),
    "DELETE_FAILED": (errors.InvalidRecord, "refused"),
    "CIRCULAR_DEPENDENCY": (errors.InvalidRecord, "refused"),
    "STORAGE_LIMIT_EXCEEDED": (errors.InvalidRecord, "refused"),
    # Several records could be meant.
    "DUPLICATES_DETECTED": (errors.AmbiguousMatch, "duplicate_remotely"),
    # The record, or what was asked for, is not there. [E, C]
    "ENTITY_IS_DELETED": (errors.RemoteNotFound, "not_found"),
    "NOT_FOUND": (errors.RemoteNotFound, "not_found"),
    "INVALID_RECORD_TYPE": (errors.InvalidRecord, "refused"),
    "UNSUPPORTED_API_VERSION": (errors.RemoteNotFound, "unknown_version"),
    # What the reader goes on from by itself.
    "INVALID_QUERY_LOCATOR": (errors.InvalidRecord, "cursor_over"),
    "INVALID_REPLICATION_DATE": (errors.InvalidRecord, "too_long_ago"),
    "EXCEEDED_ID_LIMIT": (errors.InvalidRecord, "too_many_ids"),
    "INVALIDJOB": (errors.InvalidRecord, "job_refused"),
    "INVALIDJOBSTATE": (errors.InvalidRecord, "job_refused"),
}

#: Status -> (class, our code), where no code is known; what is not named goes by its
#: kind. [E]
BY_STATUS = {
    300: (errors.AmbiguousMatch, "duplicate_remotely"),
    400: (errors.InvalidRecord, "refused"),
    401: (errors.AuthenticationError, "wrong_token"),
    403: (errors.PermissionDenied, "missing_scope"),
    404: (errors.RemoteNotFound, "not_found"),
    405: (errors.InvalidRecord, "refused"),
    409: (errors.TransientError, "server_error"),
    410: (errors.RemoteNotFound, "unknown_version"),
    412: (errors.InvalidRecord, "refused"),
    414: (errors.InvalidRecord, "refused"),
    415: (errors.InvalidRecord, "refused"),
    420: (errors.TransientError, "server_error"),
    431: (errors.InvalidRecord, "refused"),
}

#: Seconds after which an org whose limit is reached is asked again. The limit is of the
#: last 24 hours, counted all the time: some of it comes back at any moment. That of
#: concurrent requests is over in a moment.
LIMIT_SECONDS = 900
CONCURRENT_SECONDS = 30


def classify(status, body, headers):
    """The error of an answer of Salesforce.

    :param body: parsed JSON, or text
    :return: ``errors.ConnectorError``
    """
    item = first_error(body)
    known = BY_CODE.get(_code(item)) or BY_STATUS.get(status)
    if known is None:
        return default_classify(status, body, headers)
    return _error(item, *known, {"status": status}, headers)


def row_error(item):
    """The error of one row of a collection or job.

    :param item: ``{"statusCode", "message", "fields"}``, all optional
    :return: ``errors.ConnectorError``; its params ``property`` and ``reason`` name the
        value that was refused, where Salesforce does; those of a duplicate have
        ``candidates``, ids of the records that it found
    """
    known = BY_CODE.get(_code(item), (errors.InvalidRecord, "refused"))
    return _error(item, *known, {}, {})


def first_error(body):
    """The first error that a body tells of, as a dict."""
    if isinstance(body, list):
        body = body[0] if body else {}
    return body if isinstance(body, dict) else {}


def _code(item):
    for name in ("errorCode", "statusCode", "error"):
        if isinstance(item.get(name), str):
            return item[name]
    return ""


def _error(item, error_type, code, params, headers):
    said = item.get("message") or item.get("error_description") or _code(item)
    message = mask_text(str(said or f"HTTP {params.get('status', '?')}"), 300)
    reason = _code(item)
    params = {"vendor": VENDOR, "detail": message, "reason": reason, **params}
    fields = item.get("fields")
    if isinstance(fields, list) and fields:
        params["property"] = str(fields[0])
    if error_type is errors.AmbiguousMatch:
        params["candidates"] = sorted(_candidates(item))
    retry_at = retry_after(headers) if headers else None
    if error_type is errors.RateLimited and retry_at is None:
        seconds = CONCURRENT_SECONDS if "oncurrent" in message else LIMIT_SECONDS
        now = datetime.datetime.now(datetime.UTC)
        retry_at = now + datetime.timedelta(seconds=seconds)
    return error_type(message, code=code, params=params, retry_at=retry_at)


def _candidates(item):
    """Ids of the records that a duplicate rule found, wherever they are listed.

    In ``duplicateResult.matchResults[].matchRecords[].record.Id`` [C]; a collection
    puts them into details of its own [M].
    """
    found = set()
    if isinstance(item, dict):
        record = item.get("record")
        if isinstance(record, dict):
            found |= {str(record[n]) for n in ("Id", "id") if record.get(n)}
        values = item.values()
    else:
        values = item if isinstance(item, list) else ()
    for value in values:
        if isinstance(value, dict | list):
            found |= _candidates(value)
    return found
