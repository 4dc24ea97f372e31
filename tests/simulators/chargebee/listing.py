"""Lists: filters, order, and pages that go on from an opaque offset.

The offset is JSON of where the page ended: the value that is sorted by, in
milliseconds, and a number of the record's own. [3P docs.workato.com, sample
``["1630848839000","42903379"]``] Records that change while somebody pages move to
where they now belong, and may be met again.
"""

import json
from dataclasses import dataclass

from . import errors, facts
from .render_money import transaction_date

LISTED = ("in", "not_in", "between")


@dataclass
class Query:
    """A checked query. ``tests``: (field, operator, operand)."""

    tests: list
    flags: dict
    limit: int
    after: tuple | None
    key: str
    downward: bool


def parse(request, listing):
    """Check the parameters; unknown ones are refused."""
    tests, flags = [], {}
    limit, after = facts.LIST_DEFAULT, None
    key, downward = listing.key, True
    for name, values in request.query.items():
        value = values[-1]
        field, bracket, operator = name.partition("[")
        operator = operator.rstrip("]")
        if name == "limit":
            limit = _limit(value)
        elif name == "offset":
            after = _offset(value)
        elif field == "sort_by" and operator in ("asc", "desc"):
            if value not in listing.sorts:
                raise errors.wrong(name, f"can't be sorted by {value}")
            key, downward = value, operator == "desc"
        elif name in listing.flags:
            flags[name] = _flag(name, value)
        elif bracket and operator in facts.OPERATORS.get(
            listing.filters.get(field), ()
        ):
            kind = listing.filters[field]
            tests.append((field, operator, _operand(name, kind, operator, value)))
        else:
            raise errors.unknown(name)
    return Query(tests, flags, limit, after, key, downward)


def _limit(value):
    if not value.isdigit() or not 1 <= int(value) <= facts.LIST_LIMIT:
        raise errors.wrong("limit", f"should be between 1 and {facts.LIST_LIMIT}")
    return int(value)


def _offset(value):
    try:
        key, number = json.loads(value)
        return key, int(number)
    except (ValueError, TypeError):
        raise errors.wrong("offset", "invalid value") from None


def _flag(name, value):
    if name in ("start_time", "end_time"):
        return _number(name, value)
    if value not in ("true", "false"):
        raise errors.wrong(name, "should be true or false")
    return value == "true"


def _number(name, value):
    if not str(value).lstrip("-").isdigit():
        raise errors.wrong(name, f"invalid value {value!r}")
    return int(value)


def _operand(name, kind, operator, value):
    if operator == "is_present":
        return _flag(name, value)
    if operator in LISTED:
        try:
            values = json.loads(value)
        except ValueError:
            values = None
        if not isinstance(values, list) or not values:
            raise errors.wrong(name, "should be a list")
        if operator == "between" and len(values) != 2:
            raise errors.wrong(name, "should be a list of two values")
        return [_typed(name, kind, each) for each in values]
    return _typed(name, kind, value)


def _typed(name, kind, value):
    if kind in ("number", "moment"):
        return _number(name, value)
    return _flag(name, value) if kind == "boolean" else str(value)


class Lister:
    """Runs queries over the resources of a site.

    What is sorted by is kept until something changes, so that a next page is cheap.
    """

    def __init__(self, resources):
        self.resources = resources
        self.store = resources.site.store
        self._numbers = {}
        self._kept = {}

    def page(self, listing, query):
        """``(entries, next offset or None)``. The store must be locked."""
        found, last = [], None
        for key, number, obj in self._ordered(listing, query):
            if query.after is not None and not self._is_behind(query, key, number):
                continue
            if _is_older(query, obj):
                continue
            shape = self.resources.shape(listing.name, obj)
            if not meets(listing, query, shape):
                continue
            if len(found) == query.limit:
                return found, json.dumps([str(last[0]), str(last[1])])
            found.append(self.resources.entry(listing.name, obj))
            last = (self._spelt(key), number)
        return found, None

    def _ordered(self, listing, query):
        chosen = _named_ids(query)
        if chosen is None:
            return self._all(listing, query)
        found = [self.resources.find(listing.name, each) for each in chosen]
        rows = [
            (self._key(listing, query.key, obj), self._number(listing, obj), obj)
            for obj in found
            if obj is not None
        ]
        return sorted(rows, key=lambda row: row[:2], reverse=query.downward)

    def _all(self, listing, query):
        name = (listing.name, query.key, query.downward)
        version = (len(self.store.log), len(self.resources.site.families))
        kept, rows = self._kept.get(name, (None, None))
        if kept != version:
            rows = [
                (self._key(listing, query.key, obj), self._number(listing, obj), obj)
                for obj in self.resources.rows(listing.name)
            ]
            rows.sort(key=lambda row: row[:2], reverse=query.downward)
            self._kept[name] = (version, rows)
        return rows

    def _number(self, listing, obj):
        """The record's own number: the order in which it was seen first."""
        name = (listing.name, obj if isinstance(obj, str) else (obj.TYPE, obj.id))
        return self._numbers.setdefault(name, len(self._numbers) + 1)

    def _key(self, listing, key, obj):
        if isinstance(obj, str):
            return self.resources.site.families[obj]["updated"]
        if key == "updated_at":
            return obj.updated
        if key == "created_at":
            return obj.created
        if key == "occurred_at":
            return obj.created
        if key in ("id", "name"):
            return str(getattr(obj, key) or obj.id)
        if key == "usage_date":
            return obj.moment
        if listing.name == "credit_note" and hasattr(obj, "uncollectible_at"):
            return obj.uncollectible_at
        if listing.name == "transaction":
            return transaction_date(obj)
        return obj.date

    def _spelt(self, key):
        return key * 1000 if isinstance(key, int) else key

    def _is_behind(self, query, key, number):
        given, last = query.after
        if isinstance(key, int):
            if not str(given).lstrip("-").isdigit():
                raise errors.wrong("offset", "invalid value")
            given = int(given) // 1000
        here, there = (key, number), (given, last)
        return here < there if query.downward else here > there


def _is_older(query, obj):
    """Whether it can be left out without a look at its JSON."""
    updated = getattr(obj, "updated", None)
    return updated is not None and any(
        field == "updated_at" and operator == "after" and updated <= operand
        for field, operator, operand in query.tests
    )


def meets(listing, query, shape):
    """Whether a record's JSON is one of those asked for."""
    flags = query.flags
    if shape.get("deleted") and not flags.get("include_deleted"):
        if "include_deleted" in listing.flags:
            return False
        # What is deleted of the others shows where its status is asked for. [M]
        if not _asks_for_deleted(query):
            return False
    if not _is_within(flags, shape):
        return False
    if "is_voided" in flags and shape.get("is_voided") != flags["is_voided"]:
        return False
    return all(_test(shape.get(name), *rest) for name, *rest in query.tests)


def _is_within(flags, shape):
    """Between start_time and end_time, which events have. [SDK event ListParams]"""
    at = shape.get("occurred_at", 0)
    return flags.get("start_time", at) <= at <= flags.get("end_time", at)


def _asks_for_deleted(query):
    return any(
        field == "status" and operator in ("is", "in") and "deleted" in operand
        for field, operator, operand in query.tests
    )


def _named_ids(query):
    for field, operator, operand in query.tests:
        if field == "id" and operator in ("is", "in"):
            return [operand] if operator == "is" else operand
    return None


def _test(value, operator, operand):
    if operator == "is_present":
        return (value is not None) == operand
    if operator in ("is_not", "not_in"):
        return value != operand if operator == "is_not" else value not in operand
    return value is not None and _COMPARE[operator](value, operand)


_COMPARE = {
    "is": lambda value, operand: value == operand,
    "in": lambda value, operand: value in operand,
    "starts_with": lambda value, operand: value.startswith(operand),
    "lt": lambda value, operand: value < operand,
    "lte": lambda value, operand: value <= operand,
    "gt": lambda value, operand: value > operand,
    "gte": lambda value, operand: value >= operand,
    "after": lambda value, operand: value > operand,
    "before": lambda value, operand: value < operand,
    "on": lambda value, operand: value // 86_400 == operand // 86_400,
    "between": lambda value, operand: operand[0] <= value <= operand[1],
}
