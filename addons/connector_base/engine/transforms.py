"""Transforms of single values between a vendor's path and an entity field.

A transform is a function ``(value, argument) -> value``. It is never called with
``MISSING`` or ``None``. It raises ``ValueError`` where it can't do its work.
"""

from .normalize import normalize_domain


def trim(value, argument):
    return " ".join(str(value).split())


def lower(value, argument):
    return str(value).lower()


def upper(value, argument):
    return str(value).upper()


def first(value, argument):
    """The first element of a list, or first part of a text split at ``argument``."""
    if isinstance(value, list):
        return value[0] if value else None
    parts = str(value).split(argument or ";")
    return parts[0].strip()


def join(value, argument):
    """The elements of a list as one text, separated by ``argument``."""
    if not isinstance(value, list):
        raise ValueError("join needs a list")
    return (argument or ", ").join(str(item) for item in value)


def domain(value, argument):
    """The bare domain of a web address or e-mail address."""
    return normalize_domain(str(value))


def constant(value, argument):
    """``argument``, whatever came in."""
    return argument
