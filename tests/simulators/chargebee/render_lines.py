"""The lines of invoices and credit notes, with their discounts and taxes.

[SDK chargebee-python 3, responses.py of invoice and credit note; samples
invoice_generated.json, credit_note_created.json]
"""

from ..billing.model import Coupon, Price, TaxRate
from .render_catalogue import PRICING
from .site import cents, pruned, unit_price


def price_type(obj):
    """Of a document: whether its amounts contain their taxes."""
    inclusive = any(tax.inclusive for line in obj.lines for tax in line.taxes)
    return "tax_inclusive" if inclusive else "tax_exclusive"


def subscription_of(obj):
    """With lines of several, only the lines tell. [S invoices, subscription_id]"""
    found = {each.subscription for each in obj.lines if each.subscription}
    return found.pop() if len(found) == 1 else None


def lines(site, obj):
    """Lines, and in lists of their own the discounts and taxes of each."""

    def money(amount):
        return cents(amount, obj.currency)

    shape = {
        "line_items": [_line(site, obj, each, money) for each in obj.lines],
        "line_item_discounts": [
            {
                "line_item_id": line.id,
                "discount_type": "document_level_coupon",
                "coupon_id": each.coupon,
                "entity_id": each.coupon,
                "discount_amount": money(each.amount),
                "object": "line_item_discount",
            }
            for line in obj.lines
            for each in line.discounts
            if each.amount
        ],
        "line_item_taxes": [
            _line_tax(site, line, each, money)
            for line in obj.lines
            for each in line.taxes
        ],
    }
    return {**shape, **_totals(site, obj, money)}


def _line(site, document, line, money):
    product = site.product(line.price)
    price = site.store.find(Price, line.price) if line.price else None
    subscribed = line.kind != "one_off" and product is not None
    end = line.period_end or document.date
    rates = [site.store.get(TaxRate, each.tax_rate).percent for each in line.taxes]
    shape = {
        "id": line.id,
        "date_from": line.period_start or document.date,
        "date_to": end,
        **_unit_amount(line, document.currency),
        "quantity": line.quantity,
        "amount": money(line.amount),
        "pricing_model": PRICING[price.scheme] if price else "flat_fee",
        "is_taxed": bool(line.taxes),
        "tax_amount": money(line.tax),
        "tax_rate": float(sum(rates)) if rates else None,
        "tax_exempt_reason": None if line.taxes else "tax_not_configured",
        "discount_amount": money(line.discount),
        "item_level_discount_amount": 0,
        "metered": line.kind == "usage",
        "subscription_id": line.subscription,
        "customer_id": document.customer,
        "description": line.description,
        "entity_type": f"{product.item}_item_price" if product else "adhoc",
        "entity_id": line.price,
        "reference_line_item_id": line.credits,
        "object": "line_item",
    }
    if not subscribed and not line.period_end:
        shape["date_to"] = shape["date_from"]
    return pruned(shape)


def _unit_amount(line, currency):
    """Chargebee always has one: of tiers the average, of prorations the part."""
    if line.unit_amount is not None:
        return unit_price(line.unit_amount, currency, "unit_amount")
    average = cents(line.amount, currency) // line.quantity if line.quantity else 0
    return {"unit_amount": average}


def _line_tax(site, line, tax, money):
    rate = site.store.get(TaxRate, tax.tax_rate)
    juris = rate.state or rate.country
    return pruned(
        {
            "line_item_id": line.id,
            "tax_name": rate.name,
            "tax_rate": float(rate.percent),
            "taxable_amount": money(tax.base),
            "tax_amount": money(tax.amount),
            "tax_juris_type": "state" if rate.state else "country",
            "tax_juris_name": rate.jurisdiction or juris,
            "tax_juris_code": juris,
            "is_partial_tax_applied": False,
            "is_non_compliance_tax": False,
            "object": "line_item_tax",
        }
    )


def _totals(site, obj, money):
    """Discounts by coupon and taxes by rate, over all lines."""
    taken, taxed = {}, {}
    for line in obj.lines:
        for each in line.discounts:
            taken[each.coupon] = taken.get(each.coupon, 0) + each.amount
        for tax in line.taxes:
            taxed[tax.tax_rate] = taxed.get(tax.tax_rate, 0) + tax.amount
    discounts, taxes = [], []
    for coupon_id, amount in taken.items():
        coupon = site.store.find(Coupon, coupon_id)
        discounts.append(
            {
                "entity_type": "document_level_coupon",
                "entity_id": coupon_id,
                "description": coupon.name if coupon else coupon_id,
                "amount": money(amount),
                "object": "discount",
            }
        )
    for rate_id, amount in taxed.items():
        rate = site.store.get(TaxRate, rate_id)
        taxes.append(
            {
                "name": rate.name,
                "description": f"{rate.name} @ {rate.percent.normalize():f} %",
                "amount": money(amount),
                "object": "tax",
            }
        )
    return {"discounts": discounts or None, "taxes": taxes}
