"""Discounts and taxes of a document's lines.

- A percent coupon is rounded on the sum of the lines that it applies to; what it gives
  is shared among them by largest remainder. So is an amount, which never gives more
  than there is.
- Coupons apply to what is sold, not to prorations, whose amounts have them in.
- Each tax is rounded on each line; several taxes don't compound.
"""

from dataclasses import replace
from decimal import Decimal

from .model import LineDiscount, LineTax
from .money import nearest, percent_of, share

DISCOUNTABLE = ("subscription", "usage", "one_off")


def with_discounts(lines, discounts, currency):
    """The lines with what coupons take off.

    ``discounts``: (discount, coupon) pairs in the order in which they apply.
    """
    taken = [[] for _line in lines]
    left = [
        line.amount if line.kind in DISCOUNTABLE and line.amount > 0 else 0
        for line in lines
    ]
    for discount, coupon in discounts:
        whole = sum(left)
        if coupon.percent is not None:
            amount = percent_of(whole, coupon.percent, currency)
        elif coupon.currency == currency:
            amount = min(coupon.amount, whole)
        else:
            continue
        if not amount:
            continue
        for at, part in enumerate(share(amount, left, currency)):
            if part:
                left[at] -= part
                taken[at].append(LineDiscount(discount.id, coupon.id, part))
    return [
        replace(line, discounts=tuple(each))
        for line, each in zip(lines, taken, strict=True)
    ]


def with_taxes(line, rates, currency):
    """The line with its taxes (:class:`.model.TaxRate`)."""
    net = line.amount - line.discount
    inside = [rate for rate in rates if rate.inclusive]
    whole = sum((rate.percent for rate in inside), Decimal(100))
    numerator, denominator = whole.as_integer_ratio()
    base = nearest(net * 100 * denominator, numerator, currency)
    weights = [int(rate.percent * 10_000) for rate in inside]
    parts = iter(share(net - base, weights, currency))
    taxes = tuple(
        LineTax(rate.id, next(parts), base, True)
        if rate.inclusive
        else LineTax(rate.id, percent_of(base, rate.percent, currency), base, False)
        for rate in rates
    )
    return replace(line, taxes=taxes)


def sums(lines):
    """The fields of a document that are sums of its lines."""
    subtotal = sum(line.amount for line in lines)
    discount = sum(line.discount for line in lines)
    added = sum(line.added_tax for line in lines)
    return {
        "lines": tuple(lines),
        "subtotal": subtotal,
        "discount_total": discount,
        "tax_total": sum(line.tax for line in lines),
        "added_tax": added,
        "total": subtotal - discount + added,
    }


def part_of(line, amount, before, currency):
    """A credit of ``amount`` of an invoice line, of which ``before`` was credited.

    Discounts and taxes go with it in proportion, so that credits of the whole line, in
    whatever parts, add up to the whole line.
    """

    def portion(value):
        if not line.amount:
            return value if not before else 0
        upto = nearest(value * abs(before + amount), abs(line.amount), currency)
        return upto - nearest(value * abs(before), abs(line.amount), currency)

    return replace(
        line,
        amount=amount,
        quantity=line.quantity if amount == line.amount else 1,
        unit_amount=line.unit_amount if amount == line.amount else None,
        discounts=tuple(
            replace(each, amount=portion(each.amount)) for each in line.discounts
        ),
        taxes=tuple(
            replace(each, amount=portion(each.amount), base=portion(each.base))
            for each in line.taxes
        ),
        credits=line.id,
        pending=None,
    )
