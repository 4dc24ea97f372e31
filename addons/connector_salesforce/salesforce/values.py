"""Salesforce's values, the same whether they come as JSON or as CSV.

REST gives JSON: numbers with decimals as floats, times with ``+0000``, relationships as
objects. Bulk gives CSV: all of it text, empty for null, times with ``Z``, relationships
as ``Account.Name``. A record must not look changed because it came the other way.
"""

import decimal
import re

from odoo.addons.connector_base.engine.paths import parse_path

_REST_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+0000")
#: Types of a field's description whose texts are numbers, and those that are whole.
NUMBERS = frozenset({"double", "currency", "percent"})
WHOLE = frozenset({"int", "long"})


def number_text(text):
    """A number with decimals as text that is the same however it was written.

    >>> number_text("1500.0"), number_text("1.5E3"), number_text("0.10")
    ('1500', '1500', '0.1')
    """
    number = decimal.Decimal(text)
    written = format(number.normalize(), "f")
    return "0" if written == "-0" else written


def field_names(paths):
    """Names of the fields that a map's paths ask for: ``Account.Name``, ``Tags__c``."""
    found = set()
    for path in paths:
        steps = []
        for step in parse_path(path):
            if not isinstance(step, str):
                break
            steps.append(step)
        if steps:
            found.add(".".join(steps))
    return found


def from_json(row, names):
    """The values of a record, with those of ``names`` that it holds.

    :param row: as parsed, its floats as :func:`number_text`
    :return: dict; a relationship that leads nowhere has its fields, null
    """
    values = {}
    for name in names:
        steps = name.split(".")
        if steps[0] in row:
            place(values, name, _at(row, steps))
    return values


def _at(row, steps):
    value = row
    for step in steps:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return _plain(value)


def _plain(value):
    if isinstance(value, str) and _REST_TIME.fullmatch(value):
        return f"{value[:-5]}Z"
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if k != "attributes"}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def from_csv(names, cells, types):
    """The values of a row of a job's results.

    :param names: its header
    :param types: ``{field: type}`` as described; one that isn't told stays text
    """
    values = {}
    for name, cell in zip(names, cells, strict=True):
        place(values, name, _typed(cell, types.get(name)))
    return values


def _typed(cell, kind):
    # Salesforce knows no empty text: null and empty are one.
    if cell == "":
        return None
    if kind == "boolean":
        return cell.lower() == "true"
    if kind in WHOLE:
        return int(cell)
    if kind in NUMBERS:
        return number_text(cell)
    return _plain(cell)


def place(values, name, value):
    """Put a value at ``Account.Name`` into nested dicts."""
    *outer, last = name.split(".")
    for step in outer:
        inner = values.get(step)
        if not isinstance(inner, dict):
            inner = values[step] = {}
        values = inner
    values[last] = value
