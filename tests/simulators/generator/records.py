"""Vendor-neutral records. Keys are ``co-1``, ``ct-1``, ``de-1``, ... in a dataset.

Money is text with two decimals, moments are aware UTC datetimes, dates are dates.
``flaw`` names what is wrong with a record on purpose, None when nothing is.
"""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass
class Owner:
    """A person of the seller."""

    key: str
    first_name: str
    last_name: str
    email: str
    team: str
    created_at: datetime
    active: bool = True


@dataclass
class Place:
    """An address; ``state`` as it was typed, a name or a code."""

    street: str
    street2: str | None
    city: str
    state: str | None
    zip: str
    country: str | None


@dataclass
class Company:
    """A customer or a prospect. ``deleted``: gone for good, its contacts remain."""

    key: str
    name: str
    domain: str | None
    website: str | None
    phone: str | None
    place: Place
    country_code: str
    currency: str
    industry: str
    description: str | None
    employees: int | None
    revenue: str | None
    lifecycle: str
    owner_key: str | None
    parent_key: str | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    deleted: bool = False
    flaw: str | None = None


@dataclass
class Contact:
    """A person, of a company or of none (``company_key`` None)."""

    key: str
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    mobile: str | None
    job_title: str | None
    salutation: str | None
    place: Place
    country_code: str
    language: str
    company_key: str | None
    company_name: str | None
    lifecycle: str
    owner_key: str | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    flaw: str | None = None


@dataclass
class Line:
    """A product in a deal."""

    key: str
    product_key: str
    quantity: int
    price: str


@dataclass
class Deal:
    """An opportunity; ``stage_key`` is a stage of ``pipeline_key``."""

    key: str
    name: str
    amount: str | None
    currency: str | None
    pipeline_key: str
    stage_key: str
    close_date: date | None
    description: str | None
    kind: str
    owner_key: str | None
    company_key: str | None
    contact_keys: list
    lost_reason: str | None
    won_reason: str | None
    created_at: datetime
    updated_at: datetime
    lines: list = field(default_factory=list)
    archived_at: datetime | None = None
    flaw: str | None = None


@dataclass
class Product:
    """Something sold. ``frequency``: monthly, annually, or None when sold once;
    ``months``: the term of a subscription."""

    key: str
    name: str
    sku: str
    price: str
    cost: str
    currency: str
    description: str
    frequency: str | None
    months: int | None
    created_at: datetime
    updated_at: datetime


@dataclass
class Ticket:
    """A support case; ``status``: new, waiting_customer, waiting_us, closed."""

    key: str
    subject: str
    content: str
    status: str
    priority: str | None
    company_key: str | None
    contact_key: str | None
    owner_key: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Stage:
    """A step of a pipeline; ``probability`` from 0 to 1."""

    key: str
    label: str
    probability: float
    closed: bool = False
    won: bool = False


@dataclass(frozen=True)
class Pipeline:
    """The steps of a sale."""

    key: str
    label: str
    stages: tuple


SALES = Pipeline(
    "sales",
    "Sales pipeline",
    (
        Stage("meeting", "Appointment scheduled", 0.2),
        Stage("qualified", "Qualified to buy", 0.4),
        Stage("presented", "Presentation scheduled", 0.6),
        Stage("bought_in", "Decision maker bought-in", 0.8),
        Stage("contract", "Contract sent", 0.9),
        Stage("won", "Closed won", 1.0, closed=True, won=True),
        Stage("lost", "Closed lost", 0.0, closed=True),
    ),
)
RENEWALS = Pipeline(
    "renewals",
    "Partner renewals",
    (
        Stage("due", "Renewal due", 0.3),
        Stage("offered", "Offer sent", 0.5),
        Stage("negotiation", "In negotiation", 0.7),
        Stage("renewed", "Renewed", 1.0, closed=True, won=True),
        Stage("churned", "Churned", 0.0, closed=True),
    ),
)


@dataclass
class Dataset:
    """Everything of one run, in the order in which it can be loaded."""

    owners: list = field(default_factory=list)
    companies: list = field(default_factory=list)
    contacts: list = field(default_factory=list)
    products: list = field(default_factory=list)
    deals: list = field(default_factory=list)
    tickets: list = field(default_factory=list)
    pipelines: tuple = (SALES, RENEWALS)

    def flaws(self):
        """How often each flaw occurs: ``{"duplicate": 12, ...}``."""
        counted = {}
        for record in (*self.companies, *self.contacts, *self.deals):
            if record.flaw:
                counted[record.flaw] = counted.get(record.flaw, 0) + 1
        return counted
