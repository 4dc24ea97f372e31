"""The parts of a request that every endpoint reads alike: bodies and parameters."""

import re
from datetime import UTC, datetime

from . import errors, facts

EMAIL = re.compile(r"[^@\s,<>]+@[^@\s,<>]+\.[^@\s,<>]+")
#: Names of JSON types as errors say them, to Python's.
KINDS = {
    "String": str,
    "Integer": int,
    "Number": (int, float),
    "Boolean": bool,
    "Array": list,
    "key/value pair": dict,
}


def body(request):
    """The JSON object in the body: 415 for another media type, 400 for no JSON."""
    if request.media_type() != "application/json":
        raise errors.refuse(415, "invalid_content_type", facts.TEXT_415)
    try:
        given = request.json()
    except ValueError:
        raise errors.refuse(400, "invalid_json", facts.TEXT_JSON) from None
    if not isinstance(given, dict):
        raise errors.refuse(400, "invalid_json", facts.TEXT_JSON)
    return given


def values(given, spec, fields=None, kind=None):
    """What is wrong with a body. ``spec``: name to JSON type, or to allowed values.

    ``fields`` and ``kind``: whose custom fields they may have.
    """
    found = []
    for name, value in given.items():
        if name == "custom_fields" and fields is not None:
            if not isinstance(value, dict):
                found.append(errors.mismatch(name, value, "key/value pair"))
            else:
                found += fields.problems(kind, value)
        elif name not in spec:
            found.append(errors.unknown(name))
        elif value is not None:
            found += _value(name, value, spec[name])
    return found


def _value(name, value, wanted):
    if not isinstance(wanted, str):
        return [] if _among(value, wanted) else [errors.choice(name, wanted)]
    if wanted == "Email":
        return email(name, value)
    if wanted == "DateTime":
        return [] if moment(value) is not None else [bad_date(name)]
    if wanted == "Emails":
        if not isinstance(value, list):
            return [errors.mismatch(name, value, "Array")]
        return [each for one in value for each in email(name, one)]
    types = KINDS[wanted]
    right = isinstance(value, types) and (
        types is bool or not isinstance(value, bool) or wanted == "Boolean"
    )
    if not right:
        return [errors.mismatch(name, value, wanted)]
    too_long = name in ("name", "subject", "job_title", "unique_external_id")
    if too_long and len(value) > facts.TEXT_LENGTH:
        text = f"Has {len(value)} characters, it can have maximum of 255 characters"
        return [errors.wrong(name, text)]
    return []


def _among(value, wanted):
    return not isinstance(value, bool | list | dict) and value in wanted


def email(name, value):
    """The problem of an e-mail address, if it has one."""
    if not isinstance(value, str):
        return [errors.mismatch(name, value, "String")]
    if EMAIL.fullmatch(value):
        return []
    text = "It should be in the 'valid email address' format"
    return [errors.problem(name, "invalid_format", text)]


def moment(value):
    """Seconds of ``2026-11-02T09:00:00Z`` since the epoch; None for no moment."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return int(found.replace(tzinfo=found.tzinfo or UTC).timestamp())


def bad_date(name):
    """The problem of a value that is no moment."""
    text = "It should be in the 'combined date and time ISO8601' format"
    return errors.problem(name, "invalid_date", text)


def parameters(request, allowed):
    """400 for a parameter that the endpoint doesn't know. [3P helpkit]"""
    unknown = [name for name in request.query if name not in allowed]
    if unknown:
        raise errors.invalid(*(errors.unknown(name) for name in unknown))


def number(request, name, default, most=None):
    """A positive whole parameter, up to ``most``. [3P helpkit for the code]"""
    given = request.first(name)
    if given is None:
        return default
    if not given.isdigit() or int(given) < 1 or (most and int(given) > most):
        text = "It should be a Positive Integer"
        text += f" less than or equal to {most}" if most else ""
        raise errors.invalid(errors.problem(name, "datatype_mismatch", text))
    return int(given)


def since(request, name):
    """A moment given as a parameter, or None."""
    given = request.first(name)
    if given is None:
        return None
    found = moment(given.replace(" ", "+"))
    if found is None:
        raise errors.invalid(bad_date(name))
    return found


def included(request, allowed, each):
    """``(what to include, credits of the request)``; each costs ``each`` more."""
    wanted = request.listed("include")
    if any(name not in allowed for name in wanted):
        raise errors.invalid(errors.choice("include", allowed))
    return wanted, 1 + each * len(set(wanted))
