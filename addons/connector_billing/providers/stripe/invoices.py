"""Invoices of Stripe in our terms, in the shapes before and since basil.

Sources: OpenAPI ``invoice``, ``line_item`` [S]; published fixtures of 2026-08;
https://docs.stripe.com/changelog/basil/2025-03-31: ``parent`` of invoices and lines,
``pricing`` of lines, ``total_taxes``.

Customers' balances are negative at Stripe where they have something to the good.
"""

import decimal
import re

from .money import code, digits, major, moment
from .taxes import coupons_by_discount, discounts_of, taxes_of

#: Custom fields by which merchants tell the customer's order number. Names are free.
ORDER_NUMBER = re.compile(
    r"(?i)\b(p\.?\s?o\.?|purchase order|order (number|no))\b|bestell"
)


def invoice(item, lines, look):
    """The parts of entity ``billing.invoice``.

    :param lines: all lines of it, in their order
    :param look: ``ReferenceData``
    """
    currency = code(item["currency"])
    turns = item.get("status_transitions") or {}
    shaped = [line(each, item, look) for each in lines]
    shaped += shipping_lines(item, look)
    subscriptions = [_subscription(item), *(each["subscription"] for each in shaped)]
    finalized = turns.get("finalized_at")
    issued = item.get("effective_at") or finalized or item.get("created")
    revised = item.get("from_invoice") or {}
    due = item.get("due_date")
    return {
        "status": item.get("status") or "draft",
        "currency": currency,
        "subscriptions": list(dict.fromkeys(filter(None, subscriptions))),
        "invoice_date": moment(issued),
        # What is charged at once is due when it is issued.
        "due_date": moment(due or issued),
        "finalized_at": moment(finalized),
        "voided_at": moment(turns.get("voided_at")),
        "uncollectible_at": moment(turns.get("marked_uncollectible_at")),
        "paid_at": moment(turns.get("paid_at")),
        "lines": shaped,
        "total": major(item.get("total"), currency),
        "subtotal": major(item.get("subtotal"), currency),
        "tax_total": major(_tax_total(item), currency),
        "discount_total": major(
            sum(each["amount"] for each in item.get("total_discount_amounts") or []),
            currency,
        ),
        "applied_balance": major(_applied_balance(item), currency),
        "amount_due": major(item.get("amount_due"), currency),
        "amount_paid": major(item.get("amount_paid"), currency),
        "memo": item.get("description") or None,
        "reference": _order_number(item),
        "dunning": _dunning(item),
        "attempts": item.get("attempt_count") or 0,
        "next_attempt_at": moment(item.get("next_payment_attempt")),
        "last_failure": (item.get("last_finalization_error") or {}).get("message"),
        "payment_terms": _payment_terms(item, issued),
        "corrected": (
            revised.get("invoice") if revised.get("action") == "revision" else None
        ),
    }


def line(item, of, look):
    """A line as :class:`~...engine.shapes.Line`.

    :param of: its invoice
    """
    currency = code(item.get("currency") or of["currency"])
    parent = _parent(item)
    price = item.get("price") or {}
    details = (item.get("pricing") or {}).get("price_details") or {}
    price_id = id_of(details.get("price")) or price.get("id")
    starts, ends = _period(item)
    quantity = item.get("quantity_decimal") or item.get("quantity")
    quantity = "1" if quantity is None else str(quantity)
    coupons = coupons_by_discount(of.get("discounts"), item.get("discounts"))
    return {
        "id": item["id"],
        "description": item.get("description"),
        "kind": _kind(item, parent, price, price_id, look),
        "product": id_of(details.get("product")) or id_of(price.get("product")),
        "price": price_id,
        "subscription": id_of(parent.get("subscription"))
        or id_of(item.get("subscription")),
        "subscription_item": id_of(parent.get("subscription_item"))
        or id_of(item.get("subscription_item")),
        "quantity": quantity,
        "unit_amount": _unit_amount(item, price, quantity, currency),
        "amount": major(item["amount"], currency),
        "discounts": discounts_of(item, currency, coupons),
        "taxes": taxes_of(item, currency, look),
        "period_start": starts,
        "period_end": ends,
        "invoice_line": None,
    }


def _parent(item):
    """What a line was made of: its details, or an empty dict before basil."""
    parent = item.get("parent") or {}
    return parent.get(parent.get("type")) or {}


def _kind(item, parent, price, price_id, look):
    proration = parent.get("proration")
    if proration if proration is not None else item.get("proration"):
        return "proration"
    of = (item.get("parent") or {}).get("type") or item.get("type")
    if of not in ("subscription", "subscription_item_details"):
        return "one_off"
    if price:
        metered = (price.get("recurring") or {}).get("usage_type") == "metered"
    else:
        metered = bool(price_id) and look.is_metered(price_id)
    return "usage" if metered else "subscription"


def _period(item):
    """Start and end of what a line is for; neither where it is a moment only."""
    period = item.get("period") or {}
    starts, ends = period.get("start"), period.get("end")
    if starts is None or ends is None or ends <= starts:
        return None, None
    return moment(starts), moment(ends)


def _unit_amount(item, price, quantity, currency):
    """The price of one, where it makes the amount: not so of tiers and prorations."""
    exact = (item.get("pricing") or {}).get("unit_amount_decimal")
    if exact is None:
        exact = price.get("unit_amount_decimal")
    if exact is None:
        exact = price.get("unit_amount")
    if exact is None:
        return None
    unit = major(exact, currency)
    whole = round_to(unit, quantity, digits(currency))
    return unit if whole == major(item["amount"], currency) else None


def round_to(unit, quantity, places):
    """A price times a quantity, rounded half up to so many places, as text."""
    product = decimal.Decimal(unit) * decimal.Decimal(quantity)
    step = decimal.Decimal(1).scaleb(-places)
    return format(product.quantize(step, decimal.ROUND_HALF_UP), "f")


def shipping_lines(item, look):
    """Shipping as a line of its own: it is in the total, and among no lines.

    :param item: an invoice or credit note
    """
    shipping = item.get("shipping_cost") or {}
    if not shipping.get("amount_subtotal"):
        return []
    currency = code(item["currency"])
    return [
        {
            "id": f"{item['id']}:shipping",
            "description": None,
            "kind": "shipping",
            "product": None,
            "price": None,
            "subscription": None,
            "subscription_item": None,
            "quantity": "1",
            "unit_amount": major(shipping["amount_subtotal"], currency),
            "amount": major(shipping["amount_subtotal"], currency),
            "discounts": [],
            "taxes": taxes_of(shipping, currency, look),
            "period_start": None,
            "period_end": None,
            "invoice_line": None,
        }
    ]


def _subscription(item):
    parent = item.get("parent") or {}
    details = parent.get("subscription_details") or {}
    return id_of(details.get("subscription")) or id_of(item.get("subscription"))


def _tax_total(item):
    for name in ("total_taxes", "total_tax_amounts"):
        if item.get(name) is not None:
            return sum(each["amount"] for each in item[name])
    return item.get("tax") or 0


def _applied_balance(item):
    """What the customer's balance took off what is due; a debt that was added is
    negative, and so is what a negative invoice left to the good.

    Before it is finalized nothing is applied: its end isn't told.
    """
    ending = item.get("ending_balance")
    return 0 if ending is None else ending - (item.get("starting_balance") or 0)


def _order_number(item):
    for field in item.get("custom_fields") or []:
        if ORDER_NUMBER.search(str(field.get("name"))):
            return field.get("value") or None
    return None


def _dunning(item):
    attempts, status = item.get("attempt_count") or 0, item.get("status")
    charged = item.get("collection_method") == "charge_automatically"
    if not attempts or not charged:
        return "none"
    if status == "paid":
        return "success" if attempts > 1 else "none"
    if status in ("void", "uncollectible"):
        return "stopped"
    if status != "open":
        return "none"
    return "in_progress" if item.get("next_payment_attempt") else "exhausted"


def _payment_terms(item, issued):
    """Days of grace, as text, where the customer is to pay by hand."""
    due = item.get("due_date")
    by_hand = item.get("collection_method") == "send_invoice"
    if not by_hand or due is None or issued is None:
        return None
    return str(round((due - issued) / 86400))


def id_of(value):
    """The id of something that may come in full."""
    return value.get("id") if isinstance(value, dict) else value or None
