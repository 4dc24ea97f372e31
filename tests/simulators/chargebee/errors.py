"""Error bodies in Chargebee's shape. [S error-handling; http_status_code, error_code:
3P, measured on a live site]"""

from ..routing import Refusal, Reply
from . import facts


def body(status, code, message, param=None, cause=None):
    """The JSON of an error; ``code`` is its ``api_error_code``."""
    shape = {"message": message}
    if kind := facts.ERROR_TYPES.get(code, "invalid_request"):
        shape["type"] = kind
    shape["api_error_code"] = code
    if param:
        shape["param"] = param
    if cause:
        shape["error_cause_id"] = cause
    # The older two are in every answer as well.
    return {**shape, "error_code": code, "http_status_code": status}


def reply(status, code, message, **more):
    """An error :class:`Reply`."""
    return Reply(status, body(status, code, message, **more))


def refuse(status, code, message, **more):
    """The same as an exception to raise."""
    return Refusal(reply(status, code, message, **more))


def wrong(param, message):
    """400 for a value: ``message`` says what is wrong with the parameter."""
    return refuse(400, "param_wrong_value", f"{param} : {message}", param=param)


def unknown(param):
    """400 for a parameter that the operation doesn't know."""
    text = facts.TEXT_UNKNOWN.format(param=param)
    return refuse(400, "param_wrong_value", text, param=param)


def blank(param):
    """400 for a parameter that has to be there."""
    text = facts.TEXT_BLANK.format(param=param)
    return refuse(400, "param_wrong_value", text, param=param)


def missing(record_id, param=None, status=404):
    """404 of a record; named by a parameter it is the same."""
    text = facts.TEXT_404.format(id=record_id)
    return refuse(status, "resource_not_found", text, param=param)


def state(message):
    """409: the record is not in a state for it. [M for the status; S for the code]"""
    return refuse(409, "invalid_state_for_request", message)


def limited(retry_after):
    """429. ``Retry-After`` in seconds, where there is one. [SDK parse_retry_after]"""
    answer = reply(429, "api_request_limit_exceeded", facts.TEXT_429)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer
