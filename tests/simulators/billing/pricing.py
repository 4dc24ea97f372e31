"""What a quantity costs at a price."""

from .money import step


def price_amount(price, quantity):
    """Minor units of ``quantity`` in one interval, before discounts.

    Units of a tier may cost less than the currency's step; what they come to doesn't.
    """
    unit = step(price.currency)
    return (2 * _exact(price, quantity) + unit) // (2 * unit) * unit


def _exact(price, quantity):
    if price.scheme == "flat":
        return price.amount
    if price.scheme == "package":
        return -(-quantity // price.package) * price.amount
    if price.scheme == "volume":
        return _volume(price.tiers, quantity)
    if price.scheme == "tiered":
        return _tiered(price.tiers, quantity)
    return price.amount * quantity


def unit_amount(price):
    """Of one unit, ``None`` where it isn't one amount times the quantity."""
    return price.amount if price.scheme == "per_unit" else None


def _tiered(tiers, quantity):
    total = 0
    below = 0
    for tier in tiers:
        if quantity <= below:
            break
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        total += (top - below) * tier.amount + tier.flat
        below = top
    return total


def _volume(tiers, quantity):
    if not quantity:
        return 0
    for tier in tiers:
        if tier.up_to is None or quantity <= tier.up_to:
            return quantity * tier.amount + tier.flat
    raise ValueError(f"no tier for {quantity}")
