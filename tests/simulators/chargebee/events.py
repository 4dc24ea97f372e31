"""What happened, as events: kept for the list, told by webhooks.

An event's content holds the records as they were right after the change, which may be
older than what they are by the time somebody reads it. [S events; samples for what the
content of each type holds]
"""

from dataclasses import dataclass

from ..billing.model import Customer, Invoice, Subscription
from . import (
    render_catalogue,
    render_credit,
    render_document,
    render_money,
    render_subscription,
)

#: (type, kind of change) to the event's type. [SDK EventType]
TYPES = {
    ("customer", "created"): "customer_created",
    ("customer", "updated"): "customer_changed",
    ("customer", "deleted"): "customer_deleted",
    ("product", "created"): "item_created",
    ("product", "updated"): "item_updated",
    ("product", "deleted"): "item_deleted",
    ("price", "created"): "item_price_created",
    ("price", "updated"): "item_price_updated",
    ("price", "deleted"): "item_price_deleted",
    ("coupon", "created"): "coupon_created",
    ("coupon", "updated"): "coupon_updated",
    ("coupon", "deleted"): "coupon_deleted",
    ("subscription", "created"): "subscription_created",
    ("subscription", "activated"): "subscription_activated",
    ("subscription", "trial_ending"): "subscription_trial_end_reminder",
    ("subscription", "renewed"): "subscription_renewed",
    ("subscription", "changed"): "subscription_changed",
    ("subscription", "cancellation_scheduled"): "subscription_cancellation_scheduled",
    ("subscription", "cancelled"): "subscription_cancelled",
    ("subscription", "paused"): "subscription_paused",
    ("subscription", "resumed"): "subscription_resumed",
    ("subscription", "deleted"): "subscription_deleted",
    ("invoice", "finalized"): "invoice_generated",
    ("invoice", "paid"): "invoice_updated",
    ("invoice", "overdue"): "invoice_updated",
    ("invoice", "credited"): "invoice_updated",
    ("invoice", "voided"): "invoice_updated",
    ("invoice", "uncollectible"): "invoice_updated",
    ("credit_note", "created"): "credit_note_created",
    ("credit_note", "applied"): "credit_note_updated",
    ("credit_note", "updated"): "credit_note_updated",
    ("credit_note", "voided"): "credit_note_updated",
    ("payment", "pending"): "payment_initiated",
    ("payment", "succeeded"): "payment_succeeded",
    ("payment", "failed"): "payment_failed",
    ("payment", "updated"): "transaction_updated",
    ("refund", "succeeded"): "payment_refunded",
    ("refund", "failed"): "transaction_updated",
    ("pending_item", "created"): "unbilled_charges_created",
    ("pending_item", "invoiced"): "unbilled_charges_invoiced",
    ("pending_item", "voided"): "unbilled_charges_voided",
    ("entitlement", "created"): "subscription_entitlements_created",
    ("entitlement", "updated"): "subscription_entitlements_updated",
}
#: Fields whose change is no event: they are beside what Chargebee shows.
SILENT = {
    "subscription": {"latest_invoice"},
    "payment": {"balance_transaction", "disputed", "intent"},
    "credit_note": {"extra"},
    "customer": {"delinquent", "balance"},
}


@dataclass(frozen=True)
class Event:
    """``created`` and ``updated``: when it occurred."""

    TYPE = "event"

    id: str
    kind: str
    change: object
    created: int

    @property
    def updated(self):
        return self.created


class Events:
    """Events of a site, oldest first; ``listeners`` are called with each new one."""

    def __init__(self, site):
        self.site = site
        self.rows = []
        self.listeners = []
        self._by_id = {}
        site.store.listeners.append(self._noticed)

    def find(self, event_id):
        """The event of an id, or None."""
        return self._by_id.get(event_id)

    def _noticed(self, change, obj):
        kind = self._kind(change, obj)
        if kind is None:
            return
        event = Event(f"ev_{change.version:010d}", kind, change, change.moment)
        self.rows.append(event)
        self._by_id[event.id] = event
        for listener in self.listeners:
            listener(event)

    def _kind(self, change, obj):
        told = set(change.previous) - {"version", "updated"}
        if change.kind == "updated" and told <= SILENT.get(change.type, set()):
            return None
        if change.type == "refund" and change.kind == "created":
            return "refund_initiated" if obj.status == "pending" else "payment_refunded"
        if change.type == "dispute" and change.kind == "closed":
            return "payment_refunded" if render_money.is_chargeback(obj) else None
        if change.type == "invoice" and change.kind == "updated":
            return None if obj.status == "draft" else "invoice_updated"
        return TYPES.get((change.type, change.kind))

    def shape(self, event):
        """The JSON of one. [samples]"""
        return {
            "id": event.id,
            "occurred_at": event.created,
            "source": "scheduled_job",
            "object": "event",
            "api_version": "v2",
            "content": self._content(event),
            "event_type": event.kind,
            "webhook_status": "not_configured",
        }

    def _content(self, event):
        """The record, and those that it belongs to."""
        site, store = self.site, self.site.store
        then = store.as_of(event.change)
        kind = event.change.type
        spell = _SPELT[kind]
        name, content = _NAMES.get(kind, kind), {}
        content[name] = spell(site, then)
        if kind in ("pending_item", "entitlement"):
            content = {f"{name}s": [content[name]]}
            name = None
        if kind in ("subscription", "payment", "refund", "dispute"):
            customer = store.get(Customer, then.customer)
            content["customer"] = render_catalogue.customer(site, customer)
        if kind == "payment" and then.invoice:
            invoice = store.get(Invoice, then.invoice)
            content["invoice"] = render_document.invoice(site, invoice)
            if invoice.subscription:
                subscription = store.get(Subscription, invoice.subscription)
                content["subscription"] = render_subscription.subscription(
                    site, subscription
                )
        if kind == "subscription" and event.kind == "subscription_renewed":
            if then.latest_invoice:
                invoice = store.get(Invoice, then.latest_invoice)
                content["invoice"] = render_document.invoice(site, invoice)
        return content


_NAMES = {
    "product": "item",
    "price": "item_price",
    "payment": "transaction",
    "refund": "transaction",
    "dispute": "transaction",
    "pending_item": "unbilled_charge",
    "entitlement": "subscription_entitlement",
}
_SPELT = {
    "customer": render_catalogue.customer,
    "product": render_catalogue.item,
    "price": render_catalogue.item_price,
    "coupon": render_catalogue.coupon,
    "subscription": render_subscription.subscription,
    "invoice": render_document.invoice,
    "credit_note": render_credit.credit_note,
    "payment": render_money.transaction,
    "refund": render_money.transaction,
    "dispute": render_money.transaction,
    "pending_item": render_subscription.unbilled_charge,
    "entitlement": render_subscription.entitlement,
}
