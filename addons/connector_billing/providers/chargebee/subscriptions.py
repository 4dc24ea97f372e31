"""Subscriptions and unbilled charges of Chargebee in our terms.

Sources: SDK chargebee-python 3, ``SubscriptionResponse``, ``SubscriptionItemResponse``,
``UnbilledChargeResponse`` [SDK]; page ``subscriptions`` [S]. An item has no id of its
own: it is known by its item price, of which a subscription has one at most.
"""

from .money import exact, major, moment, plain, quantity

#: Status -> ours. [SDK] Subscription.Status
STATUS = {
    "future": "future",
    "in_trial": "trial",
    "active": "active",
    "non_renewing": "active",
    "paused": "paused",
    "cancelled": "cancelled",
    "transferred": "cancelled",
}
#: Those that are billed again when their term ends.
RENEWING = frozenset({"future", "in_trial", "active"})


def subscription(item, later, look):
    """The parts of entity ``billing.subscription``.

    :param later: how it will be after its scheduled changes; ``None`` without such
    :param look: ``ReferenceData``
    """
    told = item.get("status")
    status = STATUS.get(told, "active")
    if status == "active" and item.get("due_invoices_count"):
        # Chargebee has no status for it; what is posted and not due isn't counted.
        status = "past_due"
    ended = item.get("cancelled_at")
    is_over = status == "cancelled"
    asked = item.get("cancel_schedule_created_at")
    by_hand = item.get("auto_collection") == "off"
    return {
        "number": item["id"],
        "status": status,
        "currency": item.get("currency_code"),
        "started_at": moment(item.get("started_at") or item.get("start_date")),
        "period_start": moment(item.get("current_term_start")),
        "period_end": moment(item.get("current_term_end")),
        "trial_start": moment(item.get("trial_start")),
        "trial_end": moment(item.get("trial_end")),
        "cancel_at": None if is_over else moment(ended),
        "cancelled_at": moment(asked or ended) if asked or is_over else None,
        "ended_at": moment(ended) if is_over else None,
        "paused_at": moment(item.get("pause_date")),
        "resumes_at": moment(item.get("resume_date")),
        "cancel_reason": item.get("cancel_reason_code")
        or item.get("cancel_reason")
        or None,
        "items": items(item, look),
        "discounts": _discounts(item, look),
        "phases": _phases(item, later, look),
        "renewal_at": moment(item.get("next_billing_at")) if told in RENEWING else None,
        "collection": "invoice" if by_hand else "automatic",
    }


def price_ids(item):
    """Ids of the item prices that a subscription names."""
    listed = item.get("subscription_items") or []
    return {each.get("item_price_id") for each in listed}


def coupon_ids(item):
    """Ids of the coupons that a subscription names."""
    return {each.get("coupon_id") for each in item.get("coupons") or []}


def items(item, look):
    """The items as :class:`~...engine.shapes.Item`."""
    return [_item(each, item, look) for each in item.get("subscription_items") or []]


def _item(each, of, look):
    currency = of.get("currency_code")
    price = look.item_price(each["item_price_id"])
    metered = "metered_quantity" in each or bool(
        look.item(price.get("item_id")).get("metered")
    )
    tiered = bool(price.get("tiers"))
    unit = None if metered or tiered else exact(each, "unit_price", currency)
    amount = None if metered else each.get("amount")
    return {
        "id": each["item_price_id"],
        "product": price.get("item_id"),
        "price": each["item_price_id"],
        "description": price.get("external_name") or price.get("name"),
        "quantity": quantity(each),
        "unit_amount": unit,
        "amount": major(amount or 0, currency),
        "interval": each.get("billing_period_unit")
        or price.get("period_unit")
        or of.get("billing_period_unit")
        or "month",
        "interval_count": each.get("billing_period")
        or price.get("period")
        or of.get("billing_period")
        or 1,
        "metered": metered,
        "charge": each.get("item_type") == "charge",
    }


def _discounts(item, look):
    """Coupons, and what was taken off by hand, as
    :class:`~...engine.shapes.Discount`."""
    currency = item.get("currency_code")
    found = []
    for each in item.get("coupons") or []:
        coupon = look.coupon(each.get("coupon_id"))
        percent = coupon.get("discount_percentage")
        found.append(
            {
                "coupon": each.get("coupon_id"),
                "label": coupon.get("invoice_name") or coupon.get("name"),
                "amount": major(coupon.get("discount_amount"), currency),
                "percent": None if percent is None else plain(percent),
                "starts_at": None,
                "ends_at": moment(each.get("apply_till")),
            }
        )
    for each in item.get("discounts") or []:
        if each.get("coupon_id"):
            continue  # it stands among the coupons as well
        percent = each.get("percentage")
        found.append(
            {
                "coupon": None,
                "label": each.get("invoice_name"),
                "amount": major(each.get("amount"), currency),
                "percent": None if percent is None else plain(percent),
                "starts_at": moment(each.get("created_at")),
                "ends_at": moment(each.get("apply_till")),
            }
        )
    return found


def _phases(item, later, look):
    """How it is and how it will be, as :class:`~...engine.shapes.Phase`."""
    changes = item.get("changes_scheduled_at") or item.get("current_term_end")
    starts = item.get("current_term_start") or item.get("start_date")
    if later is None or changes is None or starts is None:
        return []
    return [
        {
            "starts_at": moment(since),
            "ends_at": moment(until),
            "items": items(of, look),
            "discounts": _discounts(of, look),
            "trial_ends_at": moment(of.get("trial_end")),
        }
        for of, since, until in ((item, starts, changes), (later, changes, None))
    ]


def unbilled(item, look):
    """The parts of entity ``billing.unbilled``."""
    currency = item["currency_code"]
    starts, ends = item.get("date_from"), item.get("date_to")
    taken_off = item.get("discount_amount") or 0
    priced = (item.get("entity_type") or "").endswith("item_price")
    price = look.item_price(item.get("entity_id") if priced else None)
    return {
        "product": price.get("item_id"),
        "quantity": quantity(item),
        "amount": major((item.get("amount") or 0) - taken_off, currency),
        "currency": currency,
        "period_start": moment(starts),
        "period_end": moment(ends),
    }
