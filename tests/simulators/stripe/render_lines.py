"""Lines of documents and their sums: taxes and discounts in both shapes.

Before basil ``tax_amounts`` with ``inclusive``, since ``taxes`` with ``tax_behavior``.
[S OpenAPI invoice_tax_amount, line_item; SDK _invoice_line_item.py]
"""

from collections import defaultdict

from ..billing import model
from . import render_catalog
from .render_catalog import decimal_text


def line(view, owner, each):
    """One line of an invoice."""
    price = view.get(model.Price, each.price)
    is_proration = each.kind == "proration"
    body = {
        "id": each.id,
        "object": "line_item",
        "amount": each.amount,
        "currency": owner.currency.lower(),
        "description": each.description,
        "discount_amounts": discount_amounts(each),
        "discountable": not is_proration,
        "discounts": [],
        "invoice": owner.id,
        "livemode": view.livemode,
        "metadata": _metadata(view, each),
        "period": period(each),
        "quantity": each.quantity,
        "subscription": each.subscription,
    }
    if view.new:
        return body | {
            "parent": _parent(view, each),
            "pretax_credit_amounts": pretax_credits(body["discount_amounts"]),
            "pricing": pricing(price, each.unit_amount),
            "subtotal": each.amount,
            "taxes": taxes(view, each),
        }
    inclusive = each.tax - each.added_tax
    body |= {
        "amount_excluding_tax": each.amount - inclusive,
        "price": render_catalog.price(view, price) if price else None,
        "proration": is_proration,
        "proration_details": _proration(view, each),
        "tax_amounts": taxes(view, each),
        "tax_rates": [],
        "type": "invoiceitem" if _is_item(each) else "subscription",
        "unit_amount_excluding_tax": decimal_text(each.unit_amount),
    }
    if each.item:
        body["subscription_item"] = each.item
    if each.pending:
        body["invoice_item"] = each.pending
    return body


def _is_item(each):
    return each.pending is not None or each.kind in ("one_off", "proration")


def _metadata(view, each):
    pending = view.get(model.PendingItem, each.pending)
    if pending:
        return dict(pending.metadata)
    owner = view.get(model.Subscription, each.subscription)
    return dict(owner.metadata) if owner else {}


def _parent(view, each):
    details = {
        "invoice_item": each.pending,
        "proration": each.kind == "proration",
        "proration_details": _proration(view, each),
        "subscription": each.subscription,
    }
    if each.item:
        return {
            "invoice_item_details": None,
            "subscription_item_details": {**details, "subscription_item": each.item},
            "type": "subscription_item_details",
        }
    return {
        "invoice_item_details": details,
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }


def _proration(view, each):
    credited = None
    if each.credits:
        credited = {
            "invoice": view.account.invoice_of_line(each),
            "invoice_line_items": [each.credits],
        }
    return {"credited_items": credited}


def pricing(price, unit_amount):
    """Since basil: the price and product by their ids; None where there is none."""
    if price is None and unit_amount is None:
        return None
    details = {"price": price.id, "product": price.product} if price else None
    return {
        "price_details": details,
        "type": "price_details",
        "unit_amount_decimal": decimal_text(unit_amount),
    }


def period(each):
    """``{start, end}``; a moment where it is for no period."""
    start = each.period_start
    return {"end": each.period_end or start, "start": start}


def discount_amounts(each):
    """What each discount took off a line."""
    return [
        {"amount": part.amount, "discount": part.discount} for part in each.discounts
    ]


def discount_total_amounts(obj):
    """What each discount took off a document."""
    sums = defaultdict(int)
    for each in obj.lines:
        for part in each.discounts:
            sums[part.discount] += part.amount
    return [{"amount": total, "discount": key} for key, total in sums.items()]


def pretax_credits(amounts):
    """The same amounts as ``pretax_credit_amounts``."""
    return [{**each, "type": "discount"} for each in amounts]


def taxes(view, each):
    """The taxes of a line."""
    return [
        _tax(view, part.tax_rate, part.amount, part.base, part.inclusive)
        for part in each.taxes
    ]


def tax_total_amounts(view, obj):
    """Each tax of a document, summed over its lines."""
    sums = defaultdict(lambda: [0, 0])
    for each in obj.lines:
        for part in each.taxes:
            total = sums[part.tax_rate, part.inclusive]
            total[0] += part.amount
            total[1] += part.base
    return [
        _tax(view, rate, amount, base, inclusive)
        for (rate, inclusive), (amount, base) in sums.items()
    ]


def _tax(view, rate_id, amount, base, inclusive):
    rate = view.store.get(model.TaxRate, rate_id)
    reason = "standard_rated" if rate.percent else "zero_rated"
    common = {
        "amount": amount,
        "taxability_reason": reason,
        "taxable_amount": base,
    }
    if view.new:
        return {
            **common,
            "tax_behavior": "inclusive" if inclusive else "exclusive",
            "tax_rate_details": {"tax_rate": rate_id},
            "type": "tax_rate_details",
        }
    return {**common, "inclusive": inclusive, "tax_rate": rate_id}
