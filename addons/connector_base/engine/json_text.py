"""JSON of others, read with bounds: what it holds can be stored and walked through."""

import json
import math

#: How deep objects and lists may lie in each other. Vendors need less than twenty; more
#: would end in Python's own limit somewhere behind.
MAX_DEPTH = 100


def loads(text, parse_float=None):
    """The value of a JSON text.

    Of a key that an object has twice the last one counts, as everywhere in Python:
    nobody else reads the text, so that nobody is told anything else.

    :param text: text, or bytes in UTF-8, UTF-16 or UTF-32
    :param parse_float: makes a value of the text of a number with decimals
    :raises ValueError: where it is none, names a number that JSON doesn't have, or is
        nested deeper than ``MAX_DEPTH``
    """
    try:
        value = json.loads(
            text,
            parse_float=parse_float or _finite,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if _openings(text) > MAX_DEPTH and _is_deep(value):
        raise ValueError("it is nested too deeply")
    return value


def _openings(text):
    """How often something opens: no text can be nested deeper than that."""
    if isinstance(text, str):
        return text.count("{") + text.count("[")
    return text.count(b"{") + text.count(b"[")


def _is_deep(value):
    level = [value]
    for _depth in range(MAX_DEPTH):
        level = [
            item
            for holder in level
            for item in (holder.values() if isinstance(holder, dict) else holder)
            if isinstance(item, dict | list)
        ]
        if not level:
            return False
    return True


def _finite(text):
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number is too large")
    return value


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON")
