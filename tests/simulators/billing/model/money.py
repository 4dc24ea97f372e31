"""Payments and what follows, up to our bank."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from .base import Object
from .documents import Applied


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
