"""The account as one version of the API shows it: engine objects to Stripe's JSON.

    View(account, "2026-10-28.endive").render(invoice)

Keys and types: [S OpenAPI 2023-08-16] before basil, [fixtures of August 2026, SDK
object classes] since; what changed between them [SDK CHANGELOG 12.0.0 and 13.0.0].
"""

from functools import cached_property

from ..billing import model
from . import (
    facts,
    render_catalog,
    render_contracts,
    render_documents,
    render_money,
    render_parties,
)
from .lists import list_of

#: What Stripe calls an engine's type, and how it is rendered.
RENDERED = {
    model.BalanceTransaction: ("balance_transaction", render_money.balance_transaction),
    model.Coupon: ("coupon", render_catalog.coupon),
    model.CreditNote: ("credit_note", render_documents.credit_note),
    model.Customer: ("customer", render_parties.customer),
    model.Dispute: ("dispute", render_money.dispute),
    model.Intent: ("payment_intent", render_money.payment_intent),
    model.Invoice: ("invoice", render_documents.invoice),
    model.InvoicePayment: ("invoice_payment", render_documents.invoice_payment),
    model.Meter: ("billing.meter", render_catalog.meter),
    model.Payment: ("charge", render_money.charge),
    model.Payout: ("payout", render_money.payout),
    model.PendingItem: ("invoiceitem", render_documents.invoice_item),
    model.Price: ("price", render_catalog.price),
    model.Product: ("product", render_catalog.product),
    model.Refund: ("refund", render_money.refund),
    model.Subscription: ("subscription", render_contracts.subscription),
    model.TaxRate: ("tax_rate", render_catalog.tax_rate),
}
#: Stripe's name to the engine's type.
CLASSES = {name: cls for cls, (name, _render) in RENDERED.items()}


class View:
    """Renders the objects of an ``account`` (:class:`.account.Account`) in a version.

    ``new``: basil or later, ``clover``: that or later. ``moment``: what belongs to a
    rendered object is shown as it was then; now unless given.
    """

    def __init__(self, account, version, moment=None):
        self.account = account
        self._moment = moment
        self.store = account.engine.store
        self.version = version
        self.new = facts.is_new(version)
        self.clover = version >= facts.CLOVER
        self.livemode = account.facts["livemode"]

    def now(self):
        """The moment that is shown, in seconds."""
        return self.account.engine.now() if self._moment is None else self._moment

    def until_now(self, rows):
        """Of objects those that were there already."""
        return [each for each in rows if each.created <= self.now()]

    def render(self, obj):
        """The JSON of an engine's object."""
        name, render = RENDERED[type(obj)]
        if obj.deleted:
            return {"id": obj.id, "object": name, "deleted": True}
        return render(self, obj)

    def get(self, cls, id):
        """The engine's object, or None."""
        return self.store.find(cls, id) if id else None

    def by_id(self, kind, id):
        """The JSON of what an id stands for; the id itself where it isn't known."""
        if isinstance(kind, tuple):
            kind = next(each for each in kind if id.startswith(facts.PREFIXES[each]))
        if kind == "discount":
            return self.discounts.get(id, id)
        if kind == "subscription_schedule":
            owner = self.account.schedule(id)
            return render_contracts.schedule(self, owner) if owner else id
        obj = self.store.find(CLASSES[kind], id)
        return self.render(obj) if obj else id

    @cached_property
    def discounts(self):
        """All discounts in use, by id."""
        found = {}
        for cls in (model.Subscription, model.Invoice):
            for owner in self.store.rows(cls):
                for each in owner.discounts:
                    if each.id not in found:
                        render = render_contracts.discount
                        found[each.id] = render(self, each, owner)
        return found

    def left_out(self, kind, part, id):
        """A property that is there only when it is asked for."""
        if (kind, part) == ("price", "tiers"):
            return render_catalog.tiers(self.store.get(model.Price, id))
        if (kind, part) == ("invoice", "payments"):
            rows = self.account.invoice_payments(id)
            url = f"/v1/invoice_payments?invoice={id}"
        elif (kind, part) == ("charge", "refunds"):
            rows = self.account.refunds(id)
            url = f"/v1/charges/{id}/refunds"
        elif (kind, part) == ("customer", "tax_ids"):
            data = render_parties.tax_ids(self, self.store.get(model.Customer, id))
            return list_of(data, f"/v1/customers/{id}/tax_ids")
        else:
            rows = [
                each
                for each in self.account.live(model.Subscription, "customer", id)
                if each.status != "cancelled"
            ]
            url = f"/v1/customers/{id}/subscriptions"
        data = [self.render(each) for each in rows[: facts.LIMIT]]
        return list_of(data, url, len(rows) > facts.LIMIT)
