"""Chargebee's webhooks: who sent them, and what they tell of.

Pages ``events`` and “Webhook Settings” [S]: nothing signs a delivery; it comes with
user and password of Basic authentication, as they are entered there. Deliveries come in
any order, and may come twice. An event holds the records that it is about as they were
then, each with its ``resource_version``: what Odoo has in a newer version isn't asked
for.
"""

import base64
import hmac

from .. import delivery
from .credit_notes import is_write_off
from .entitlements import remote_id
from .payments import REVERSAL
from .records import version

#: The user name to be entered at Chargebee beside the password.
USER = "odoo"
#: Key of an event's content -> stream. [SDK] EventType; samples
STREAMS = {
    "customer": "customers",
    "item": "items",
    "item_price": "item_prices",
    "coupon": "coupons",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "credit_note": "credit_notes",
    "unbilled_charge": "unbilled_charges",
    "subscription_entitlement": "entitlements",
}
#: Those that come in lists.
SEVERAL = {
    "credit_notes": "credit_note",
    "unbilled_charges": "unbilled_charge",
    "invoices": "invoice",
    "subscription_entitlements": "subscription_entitlement",
}
#: Begin of the types of events that are about the customer, who comes with most others
#: as well.
OF_CUSTOMERS = ("customer_", "card_", "payment_source_", "promotional_credits_")
#: Types of transactions -> stream. An authorization moves no money.
TRANSACTIONS = {"payment": "payments", "refund": "refunds", REVERSAL: "refunds"}


def is_genuine(secret, request):
    """Whether a delivery knows the user and the password, in constant time.

    :param request: ``records.WebhookRequest``
    """
    given = request.headers.get("Authorization") or ""
    pair = base64.b64encode(f"{USER}:{secret}".encode()).decode()
    # Bytes, since compare_digest refuses text that is not ASCII.
    return hmac.compare_digest(f"Basic {pair}".encode(), given.encode())


def inbound(body):
    """The events of a delivery: one for each record that it is about.

    :param body: raw bytes, a JSON object
    :return: list of ``records.InboundEvent``
    :raises ValueError: where it is no event of Chargebee's
    """
    return delivery.inbound(body, "event_type", "occurred_at", _told)


def _told(event, kind):
    """``(stream, remote id, moment)`` of what an event is about, each once."""
    content = event.get("content")
    if not isinstance(content, dict):
        raise ValueError("an event without content")
    found = {}
    for name, value in content.items():
        items = value if name in SEVERAL else [value]
        name = SEVERAL.get(name, name)
        for item in items if isinstance(items, list) else ():
            if name == "subscription_entitlement":
                item = _identified(item)
            if not isinstance(item, dict) or not isinstance(item.get("id"), str):
                continue
            stream = _stream(name, item, kind)
            if stream:
                found.setdefault((stream, item["id"]), item)
    return [
        (stream, item["id"], version(item)) for (stream, _id), item in found.items()
    ]


def _identified(item):
    """An entitlement with our id of it; as it is where it names too little."""
    parts = ("subscription_id", "feature_id")
    if not isinstance(item, dict) or not all(
        isinstance(item.get(name), str) for name in parts
    ):
        return item
    return {**item, "id": remote_id(*(item[name] for name in parts))}


def _stream(name, item, kind):
    """The stream of a record in an event, or ``None`` where it is none of ours."""
    if name == "transaction":
        return TRANSACTIONS.get(item.get("type"))
    if name == "customer" and not kind.startswith(OF_CUSTOMERS):
        return None
    if name == "invoice" and item.get("status") == "pending":
        return None
    if name == "credit_note" and is_write_off(item):
        return None
    return STREAMS.get(name)
