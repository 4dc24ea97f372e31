"""Stripe's amounts and times: integers in minor units, seconds since 1970.

Source of the tables: https://docs.stripe.com/currencies (zero-decimal currencies,
three-decimal currencies, special cases).
"""

import datetime
import decimal

from odoo.addons.connector_base.engine.values import UTC

#: Their minor unit is the currency itself. ISK and UGX have no smaller unit either, and
#: Stripe counts them in hundredths all the same: they are not among these.
ZERO_DECIMAL = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF"),
        *("VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
#: Their minor unit is a thousandth. Cards are charged in whole hundredths, so that the
#: last digit is 0 there.
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def digits(currency):
    """How many digits Stripe's minor unit of a currency has.

    :param currency: ISO 4217 code in capitals
    """
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def code(currency):
    """ISO 4217 code in capitals, of Stripe's; ``None`` stays."""
    return currency and currency.upper()


def major(amount, currency):
    """An amount in minor units as decimal text in major units.

    >>> major(1250, "EUR"), major("0.5", "USD"), major(1000, "JPY")
    ('12.50', '0.005', '1000')

    :param amount: integer, or decimal text; ``None`` stays
    :param currency: ISO 4217 code in capitals
    """
    if amount is None:
        return None
    return format(decimal.Decimal(str(amount)).scaleb(-digits(currency)), "f")


def minor(amount, currency):
    """An amount in major units in Stripe's minor units, with what is left of them.

    :param amount: decimal text or ``Decimal``
    :return: decimal text without exponent, ``"1250"`` or ``"0.5"``
    """
    scaled = decimal.Decimal(str(amount)).scaleb(digits(currency)).normalize()
    return format(scaled, "f")


def moment(seconds):
    """Seconds since 1970 as ISO 8601 in UTC; ``None`` stays."""
    if seconds is None:
        return None
    return datetime.datetime.fromtimestamp(seconds, UTC).isoformat()


def seconds(text):
    """ISO 8601 with a zone as seconds since 1970."""
    return int(datetime.datetime.fromisoformat(text).timestamp())
