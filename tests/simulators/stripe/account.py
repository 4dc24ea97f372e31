"""One Stripe account: the billing engine, and what only Stripe keeps beside it."""

from dataclasses import dataclass, field

from ..billing import model
from . import facts


@dataclass
class WebhookEndpoint:
    """Where events are sent. ``api_version`` None: that of the account."""

    id: str
    url: str
    secret: str
    created: int
    enabled_events: tuple = ("*",)
    api_version: str | None = None
    status: str = "enabled"
    description: str | None = None
    metadata: dict = field(default_factory=dict)

    def wants(self, event_type):
        """Whether an event of that type is sent there."""
        wanted = self.enabled_events
        return self.status == "enabled" and ("*" in wanted or event_type in wanted)


class Account:
    """The engine of an account, its ``facts`` and ``endpoints`` by id."""

    def __init__(self, engine, overrides=None):
        self.engine = engine
        self.store = engine.store
        self.facts = {**facts.ACCOUNT, **(overrides or {})}
        self.endpoints = {}

    def live(self, cls, name, value):
        """Objects that an index finds and that are not deleted."""
        return [each for each in self.store.by(cls, name, value) if not each.deleted]

    def is_visible(self, obj):
        """Whether Stripe has it: no money from outside, no plan that hasn't begun."""
        if obj.deleted:
            return False
        if isinstance(obj, model.Payment | model.Refund):
            return not obj.outside
        if isinstance(obj, model.InvoicePayment):
            return not self._is_outside(obj)
        if isinstance(obj, model.Intent):
            last = obj.payments and self.store.find(model.Payment, obj.payments[-1])
            return not (last and last.outside)
        if isinstance(obj, model.PendingItem):
            return not obj.voided
        if isinstance(obj, model.Subscription):
            return obj.status != "future"
        return True

    def _is_outside(self, obj):
        payment = obj.payment and self.store.find(model.Payment, obj.payment)
        return bool(payment and payment.outside)

    def rows(self, cls):
        """What Stripe has of a type, newest first."""
        rows = [each for each in self.store.rows(cls) if self.is_visible(each)]
        return newest_first(rows)

    def invoice_payments(self, invoice_id):
        """The payments of an invoice, newest first."""
        rows = self.live(model.InvoicePayment, "invoice", invoice_id)
        return newest_first([each for each in rows if not self._is_outside(each)])

    def paid_outside(self, invoice):
        """Whether an invoice was paid by other ways than Stripe's."""
        rows = self.live(model.InvoicePayment, "invoice", invoice.id)
        return any(self._is_outside(each) for each in rows)

    def charges_of(self, invoice):
        """The attempts to be paid an invoice, oldest first."""
        attempts = []
        for each in self.invoice_payments(invoice.id):
            intent = each.intent and self.store.find(model.Intent, each.intent)
            attempts += intent.payments if intent else [each.payment]
        found = [self.store.find(model.Payment, each) for each in attempts if each]
        found = [each for each in found if each and self.is_visible(each)]
        return newest_first(found)[::-1]

    def refunds(self, payment_id):
        """The refunds of a charge, newest first."""
        rows = self.live(model.Refund, "payment", payment_id)
        return newest_first([each for each in rows if self.is_visible(each)])

    def schedules(self):
        """Subscriptions that have a schedule, newest first."""
        rows = self.store.rows(model.Subscription)
        return newest_first([each for each in rows if each.schedule])

    def schedule(self, id):
        """The subscription of a schedule, or None."""
        found = (each for each in self.schedules() if each.schedule == id)
        return next(found, None)

    def item(self, id):
        """``(subscription, item)`` of an item's id, or None."""
        for owner in self.store.rows(model.Subscription):
            for each in owner.items:
                if each.id == id:
                    return owner, each
        return None

    def balance_entries(self, invoice):
        """How an invoice moved the customer's balance, oldest first."""
        entries = self.store.by(model.BalanceEntry, "customer", invoice.customer)
        return [each for each in entries if each.invoice == invoice.id]

    def balance_entry(self, credit_note):
        """What a credit note gave to the customer's balance, or None."""
        entries = self.store.by(model.BalanceEntry, "customer", credit_note.customer)
        found = (each for each in entries if each.credit_note == credit_note.id)
        return next(found, None)

    def invoice_of_line(self, line):
        """The id of the invoice whose line a proration gives back, or None."""
        rows = self.store.by(model.Invoice, "subscription", line.subscription)
        found = (
            each.id
            for each in rows
            if any(part.id == line.credits for part in each.lines)
        )
        return next(found, None)


def newest_first(rows):
    """By creation, the later one of the same moment first."""
    return sorted(rows, key=lambda each: each.created)[::-1]


def ids(kind, number):
    """Ids as Stripe's look, for the engine: ``in_1Sim00000042``.

    Their length and letters are no fact to rely on, which is why they differ.
    """
    names = {
        "credit_line": "credit_note_line_item",
        "intent": "payment_intent",
        "item": "subscription_item",
        "line": "line_item",
        "meter": "billing.meter",
        "payment": "charge",
        "pending_item": "invoiceitem",
        "schedule": "subscription_schedule",
    }
    prefix = facts.PREFIXES.get(names.get(kind, kind))
    if prefix is None:
        prefix = {"balance_entry": "cbtxn_", "usage": "mbur_"}.get(kind, f"{kind}_")
    return f"{prefix}1Sim{number:08d}"
