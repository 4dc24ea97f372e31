"""Which objects of the engine a resource shows, and how it is spelt."""

from ..billing.model import (
    Coupon,
    CreditNote,
    Customer,
    Dispute,
    Feature,
    Invoice,
    Payment,
    PendingItem,
    Price,
    Product,
    Refund,
    Subscription,
    UsageEvent,
)
from . import (
    render_catalogue,
    render_credit,
    render_document,
    render_money,
    render_subscription,
)

#: Resource to (class of the engine, what spells it).
PLAIN = {
    "customer": (Customer, render_catalogue.customer),
    "item": (Product, render_catalogue.item),
    "item_price": (Price, render_catalogue.item_price),
    "coupon": (Coupon, render_catalogue.coupon),
    "feature": (Feature, render_catalogue.feature),
    "subscription": (Subscription, render_subscription.subscription),
    "unbilled_charge": (PendingItem, render_subscription.unbilled_charge),
    "usage": (UsageEvent, render_subscription.usage),
    "invoice": (Invoice, render_document.invoice),
}
#: Those that are made of more than one class.
MIXED = {
    "credit_note": (render_credit.credit_notes, render_credit.credit_note),
    "transaction": (render_money.transactions, render_money.transaction),
}


class Resources:
    """The resources of a site, by their names in the API."""

    def __init__(self, site, events):
        self.site = site
        self.events = events

    def rows(self, name):
        """What there is, in the order of its making; families by id."""
        if name == "item_family":
            for product in self.site.store.rows(Product):
                self.site.family(product)
            return list(self.site.families)
        if name == "event":
            return self.events.rows
        if name in MIXED:
            return MIXED[name][0](self.site)
        return self.site.store.rows(PLAIN[name][0])

    def find(self, name, record_id):
        """The object of an id, or None; deleted ones too."""
        if name == "item_family":
            self.rows(name)
            return record_id if record_id in self.site.families else None
        if name == "event":
            return self.events.find(record_id)
        if name == "transaction":
            found = self._first(record_id, Payment, Refund, Dispute)
            hidden = isinstance(found, Dispute)
            if hidden and not render_money.is_chargeback(found):
                return None
            return found
        if name == "credit_note":
            return self._first(record_id, CreditNote) or self._written_off(record_id)
        return self._first(record_id, PLAIN[name][0])

    def shape(self, name, obj):
        """The JSON of one."""
        if name == "item_family":
            return render_catalogue.item_family(self.site, obj)
        if name == "event":
            return self.events.shape(obj)
        spell = MIXED[name][1] if name in MIXED else PLAIN[name][1]
        return spell(self.site, obj)

    def entry(self, name, obj):
        """With what comes along with it in a list or when it is read.

        A subscription brings its customer. [SDK ListSubscriptionResponse]
        """
        shape = {name: self.shape(name, obj)}
        if name == "subscription":
            customer = self.find("customer", obj.customer)
            shape["customer"] = self.shape("customer", customer)
        return shape

    def _first(self, record_id, *classes):
        for cls in classes:
            if found := self.site.store.find(cls, record_id):
                return found
        return None

    def _written_off(self, record_id):
        for invoice in self.site.store.rows(Invoice):
            if invoice.uncollectible_at is not None:
                if render_credit.write_off_id(invoice) == record_id:
                    return invoice
        return None
