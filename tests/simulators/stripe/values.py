"""How Stripe writes numbers and repeated parts."""

from decimal import Decimal


def number(value):
    """A percentage or rate as a JSON number, without trailing zeros."""
    value = Decimal(value)
    return int(value) if value == value.to_integral_value() else float(value)


def decimal_text(amount):
    """``unit_amount_decimal`` of minor units: text, None of None."""
    return None if amount is None else str(amount)


def without_none(body):
    """The body without the keys that have no value."""
    return {key: value for key, value in body.items() if value is not None}
