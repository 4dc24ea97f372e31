"""Lists as Stripe pages them: newest first, by the id of the last one seen.

[S api/pagination: limit 1 to 100, starting_after, ending_before, has_more]
"""

from . import errors, facts

OPERATORS = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def in_range(value, bounds):
    """Whether a moment is the one asked for, or within ``{gt, gte, lt, lte}``."""
    if bounds is None:
        return True
    if value is None:
        return False
    if isinstance(bounds, int):
        return value == bounds
    return all(OPERATORS[name](value, bound) for name, bound in bounds.items())


def page(request, rows, given, url, what):
    """``(rows of the page, list object with its data empty)``.

    ``rows`` have an ``id`` and come newest first; ``what`` names them in a 400.
    """
    limit = given.get("limit")
    limit = facts.LIMIT if limit is None else limit
    if not 1 <= limit <= facts.MAX_LIMIT:
        text = f"Invalid limit: must be between 1 and {facts.MAX_LIMIT}"
        raise errors.invalid(request, text, "limit")
    after, before = given.get("starting_after"), given.get("ending_before")
    if after and before:
        text = "You cannot use both starting_after and ending_before."
        raise errors.invalid(request, text, "ending_before")
    if before:
        end = _position(request, rows, before, "ending_before", what)
        start = max(0, end - limit)
        chosen, has_more = rows[start:end], start > 0
    else:
        start = 0
        if after:
            start = _position(request, rows, after, "starting_after", what) + 1
        chosen, has_more = rows[start : start + limit], start + limit < len(rows)
    return chosen, list_of([], url, has_more)


def list_of(data, url, has_more=False):
    """A list object."""
    return {"object": "list", "url": url, "has_more": has_more, "data": data}


def nested(data, url, kind):
    """A list within an object: its first page, and whether there is more."""
    most = facts.NESTED.get(kind, facts.LIMIT)
    return {**list_of(data[:most], url, len(data) > most), "total_count": len(data)}


def _position(request, rows, wanted, param, what):
    for at, row in enumerate(rows):
        if row.id == wanted:
            return at
    raise errors.no_such(request, what, wanted, param)
