"""Typed values on their way out: from canonical Python values to a vendor's JSON.

The way back of :mod:`values`: what is written here is read there as the same value.
"""

import datetime
import decimal

UTC = datetime.UTC


def write_value(kind, value):
    """A canonical value as JSON, in the spelling that most vendors take.

    Money and other decimals are texts, never floats; moments are ISO 8601 in UTC.

    :param kind: one of :data:`WRITERS`
    :return: JSON value; ``None`` and the empty string are ``None``
    """
    if value is None or value == "":
        return None
    writer = WRITERS.get(kind)
    return writer(value) if writer else value


def plain_number(value):
    """A decimal without exponent and without zeros that mean nothing: ``1500``.

    >>> plain_number(decimal.Decimal("1.50E+3"))
    '1500'
    """
    text = format(decimal.Decimal(value), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def milliseconds(value):
    """A date (midnight UTC) or moment in milliseconds since 1970.

    :param value: date, or aware datetime
    """
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time(), UTC)
    return round(value.timestamp() * 1000)


def decimal_of(number):
    """The ``Decimal`` that a float of Odoo stands for: its shortest text."""
    return decimal.Decimal(str(number or 0))


def _moment(value):
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


#: Type of entity field -> writer; the values of all others are JSON already.
WRITERS = {
    "decimal": plain_number,
    "money": plain_number,
    "date": datetime.date.isoformat,
    "datetime": _moment,
    "values": list,
    "references": list,
    "keys": list,
}
