"""Queries: which fields of which records, in which order.

Source: https://developer.salesforce.com/docs/platform/soql-sosl/guide/sforce_api_calls_soql_select.
Texts are quoted with single quotes, in which a backslash escapes; times are written
bare, in ISO 8601.
"""

import re

from .endpoints import CHANGED, DELETED

#: A field, also of a record that is referred to, or an object; [S] names are letters,
#: digits and underscores. Names stand in queries as they are.
_NAME = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*", re.ASCII)
_COUNT = "COUNT()"


def is_name(text):
    """Whether a text can be the name of anything, and is nothing beside it."""
    return bool(_NAME.fullmatch(text))


def quote(text):
    """
    >>> quote("O'Hara")
    "'O\\\\\\\\'Hara'"
    """
    escaped = str(text).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def moment(value):
    """:param value: aware UTC"""
    return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def changed_since(since, after=None):
    """What was changed since, behind a record of that order.

    :param since: text of a moment, or ``None``
    :param after: ``[moment, id]`` of the last record that was read
    :return: condition, or ""
    """
    if after:
        stamp, last_id = after
        return (
            f"({CHANGED} > {stamp} OR ({CHANGED} = {stamp} AND Id > {quote(last_id)}))"
        )
    return f"{CHANGED} >= {since}" if since else ""


def of_ids(ids, field="Id"):
    return f"{field} IN ({', '.join(map(quote, ids))})"


def select(names, object_name, condition="", ordered=False):
    """:param ordered: by the time of the last change, then by id"""
    for name in (*names, object_name):
        if name != _COUNT and not is_name(name):
            raise ValueError(f"{name!r} is no name")
    parts = ["SELECT", ", ".join(names), "FROM", object_name]
    if condition:
        parts.append(f"WHERE {condition}")
    if ordered:
        parts.append(f"ORDER BY {CHANGED}, Id")
    return " ".join(parts)


def count(object_name, condition=""):
    return select([_COUNT], object_name, condition)


def alive(condition):
    """A condition with those left out that are deleted."""
    return f"{condition} AND {DELETED} = false" if condition else f"{DELETED} = false"
