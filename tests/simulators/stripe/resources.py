"""What is listed at which path, and how each parameter of a list filters.

[S OpenAPI, query parameters of each list]
"""

from ..billing import model
from . import render_contracts
from .lists import in_range


def same(name):
    """A filter by an attribute."""
    return lambda _view, obj, wanted: getattr(obj, name) == wanted


def within(name):
    """A filter by a moment, or a range of moments."""
    return lambda _view, obj, wanted: in_range(getattr(obj, name), wanted)


def rendered(name):
    """A filter by what is shown."""
    return lambda view, obj, wanted: view.render(obj)[name] == wanted


def _email(_view, obj, wanted):
    return obj.email == wanted


def _currency(_view, obj, wanted):
    return obj.currency.lower() == wanted.lower()


def _active(_view, obj, wanted):
    return obj.active is wanted


def _status(_view, obj, wanted):
    if wanted == "all":
        return True
    status = render_contracts.STATUS[obj.status]
    if wanted == "ended":
        return status in ("canceled", "incomplete_expired")
    return status == wanted


def _collection(_view, obj, wanted):
    return render_contracts.collection(obj.collection) == wanted


def _of_intent(view, obj, wanted):
    payment = view.store.get(model.Payment, obj.payment)
    return payment.intent == wanted


def _has_price(_view, obj, wanted):
    return any(each.price == wanted for each in obj.items)


def _recurring(_view, obj, wanted):
    shown = {
        "interval": obj.interval,
        "usage_type": "metered" if obj.metered else "licensed",
        "meter": obj.meter,
    }
    return all(shown[key] == value for key, value in wanted.items())


def _payment_of(_view, obj, wanted):
    return wanted.get("payment_intent") in (None, obj.intent)


#: Path to the engine's type, and what each parameter but ``created`` keeps.
RESOURCES = {
    "balance_transactions": (
        model.BalanceTransaction,
        {
            "currency": _currency,
            "payout": same("payout"),
            "source": rendered("source"),
            "type": rendered("type"),
        },
    ),
    "billing/meters": (model.Meter, {"status": rendered("status")}),
    "charges": (
        model.Payment,
        {"customer": same("customer"), "payment_intent": same("intent")},
    ),
    "coupons": (model.Coupon, {}),
    "credit_notes": (
        model.CreditNote,
        {"customer": same("customer"), "invoice": same("invoice")},
    ),
    "customers": (model.Customer, {"email": _email}),
    "disputes": (
        model.Dispute,
        {"charge": same("payment"), "payment_intent": _of_intent},
    ),
    "invoice_payments": (
        model.InvoicePayment,
        {
            "invoice": same("invoice"),
            "payment": _payment_of,
            "status": rendered("status"),
        },
    ),
    "invoiceitems": (
        model.PendingItem,
        {
            "customer": same("customer"),
            "invoice": same("invoice"),
            "pending": lambda _view, obj, wanted: (obj.invoice is None) is wanted,
        },
    ),
    "invoices": (
        model.Invoice,
        {
            "collection_method": _collection,
            "customer": same("customer"),
            "due_date": within("due"),
            "status": same("status"),
            "subscription": same("subscription"),
        },
    ),
    "payment_intents": (model.Intent, {"customer": same("customer")}),
    "payouts": (
        model.Payout,
        {"arrival_date": within("arrival"), "status": rendered("status")},
    ),
    "prices": (
        model.Price,
        {
            "active": _active,
            "currency": _currency,
            "lookup_keys": lambda _view, obj, wanted: (
                obj.extra.get("lookup_key") in wanted
            ),
            "product": same("product"),
            "recurring": _recurring,
            "type": rendered("type"),
        },
    ),
    "products": (
        model.Product,
        {
            "active": _active,
            "ids": lambda _view, obj, wanted: obj.id in wanted,
            "shippable": lambda _view, _obj, wanted: not wanted,
            "url": lambda _view, _obj, _wanted: False,
        },
    ),
    "refunds": (
        model.Refund,
        {"charge": same("payment"), "payment_intent": _of_intent},
    ),
    "subscriptions": (
        model.Subscription,
        {
            "collection_method": _collection,
            "current_period_end": within("period_end"),
            "current_period_start": within("period_start"),
            "customer": same("customer"),
            "price": _has_price,
            "status": _status,
        },
    ),
    "tax_rates": (
        model.TaxRate,
        {"active": _active, "inclusive": same("inclusive")},
    ),
}
#: Filters that an index of the engine answers.
INDEXED = {
    (model.BalanceTransaction, "payout"): "payout",
    (model.Payment, "payment_intent"): "intent",
    (model.Refund, "charge"): "payment",
    (model.Dispute, "charge"): "payment",
    **{
        (cls, name): name
        for cls, names in (
            (model.Payment, ("customer",)),
            (model.CreditNote, ("customer", "invoice")),
            (model.Invoice, ("customer", "subscription")),
            (model.InvoicePayment, ("invoice",)),
            (model.PendingItem, ("customer", "invoice")),
            (model.Intent, ("customer",)),
            (model.Price, ("product",)),
            (model.Subscription, ("customer",)),
        )
        for name in names
    },
}
#: Since basil only.
NEW_ONLY = ("invoice_payments",)
