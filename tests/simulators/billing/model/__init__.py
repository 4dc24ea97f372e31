"""What the billing engine keeps, whatever vendor renders it.

Units, everywhere:

- amounts are ints in the currency's minor unit (:mod:`..money`), never floats;
- moments are ints, seconds since the epoch, UTC; periods end exclusively;
- percents and exchange rates are Decimal; rates are target per source, in major units;
- ids are texts, references to other objects are their ids.

Top-level objects (:class:`Object`) change through :meth:`..store.Store.change` only,
which writes the change log. What is nested in them is frozen and replaced as a whole,
so that the log's previous values give back any earlier state.
"""

from .base import (
    Object,
)
from .catalogue import (
    Coupon,
    Customer,
    Feature,
    Meter,
    Price,
    Product,
    TaxRate,
    Tier,
)
from .changes import (
    Change,
    KINDS,
)
from .contracts import (
    Discount,
    Entitlement,
    Item,
    PendingItem,
    Phase,
    Subscription,
    UsageEvent,
)
from .documents import (
    Applied,
    BalanceEntry,
    CreditNote,
    Invoice,
    Line,
    LineDiscount,
    LineTax,
)
from .money import (
    BalanceTransaction,
    Dispute,
    FeePart,
    Intent,
    InvoicePayment,
    Payment,
    Payout,
    Refund,
)

#: All types of top-level objects by name.
TYPES = {
    each.TYPE: each
    for each in (
        Customer,
        Product,
        Price,
        Meter,
        TaxRate,
        Coupon,
        Feature,
        Subscription,
        UsageEvent,
        PendingItem,
        Entitlement,
        Invoice,
        CreditNote,
        BalanceEntry,
        Intent,
        Payment,
        InvoicePayment,
        Refund,
        Dispute,
        BalanceTransaction,
        Payout,
    )
}

__all__ = [
    "Applied",
    "BalanceEntry",
    "BalanceTransaction",
    "Change",
    "Coupon",
    "CreditNote",
    "Customer",
    "Discount",
    "Dispute",
    "Entitlement",
    "Feature",
    "FeePart",
    "Intent",
    "Invoice",
    "InvoicePayment",
    "Item",
    "KINDS",
    "Line",
    "LineDiscount",
    "LineTax",
    "Meter",
    "Object",
    "Payment",
    "Payout",
    "PendingItem",
    "Phase",
    "Price",
    "Product",
    "Refund",
    "Subscription",
    "TYPES",
    "TaxRate",
    "Tier",
    "UsageEvent",
]
