"""Subscriptions, their items, schedules and discounts. [S OpenAPI; fixtures; SDK]"""

from ..billing import model
from . import render_catalog
from .lists import nested
from .render_parties import payment_method_id

STATUS = {
    "trial": "trialing",
    "active": "active",
    "past_due": "past_due",
    "paused": "active",  # collection is paused, which is no status
    "cancelled": "canceled",
    "incomplete": "incomplete",
    "future": "incomplete",
}
#: Why a subscription was cancelled, where Stripe has a word for it.
REASONS = ("cancellation_requested", "payment_disputed", "payment_failed")


def subscription(view, obj):
    """A subscription, periods on itself before basil and on its items since."""
    customer = view.get(model.Customer, obj.customer)
    discounts = in_use(obj, view.now())
    cancels = obj.cancelled_at or obj.cancel_at_period_end or obj.cancel_at
    body = {
        "id": obj.id,
        "object": "subscription",
        "application": None,
        "application_fee_percent": None,
        "automatic_tax": automatic_tax(view),
        "billing_cycle_anchor": obj.anchor or obj.started or obj.created,
        "billing_thresholds": None,
        "cancel_at": obj.cancel_at,
        "cancel_at_period_end": obj.cancel_at_period_end,
        "canceled_at": obj.cancelled_at,
        "cancellation_details": {
            "comment": obj.extra.get("comment") or (_other_reason(obj)),
            "feedback": obj.extra.get("feedback"),
            "reason": _reason(obj) if cancels else None,
        },
        "collection_method": collection(obj.collection),
        "created": obj.created,
        "currency": obj.currency.lower(),
        "customer": obj.customer,
        "days_until_due": obj.terms_days if obj.collection == "invoice" else None,
        "default_payment_method": payment_method_id(customer.id),
        "default_source": None,
        "default_tax_rates": tax_rates(view, obj.tax_rates),
        "description": obj.extra.get("description"),
        "discounts": [each.id for each in discounts],
        "ended_at": obj.ended_at,
        "items": nested(
            items(view, obj),
            f"/v1/subscription_items?subscription={obj.id}",
            "subscription",
        ),
        "latest_invoice": obj.latest_invoice,
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "next_pending_invoice_item_invoice": None,
        "on_behalf_of": None,
        "pause_collection": None,
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "pending_invoice_item_interval": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": _schedule_id(obj),
        "start_date": obj.started or obj.created,
        "status": STATUS[obj.status],
        "test_clock": None,
        "transfer_data": None,
        "trial_end": obj.trial_end,
        "trial_settings": {
            "end_behavior": {"missing_payment_method": "create_invoice"}
        },
        "trial_start": obj.trial_start,
    }
    if obj.paused_at is not None:
        body["pause_collection"] = {"behavior": "void", "resumes_at": obj.resumes_at}
    if view.new:
        body |= {
            "billing_cycle_anchor_config": None,
            "billing_mode": {"type": "classic"},
            "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        }
    else:
        last = discount(view, discounts[-1], obj) if discounts else None
        body |= {
            "current_period_end": obj.period_end,
            "current_period_start": obj.period_start,
            "discount": last,
        }
    return body


def _schedule_id(obj):
    released = obj.extra.get("schedule", {}).get("status") == "released"
    return None if released else obj.schedule


def items(view, obj):
    """All items of a subscription."""
    return [item(view, obj, each) for each in obj.items]


def item(view, owner, each):
    """One item of it; what is metered has no quantity."""
    price = view.get(model.Price, each.price)
    body = {
        "id": each.id,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": each.created,
        "discounts": [],
        "metadata": dict(owner.extra.get("items", {}).get(each.id, {})),
        "price": render_catalog.price(view, price),
        "subscription": owner.id,
        "tax_rates": tax_rates(view, each.tax_rates),
    }
    if not price.metered:
        body["quantity"] = each.quantity
    if view.new:
        body["current_period_end"] = owner.period_end
        body["current_period_start"] = owner.period_start
    return body


def discount(view, each, owner):
    """A discount; it holds its coupon before clover, and names it since."""
    in_invoice = isinstance(owner, model.Invoice)
    body = {
        "id": each.id,
        "object": "discount",
        "checkout_session": None,
        "customer": owner.customer,
        "end": each.ends,
        "invoice": owner.id if in_invoice else None,
        "invoice_item": None,
        "promotion_code": None,
        "start": each.starts,
        "subscription": None if in_invoice else owner.id,
    }
    if view.new:
        body["subscription_item"] = None
    if view.clover:
        body["source"] = {"coupon": each.coupon, "type": "coupon"}
    else:
        coupon = view.get(model.Coupon, each.coupon)
        body["coupon"] = render_catalog.coupon(view, coupon)
    return body


def in_use(obj, now):
    """The discounts of a subscription that still count."""
    return [
        each
        for each in obj.discounts
        if not each.used and (each.ends is None or each.ends > now)
    ]


def schedule(view, obj):
    """The schedule that a subscription was planned with."""
    now = view.now()
    phases = [_phase(view, obj, each) for each in obj.phases]
    current = next(
        (
            {"end_date": _phase_end(obj, each), "start_date": each.starts}
            for each in obj.phases
            if each.starts <= now and (each.ends is None or now < each.ends)
        ),
        None,
    )
    state = obj.extra.get("schedule", {})
    if "status" in state:
        status = state["status"]
    elif obj.status == "cancelled":
        status = "canceled"
    elif obj.status == "future":
        status = "not_started"
    else:
        status = "active" if current else "completed"
    running = status == "active"
    body = {
        "id": obj.schedule,
        "object": "subscription_schedule",
        "application": None,
        "canceled_at": obj.cancelled_at if status == "canceled" else None,
        "completed_at": obj.phases[-1].ends if status == "completed" else None,
        "created": obj.created,
        "current_phase": current if running else None,
        "customer": obj.customer,
        "default_settings": {
            "application_fee_percent": None,
            "automatic_tax": automatic_tax(view),
            "billing_cycle_anchor": "automatic",
            "billing_thresholds": None,
            "collection_method": collection(obj.collection),
            "default_payment_method": None,
            "description": None,
            "invoice_settings": _schedule_invoices(view, obj),
            "on_behalf_of": None,
            "transfer_data": None,
        },
        "end_behavior": state.get("end_behavior", "release"),
        "livemode": view.livemode,
        "metadata": dict(state.get("metadata", {})),
        "phases": phases,
        "released_at": state.get("released_at"),
        "released_subscription": obj.id if status == "released" else None,
        "status": status,
        "subscription": None if status in ("not_started", "released") else obj.id,
        "test_clock": None,
    }
    if view.new:
        body["billing_mode"] = {"type": "classic"}
    return body


def _schedule_invoices(view, obj):
    due = obj.terms_days if obj.collection == "invoice" else None
    if view.new:
        issuer = {"type": "self"}
        return {"account_tax_ids": None, "days_until_due": due, "issuer": issuer}
    return {"days_until_due": due}


def _phase(view, obj, phase):
    body = {
        "add_invoice_items": [],
        "application_fee_percent": None,
        "billing_cycle_anchor": None,
        "billing_thresholds": None,
        "collection_method": None,
        "currency": obj.currency.lower(),
        "default_payment_method": None,
        "default_tax_rates": tax_rates(view, obj.tax_rates),
        "description": None,
        "discounts": [
            {"coupon": each, "discount": None, "promotion_code": None}
            for each in phase.coupons
        ],
        "end_date": _phase_end(obj, phase),
        "invoice_settings": None,
        "items": [
            {
                "billing_thresholds": None,
                "discounts": [],
                "metadata": {},
                "price": price,
                "quantity": quantity,
                "tax_rates": [],
            }
            for price, quantity in phase.items
        ],
        "metadata": {},
        "on_behalf_of": None,
        "proration_behavior": "create_prorations",
        "start_date": phase.starts,
        "transfer_data": None,
        "trial_end": phase.trial_end,
    }
    if not view.new:
        body["coupon"] = phase.coupons[0] if phase.coupons else None
    return body


def _phase_end(obj, phase):
    # Stripe's phases always end; a last one that goes on is shown with one period.
    period = obj.period_end - obj.period_start or 30 * 86_400
    return phase.ends or phase.starts + period


def tax_rates(view, ids):
    """Whole tax rates, as Stripe has them wherever they are set."""
    found = (view.get(model.TaxRate, each) for each in ids)
    return [render_catalog.tax_rate(view, each) for each in found if each]


def automatic_tax(view):
    """Off: the account's own tax rates are used."""
    if view.new:
        return {"disabled_reason": None, "enabled": False, "liability": None}
    return {"enabled": False}


def collection(kind):
    """automatic | invoice in Stripe's words."""
    return "send_invoice" if kind == "invoice" else "charge_automatically"


def _reason(obj):
    reason = obj.cancel_reason
    return reason if reason in REASONS else "cancellation_requested"


def _other_reason(obj):
    return None if obj.cancel_reason in REASONS else obj.cancel_reason
