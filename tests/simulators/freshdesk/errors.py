"""Error bodies in Freshdesk's shape. [S errors; texts: see facts]"""

from ..routing import Refusal, Reply
from . import facts


def reply(status, code, message):
    """An error that is of no field."""
    return Reply(status, {"code": code, "message": message})


def refuse(status, code, message):
    """The same as an exception to raise."""
    return Refusal(reply(status, code, message))


def missing():
    """404, which has no body. [S errors]"""
    return Refusal(Reply(404))


def denied():
    """403."""
    return reply(403, "access_denied", facts.TEXT_403)


def unauthenticated():
    """401."""
    return reply(401, "invalid_credentials", facts.TEXT_401)


def limited(retry_after):
    """429; ``Retry-After`` in seconds."""
    answer = Reply(429, {"message": facts.TEXT_429})
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def not_allowed(method, allowed):
    """405 with the methods that are allowed."""
    good = ", ".join(sorted(allowed))
    text = facts.TEXT_405.format(method=method, good=good)
    answer = reply(405, "method_not_allowed", text)
    answer.headers["Allow"] = good
    return answer


def read_only(request):
    """405 for what can only be read: deleted or blocked contacts, deleted tickets.

    [3P helpkit: contacts controller test; tickets: M]
    """
    return Refusal(not_allowed(request.method, ("GET",)))


def problem(field, code, message, **more):
    """One entry of ``errors``."""
    info = {"additional_info": more} if more else {}
    return {"field": field, **info, "message": message, "code": code}


def invalid(*problems):
    """400, or 409 where one of the problems is a value that is taken. [S errors]"""
    taken = any(each["code"] == "duplicate_value" for each in problems)
    body = {"description": "Validation failed", "errors": list(problems)}
    return Refusal(Reply(409 if taken else 400, body))


def unknown(field):
    """A field or parameter that the endpoint doesn't know."""
    return problem(field, "invalid_field", facts.TEXT_UNKNOWN)


def blank(field, kind):
    """A field that has to be there."""
    return problem(field, "missing_field", facts.TEXT_MISSING.format(kind=kind))


def mismatch(field, value, kind):
    """A value of another type."""
    text = facts.TEXT_KIND.format(given=_named(value), kind=kind)
    return problem(field, "datatype_mismatch", text)


def choice(field, values):
    """A value that is none of those allowed."""
    listed = ",".join(str(each) for each in values)
    return problem(field, "invalid_value", facts.TEXT_CHOICE.format(values=listed))


def wrong(field, message):
    """Any other value that is not allowed."""
    return problem(field, "invalid_value", message)


def nobody(field, kind):
    """The id of a record that isn't there. [M]"""
    return wrong(field, f"There is no {kind} matching the given {field}")


def taken(field, **info):
    """A value that another record has; ``info``: whose, as ``user_id=7``. [M]"""
    return problem(field, "duplicate_value", facts.TEXT_UNIQUE, **info)


def _named(value):
    """Ruby's name of a JSON type."""
    names = {bool: "Boolean", int: "Integer", float: "Float", str: "String"}
    return names.get(
        type(value), {list: "Array", dict: "key/value pair"}.get(type(value), "Null")
    )
