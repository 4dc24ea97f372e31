"""Invoices, credit notes, and the customers' balances."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Object
from .contracts import Discount


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
    :param written_off: of an uncollectible one, what hasn't been paid all the same
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
