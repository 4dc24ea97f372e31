"""Queries: which fields of which records, in which order.

Source: https://developer.salesforce.com/docs/platform/soql-sosl/guide/sforce_api_calls_soql_select.
Texts are quoted with single quotes, in which a backslash escapes; times are written
bare, in ISO 8601.
"""

from .endpoints import CHANGED, DELETED


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
    parts = [f"SELECT {', '.join(names)} FROM {object_name}"]
    if condition:
        parts.append(f"WHERE {condition}")
    if ordered:
        parts.append(f"ORDER BY {CHANGED}, Id")
    return " ".join(parts)


def count(object_name, condition=""):
    return select(["COUNT()"], object_name, condition)


def alive(condition):
    """A condition with those left out that are deleted."""
    return f"{condition} AND {DELETED} = false" if condition else f"{DELETED} = false"
