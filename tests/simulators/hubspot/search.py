"""The search endpoint: what a query may say, and a plan that stays quick.

Two orders are kept ready (by id, by modification); ranges on either are cut out of
them before anything is compared, and the ids of the last queries are remembered so
that a next page costs nothing. [S latest/crm/search-the-crm] unless said otherwise.
"""

import json
import re
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from fnmatch import fnmatchcase

from ..clock import to_ms
from . import facts

WORDS = re.compile(r"[^\W_]+", re.UNICODE)
REMEMBERED = 8


class BadQuery(ValueError):
    """The query is refused with 400; the text says why."""


@dataclass
class Query:
    """A checked query. ``groups``: lists of (property, operator, values)."""

    groups: list
    sort: tuple
    text: str
    limit: int
    after: int
    properties: list
    key: str


def parse(body, object_type, definitions):
    """Check a request body. Raises :class:`BadQuery`."""
    if not isinstance(body, dict):
        raise BadQuery("The body must be a JSON object")
    groups = _groups(body, definitions)
    limit = _whole(body.get("limit", facts.SEARCH_DEFAULT), "limit")
    if not 0 <= limit <= facts.SEARCH_LIMIT:
        raise BadQuery(f"limit must be at most {facts.SEARCH_LIMIT}, {limit} was given")
    after = _whole(body.get("after") or 0, "after")
    if after + limit > facts.SEARCH_WINDOW:
        raise BadQuery(
            f"Paging beyond {facts.SEARCH_WINDOW} results of one query is not possible"
        )
    text = body.get("query") or ""
    if len(text) > facts.SEARCH_QUERY:
        raise BadQuery(f"query must be at most {facts.SEARCH_QUERY} characters")
    sort = _sort(body.get("sorts") or [], definitions)
    key = json.dumps([object_type, groups, sort, text], sort_keys=True)
    asked = [str(name) for name in body.get("properties") or ()]
    return Query(groups, sort, text, limit, after, asked, key)


def _whole(value, name):
    try:
        return int(value)
    except (TypeError, ValueError):
        raise BadQuery(f"{name} must be a whole number, not {value!r}") from None


def _groups(body, definitions):
    given = body.get("filterGroups") or []
    if body.get("filters"):
        given = [*given, {"filters": body["filters"]}]
    if len(given) > facts.SEARCH_GROUPS:
        raise BadQuery(f"At most {facts.SEARCH_GROUPS} filter groups are allowed")
    if sum(len(group.get("filters") or ()) for group in given) > facts.SEARCH_FILTERS:
        raise BadQuery(f"At most {facts.SEARCH_FILTERS} filters are allowed in all")
    groups = []
    for group in given:
        filters = group.get("filters") or []
        if len(filters) > facts.SEARCH_FILTERS_PER_GROUP:
            raise BadQuery(
                f"At most {facts.SEARCH_FILTERS_PER_GROUP} filters a group are allowed"
            )
        groups.append([_filter(each, definitions) for each in filters])
    return groups


def _filter(given, definitions):
    name, operator = given.get("propertyName"), given.get("operator")
    if not name or not operator:
        raise BadQuery(
            "Cannot build Filter, some of required attributes are not set "
            "[propertyName, operator]"
        )
    if operator not in facts.OPERATORS:
        raise BadQuery(f"{operator!r} is no operator")
    _known(name, definitions)
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return name, operator, []
    if operator in ("IN", "NOT_IN"):
        values = given.get("values")
        if not isinstance(values, list) or not values:
            raise BadQuery(f"{operator} on {name} needs values")
    elif operator == "BETWEEN":
        values = [given.get("value"), given.get("highValue")]
    else:
        values = [given.get("value")]
    if any(value is None for value in values):
        raise BadQuery(f"{operator} on {name} needs a value")
    return name, operator, [_typed(definitions[name], str(each)) for each in values]


def _sort(sorts, definitions):
    if len(sorts) > facts.SEARCH_SORTS:
        raise BadQuery("Only one sort is allowed")
    if not sorts:
        return "hs_object_id", False
    sort = sorts[0]
    if isinstance(sort, str):
        name, downward = sort.lstrip("-"), sort.startswith("-")
    else:
        name = sort.get("propertyName")
        direction = sort.get("direction", "ASCENDING")
        if direction not in ("ASCENDING", "DESCENDING"):
            raise BadQuery(f"{direction!r} is no sort direction")
        downward = direction == "DESCENDING"
    _known(name, definitions)
    return name, downward


def _known(name, definitions):
    definition = definitions.get(name)
    if definition is None or definition.archived:
        raise BadQuery(f"Property '{name}' does not exist")


def _typed(definition, value):
    """A filter value as something that compares; dates as ms, numbers as float."""
    try:
        if definition.type in ("datetime", "date"):
            return float(value) if value.lstrip("-").isdigit() else to_ms(value)
        if definition.type == "number":
            return float(value)
    except ValueError:
        raise BadQuery(f"{value!r} is no {definition.type}") from None
    return value


class Finder:
    """Runs queries over one store; remembers the last results until a change."""

    def __init__(self, store):
        self.store = store
        self._remembered = OrderedDict()

    def run(self, object_type, query):
        """``(records of the page, total)``. The store must be locked."""
        ids, states = self._matches(object_type, query)
        page = ids[query.after : query.after + query.limit]
        rows = self.store.tables[object_type].rows
        return [(rows[number], states.get(number)) for number in page], len(ids)

    def _matches(self, object_type, query):
        lagging = bool(self.store.index_lag)
        if not lagging:
            found = self._remembered.get(query.key)
            if found and found[0] == self.store.version:
                self._remembered.move_to_end(query.key)
                return found[1], {}
        ids, states = self._search(object_type, query, lagging)
        if not lagging:
            self._remembered[query.key] = (self.store.version, ids)
            while len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return ids, states

    def _search(self, object_type, query, lagging):
        table = self.store.tables[object_type]
        modified = facts.kind(object_type).modified
        plan = _Plan(query, modified)
        candidates = plan.candidates(table)
        rows, states = table.rows, {}
        if lagging:
            candidates, states = self._lagged(table, candidates, plan)
        if plan.rest:
            definitions = self.store.properties[object_type]
            test = _tester(query, definitions, facts.kind(object_type).searched)
            candidates = [
                number
                for number in candidates
                if test(states.get(number) or rows[number].properties)
            ]
        if not plan.sorted or states:
            by, downward = query.sort
            definition = self.store.properties[object_type][by]
            keys = {
                number: _sort_key(
                    definition, (states.get(number) or rows[number].properties).get(by)
                )
                for number in candidates
            }
            candidates = sorted(candidates)
            candidates.sort(key=keys.__getitem__, reverse=downward)
        return candidates, states

    def _lagged(self, table, candidates, plan):
        """What the index shows when it is behind: old states, no new records."""
        horizon = self.store.horizon()
        recent = [
            number
            for _stamp, number in table.by_modified.items[
                bisect_right(table.by_modified.items, (horizon, float("inf"))) :
            ]
        ]
        states = {}
        for number in recent:
            old = [past for past in table.rows[number].past if past[0] <= horizon]
            if old:
                states[number] = old[-1][1]
        fresh = set(recent)
        settled = [number for number in candidates if number not in fresh]
        plan.rest = True
        return settled + list(states), states


class _Plan:
    """Which ready order to walk, and whether anything is left to compare."""

    def __init__(self, query, modified):
        self.sorted = True
        self.downward = query.sort[1]
        self.low = self.high = None
        self.id_low = self.id_high = None
        self.rest = len(query.groups) > 1 or bool(query.text)
        self.by_modified = query.sort[0] == modified
        if query.sort[0] not in ("hs_object_id", modified):
            self.sorted = False
        for name, operator, values in query.groups[0] if query.groups else ():
            if len(query.groups) > 1 or operator not in _RANGES:
                self.rest = True
            elif name == modified:
                self.low, self.high = _narrow(self.low, self.high, operator, values)
            elif name == "hs_object_id":
                self.id_low, self.id_high = _narrow(
                    self.id_low, self.id_high, operator, values
                )
            else:
                self.rest = True

    def candidates(self, table):
        """Ids in the order of the sort, when that is one of the two kept ready."""
        low = float("-inf") if self.low is None else self.low
        high = float("inf") if self.high is None else self.high
        id_low = float("-inf") if self.id_low is None else self.id_low
        id_high = float("inf") if self.id_high is None else self.id_high
        timed = self.low is not None or self.high is not None
        if self.by_modified or (timed and not self.sorted):
            ids = self._by_modified(table, low, high, id_low, id_high)
        else:
            ids = table.modified_between(low, high) if timed else table.live.items
            ids = ids[bisect_left(ids, id_low) : bisect_right(ids, id_high)]
        return ids[::-1] if self.downward else ids

    def _by_modified(self, table, low, high, id_low, id_high):
        ordered = table.by_modified.items
        cut = ordered[
            bisect_left(ordered, (low, float("-inf"))) : bisect_right(
                ordered, (high, float("inf"))
            )
        ]
        if self.id_low is None and self.id_high is None:
            return [number for _stamp, number in cut]
        return [number for _stamp, number in cut if id_low <= number <= id_high]


_RANGES = ("GT", "GTE", "LT", "LTE", "BETWEEN", "EQ")


def _narrow(low, high, operator, values):
    """Bounds, both ends included, on whole numbers (ids, milliseconds)."""
    value = values[0]
    if operator in ("GTE", "BETWEEN", "EQ"):
        low = value if low is None else max(low, value)
    if operator == "GT":
        low = value + 1 if low is None else max(low, value + 1)
    if operator in ("LTE", "EQ"):
        high = value if high is None else min(high, value)
    if operator == "LT":
        high = value - 1 if high is None else min(high, value - 1)
    if operator == "BETWEEN":
        high = values[1] if high is None else min(high, values[1])
    return low, high


def _sort_key(definition, value):
    """Empty values first, numbers and dates by size, text without case."""
    if value in (None, ""):
        return (0, 0)
    if definition.type in ("datetime", "date", "number"):
        return (1, _stored(definition, value) or 0)
    return (1, value.casefold())


def _stored(definition, value):
    """A stored value as something that compares, None when it is empty or odd."""
    if value in (None, ""):
        return None
    try:
        if definition.type in ("datetime", "date"):
            return to_ms(value)
        if definition.type == "number":
            return float(value)
    except ValueError:
        return None
    return value.lower()


def _tester(query, definitions, searched):
    groups = [
        [(name, operator, values, definitions[name]) for name, operator, values in each]
        for each in query.groups
    ]
    words = [word.lower() for word in WORDS.findall(query.text)]

    def test(properties):
        if words and not _has_words(words, properties, searched):
            return False
        return not groups or any(
            all(_meets(properties.get(each[0]), *each[1:]) for each in group)
            for group in groups
        )

    return test


def _has_words(words, properties, searched):
    text = " ".join(properties.get(name) or "" for name in searched).lower()
    return all(word in text for word in words)


def _meets(raw, operator, values, definition):
    if operator == "HAS_PROPERTY":
        return raw not in (None, "")
    if operator == "NOT_HAS_PROPERTY":
        return raw in (None, "")
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        there = _has_token(raw, values[0])
        return there if operator == "CONTAINS_TOKEN" else not there
    value = _stored(definition, raw)
    if operator in ("IN", "NOT_IN"):
        # Values for text properties must be given in lower case, or nothing is found.
        if definition.type == "enumeration" and isinstance(value, str):
            values = [str(each).lower() for each in values]
        return (value in values) == (operator == "IN")
    if isinstance(value, str):
        values = [str(each).lower() for each in values]
    if operator == "NEQ":
        return value != values[0]
    return value is not None and _COMPARE[operator](value, values)


_COMPARE = {
    "EQ": lambda value, values: value == values[0],
    "LT": lambda value, values: value < values[0],
    "LTE": lambda value, values: value <= values[0],
    "GT": lambda value, values: value > values[0],
    "GTE": lambda value, values: value >= values[0],
    "BETWEEN": lambda value, values: values[0] <= value <= values[1],
}


def _has_token(raw, wanted):
    """Whole words, ``*`` for any rest of a word."""
    tokens = [word.lower() for word in WORDS.findall(raw or "")]
    pieces = re.findall(r"[^\W_*]*\*?[^\W_*]*\*?", str(wanted).lower(), re.UNICODE)
    pieces = [piece for piece in pieces if piece.strip("*")]
    return bool(pieces) and all(
        any(fnmatchcase(token, piece) for token in tokens) for piece in pieces
    )
