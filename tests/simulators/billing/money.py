"""Amounts in minor units, and how they are rounded.

One rule everywhere: half away from zero, to the currency's step. Where parts must add
up to a whole, the largest remainders get what is left over (:func:`share`).
"""

from decimal import Decimal

#: ISO 4217 exponents of the currencies in use; all others have two decimals.
DECIMALS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3, "TND": 3}


def decimals(currency):
    """Digits after the point: 0, 2 or 3."""
    return DECIMALS.get(currency, 2)


def step(currency):
    """The smallest amount that is billed, in minor units.

    Three-decimal amounts end in 0, as Stripe wants them
    (docs.stripe.com/currencies#three-decimal).
    """
    return 10 if decimals(currency) == 3 else 1


def nearest(numerator, denominator, currency):
    """Minor units, given as a fraction, to the currency's step, half away from zero."""
    unit = step(currency)
    whole = denominator * unit
    rounded = (2 * abs(numerator) + whole) // (2 * whole) * unit
    return -rounded if numerator < 0 else rounded


def percent_of(amount, percent, currency):
    """``percent`` (Decimal) of an amount, rounded."""
    numerator, denominator = percent.as_integer_ratio()
    return nearest(amount * numerator, 100 * denominator, currency)


def share(total, weights, currency):
    """Split ``total`` by weights so that the parts add up to it.

    Each part is rounded down to the step, the rest goes step by step to the largest
    remainders, earlier ones first. What the step can't split goes to the first part.
    All weights of one sign; all zero: everything to the first.
    """
    weights = [abs(each) for each in weights]
    whole = sum(weights)
    if not weights:
        return []
    if not whole:
        return [total] + [0] * (len(weights) - 1)
    unit = step(currency)
    sign = -1 if total < 0 else 1
    steps, odd = divmod(abs(total), unit)
    floors = [steps * each // whole for each in weights]
    order = sorted(
        range(len(weights)), key=lambda at: (-(steps * weights[at] % whole), at)
    )
    for at in order[: steps - sum(floors)]:
        floors[at] += 1
    parts = [sign * each * unit for each in floors]
    parts[0] += sign * odd
    return parts


def convert(amount, source, target, rate):
    """An amount of ``source`` in ``target``; ``rate``: Decimal, target per source."""
    numerator, denominator = rate.as_integer_ratio()
    return nearest(
        amount * numerator * 10 ** decimals(target),
        denominator * 10 ** decimals(source),
        target,
    )


def major(amount, currency):
    """Decimal in major units, with the currency's digits: ``Decimal("12.50")``."""
    return Decimal(amount).scaleb(-decimals(currency))
