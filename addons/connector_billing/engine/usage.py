"""What usage comes to: sums of a period, and what they will be billed.

Prices with tiers are worked out as both vendors do it: graduated (``tiered``) prices
each part of the quantity by the tier that it falls in, ``volume`` the whole by the tier
that it ends in. https://docs.stripe.com/products-prices/pricing-models [S],
https://www.chargebee.com/docs/2.0/pricing-models.html [M]. A tier of a quantity that is
for nothing is what is included; what is beyond it is overage.
"""

from .recurring import ZERO, number

AGGREGATIONS = ("sum", "max", "last")


def combined(aggregation, quantities):
    """What of several quantities, in order of time, counts: ``Decimal``.

    >>> combined("max", [3, 7, 5])
    7
    """
    quantities = list(quantities)
    if not quantities:
        return ZERO
    if aggregation == "max":
        return max(quantities)
    if aggregation == "last":
        return quantities[-1]
    return sum(quantities, ZERO)


def included(tiers):
    """The quantity up to which nothing is billed: ``Decimal``, 0 for none."""
    end = ZERO
    for tier in tiers:
        if number(tier.get("unit_amount")) or number(tier.get("flat_amount")):
            break
        if not tier.get("up_to"):
            break
        end = number(tier["up_to"])
    return end


def priced(quantity, unit_amount, tiers=(), scheme="per_unit"):
    """What a quantity will be billed, without discounts and taxes: ``Decimal``, exact.

    :param scheme: one of ``connector.billing.price``'s
    :param tiers: list of ``shapes.Tier``
    """
    if scheme == "flat":
        return number(unit_amount)
    if not tiers:
        return quantity * number(unit_amount)
    if scheme == "volume":
        tier = next(
            (t for t in tiers if not t.get("up_to") or quantity <= number(t["up_to"])),
            tiers[-1],
        )
        return _of_tier(tier, quantity) if quantity else ZERO
    total, start = ZERO, ZERO
    for tier in tiers:
        end = number(tier["up_to"]) if tier.get("up_to") else quantity
        part = min(quantity, end) - start
        if part <= 0:
            break
        total += _of_tier(tier, part)
        start = end
    return total


def _of_tier(tier, quantity):
    flat, unit = number(tier.get("flat_amount")), number(tier.get("unit_amount"))
    return flat + unit * quantity
