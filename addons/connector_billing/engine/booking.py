"""What a document of a vendor comes to, line by line, in exact decimals.

A vendor's line becomes one or several parts, each an entry line of its own: what is
sold, and where they are booked apart, its discounts. The parts of a line come to its
amount, and their taxes to its taxes, to the last minor unit.
"""

import dataclasses
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

#: How far from an amount a price times a quantity may be to be rounded to it: less than
#: half of a minor unit, by more than binary fractions are off.
NEARLY_HALF = Decimal("0.49")
#: Decimals of a price that isn't the vendor's own.
PRICE_PLACES = 6
#: Decimals of a discount in percent, as Odoo stores it.
PERCENT_PLACES = 2
HALF = Decimal("0.5")


@dataclasses.dataclass(slots=True)
class Part:
    """An entry line of a document.

    :param net: without any tax, what is booked on the account
    :param taxes: ``{vendor's tax: amount}``
    :param bases: ``{vendor's tax: taxable amount, or None where it is the net}``
    :param taken_off: discounts that are in the net, positive
    :param discount: the vendor's discount that it is, or ``None``
    :param percent: discount in percent that is taken off the price
    """

    line: dict
    net: Decimal
    taxes: dict
    bases: dict
    taken_off: Decimal = Decimal(0)
    discount: dict | None = None
    percent: Decimal = Decimal(0)
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal(0)

    def gross(self, included):
        """The net with those taxes that Odoo has in the price."""
        return self.net + sum(
            amount for tax, amount in self.taxes.items() if tax in included
        )


def minor_unit(places):
    """The smallest amount of a currency with so many decimals."""
    return Decimal(1).scaleb(-places)


def rounded(amount, places):
    """An amount rounded half away from zero, as invoices are."""
    return amount.quantize(minor_unit(places), ROUND_HALF_UP)


def parts_of(line, places, apart):
    """Split a vendor's line.

    :param line: ``shapes.Line``
    :param places: decimals of the currency
    :param apart: discounts are parts of their own
    :return: list of :class:`Part`, what is sold first
    """
    amount = Decimal(line["amount"])
    discounts = [
        (item, Decimal(item["amount"] or 0))
        for item in line["discounts"]
        if Decimal(item["amount"] or 0)
    ]
    whole = amount - sum(taken_off for _item, taken_off in discounts)
    taxes, bases, inclusive = {}, {}, Decimal(0)
    for tax in line["taxes"]:
        key = tax["tax"]
        taxes[key] = taxes.get(key, Decimal(0)) + Decimal(tax["amount"])
        if tax["base"] is not None:
            bases[key] = Decimal(tax["base"])
        inclusive += Decimal(tax["amount"]) if tax["inclusive"] else 0
    if not apart or not discounts:
        return [Part(line, whole - inclusive, taxes, bases, amount - whole)]
    contained = {tax["tax"] for tax in line["taxes"] if tax["inclusive"]}
    pieces = []
    for item, taken_off in discounts:
        share = -taken_off / whole if whole else Decimal(0)
        own = {key: rounded(sum_ * share, places) for key, sum_ in taxes.items()}
        within = sum((own[key] for key in contained), Decimal(0))
        part_bases = {key: base * share for key, base in bases.items()}
        pieces.append(Part(line, -taken_off - within, own, part_bases, discount=item))
    main = {
        key: sum_ - sum((piece.taxes[key] for piece in pieces), Decimal(0))
        for key, sum_ in taxes.items()
    }
    main_bases = {
        key: base - sum(piece.bases[key] for piece in pieces)
        for key, base in bases.items()
    }
    within = sum((main[key] for key in contained), Decimal(0))
    return [Part(line, amount - within, main, main_bases), *pieces]


def set_price(part, included, places, quantity_places):
    """Choose quantity and price of a part, so that Odoo comes to its amount exactly.

    The vendor's own quantity and price where they do, else one of the whole amount.

    :param included: the vendor's taxes that Odoo has in the price
    :param quantity_places: decimals that Odoo stores of a quantity
    """
    goal = part.gross(included)
    part.quantity, part.price, part.percent = Decimal(1), goal, Decimal(0)
    if part.discount is not None:
        return
    quantity = Decimal(part.line["quantity"] or 1)
    if not quantity or quantity != quantity.quantize(minor_unit(quantity_places)):
        return
    if part.line["unit_amount"] is None:
        return
    unit, amount = Decimal(part.line["unit_amount"]), Decimal(part.line["amount"])
    limit = NEARLY_HALF * minor_unit(places)
    plain = goal == amount - part.taken_off
    if plain and abs(quantity * unit - amount) < limit:
        percent = _percent(amount, goal) if part.taken_off else Decimal(0)
        if percent is not None and (
            abs(quantity * unit * (100 - percent) / 100 - goal) < limit
        ):
            part.quantity, part.price, part.percent = quantity, unit, percent
            return
    price = (goal / quantity).quantize(minor_unit(PRICE_PLACES), ROUND_HALF_UP)
    if abs(quantity * price - goal) < limit:
        part.quantity, part.price = quantity, price


def _percent(amount, goal):
    """By how many percent an amount is lowered to another; ``None`` if that is no
    short number."""
    if not amount or not 0 <= goal / amount < 1:
        return None
    percent = (amount - goal) / amount * 100
    short = percent.quantize(minor_unit(PERCENT_PLACES), ROUND_DOWN)
    return short if short == percent else None


def needs_apart(part):
    """Whether a line's discounts can't be expressed by its price and a percentage."""
    return bool(part.taken_off and not part.percent)


def says_quantity(part):
    """Whether the quantity of a line is lost in its price: the label has to say it."""
    quantity = Decimal(part.line["quantity"] or 1)
    return part.discount is None and quantity not in (part.quantity, 1)


@dataclasses.dataclass(slots=True)
class Difference:
    """A tax whose amount isn't what its rate comes to.

    :param billed, expected: amounts; the expected one rounded
    """

    tax: str
    billed: Decimal
    expected: Decimal


def tax_differences(parts, expected_of, places):
    """Taxes that were billed with another amount than Odoo's tax comes to.

    A vendor rounds each line or each document: half of a minor unit for each line is no
    difference. Cards are charged whole hundredths, so that vendors round to them where
    a currency has thousandths (https://docs.stripe.com/currencies#three-decimal).

    :param expected_of: ``function(vendor's tax, Part) -> (exact amount, margin in minor
        units)``, ``None`` where it can't be told
    :return: list of :class:`Difference`
    """
    billed, expected, margins, unsure = {}, {}, {}, set()
    for part in parts:
        for tax, amount in part.taxes.items():
            billed[tax] = billed.get(tax, Decimal(0)) + amount
            found = expected_of(tax, part)
            if found is None:
                unsure.add(tax)
                continue
            exact, margin = found
            expected[tax] = expected.get(tax, Decimal(0)) + exact
            margins[tax] = margins.get(tax, Decimal(0)) + margin
    return [
        Difference(tax, billed[tax], rounded(exact, places))
        for tax, exact in expected.items()
        if tax not in unsure
        and abs(billed[tax] - exact) > margins[tax] * minor_unit(min(places, 2))
    ]
