"""Lines of invoices and credit notes of Chargebee in our terms.

Sources: SDK chargebee-python 3, ``LineItemResponse``, ``LineItemTaxResponse``,
``LineItemDiscountResponse`` [SDK]; page ``invoices`` [S]; samples of the older
catalogue, whose lines name plans and addons instead of item prices.

A line's discounts and taxes stand in lists of the document, by the id of the line. The
amount of a line is before its discounts; taxes are in it where the document's
``price_type`` is ``tax_inclusive``.
"""

import decimal
import re

from .money import digits, exact, major, moment, plain, quantity

INCLUSIVE = "tax_inclusive"
#: What a line is of -> its kind. [SDK] LineItem.EntityType, the older ones too
KINDS = {
    "plan_item_price": "subscription",
    "addon_item_price": "subscription",
    "plan": "subscription",
    "addon": "subscription",
    "charge_item_price": "one_off",
    "plan_setup": "one_off",
    "adhoc": "one_off",
}
ITEM_PRICES = frozenset({"plan_item_price", "addon_item_price", "charge_item_price"})
#: Chargebee tells a proration by the description alone. [sample credit_note_created]
PRORATED = re.compile(r"(?i)\bprorat|\bunused time\b")
#: What took an amount off, where it was no coupon. [SDK] LineItemDiscount.DiscountType
DISCOUNT_LABELS = {
    "promotional_credits": "Promotional credits",
    "prorated_credits": "Prorated credits",
    "item_level_discount": "Discount",
    "document_level_discount": "Discount",
}


def lines(item, look):
    """All lines of an invoice or credit note as :class:`~...engine.shapes.Line`.

    :param item: the document, its lines complete
    :param look: ``ReferenceData``
    """
    discounts = _by_line(item.get("line_item_discounts"))
    taxes = _by_line(item.get("line_item_taxes"))
    names = {each.get("entity_id"): each for each in item.get("discounts") or []}
    return [
        _line(
            line,
            item,
            look,
            [_discount(each, item, names) for each in discounts.get(line["id"], ())],
            [_tax(each, item) for each in taxes.get(line["id"], ())],
        )
        for line in item.get("line_items") or []
    ]


def price_ids(item):
    """Ids of the item prices that the lines of a document name."""
    return {
        line.get("entity_id")
        for line in item.get("line_items") or []
        if line.get("entity_type") in ITEM_PRICES
    }


def _by_line(items):
    found = {}
    for each in items or []:
        found.setdefault(each.get("line_item_id"), []).append(each)
    return found


def _line(line, of, look, discounts, taxes):
    currency = of["currency_code"]
    priced = line.get("entity_type") in ITEM_PRICES
    price_id = line.get("entity_id") if priced else None
    starts, ends = line.get("date_from"), line.get("date_to")
    lasts = starts is not None and ends is not None and ends > starts
    if not discounts and line.get("discount_amount"):
        # Older documents tell only how much it was.
        discounts = [_taken_off(None, None, line["discount_amount"], currency)]
    if not taxes and line.get("tax_amount"):
        taxes = [_older_tax(line, of)]
    number = quantity(line)
    amount = major(line.get("amount") or 0, currency)
    return {
        "id": line["id"],
        "description": line.get("description"),
        "kind": _kind(line),
        "product": look.item_price(price_id).get("item_id"),
        "price": price_id,
        "subscription": line.get("subscription_id") or None,
        "subscription_item": price_id if line.get("subscription_id") else None,
        "quantity": number,
        "unit_amount": _unit_amount(line, number, amount, currency),
        "amount": amount,
        "discounts": discounts,
        "taxes": taxes,
        "period_start": moment(starts) if lasts else None,
        "period_end": moment(ends) if lasts else None,
        "invoice_line": line.get("reference_line_item_id") or None,
    }


def _kind(line):
    kind = KINDS.get(line.get("entity_type"), "one_off")
    if kind != "subscription":
        return kind
    if PRORATED.search(line.get("description") or ""):
        return "proration"
    return "usage" if line.get("metered") else kind


def _unit_amount(line, number, amount, currency):
    """The price of one, where it makes the amount: not so of tiers and prorations."""
    unit = exact(line, "unit_amount", currency)
    if unit is None:
        return None
    product = decimal.Decimal(unit) * decimal.Decimal(number)
    step = decimal.Decimal(1).scaleb(-digits(currency))
    whole = product.quantize(step, decimal.ROUND_HALF_UP)
    return unit if whole == decimal.Decimal(amount) else None


def _discount(each, of, names):
    """What takes something off a line, as :class:`~...engine.shapes.Discount`."""
    kind = each.get("discount_type") or ""
    coupon = each.get("coupon_id") or (
        each.get("entity_id") if kind.endswith("coupon") else None
    )
    known = names.get(each.get("entity_id")) or names.get(coupon) or {}
    label = known.get("description") or DISCOUNT_LABELS.get(kind)
    return _taken_off(coupon, label, each.get("discount_amount") or 0, of)


def _taken_off(coupon, label, amount, of):
    currency = of if isinstance(of, str) else of["currency_code"]
    return {
        "coupon": coupon,
        "label": label,
        "amount": major(amount, currency),
        "percent": None,
        "starts_at": None,
        "ends_at": None,
    }


def _tax(each, of):
    """A tax of a line, as :class:`~...engine.shapes.Tax`."""
    inclusive = of.get("price_type") == INCLUSIVE
    currency = of["currency_code"]
    rate = each.get("tax_rate")
    name = tax_name(each, inclusive)
    return {
        "tax": name,
        "label": name,
        "rate": None if rate is None else plain(rate),
        "amount": major(each.get("tax_amount") or 0, currency),
        "base": major(each.get("taxable_amount"), currency),
        "inclusive": inclusive,
    }


def tax_name(tax, inclusive):
    """What a tax is known by: Chargebee has no ids of them.

    Name, rate and whose it is, as “VAT 20% (GB)”, “Sales Tax 8.25% (state CA)”: two
    countries may have a tax of the same name and rate.

    :param tax: a tax of a line, as Chargebee tells it
    """
    text = tax.get("tax_name") or "Tax"
    rate = tax.get("tax_rate")
    percent = None if rate is None else f"{plain(rate)}%"
    if percent and percent not in text.replace(" ", ""):
        text = f"{text} {percent}"
    place, kind = tax.get("tax_juris_code"), tax.get("tax_juris_type")
    if place:
        text = f"{text} ({place})" if kind == "country" else f"{text} ({kind} {place})"
    return f"{text}, included" if inclusive else text


def _older_tax(line, of):
    """Where the document names its taxes for the whole of it only."""
    named = of.get("taxes") or []
    only = named[0].get("name") if len(named) == 1 else None
    found = {
        "tax_name": only,
        "tax_rate": line.get("tax_rate"),
        "tax_amount": line["tax_amount"],
    }
    return _tax(found, of)
