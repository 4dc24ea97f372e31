"""Form-encoded writes: bracket parameters checked against what an operation takes.

``billing_address[line1]`` is a field of an object, ``subscription_items[quantity][0]``
one of a list of objects, ``coupon_ids[0]`` one of a list. [SDK chargebee-python util]
What an operation doesn't take is refused, as is what can't be read.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl

from . import errors

FORM = "application/x-www-form-urlencoded"
INDEX = re.compile(r"^(.*)\[(\d+)\]$")


class Spec:
    """What an operation takes.

    ``fields``: name to kind, as ``{"email": "text", "net_term_days": "int",
    "subscription_items[quantity][]": "int", "status": ("active", "archived")}``; kinds
    are text, int, cents (not negative), decimal, bool, moment, json and tuples of
    values. ``required``: names without which it is refused.
    """

    def __init__(self, fields, required=()):
        self.fields = fields
        self.required = required

    def parse(self, request):
        """``{name: value}``; lists as ``{"subscription_items": [{"quantity": 1}]}``."""
        if request.body and request.media_type() != FORM:
            raise errors.refuse(
                415, "invalid_request", f"{request.media_type()} is not supported"
            )
        values, rows = {}, {}
        text = request.body.decode("utf-8", "replace")
        for name, given in parse_qsl(text, keep_blank_values=True):
            indexed = INDEX.match(name)
            plain = f"{indexed[1]}[]" if indexed else name
            kind = self.fields.get(plain)
            if kind is None and name.startswith("cf_"):
                kind = "text"
            if kind is None:
                raise errors.unknown(name)
            value = _read(kind, name, given)
            if indexed:
                group, field = _split(indexed[1])
                rows.setdefault(group, {}).setdefault(int(indexed[2]), {})[field] = (
                    value
                )
            else:
                values[name] = value
        for group, found in rows.items():
            listed = [found[at] for at in sorted(found)]
            values[group] = [each[None] if None in each else each for each in listed]
        for name in self.required:
            self._demand(name, values)
        return values

    def _demand(self, name, values):
        if not name.endswith("[]"):
            if values.get(name) in (None, ""):
                raise errors.blank(name)
            return
        group, field = _split(name[:-2])
        listed = values.get(group) or [{}]
        for at, row in enumerate(listed):
            if row.get(field) in (None, ""):
                raise errors.blank(f"{name[:-2]}[{at}]")


def fields(kinds, prefix="", suffix=""):
    """Names to kinds from ``{"text": "id name", ...}``; within an object with
    ``prefix="billing_address"``, within a list with ``suffix="[]"``."""
    found = {}
    for kind, names in kinds.items():
        for name in names.split():
            found[(f"{prefix}[{name}]" if prefix else name) + suffix] = kind
    return found


def _split(name):
    """``("subscription_items", "quantity")``; a plain list has no field."""
    group, bracket, field = name.partition("[")
    return group, field.rstrip("]") if bracket else None


def _read(kind, name, given):
    if isinstance(kind, tuple):
        if given not in kind:
            raise errors.wrong(name, f"invalid value, one of {', '.join(kind)}")
        return given
    try:
        return _READERS[kind](given)
    except (ValueError, InvalidOperation):
        raise errors.wrong(name, f"invalid value {given!r}") from None


def _whole(given):
    if not re.fullmatch(r"-?\d+", given):
        raise ValueError(given)
    return int(given)


def _cents(given):
    if _whole(given) < 0:
        raise ValueError(given)
    return int(given)


def _flag(given):
    if given not in ("true", "false"):
        raise ValueError(given)
    return given == "true"


def _decimal(given):
    if not Decimal(given).is_finite():
        raise ValueError(given)
    return Decimal(given)


_READERS = {
    "text": str,
    "int": _whole,
    "cents": _cents,
    "decimal": _decimal,
    "bool": _flag,
    "moment": _cents,
    "json": json.loads,
}
