"""Transforms of single values between a vendor's path and an entity field.

A transform is a function ``(value, argument) -> value``. It is never called with
``MISSING`` or ``None``. It raises ``ValueError`` where it can't do its work.
"""

from .normalize import normalize_domain


def _text(value):
    if isinstance(value, dict | list):
        raise ValueError("a text is needed")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def trim(value, argument):
    return " ".join(_text(value).split())


def lower(value, argument):
    return _text(value).lower()


def upper(value, argument):
    return _text(value).upper()


def first(value, argument):
    """The first element of a list, or first part of a text split at ``argument``."""
    if isinstance(value, list):
        return value[0] if value else None
    parts = _text(value).split(argument or ";")
    return parts[0].strip()


def join(value, argument):
    """The elements of a list as one text, separated by ``argument``; without nulls."""
    if not isinstance(value, list):
        raise ValueError("join needs a list")
    texts = [_text(item) for item in value if item is not None]
    return (argument or ", ").join(texts)


def domain(value, argument):
    """The bare domain of a web address or e-mail address."""
    return normalize_domain(_text(value))


def constant(value, argument):
    """``argument``, whatever came in."""
    return argument
