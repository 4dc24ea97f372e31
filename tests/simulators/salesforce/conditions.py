"""Conditions of SOQL turned into functions of a row."""

import re
from datetime import timedelta

from . import ids, values
from .errors import SalesforceError
from .fields import NUMBERS, TEXTS
from .soql import LITERALLY, Condition, Group, Query
from .table import index_key

#: Kinds of literals that a field's type is compared with.
LITERALS = {
    "boolean": ("boolean",),
    "date": ("date", "days"),
    "datetime": ("datetime", "days"),
    **dict.fromkeys(NUMBERS, ("number",)),
}
_TESTS = {
    "<": lambda one, other: one < other,
    "<=": lambda one, other: one <= other,
    ">": lambda one, other: one > other,
    ">=": lambda one, other: one >= other,
}


class Conditions:
    """Compiles the conditions of one query for a finder."""

    def __init__(self, finder):
        self.finder = finder

    def compile(self, kind, node):
        """A predicate of a row."""
        if isinstance(node, Group):
            parts = [self.compile(kind, part) for part in node.parts]
            return _grouped(node.operator, parts)
        return self._condition(kind, node)

    def candidates(self, kind, table, where):
        """Rows that may meet the conditions: few when one of them says where."""
        parts = [where]
        if isinstance(where, Group):
            parts = where.parts if where.operator == "AND" else []
        for part in parts:
            if isinstance(part, Condition):
                found = self._looked_up(kind, table, part)
                if found is not None:
                    return found
        return list(table.rows.values())

    def _looked_up(self, kind, table, part):
        field = kind.find(part.path)
        if field is None or isinstance(part.value, Query):
            return None
        if part.operator in ("=", "IN"):
            listed = part.value if part.operator == "IN" else [part.value]
            return self._having(table, field, [each.value for each in listed])
        if field.name == "SystemModstamp" and part.operator in (">", ">="):
            if part.value.kind == "datetime":
                stamp = values.read_moment(part.value.value)
                return stamp and table.since(stamp)
        return None

    def _having(self, table, field, wanted):
        """Rows with one of the values, None when that cannot be looked up."""
        is_id = field.type in ("id", "reference")
        if is_id:
            wanted = [ids.long_id(each) for each in wanted]
        if None in wanted or not all(isinstance(each, str) for each in wanted):
            return None
        if field.name == "Id":
            return [table.rows[each] for each in set(wanted) if each in table.rows]
        if not table.is_indexed(field.name) or field.type not in TEXTS:
            return None
        keys = {index_key(each) for each in wanted}
        return [row for key in keys for row in table.having(field.name, key)]

    def _condition(self, kind, node):
        column = self.finder.resolve(kind, node.path)
        field = column[1]
        if not field.filterable:
            raise SalesforceError(
                "INVALID_FIELD",
                f"field '{node.path}' can not be filtered in a query call",
            )
        get = self.finder.getter(kind, column)
        if isinstance(node.value, Query):
            return self._within(field, get, node)
        if isinstance(node.value, list):
            wanted = {self._operand(field, each) for each in node.value}
            if node.operator in ("INCLUDES", "EXCLUDES"):
                return _including(get, wanted, node.operator == "INCLUDES")
            return _among(_key(field, get), wanted, node.operator == "NOT IN")
        if node.operator == "LIKE":
            return self._like(field, get, node.value)
        if node.value.kind == "days":
            self._check_kind(field, node.value)
            return self._in_days(get, field, node.operator, node.value.value)
        operand = self._operand(field, node.value)
        get = _key(field, get)
        if node.operator == "=":
            return lambda row: get(row) == operand
        if node.operator == "!=":
            return lambda row: get(row) != operand
        if field.type == "boolean" or operand is None:
            raise SalesforceError(
                "INVALID_FIELD", f"invalid operator on {field.type} field"
            )
        test = _TESTS[node.operator]

        def compare(row):
            value = get(row)
            return value is not None and test(value, operand)

        return compare

    def _check_kind(self, field, literal):
        if literal.kind == "null":
            return
        allowed = LITERALS.get(field.type, ("string",))
        if literal.kind not in allowed:
            wanted = {"datetime": "dateTime", "date": "date"}.get(
                field.type, allowed[0]
            )
            quotes = "" if wanted == "string" else "not "
            raise SalesforceError(
                "INVALID_FIELD",
                f"value of filter criterion for field '{field.name}' must be of type "
                f"{wanted} and should {quotes}be enclosed in quotes",
            )

    def _operand(self, field, literal):
        """The value of a literal as rows hold it."""
        self._check_kind(field, literal)
        value = literal.value
        if literal.kind == "datetime":
            value = values.read_moment(value)
            if value is None:
                raise SalesforceError("MALFORMED_QUERY", f"no moment: {literal.value}")
        elif literal.kind == "date" and values.read_date(value) is None:
            raise SalesforceError("MALFORMED_QUERY", f"no date: {literal.value}")
        elif literal.kind == "string":
            if field.type in ("id", "reference"):
                whole = ids.long_id(value)
                if whole is None and value:
                    raise SalesforceError(
                        "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {value}"
                    )
                return whole
            value = value.replace(LITERALLY, "").lower() or None
        return value

    def _within(self, field, get, node):
        if node.operator not in ("IN", "NOT IN") or len(node.value.paths) != 1:
            raise SalesforceError("MALFORMED_QUERY", "unexpected subquery")
        inner = self.finder.kind(node.value)
        column = self.finder.resolve(inner, node.value.paths[0])
        inner_get = self.finder.getter(inner, column)
        _kind, rows = self.finder.run(node.value)
        wanted = {inner_get(row) for row in rows} - {None}
        return _among(get, wanted, node.operator == "NOT IN")

    def _like(self, field, get, literal):
        if field.type not in TEXTS or literal.kind != "string":
            raise SalesforceError("INVALID_FIELD", "invalid operator on this field")
        parts = re.findall(f"{LITERALLY}.|.", literal.value, re.DOTALL)
        wild = {"%": ".*", "_": "."}
        pattern = "".join(wild.get(part) or re.escape(part[-1]) for part in parts)
        match = re.compile(pattern, re.IGNORECASE | re.DOTALL).fullmatch

        def like(row):
            value = get(row)
            return value is not None and match(value) is not None

        return like

    def _in_days(self, get, field, operator, text):
        first, behind = days(text, self.finder.store.clock.now().date())
        low, high = first.isoformat(), behind.isoformat()
        tests = {
            "=": lambda value: low <= value < high,
            "!=": lambda value: not low <= value < high,
            "<": lambda value: value < low,
            "<=": lambda value: value < high,
            ">": lambda value: value >= high,
            ">=": lambda value: value >= low,
        }
        test = tests[operator]

        def compare(row):
            value = get(row)
            return value is not None and test(value)

        return compare


def days(text, today):
    """``(first day, day behind the last)`` of a date literal, in UTC."""
    name, _colon, number = text.partition(":")
    day = timedelta(days=1)
    if name in ("TODAY", "YESTERDAY", "TOMORROW"):
        shift = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}[name]
        return today + shift * day, today + (shift + 1) * day
    which, _line, unit = name.partition("_")
    if unit.endswith("DAYS"):
        count = int(number or 90)
        if which == "LAST":
            return today - count * day, today + day
        return today + day, today + (count + 1) * day
    shift = {"THIS": 0, "LAST": -1, "NEXT": 1}[which]
    if unit == "WEEK":
        start = today - ((today.weekday() + 1) % 7) * day + shift * 7 * day
        return start, start + 7 * day
    if unit == "YEAR":
        start = today.replace(year=today.year + shift, month=1, day=1)
        return start, start.replace(year=start.year + 1)
    year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
    start = today.replace(year=year, month=month + 1, day=1)
    return start, (start + 31 * day).replace(day=1)


def _key(field, get):
    """Texts are compared without case, ids with it.
    [S soql_select_fieldexpression]"""
    if field.type not in TEXTS or field.type in ("id", "reference"):
        return get

    def lower(row):
        value = get(row)
        return value.lower() if value is not None else None

    return lower


def _grouped(operator, parts):
    if operator == "NOT":
        [part] = parts
        return lambda row: not part(row)
    if operator == "AND":
        if len(parts) == 2:
            one, other = parts
            return lambda row: one(row) and other(row)
        return lambda row: all(part(row) for part in parts)
    return lambda row: any(part(row) for part in parts)


def _among(get, wanted, negate):
    if negate:
        return lambda row: get(row) not in wanted
    return lambda row: get(row) in wanted


def _including(get, wanted, positive):
    def meets(row):
        chosen = {each.lower() for each in (get(row) or "").split(";")}
        hit = any(chosen >= set(each.split(";")) for each in wanted if each)
        return hit is positive

    return meets
