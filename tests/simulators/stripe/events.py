"""Events: what changed, as ``GET /v1/events`` lists and webhooks tell it.

They are made of the engine's change log: the object is shown as it was right after
the change, in the version of whom it is told to, and ``*.updated`` has what was before.
[S api/events: 30 days; webhooks: version of the endpoint, else of the account]
"""

from dataclasses import dataclass, replace

from ..billing import model
from ..billing.model import Change
from . import errors, facts, render_contracts
from .lists import in_range, page
from .view import View

INVOICE_UPDATED = "invoice.updated"
SUBSCRIPTION_UPDATED = "customer.subscription.updated"

#: (engine's type, kind of change) to event types. [S api/events/types]
TYPES = {
    ("customer", "created"): ("customer.created",),
    ("customer", "updated"): ("customer.updated",),
    ("customer", "deleted"): ("customer.deleted",),
    ("product", "created"): ("product.created",),
    ("product", "updated"): ("product.updated",),
    ("product", "deleted"): ("product.deleted",),
    ("price", "created"): ("price.created",),
    ("price", "updated"): ("price.updated",),
    ("coupon", "created"): ("coupon.created",),
    ("coupon", "updated"): ("coupon.updated",),
    ("coupon", "deleted"): ("coupon.deleted",),
    ("tax_rate", "created"): ("tax_rate.created",),
    ("tax_rate", "updated"): ("tax_rate.updated",),
    ("meter", "created"): ("billing.meter.created",),
    ("meter", "updated"): ("billing.meter.updated",),
    ("subscription", "trial_ending"): ("customer.subscription.trial_will_end",),
    ("subscription", "cancelled"): ("customer.subscription.deleted",),
    ("invoice", "created"): ("invoice.created",),
    ("invoice", "updated"): (INVOICE_UPDATED,),
    ("invoice", "deleted"): ("invoice.deleted",),
    ("invoice", "finalized"): ("invoice.finalized", INVOICE_UPDATED),
    ("invoice", "payment_failed"): (INVOICE_UPDATED, "invoice.payment_failed"),
    ("invoice", "paid"): (
        INVOICE_UPDATED,
        "invoice.paid",
        "invoice.payment_succeeded",
    ),
    ("invoice", "overdue"): ("invoice.overdue",),
    ("invoice", "voided"): (INVOICE_UPDATED, "invoice.voided"),
    ("invoice", "uncollectible"): (INVOICE_UPDATED, "invoice.marked_uncollectible"),
    ("invoice", "credited"): (INVOICE_UPDATED,),
    ("credit_note", "created"): ("credit_note.created",),
    ("credit_note", "updated"): ("credit_note.updated",),
    ("credit_note", "voided"): ("credit_note.voided",),
    ("intent", "created"): ("payment_intent.created",),
    ("intent", "succeeded"): ("payment_intent.succeeded",),
    ("intent", "failed"): ("payment_intent.payment_failed",),
    ("intent", "cancelled"): ("payment_intent.canceled",),
    ("payment", "pending"): ("charge.pending",),
    ("payment", "succeeded"): ("charge.succeeded",),
    ("payment", "failed"): ("charge.failed",),
    ("payment", "refunded"): ("charge.refunded",),
    ("payment", "updated"): ("charge.updated",),
    ("invoice_payment", "paid"): ("invoice_payment.paid",),
    ("refund", "created"): ("refund.created",),
    ("refund", "updated"): ("refund.updated", "charge.refund.updated"),
    ("refund", "succeeded"): ("refund.updated", "charge.refund.updated"),
    ("refund", "failed"): ("refund.updated", "charge.refund.updated", "refund.failed"),
    ("dispute", "created"): ("charge.dispute.created",),
    ("dispute", "updated"): ("charge.dispute.updated",),
    ("dispute", "funds_withdrawn"): ("charge.dispute.funds_withdrawn",),
    ("dispute", "funds_reinstated"): ("charge.dispute.funds_reinstated",),
    ("dispute", "closed"): ("charge.dispute.closed",),
    ("payout", "created"): ("payout.created",),
    ("payout", "updated"): ("payout.updated",),
    ("payout", "paid"): ("payout.paid", "payout.reconciliation_completed"),
    ("payout", "failed"): ("payout.failed",),
    ("pending_item", "created"): ("invoiceitem.created",),
    ("pending_item", "deleted"): ("invoiceitem.deleted",),
    ("pending_item", "voided"): ("invoiceitem.deleted",),
}
#: Event types that only versions since basil know. [SDK CHANGELOG 12.0.0; M]
NEW_TYPES = ("invoice_payment.paid", "invoice.overdue")
#: Types that one request may ask for. [S api/events/list: up to 20]
MOST_TYPES = 20


@dataclass(frozen=True, slots=True)
class Event:
    """One event: which ``change`` it tells of and what set that off."""

    id: str
    type: str
    change: Change
    request: str | None
    key: str | None

    @property
    def created(self):
        """The moment, in seconds."""
        return self.change.moment


class Events:
    """All events of an account, oldest first, in ``all``; ``listeners`` are called with
    each new one."""

    def __init__(self, account):
        self.account = account
        self.all = []
        self.listeners = []
        self._request = (None, None)
        account.store.listeners.append(self._changed)

    def asked(self, request_id, key):
        """Which request sets off what changes from now on."""
        self._request = (request_id, key)

    def routes(self):
        """As :class:`.reading.Reading`."""
        yield "GET", "events", "event", True, self.list_events
        yield "GET", "events/{id}", "event", False, self.read_event

    def body(self, event, version=None):
        """The event as a version shows it, the account's unless one is given."""
        version = version or self.account.facts["api_version"]
        view = View(self.account, version, event.created)
        data = {"object": self._object(view, event, {})}
        if event.type.endswith(".updated"):
            before = self._object(view, event, event.change.previous)
            data["previous_attributes"] = changed(before, data["object"])
        waiting = sum(each.wants(event.type) for each in self._endpoints())
        return {
            "id": event.id,
            "object": "event",
            "api_version": version,
            "created": event.created,
            "data": data,
            "livemode": self.account.facts["livemode"],
            "pending_webhooks": waiting,
            "request": {"id": event.request, "idempotency_key": event.key},
            "type": event.type,
        }

    def is_known(self, event, version):
        """Whether a version has events of that type."""
        return facts.is_new(version) or event.type not in NEW_TYPES

    def _endpoints(self):
        return self.account.endpoints.values()

    def _object(self, view, event, previous):
        obj = replace(self.account.store.as_of(event.change), **previous)
        if event.type.startswith("subscription_schedule."):
            return render_contracts.schedule(view, obj)
        if obj.deleted or event.change.kind == "voided" and _is_item(obj):
            obj = replace(obj, deleted=False)
        return view.render(obj)

    def _changed(self, change, obj):
        for number, name in enumerate(self._types(change, obj)):
            id = f"evt_1Sim{change.version:09d}{chr(97 + number)}"
            event = Event(id, name, change, *self._request)
            self.all.append(event)
            for listener in self.listeners:
                listener(event)

    def _types(self, change, obj):
        if not isinstance(obj, model.Subscription):
            types = TYPES.get((change.type, change.kind), ())
            return types if self._is_told(change, obj) else ()
        types = self._of_contract(change, obj)
        before = change.previous
        if obj.schedule and before.get("schedule", "") is None:
            return (*types, "subscription_schedule.created")
        if obj.schedule and "phases" in before:
            return (*types, "subscription_schedule.updated")
        return types

    def _of_contract(self, change, obj):
        """Stripe has a subscription once it begins; before it is a schedule at most."""
        if obj.status == "future":
            return ()
        if change.previous.get("status") == "future":
            begun = obj.status != "cancelled"
            return ("customer.subscription.created",) if begun else ()
        return TYPES.get((change.type, change.kind), (SUBSCRIPTION_UPDATED,))

    def _is_told(self, change, obj):
        gone = change.kind in ("deleted", "voided")
        return gone or self.account.is_visible(obj)

    # The endpoint

    def list_events(self, call):
        given = call.given
        version = self.account.facts["api_version"]
        rows = [
            each
            for each in self._recent()
            if self.is_known(each, version)
            and in_range(each.created, given.get("created"))
        ]
        wanted = self._wanted(call)
        if wanted:
            rows = [each for each in rows if _matches(each.type, wanted)]
        chosen, body = page(call.request, rows, given, call.request.path, "event")
        body["data"] = [self.body(each) for each in chosen]
        return body

    def read_event(self, call):
        wanted = call.request.params["id"]
        for each in self._recent():
            if each.id == wanted:
                return self.body(each)
        raise errors.no_such(call.request, "event", wanted)

    def _recent(self):
        """Those of the last 30 days, newest first."""
        start = self.account.engine.now() - facts.EVENT_LIFE_MS // 1000
        rows = []
        for each in reversed(self.all):
            if each.created < start:
                break
            rows.append(each)
        return rows

    def _wanted(self, call):
        one, several = call.given.get("type"), call.given.get("types")
        if one and several:
            text = "You may pass either type or types, but not both."
            raise errors.invalid(call.request, text, "types")
        if several and len(several) > MOST_TYPES:
            text = f"You may pass up to {MOST_TYPES} types."
            raise errors.invalid(call.request, text, "types")
        return [one] if one else several


def _is_item(obj):
    return isinstance(obj, model.PendingItem)


def _matches(name, wanted):
    return any(
        name == each or (each.endswith(".*") and name.startswith(each[:-1]))
        for each in wanted
    )


def changed(before, after):
    """``previous_attributes``: hashes by what differs in them, lists as a whole."""
    previous = {}
    for key, old in before.items():
        new = after.get(key)
        if old == new:
            continue
        is_hash = isinstance(old, dict) and isinstance(new, dict)
        if is_hash and old.get("object") != "list" and key != "metadata":
            old = changed(old, new)
        elif key == "metadata" and is_hash:
            old = {
                name: old.get(name) for name in {*old, *new} if _differs(name, old, new)
            }
        previous[key] = old
    return previous


def _differs(name, old, new):
    return old.get(name) != new.get(name)
