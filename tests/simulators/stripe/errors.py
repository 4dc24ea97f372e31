"""Error bodies in Stripe's shape, ``{"error": {type, code, message, param, ...}}``.

[S OpenAPI api_errors; texts: [3P] where an issue quotes them, else [M]]
"""

from ..routing import Refusal, Reply
from . import facts


def reply(request, status, message, code=None, param=None, kind=facts.INVALID, **more):
    """An error :class:`Reply`; ``more``: further fields, as decline_code."""
    error = {"message": message, "type": kind, **more}
    if code:
        error["code"] = code
        error["doc_url"] = facts.DOC_URL.format(code=code.replace("_", "-"))
    if param:
        error["param"] = param
    if request is not None and "request_id" in request.notes:
        error["request_log_url"] = facts.LOG_URL.format(id=request.notes["request_id"])
    return Reply(status, {"error": error})


def refuse(request, status, message, code=None, param=None, **more):
    """The same as an exception to raise."""
    return Refusal(reply(request, status, message, code, param, **more))


def invalid(request, message, param=None, code=None):
    """400."""
    return refuse(request, 400, message, code, param)


def unknown_parameters(request, names):
    """400 for parameters that an endpoint doesn't have."""
    many = "s" if len(names) > 1 else ""
    text = f"Received unknown parameter{many}: {', '.join(names)}"
    return invalid(request, text, names[0], "parameter_unknown")


def missing_parameter(request, name):
    """400."""
    text = f"Missing required param: {name}."
    return invalid(request, text, name, "parameter_missing")


def no_such(request, what, given, param="id"):
    """No such object: 404 where the address names it, 400 where a parameter does [M]"""
    status = 404 if param == "id" else 400
    text = f"No such {what}: '{given}'"
    return refuse(request, status, text, "resource_missing", param)


def no_route(request):
    """404 of an address that isn't one."""
    text = facts.TEXT_ROUTE.format(method=request.method, path=request.path)
    return reply(request, 404, text)


def unauthenticated(request, key=None, code=None):
    """401; ``key``: what was given, shown by its ends only."""
    text = facts.TEXT_401 if key is None else facts.TEXT_401_KEY.format(masked(key))
    answer = reply(request, 401, text, code)
    answer.headers["WWW-Authenticate"] = 'Basic realm="Stripe"'
    return answer


def forbidden(request, key, permission, account):
    """403 of a restricted key. [3P stripe-node issue 2246, st-paywall issue 45]"""
    text = facts.TEXT_403.format(masked(key), account, permission)
    return reply(request, 403, text)


def rate_limited(request, reason, retry_after=None):
    """429 of a limiter, or of a lock that wasn't got, which alone says to retry.

    [S docs.stripe.com/rate-limits: header Stripe-Rate-Limited-Reason, code
    lock_timeout; SDK _http_client.py: stripe-should-retry decides]
    """
    if reason == "lock_timeout":
        answer = reply(request, 429, facts.TEXT_LOCK, "lock_timeout")
        answer.headers["stripe-should-retry"] = "true"
    else:
        answer = reply(request, 429, facts.TEXT_429, "rate_limit")
        answer.headers["Stripe-Rate-Limited-Reason"] = reason
        answer.headers["stripe-should-retry"] = "false"
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def masked(key):
    """``sk_test_*****abcd``."""
    kind = key[: key.rfind("_") + 1] if "_" in key else ""
    return kind + "*" * max(4, len(key) - len(kind) - 4) + key[-4:]
