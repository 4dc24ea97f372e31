"""Subscriptions and what hangs on them, as Chargebee writes them.

[SDK chargebee-python 3, responses.py of each model; samples subscription_*.json of the
older catalogue for the rest]
"""

from fractions import Fraction

from ..billing.model import Coupon, Feature, Invoice, Price, Subscription
from ..billing.pricing import price_amount
from .render_catalogue import PRICING, tiers
from .site import cents, own_keys, pruned, stamped, unit_price

STATUSES = {
    "future": "future",
    "trial": "in_trial",
    "active": "active",
    "past_due": "active",  # there is no status of its own: `due_invoices_count`
    "paused": "paused",
    "cancelled": "cancelled",
    "incomplete": "cancelled",
}
#: Months of an interval, for the MRR. [S MRR: a year is 12 months, weeks and days by
#: their share of a year, M for these]
MONTHS = {
    "day": Fraction(12, 365),
    "week": Fraction(84, 365),
    "month": 1,
    "year": 12,
}


def subscription(site, obj):
    """Without the scheduled changes, which have an endpoint of their own."""
    plan = _plan(site, obj)
    status = STATUSES[obj.status]
    ending = obj.cancel_at_period_end or obj.cancel_at is not None
    if status == "active" and ending:
        status = "non_renewing"
    began = obj.status not in ("future", "trial", "incomplete")
    running = status in ("active", "in_trial", "non_renewing", "paused")
    goes_on = status in ("active", "in_trial", "future")
    shape = {
        "id": obj.id,
        "customer_id": obj.customer,
        "currency_code": obj.currency,
        "status": status,
        "po_number": obj.extra.get("po_number"),
        "start_date": obj.started if obj.status == "future" else None,
        "trial_start": obj.trial_start,
        "trial_end": obj.trial_end,
        "billing_period": plan.interval_count,
        "billing_period_unit": plan.interval,
        "current_term_start": obj.period_start if running else None,
        "current_term_end": obj.period_end if running else None,
        "next_billing_at": _next_billing(obj) if goes_on else None,
        "started_at": obj.started if obj.status != "future" else None,
        "activated_at": _activated(site, obj) if began else None,
        "pause_date": obj.paused_at,
        "resume_date": obj.resumes_at,
        "cancelled_at": _cancelled(obj, status),
        "cancel_reason": "not_paid" if obj.cancel_reason == "not_paid" else None,
        "cancel_reason_code": obj.cancel_reason if obj.cancel_reason else None,
        "remaining_billing_cycles": 0 if status == "non_renewing" else None,
        "auto_collection": "on" if obj.collection == "automatic" else "off",
        "net_term_days": obj.terms_days,
        "subscription_items": [_item(site, each) for each in obj.items],
        "item_tiers": [
            {**tier, "item_price_id": each.price, "object": "item_tier"}
            for each in obj.items
            for tier in tiers(site.store.get(Price, each.price))
        ]
        or None,
        "has_scheduled_changes": _next_phase(site, obj) is not None,
        "has_scheduled_advance_invoices": False,
        "create_pending_invoices": False,
        "auto_close_invoices": True,
        "mrr": _mrr(site, obj, status),
        "exchange_rate": 1.0,
        "base_currency_code": site.currency,
        **_coupons(site, obj),
        **_dues(site, obj),
        **own_keys(obj, "meta_data"),
        **stamped(site, "subscription", obj),
    }
    if phase := _next_phase(site, obj):
        shape["changes_scheduled_at"] = phase.starts
    return pruned(shape)


def scheduled(site, obj):
    """How it will be after its scheduled changes, or None where there are none."""
    phase = _next_phase(site, obj)
    if phase is None:
        return None
    shape = subscription(site, obj)
    shape["subscription_items"] = [
        _line(site, price, quantity) for price, quantity in phase.items
    ]
    return shape


def _plan(site, obj):
    return site.store.get(Price, obj.items[0].price)


def _item(site, item):
    return _line(site, item.price, item.quantity)


def _line(site, price_id, quantity):
    """[SDK SubscriptionItemResponse]; it has no id but its item price."""
    price, product = site.store.get(Price, price_id), site.product(price_id)
    shape = {
        "item_price_id": price_id,
        "item_type": product.item,
        "quantity": None if price.metered else quantity,
        **(
            {}
            if tiers(price)
            else unit_price(price.amount, price.currency, "unit_price")
        ),
        "amount": None if price.metered else _amount(price, quantity),
        "billing_period": price.interval_count if price.interval else None,
        "billing_period_unit": price.interval,
        "free_quantity": 0,
        "object": "subscription_item",
    }
    if price.metered:
        shape["metered_quantity"] = "0"
    if product.item == "charge":
        shape.update(charge_on_event="subscription_creation", charge_once=True)
    return pruned(shape)


def _amount(price, quantity):
    return cents(price_amount(price, quantity), price.currency)


def _next_billing(obj):
    if obj.status == "future":
        return obj.started
    if obj.status == "trial":
        return obj.trial_end
    return obj.period_end


def _activated(site, obj):
    for change in site.store.history(type(obj), obj.id):
        if change.kind == "activated":
            return change.moment
    return obj.started


def _cancelled(obj, status):
    """Of one that will end, when that is. [sample cancellation_scheduled]"""
    if status == "non_renewing":
        return obj.cancel_at or obj.period_end
    return (obj.ended_at or obj.cancelled_at) if status == "cancelled" else None


def _next_phase(site, obj):
    now = site.now()
    later = [each for each in obj.phases if each.starts > now]
    return min(later, key=lambda each: each.starts) if later else None


def _mrr(site, obj, status):
    if status not in ("active", "non_renewing"):
        return 0
    total = Fraction(0)
    for item in obj.items:
        price = site.store.get(Price, item.price)
        if price.interval and not price.metered:
            months = MONTHS[price.interval] * price.interval_count
            total += Fraction(_amount(price, item.quantity)) / months
    return round(total)


def _coupons(site, obj):
    """[SDK CouponResponse of a subscription]"""
    listed = [
        pruned(
            {
                "coupon_id": each.coupon,
                "apply_till": each.ends,
                "applied_count": 1 if each.used else 0,
                "object": "coupon",
            }
        )
        for each in obj.discounts
        if not each.used and site.store.find(Coupon, each.coupon)
    ]
    return {"coupon": listed[0]["coupon_id"], "coupons": listed} if listed else {}


def _dues(site, obj):
    """[SDK SubscriptionResponse: due_invoices_count, due_since, total_dues]"""
    due = [
        each
        for each in site.store.by(Invoice, "subscription", obj.id)
        if each.status == "open"
        and each.remaining
        and (each.dunning != "none" or (each.due or each.date) <= site.now())
    ]
    shape = {"due_invoices_count": len(due)}
    if due:
        shape["due_since"] = min(each.date for each in due)
        shape["total_dues"] = cents(sum(each.remaining for each in due), obj.currency)
    return shape


def unbilled_charge(site, obj):
    """[SDK UnbilledChargeResponse]; one that was invoiced is deleted."""
    product = site.product(obj.price)
    price = site.store.find(Price, obj.price) if obj.price else None
    return pruned(
        {
            "id": obj.id,
            "customer_id": obj.customer,
            "subscription_id": obj.subscription,
            "date_from": obj.period_start,
            "date_to": obj.period_end,
            **unit_price(
                obj.amount if obj.unit_amount is None else obj.unit_amount,
                obj.currency,
                "unit_amount",
            ),
            "pricing_model": PRICING[price.scheme] if price else "flat_fee",
            "quantity": obj.quantity,
            "amount": cents(obj.amount, obj.currency),
            "currency_code": obj.currency,
            "discount_amount": 0,
            "description": obj.description,
            "entity_type": f"{product.item}_item_price" if product else "adhoc",
            "entity_id": obj.price,
            "is_voided": obj.voided,
            "voided_at": obj.updated if obj.voided else None,
            "deleted": obj.deleted or obj.invoice is not None,
            "created_at": obj.created,
            "updated_at": obj.updated,
            "object": "unbilled_charge",
        }
    )


def usage(site, obj):
    """[S usages, sample]"""
    subscription_id, item_price_id = used_for(site, obj)
    return pruned(
        {
            "id": obj.id,
            "usage_date": obj.moment,
            "subscription_id": subscription_id,
            "item_price_id": item_price_id,
            "quantity": str(obj.value),
            "source": obj.extra.get("source", "api"),
            "note": obj.extra.get("note"),
            "created_at": obj.created,
            "updated_at": obj.updated,
            "resource_version": site.version(obj),
            "object": "usage",
        }
    )


def used_for(site, usage_event):
    """``(subscription, item price)`` that a usage is of: its item, or what the customer
    has of its meter; ids, or None twice."""
    subscriptions = site.store.by(Subscription, "customer", usage_event.customer)
    for subscribed in subscriptions:
        if usage_event.subscription not in (None, subscribed.id):
            continue
        for item in subscribed.items:
            price = site.store.get(Price, item.price)
            metered = usage_event.item is None and price.meter == usage_event.meter
            if item.id == usage_event.item or (metered and price.metered):
                return subscribed.id, item.price
    return None, None


def entitlement(site, obj):
    """[SDK SubscriptionEntitlementResponse]"""
    feature = site.store.get(Feature, obj.feature)
    return pruned(
        {
            "subscription_id": obj.subscription,
            "feature_id": obj.feature,
            "feature_name": feature.name,
            "feature_unit": feature.unit,
            "feature_type": "quantity" if feature.unit else "switch",
            "value": obj.value,
            "name": obj.value,
            "is_overridden": False,
            "is_enabled": obj.enabled,
            "object": "subscription_entitlement",
        }
    )
