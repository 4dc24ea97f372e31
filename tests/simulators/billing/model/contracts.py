"""Subscriptions, and what becomes due by them."""

from dataclasses import dataclass
from typing import ClassVar

from .base import Object


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
