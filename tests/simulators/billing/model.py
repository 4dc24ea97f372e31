"""What the billing engine keeps, whatever vendor renders it.

Units, everywhere:

- amounts are ints in the currency's minor unit (:mod:`.money`), never floats;
- moments are ints, seconds since the epoch, UTC; periods end exclusively;
- percents and exchange rates are Decimal; rates are target per source, in major units;
- ids are texts, references to other objects are their ids.

Top-level objects (:class:`Object`) change through :meth:`.store.Store.change` only,
which writes the change log. What is nested in them is frozen and replaced as a whole,
so that the log's previous values give back any earlier state.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar


@dataclass(kw_only=True)
class Object:
    """:param created, updated: moments
    :param version: of the last change, unique and rising over all objects
    :param metadata: the customer's own keys, text to text
    :param extra: room for a vendor's simulator; the engine never reads it
    """

    TYPE: ClassVar[str] = ""
    #: fields by which :meth:`.store.Store.by` finds objects
    INDEXED: ClassVar[tuple] = ()

    id: str
    created: int = 0
    updated: int = 0
    version: int = 0
    deleted: bool = False
    metadata: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)


# Parties and catalogue


@dataclass(kw_only=True)
class Customer(Object):
    """:param tax_exempt: none | exempt | reverse
    :param tax_id_kind: as ``eu_vat``, ``gb_vat``, ``au_abn``
    :param tax_rates: default tax rates of the invoices
    :param method: how automatic collection charges: card | direct_debit | transfer
    :param balance: credit in the customer's favour by currency, positive
    :param delinquent: an open invoice is past its due date or failed to be paid
    """

    TYPE: ClassVar[str] = "customer"

    name: str
    email: str | None = None
    phone: str | None = None
    is_company: bool = True
    first_name: str | None = None
    last_name: str | None = None
    street: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    tax_id: str | None = None
    tax_id_kind: str | None = None
    tax_exempt: str = "none"
    tax_rates: tuple[str, ...] = ()
    currency: str | None = None
    method: str = "card"
    collection: str = "automatic"
    terms_days: int = 0
    balance: dict[str, int] = field(default_factory=dict)
    delinquent: bool = False


@dataclass(kw_only=True)
class Product(Object):
    """:param kind: service | good
    :param family: Chargebee's item family, a category
    :param item: plan | addon | charge, what Chargebee calls it
    """

    TYPE: ClassVar[str] = "product"

    name: str
    description: str | None = None
    active: bool = True
    kind: str = "service"
    family: str | None = None
    item: str = "plan"
    unit_label: str | None = None
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tier:
    """:param up_to: last unit of the tier, ``None`` for the last tier
    :param amount: of one unit; ``flat``: once for the tier
    """

    up_to: int | None
    amount: int
    flat: int = 0


@dataclass(kw_only=True)
class Price(Object):
    """:param amount: of one unit (of a package, of the whole where flat); ``None`` where
        tiers make it
    :param scheme: per_unit | tiered (each unit by its own tier) | volume (all units by
        the tier reached) | package | flat
    :param package: units in a package, rounded up
    :param interval: day | week | month | year, ``None`` for one-off
    :param metered: billed afterwards by the usage that ``meter`` adds up
    """

    TYPE: ClassVar[str] = "price"
    INDEXED: ClassVar[tuple] = ("product",)

    product: str
    currency: str
    amount: int | None = None
    scheme: str = "per_unit"
    tiers: tuple[Tier, ...] = ()
    package: int = 1
    interval: str | None = "month"
    interval_count: int = 1
    metered: bool = False
    meter: str | None = None
    tax_inclusive: bool = False
    trial_days: int = 0
    active: bool = True
    name: str | None = None


@dataclass(kw_only=True)
class Meter(Object):
    """:param aggregation: sum | last | max of the events' values in a period"""

    TYPE: ClassVar[str] = "meter"

    name: str
    event_name: str
    aggregation: str = "sum"
    active: bool = True


@dataclass(kw_only=True)
class TaxRate(Object):
    """:param kind: vat | gst | sales_tax
    :param percent: ``Decimal("8.875")``
    :param inclusive: the lines' amounts contain it
    """

    TYPE: ClassVar[str] = "tax_rate"

    name: str
    kind: str
    percent: Decimal
    inclusive: bool = False
    country: str | None = None
    state: str | None = None
    jurisdiction: str | None = None
    active: bool = True


@dataclass(kw_only=True)
class Coupon(Object):
    """:param percent, amount: one of them; ``currency`` goes with ``amount``
    :param duration: once | repeating (``months``) | forever
    """

    TYPE: ClassVar[str] = "coupon"

    name: str
    percent: Decimal | None = None
    amount: int | None = None
    currency: str | None = None
    duration: str = "once"
    months: int | None = None
    redeemed: int = 0
    active: bool = True


@dataclass(kw_only=True)
class Feature(Object):
    """Something a product gives access to."""

    TYPE: ClassVar[str] = "feature"

    name: str
    unit: str | None = None


# Subscriptions


@dataclass(frozen=True)
class Discount:
    """A coupon in use.

    :param ends: exclusive, ``None`` where it goes on
    :param used: a coupon for once that has been used up
    """

    id: str
    coupon: str
    starts: int
    ends: int | None = None
    used: bool = False


@dataclass(frozen=True)
class Item:
    """A line of a subscription; its id lives as long as the item does."""

    id: str
    price: str
    quantity: int
    created: int
    tax_rates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phase:
    """A part of a subscription's plan.

    :param items: (price, quantity) pairs
    :param ends: exclusive, ``None`` where it goes on
    """

    starts: int
    ends: int | None
    items: tuple[tuple[str, int], ...]
    coupons: tuple[str, ...] = ()
    trial_end: int | None = None


@dataclass(kw_only=True)
class Subscription(Object):
    """:param status: future | trial | active | past_due | paused | cancelled |
        incomplete
    :param items: all of one interval, that of the first one's price
    :param anchor: the moment that the periods are counted from
    :param collection: automatic | invoice (due after ``terms_days``)
    :param phases: the plan, where there is one; ``schedule`` is its id
    :param order_key: the key of who ordered it, where it was given
    """

    TYPE: ClassVar[str] = "subscription"
    INDEXED: ClassVar[tuple] = ("customer",)

    customer: str
    currency: str
    number: str | None = None
    status: str = "active"
    items: tuple[Item, ...] = ()
    discounts: tuple[Discount, ...] = ()
    tax_rates: tuple[str, ...] = ()
    started: int = 0
    anchor: int = 0
    period_start: int = 0
    period_end: int = 0
    trial_start: int | None = None
    trial_end: int | None = None
    cancel_at_period_end: bool = False
    cancel_at: int | None = None
    cancelled_at: int | None = None
    ended_at: int | None = None
    cancel_reason: str | None = None
    paused_at: int | None = None
    resumes_at: int | None = None
    collection: str = "automatic"
    terms_days: int = 0
    schedule: str | None = None
    phases: tuple[Phase, ...] = ()
    latest_invoice: str | None = None
    order_key: str | None = None


@dataclass(kw_only=True)
class UsageEvent(Object):
    """:param id: unique: the same id again is refused or ignored
    :param value: how much, of the meter's unit
    :param moment: when it was used
    :param subscription, item: where it was told for an item, else by customer and meter
    """

    TYPE: ClassVar[str] = "usage"
    INDEXED: ClassVar[tuple] = ("subscription",)

    meter: str | None
    customer: str
    value: int
    moment: int
    subscription: str | None = None
    item: str | None = None


@dataclass(kw_only=True)
class PendingItem(Object):
    """What will be on an invoice that is not there yet (unbilled charge, invoice item).

    :param amount: negative for what is given back
    :param invoice: where it ended up, ``None`` while it is pending
    :param line: the invoice line that it gives back a part of
    """

    TYPE: ClassVar[str] = "pending_item"
    INDEXED: ClassVar[tuple] = ("customer", "invoice")

    customer: str
    currency: str
    amount: int
    quantity: int = 1
    unit_amount: int | None = None
    kind: str = "one_off"
    description: str | None = None
    subscription: str | None = None
    item: str | None = None
    product: str | None = None
    price: str | None = None
    period_start: int = 0
    period_end: int = 0
    tax_rates: tuple[str, ...] = ()
    invoice: str | None = None
    line: str | None = None
    voided: bool = False


@dataclass(kw_only=True)
class Entitlement(Object):
    """:param enabled: as long as the subscription gives access"""

    TYPE: ClassVar[str] = "entitlement"
    INDEXED: ClassVar[tuple] = ("subscription", "customer")

    customer: str
    subscription: str
    feature: str
    value: str = "true"
    enabled: bool = True


# Documents


@dataclass(frozen=True)
class LineDiscount:
    """:param amount: taken off the line, signed as the line"""

    discount: str
    coupon: str
    amount: int


@dataclass(frozen=True)
class LineTax:
    """:param amount, base: signed as the line; base without the tax"""

    tax_rate: str
    amount: int
    base: int
    inclusive: bool


@dataclass(frozen=True)
class Line:
    """A line of an invoice.

    :param kind: subscription | usage | proration | one_off
    :param quantity: int, usage in the meter's unit
    :param unit_amount: ``None`` where tiers, packages or proration make the amount
    :param amount: before discounts, inclusive taxes in it
    :param pending: the pending item it was made of
    :param credits: the invoice line that a negative proration gives back a part of
    """

    id: str
    kind: str
    description: str
    quantity: int
    unit_amount: int | None
    amount: int
    product: str | None = None
    price: str | None = None
    subscription: str | None = None
    item: str | None = None
    discounts: tuple[LineDiscount, ...] = ()
    taxes: tuple[LineTax, ...] = ()
    period_start: int = 0
    period_end: int = 0
    pending: str | None = None
    credits: str | None = None

    @property
    def discount(self):
        return sum(each.amount for each in self.discounts)

    @property
    def added_tax(self):
        """Taxes that come on top of the amount."""
        return sum(each.amount for each in self.taxes if not each.inclusive)

    @property
    def tax(self):
        return sum(each.amount for each in self.taxes)

    @property
    def total(self):
        """What the customer pays for the line."""
        return self.amount - self.discount + self.added_tax


@dataclass(kw_only=True)
class Invoice(Object):
    """:param status: draft | open | paid | void | uncollectible
    :param reason: create | cycle | update | manual, what made it
    :param date: when it was issued; ``due``: when it is to be paid
    :param subtotal: sum of the lines' amounts, before discounts and exclusive taxes
    :param tax_total: all taxes, ``added_tax`` those on top of the amounts
    :param total: subtotal − discount_total + added_tax; negative where more is given
        back than billed (then it is paid at once, into the customer's balance)
    :param applied_balance: credit balance used at issue; negative where the invoice
        was negative and raised the balance
    :param credited: taken off what is due by credit notes (pre-payment)
    :param amount_paid: by payments; refunds don't lower it
    :param written_off: what was due when it was marked uncollectible
    :param dunning: none | in_progress | exhausted | stopped | success
    """

    TYPE: ClassVar[str] = "invoice"
    INDEXED: ClassVar[tuple] = ("customer", "subscription")

    customer: str
    currency: str
    number: str | None = None
    status: str = "draft"
    reason: str = "manual"
    subscription: str | None = None
    collection: str = "automatic"
    date: int = 0
    due: int | None = None
    period_start: int = 0
    period_end: int = 0
    lines: tuple[Line, ...] = ()
    discounts: tuple[Discount, ...] = ()
    subtotal: int = 0
    discount_total: int = 0
    tax_total: int = 0
    added_tax: int = 0
    total: int = 0
    applied_balance: int = 0
    credited: int = 0
    amount_paid: int = 0
    written_off: int = 0
    attempts: int = 0
    next_attempt: int | None = None
    last_failure: str | None = None
    dunning: str = "none"
    finalized_at: int | None = None
    paid_at: int | None = None
    voided_at: int | None = None
    uncollectible_at: int | None = None
    intent: str | None = None
    memo: str | None = None
    reference: str | None = None

    @property
    def amount_due(self):
        """What payments are asked for in all, never negative."""
        return max(0, self.total - self.applied_balance - self.credited)

    @property
    def remaining(self):
        """What is still to be paid."""
        return max(0, self.amount_due - self.amount_paid)


@dataclass(frozen=True)
class Applied:
    """How much of a payment or credit note went to an invoice, and when."""

    invoice: str
    amount: int
    at: int


@dataclass(kw_only=True)
class CreditNote(Object):
    """:param status: issued | void
    :param reason: duplicate | fraudulent | order_change | product_unsatisfactory |
        write_off
    :param lines: ``credits`` names the invoice line; amounts positive
    :param total: positive; = before_payment + refunded + to_balance + outside
    :param before_payment: taken off what was due of its invoice
    :param to_balance: given to the customer's balance
    :param outside: paid back by other ways than the vendor's
    :param refunds: ids
    :param applications: what it took off invoices: its own before payment, others by
        way of the balance where the engine's rules follow each credit
        (``Rules.tracks_credits``)
    """

    TYPE: ClassVar[str] = "credit_note"
    INDEXED: ClassVar[tuple] = ("invoice", "customer")

    invoice: str
    customer: str
    currency: str
    number: str | None = None
    status: str = "issued"
    reason: str = "order_change"
    date: int = 0
    lines: tuple[Line, ...] = ()
    subtotal: int = 0
    discount_total: int = 0
    tax_total: int = 0
    added_tax: int = 0
    total: int = 0
    before_payment: int = 0
    refunded: int = 0
    to_balance: int = 0
    outside: int = 0
    refunds: tuple[str, ...] = ()
    applications: tuple[Applied, ...] = ()
    voided_at: int | None = None
    memo: str | None = None


@dataclass(kw_only=True)
class BalanceEntry(Object):
    """A movement of a customer's credit balance.

    :param amount: positive where the customer's credit grows
    :param kind: credit_note | invoice_credit (a negative invoice) | applied | unapplied
        | overpayment | adjustment
    :param ending: the balance afterwards, in ``currency``
    """

    TYPE: ClassVar[str] = "balance_entry"
    INDEXED: ClassVar[tuple] = ("customer",)

    customer: str
    currency: str
    amount: int
    kind: str
    ending: int
    invoice: str | None = None
    credit_note: str | None = None
    payment: str | None = None


# Money


@dataclass(kw_only=True)
class Intent(Object):
    """The wish to be paid an amount, and the attempts made for it.

    :param status: open | processing | succeeded | cancelled
    :param payments: ids of the attempts, oldest first
    """

    TYPE: ClassVar[str] = "intent"
    INDEXED: ClassVar[tuple] = ("customer",)

    customer: str
    currency: str
    amount: int
    received: int = 0
    status: str = "open"
    invoice: str | None = None
    payments: tuple[str, ...] = ()
    method: str = "card"


@dataclass(kw_only=True)
class Payment(Object):
    """One attempt to be paid (Stripe's charge, Chargebee's transaction).

    :param status: pending | succeeded | failed | cancelled
    :param method: card | direct_debit | transfer | cash | check
    :param applications: what of it pays which invoice; a refund doesn't lower it
    :param refunded: by all refunds, ``returned``: of what had not been applied
    :param attempt: 1 for the first one of its intent
    :param outside: it came by another way than the vendor's, who has no money of it
        (recorded offline): no balance transaction
    :param balance_transaction: of the charge, once it succeeded
    """

    TYPE: ClassVar[str] = "payment"
    INDEXED: ClassVar[tuple] = ("customer", "intent")

    customer: str
    currency: str
    amount: int
    status: str = "succeeded"
    method: str = "card"
    intent: str | None = None
    invoice: str | None = None
    applications: tuple[Applied, ...] = ()
    refunded: int = 0
    returned: int = 0
    disputed: bool = False
    attempt: int = 1
    paid_at: int | None = None
    failed_at: int | None = None
    failure_code: str | None = None
    failure_message: str | None = None
    outside: bool = False
    reference: str | None = None
    balance_transaction: str | None = None
    card_brand: str | None = None
    card_last4: str | None = None

    @property
    def applied(self):
        return sum(each.amount for each in self.applications)

    @property
    def unused(self):
        """Of a succeeded payment: what is neither applied nor given back."""
        if self.status != "succeeded":
            return 0
        return self.amount - self.applied - self.returned


@dataclass(kw_only=True)
class InvoicePayment(Object):
    """That an intent, or a payment, goes to an invoice.

    :param status: open | paid | cancelled
    :param requested: amount asked for; ``amount_paid``: what came
    """

    TYPE: ClassVar[str] = "invoice_payment"
    INDEXED: ClassVar[tuple] = ("invoice", "payment", "intent")

    invoice: str
    currency: str
    requested: int
    amount_paid: int = 0
    status: str = "open"
    intent: str | None = None
    payment: str | None = None
    paid_at: int | None = None


@dataclass(kw_only=True)
class Refund(Object):
    """:param status: pending | succeeded | failed | cancelled
    :param failure_transaction: gives the money back to our balance where it failed
    """

    TYPE: ClassVar[str] = "refund"
    INDEXED: ClassVar[tuple] = ("payment", "credit_note")

    payment: str
    customer: str
    currency: str
    amount: int
    status: str = "succeeded"
    reason: str | None = None
    refunded_at: int | None = None
    failed_at: int | None = None
    failure_reason: str | None = None
    credit_note: str | None = None
    outside: bool = False
    balance_transaction: str | None = None
    failure_transaction: str | None = None
    reference: str | None = None


@dataclass(kw_only=True)
class Dispute(Object):
    """:param status: warning | needs_response | under_review | won | lost
    :param reason: fraudulent | product_not_received | duplicate | general
    :param transactions: ids: the withdrawal, and what came back when it was won
    """

    TYPE: ClassVar[str] = "dispute"
    INDEXED: ClassVar[tuple] = ("payment",)

    payment: str
    customer: str
    currency: str
    amount: int
    status: str = "needs_response"
    reason: str = "fraudulent"
    due_by: int | None = None
    closed_at: int | None = None
    transactions: tuple[str, ...] = ()


@dataclass(frozen=True)
class FeePart:
    """:param kind: processing | conversion | dispute | tax
    :param amount: positive where we pay it
    """

    kind: str
    amount: int
    currency: str
    description: str


@dataclass(kw_only=True)
class BalanceTransaction(Object):
    """A movement of what the vendor owes us, in a settlement currency.

    :param kind: charge | refund | refund_failure | dispute | dispute_reversal | fee |
        payout | payout_failure | adjustment
    :param amount: gross, signed as the balance moves; net = amount − fee
    :param source_amount, source_currency: of what was paid, signed as ``amount``
    :param rate: settlement per source where it was converted, else ``None``
    :param available: when it can be paid out
    :param payout: the payout that it is part of, or that it is
    """

    TYPE: ClassVar[str] = "balance_transaction"
    INDEXED: ClassVar[tuple] = ("payout", "payment")

    kind: str
    currency: str
    amount: int
    fee: int
    net: int
    source_amount: int
    source_currency: str
    rate: Decimal | None = None
    fees: tuple[FeePart, ...] = ()
    available: int = 0
    payment: str | None = None
    refund: str | None = None
    dispute: str | None = None
    payout: str | None = None
    description: str | None = None


@dataclass(kw_only=True)
class Payout(Object):
    """:param status: pending | in_transit | paid | failed | cancelled
    :param amount: positive, to our bank; negative where the bank was debited
    :param arrival: moment, start of a day
    :param transaction: the balance transaction of the payout itself; ``failure``: of
        what came back
    """

    TYPE: ClassVar[str] = "payout"

    currency: str
    amount: int
    status: str = "in_transit"
    arrival: int = 0
    automatic: bool = True
    reference: str | None = None
    description: str | None = None
    transaction: str | None = None
    failure: str | None = None
    failure_code: str | None = None
    paid_at: int | None = None


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


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the change log.

    :param version: the object's after the change, the entry's number too
    :param kind: one of :data:`KINDS`
    :param previous: fields that changed, with the values they had; empty when created
    """

    version: int
    moment: int
    kind: str
    type: str
    id: str
    previous: dict


#: What can happen to an object beside ``created``, ``updated`` and ``deleted``. One
#: operation may write several entries: an invoice is ``created``, then ``finalized``.
KINDS = {
    "subscription": (
        "activated",  # begins: its first period, or after a trial
        "trial_ending",  # three days before its trial ends
        "renewed",
        "changed",  # items, quantity, price, discounts or plan
        "cancellation_scheduled",
        "cancelled",
        "paused",
        "resumed",
        "past_due",  # its invoice could not be paid
        "recovered",  # and then it could
    ),
    "invoice": (
        "finalized",
        "payment_failed",
        "paid",
        "overdue",
        "voided",
        "uncollectible",
        "credited",
    ),
    "credit_note": ("voided", "applied"),
    "intent": ("succeeded", "failed", "cancelled"),
    "payment": ("pending", "succeeded", "failed", "refunded"),
    "invoice_payment": ("paid", "cancelled"),
    "refund": ("succeeded", "failed"),
    "dispute": ("funds_withdrawn", "funds_reinstated", "closed"),
    "payout": ("paid", "failed"),
    "pending_item": ("invoiced", "voided"),
}
