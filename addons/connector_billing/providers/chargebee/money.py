"""Chargebee's amounts and times: integers in minor units, seconds since 1970.

https://apidocs.chargebee.com/docs/api/currencies [S]: amounts of currencies without
subunits are whole, all others count hundredths, those with thousandths too. Where a
site prices in more decimals, keys that end in ``_in_decimal`` tell the exact amount in
major units.
"""

import datetime
import decimal

from odoo.addons.connector_base.engine.values import UTC

#: Currencies without subunits. [S] the first four are named on that page; others [M]
ZERO_DECIMAL = frozenset(
    {
        *("JPY", "KRW", "XAF", "XOF", "BIF", "CLP", "DJF", "GNF", "KMF", "PYG"),
        *("RWF", "UGX", "VND", "VUV", "XPF"),
    }
)


def digits(currency):
    """How many digits Chargebee's minor unit of a currency has."""
    return 0 if currency in ZERO_DECIMAL else 2


def major(amount, currency):
    """An amount in minor units as decimal text in major units.

    >>> major(1250, "EUR"), major(1234, "KWD"), major(1000, "JPY")
    ('12.50', '12.34', '1000')

    :param amount: integer; ``None`` stays
    """
    if amount is None:
        return None
    return format(decimal.Decimal(str(amount)).scaleb(-digits(currency)), "f")


def exact(item, name, currency):
    """An amount of a record that may have more digits than the minor unit."""
    if item.get(f"{name}_in_decimal") is not None:
        return item[f"{name}_in_decimal"]
    return major(item.get(name), currency)


def quantity(item, name="quantity"):
    """How many, as decimal text; one where nothing is told."""
    found = item.get(f"{name}_in_decimal")
    if found is None:
        found = item.get(name)
    return "1" if found is None else str(found)


def minor(amount, currency):
    """An amount in major units in minor units, as whole number.

    :param amount: decimal text or ``Decimal``
    :raises ValueError: where a part of a minor unit is left
    """
    scaled = decimal.Decimal(str(amount)).scaleb(digits(currency))
    whole = scaled.to_integral_value()
    if whole != scaled:
        raise ValueError(f"{amount} {currency} has too many decimals")
    return int(whole)


def plain(number):
    """A number of JSON without zeros that mean nothing: ``"19"``, ``"8.875"``.

    >>> plain(19.0), plain(8.875)
    ('19', '8.875')
    """
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(seconds):
    """Seconds since 1970 as ISO 8601 in UTC; ``None`` stays."""
    if seconds is None:
        return None
    return datetime.datetime.fromtimestamp(seconds, UTC).isoformat()


def seconds(text):
    """ISO 8601 with a zone as seconds since 1970."""
    return int(datetime.datetime.fromisoformat(text).timestamp())
