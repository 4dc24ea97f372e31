"""What an event of Stripe is about: which records of which streams have changed.

An event carries the object as it was when it was made, in the version of whoever
receives it: it is a hint only, and what it names is read again.

Source: https://docs.stripe.com/api/events/types; OpenAPI ``webhook_endpoints``,
``enabled_events`` [S]. A request for events names at most 20 types. [S /v1/events]
"""

import dataclasses

from .invoices import id_of

#: Stream -> the types that tell of its records.
TYPES = {
    "customers": (
        *("customer.created", "customer.updated", "customer.deleted"),
        *("customer.tax_id.created", "customer.tax_id.deleted"),
        "customer.tax_id.updated",
    ),
    "products": ("product.created", "product.updated", "product.deleted"),
    "prices": ("price.created", "price.updated", "price.deleted"),
    "coupons": ("coupon.created", "coupon.updated", "coupon.deleted"),
    "subscriptions": (
        *("customer.subscription.created", "customer.subscription.updated"),
        *("customer.subscription.deleted", "customer.subscription.paused"),
        *("customer.subscription.resumed", "customer.discount.created"),
        *("customer.discount.updated", "customer.discount.deleted"),
        *("subscription_schedule.created", "subscription_schedule.updated"),
        *("subscription_schedule.canceled", "subscription_schedule.completed"),
        *("subscription_schedule.released", "subscription_schedule.aborted"),
    ),
    "invoices": (
        *("invoice.created", "invoice.updated", "invoice.deleted"),
        *("invoice.finalized", "invoice.finalization_failed", "invoice.sent"),
        *("invoice.paid", "invoice.payment_failed", "invoice.payment_succeeded"),
        *("invoice.payment_action_required", "invoice.voided"),
        *("invoice.marked_uncollectible",),
    ),
    "credit_notes": (
        *("credit_note.created", "credit_note.updated", "credit_note.voided"),
    ),
    "payments": (
        *("charge.succeeded", "charge.pending", "charge.failed", "charge.captured"),
        *("charge.updated", "charge.refunded", "charge.expired"),
        *("payment_intent.succeeded", "payment_intent.canceled"),
        *("payment_intent.payment_failed", "payment_intent.processing"),
    ),
    "refunds": (
        *("refund.created", "refund.updated", "refund.failed"),
        *("charge.refund.updated", "charge.refunded"),
    ),
    "disputes": (
        *("charge.dispute.created", "charge.dispute.updated"),
        *("charge.dispute.closed", "charge.dispute.funds_withdrawn"),
        *("charge.dispute.funds_reinstated",),
    ),
    "payouts": (
        *("payout.created", "payout.updated", "payout.paid", "payout.failed"),
        *("payout.canceled", "payout.reconciliation_completed"),
    ),
    "unbilled_charges": (
        *("invoiceitem.created", "invoiceitem.deleted"),
        *("invoice.created", "invoice.deleted"),
    ),
}
#: They are read by their time of creation, and by the payout that pays them out.
TYPES["balance_transactions"] = TYPES["payouts"]
#: Types that there are since basil only: an older version refuses to be asked for them.
SINCE_BASIL = {"payments": ("invoice_payment.paid",)}

#: Object -> stream of which it is a record.
STREAMS = {
    "customer": "customers",
    "product": "products",
    "price": "prices",
    "coupon": "coupons",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "credit_note": "credit_notes",
    "charge": "payments",
    "refund": "refunds",
    "dispute": "disputes",
    "payout": "payouts",
    "invoiceitem": "unbilled_charges",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Changed:
    """A record that an event is about.

    :param remote_id: its id; of payments and refunds also that of their payment intent
        or charge, and of balance transactions that of their payout
    :param created: when the record was made, in seconds since 1970, where it is told
    :param deleted: it is gone
    """

    stream: str
    remote_id: str
    created: int | None = None
    deleted: bool = False


def types_of(stream, basil):
    """The types to ask for, to follow the records of a stream."""
    return TYPES[stream] + (SINCE_BASIL.get(stream, ()) if basil else ())


def changed(event):
    """What an event is about, the object of its own first.

    :param event: JSON of Stripe's
    :return: list of :class:`Changed`
    :raises ValueError: where it is no event
    """
    data = event.get("data")
    item = data.get("object") if isinstance(data, dict) else None
    kind = event.get("type")
    if not isinstance(item, dict) or not isinstance(kind, str):
        raise ValueError("an event without an object")
    name = item.get("object")
    found = []
    if name in STREAMS and isinstance(item.get("id"), str):
        deleted = kind.endswith(".deleted") and name != "subscription"
        found.append(Changed(STREAMS[name], item["id"], item.get("created"), deleted))
    also = ALSO.get(name)
    if also:
        found += also(item)
    return list(dict.fromkeys(found))


def _of_tax_id(item):
    return _named("customers", item.get("customer"))


def _of_discount(item):
    return _named("subscriptions", item.get("subscription"))


def _of_schedule(item):
    released = item.get("released_subscription")
    return _named("subscriptions", item.get("subscription") or released)


def _of_intent(item):
    return _named("payments", item.get("latest_charge"))


def _of_invoice_payment(item):
    payment = item.get("payment") or {}
    return [
        *_named("payments", payment.get("charge") or payment.get("payment_intent")),
        *_named("invoices", item.get("invoice")),
    ]


def _of_charge(item):
    refunded = [Changed("refunds", item["id"])] if item.get("amount_refunded") else []
    return [*refunded, *_named(BALANCE, item.get("balance_transaction"))]


def _of_refund(item):
    return [
        *_named("payments", item.get("charge")),
        *_named(BALANCE, item.get("balance_transaction")),
        *_named(BALANCE, item.get("failure_balance_transaction")),
    ]


def _of_dispute(item):
    moved = item.get("balance_transactions") or []
    return [found for each in moved for found in _named(BALANCE, each)]


def _of_payout(item):
    return [Changed(BALANCE, item["id"])]


def _of_invoice(item):
    """Invoice items that are pending no more, or again."""
    lines = (item.get("lines") or {}).get("data") or []
    return [
        found
        for line in lines
        for found in _named("unbilled_charges", _invoice_item(line))
    ]


def _invoice_item(line):
    parent = line.get("parent") or {}
    details = parent.get("invoice_item_details") or {}
    return details.get("invoice_item") or line.get("invoice_item")


def _named(stream, value):
    found = id_of(value)
    return [Changed(stream, found)] if isinstance(found, str) else []


BALANCE = "balance_transactions"
#: Object -> what else its change concerns.
ALSO = {
    "tax_id": _of_tax_id,
    "discount": _of_discount,
    "subscription_schedule": _of_schedule,
    "payment_intent": _of_intent,
    "invoice_payment": _of_invoice_payment,
    "charge": _of_charge,
    "refund": _of_refund,
    "dispute": _of_dispute,
    "payout": _of_payout,
    "invoice": _of_invoice,
}
