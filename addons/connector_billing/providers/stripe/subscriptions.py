"""Subscriptions and pending invoice items of Stripe in our terms.

Sources: OpenAPI ``subscription``, ``subscription_item``, ``subscription_schedule``,
``price``, ``invoiceitem`` [S]; published fixtures of 2026-08;
https://docs.stripe.com/changelog/basil/2025-03-31: since then the billing period is
that of each item, and subscriptions have ``discounts`` instead of one ``discount``.
"""

import decimal

from .catalog import is_metered, scheme, unit_amount
from .invoices import id_of
from .money import code, major, moment
from .taxes import coupon_of, plain

#: Status -> ours. ``unpaid`` goes on without being collected: service is withheld.
STATUS = {
    "trialing": "trial",
    "active": "active",
    "past_due": "past_due",
    "unpaid": "suspended",
    "paused": "paused",
    "canceled": "cancelled",
    "incomplete": "incomplete",
    "incomplete_expired": "expired",
}
#: Those that are billed again when their period ends.
RENEWING = frozenset({"trial", "active", "past_due"})


def subscription(item, items, look):
    """The parts of entity ``billing.subscription``.

    :param items: all items of it, in their order
    :param look: ``ReferenceData``
    """
    status = STATUS.get(item.get("status"), "incomplete")
    currency = code(item.get("currency"))
    paused = item.get("pause_collection") or {}
    if paused and status in RENEWING:
        status = "paused"
    starts, ends = _period(item, items)
    cancel_at = item.get("cancel_at")
    if cancel_at is None and item.get("cancel_at_period_end"):
        cancel_at = ends
    renews = status in RENEWING and ends and (not cancel_at or cancel_at > ends)
    details = item.get("cancellation_details") or {}
    reasons = [details.get("reason"), details.get("feedback"), details.get("comment")]
    schedule = item.get("schedule")
    return {
        "number": item["id"],
        "status": status,
        "currency": currency,
        "started_at": moment(item.get("start_date")),
        "period_start": moment(starts),
        "period_end": moment(ends),
        "trial_start": moment(item.get("trial_start")),
        "trial_end": moment(item.get("trial_end")),
        "cancel_at": moment(cancel_at),
        "cancelled_at": moment(item.get("canceled_at")),
        "ended_at": moment(item.get("ended_at")),
        "resumes_at": moment(paused.get("resumes_at")),
        "cancel_reason": ", ".join(reason for reason in reasons if reason) or None,
        "items": [_item(each, look) for each in items],
        "discounts": _discounts(item, currency),
        "phases": _phases(schedule, look) if isinstance(schedule, dict) else [],
        "renewal_at": moment(ends) if renews else None,
        "collection": (
            "invoice"
            if item.get("collection_method") == "send_invoice"
            else "automatic"
        ),
    }


def _period(item, items):
    """The billing period: since basil that of the item that is billed next."""
    if item.get("current_period_end") is not None:
        return item.get("current_period_start"), item["current_period_end"]
    periods = [
        (each["current_period_end"], each["current_period_start"])
        for each in items
        if each.get("current_period_end") is not None
    ]
    ends, starts = min(periods, default=(None, None))
    return starts, ends


def _item(item, look):
    """An item as :class:`~...engine.shapes.Item`."""
    price = item["price"]
    quantity = item.get("quantity")
    return {
        "id": item["id"],
        **priced(price, 1 if quantity is None else quantity, look),
    }


def priced(price, quantity, look):
    """What an item of a subscription, or of a phase of its schedule, costs.

    :param price: in full, or its id
    """
    if isinstance(price, str):
        price = {"id": price, **look.price(price)}
    if price.get("billing_scheme") == "tiered" and not price.get("tiers"):
        # Lists can't bring them: that would be a level too deep.
        price = {**price, **look.price(price["id"])}
    recurring = price.get("recurring") or {}
    metered = is_metered(price)
    kind = scheme(price)
    amount = 0 if metered else _amount(price, kind, decimal.Decimal(quantity))
    return {
        "product": id_of(price.get("product")),
        "price": price["id"],
        "description": price.get("nickname") or None,
        "quantity": str(quantity),
        "unit_amount": (
            unit_amount(price) if kind == "per_unit" and not metered else None
        ),
        "amount": major(amount, code(price.get("currency")) or "USD"),
        "interval": recurring.get("interval") or "month",
        "interval_count": recurring.get("interval_count") or 1,
        "metered": metered,
        "charge": not recurring,
    }


def _amount(price, kind, quantity):
    """What a quantity costs, in whole minor units, by the scheme of its price."""
    if kind in ("tiered", "volume"):
        amount = _tiered(price.get("tiers") or [], kind, quantity)
    elif kind == "package":
        packages = quantity / decimal.Decimal(price["transform_quantity"]["divide_by"])
        up = price["transform_quantity"].get("round") != "down"
        rounding = decimal.ROUND_CEILING if up else decimal.ROUND_FLOOR
        amount = _exact(price, "unit_amount") * packages.to_integral_value(rounding)
    else:
        amount = _exact(price, "unit_amount") * quantity
    return amount.quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP)


def _tiered(tiers, kind, quantity):
    total, below = decimal.Decimal(0), decimal.Decimal(0)
    for tier in tiers:
        last = tier.get("up_to") is None
        top = quantity if last else decimal.Decimal(tier["up_to"])
        unit, flat = _exact(tier, "unit_amount"), _exact(tier, "flat_amount")
        if kind == "volume":
            if last or quantity <= top:
                return unit * quantity + flat
            continue
        if quantity > below or (not below and not quantity):
            total += unit * (min(quantity, top) - below) + flat
        below = top
    return total


def _exact(item, name):
    """An amount in minor units, with all its digits; 0 where there is none."""
    exact = item.get(f"{name}_decimal")
    amount = item.get(name) if exact is None else exact
    return decimal.Decimal(0 if amount is None else str(amount))


def _discounts(item, currency):
    """Coupons of a subscription as :class:`~...engine.shapes.Discount`."""
    found = [each for each in item.get("discounts") or [] if isinstance(each, dict)]
    if not found and isinstance(item.get("discount"), dict):
        found = [item["discount"]]
    shaped = []
    for each in found:
        coupon = each.get("coupon") or (each.get("source") or {}).get("coupon")
        coupon = coupon if isinstance(coupon, dict) else {}
        coupon_id, label = coupon_of(each)
        percent = coupon.get("percent_off")
        of = code(coupon.get("currency")) or currency
        shaped.append(
            {
                "coupon": coupon_id,
                "label": label,
                "amount": major(coupon.get("amount_off"), of),
                "percent": None if percent is None else plain(percent),
                "starts_at": moment(each.get("start")),
                "ends_at": moment(each.get("end")),
            }
        )
    return shaped


def _phases(schedule, look):
    """The phases of a schedule as :class:`~...engine.shapes.Phase`."""
    return [
        {
            "starts_at": moment(phase["start_date"]),
            "ends_at": moment(phase.get("end_date")),
            "items": [
                {
                    "id": f"{schedule['id']}:{number}:{place}",
                    **priced(each["price"], each.get("quantity") or 1, look),
                }
                for place, each in enumerate(phase.get("items") or [])
            ],
            "discounts": _phase_discounts(phase),
            "trial_ends_at": moment(phase.get("trial_end")),
        }
        for number, phase in enumerate(schedule.get("phases") or [])
    ]


def _phase_discounts(phase):
    coupons = [id_of(each.get("coupon")) for each in phase.get("discounts") or []]
    coupons.append(id_of(phase.get("coupon")))
    return [
        {
            "coupon": coupon,
            "label": None,
            "amount": None,
            "percent": None,
            "starts_at": None,
            "ends_at": None,
        }
        for coupon in dict.fromkeys(filter(None, coupons))
    ]


def unbilled(item):
    """The parts of entity ``billing.unbilled``, of an invoice item that is pending."""
    currency = code(item["currency"])
    parent = (item.get("parent") or {}).get("subscription_details") or {}
    details = (item.get("pricing") or {}).get("price_details") or {}
    period = item.get("period") or {}
    price = item.get("price") or {}
    quantity = item.get("quantity_decimal") or item.get("quantity")
    return {
        "subscription": id_of(parent.get("subscription"))
        or id_of(item.get("subscription")),
        "product": id_of(details.get("product")) or id_of(price.get("product")),
        "quantity": "1" if quantity is None else str(quantity),
        "amount": major(item["amount"], currency),
        "currency": currency,
        "period_start": moment(period.get("start")),
        "period_end": moment(period.get("end")),
    }
