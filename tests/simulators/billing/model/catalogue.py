"""Customers, and what they can buy."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from .base import Object


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
    """:param amount: of one unit (of a package, of the whole where flat), ``None``
        where tiers make it
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
