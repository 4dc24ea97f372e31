"""Where Stripe's API lives, and how its lists differ.

Sources: Stripe's OpenAPI document [S] (paths, parameters, expandable fields);
https://docs.stripe.com/changelog for what a version changed. Objects have no time of
their last change: what changed is told by ``/v1/events`` for 30 days.

Nobody signs in by OAuth: it is for Stripe Apps that are published for all
(``distribution_type: public``) and for platforms. Software that a company runs itself
has restricted keys. [S] https://docs.stripe.com/stripe-apps/api-authentication
"""

import dataclasses
import urllib.parse

#: Offered in the form, the newest shape first; every other version works as well.
VERSIONS = ("2026-10-28.endive", "2025-02-24.acacia")
#: From this version on periods are those of subscription items, invoices name their
#: parent, payments of invoices are objects of their own, and taxes of lines are called
#: so. https://docs.stripe.com/changelog/basil
BASIL = "2025-03-31"
#: From this version on a discount names its coupon as its source.
#: https://docs.stripe.com/changelog/clover/2025-09-30/add-discount-source-property
CLOVER = "2025-09-30"

#: Most objects of one page. [S]
LIST_LIMIT = 100
#: Days for which Stripe keeps events. [S /v1/events]
EVENT_DAYS = 30

#: Our own key of a record, among its metadata.
KEY = "odoo_id"


def is_basil(version):
    return version[:10] >= BASIL


def is_clover(version):
    return version[:10] >= CLOVER


@dataclasses.dataclass(frozen=True, slots=True)
class Listing:
    """How the objects of one stream are listed.

    :param path: of the list; an object lies below it by its id
    :param params: sent with each page
    :param expand: what each object is to hold in full
    :param created: whether the list can be cut by the time of creation
    :param page: dashboard's address of an object
    :param searchable: whether the search counts them
    """

    path: str
    params: tuple = ()
    expand: tuple = ()
    created: bool = True
    page: str | None = None
    searchable: bool = False


#: Stream -> its list before basil.
LISTINGS = {
    "customers": Listing(
        "v1/customers", expand=("tax_ids",), page="customers", searchable=True
    ),
    "products": Listing("v1/products", page="products", searchable=True),
    "prices": Listing("v1/prices", expand=("tiers",), page="prices", searchable=True),
    "coupons": Listing("v1/coupons", page="coupons"),
    "subscriptions": Listing(
        "v1/subscriptions",
        params=(("status", "all"),),
        expand=("schedule", "discounts"),
        page="subscriptions",
        searchable=True,
    ),
    "invoices": Listing(
        "v1/invoices",
        expand=("discounts", "lines.data.discounts"),
        page="invoices",
        searchable=True,
    ),
    "credit_notes": Listing(
        "v1/credit_notes",
        expand=("refund",),
        created=False,
        page="credit_notes",
    ),
    "payments": Listing(
        "v1/charges",
        expand=("balance_transaction", "failure_balance_transaction"),
        page="payments",
        searchable=True,
    ),
    "refunds": Listing(
        "v1/refunds", expand=("failure_balance_transaction",), page="refunds"
    ),
    "disputes": Listing("v1/disputes", page="disputes"),
    "payouts": Listing(
        "v1/payouts", expand=("failure_balance_transaction",), page="payouts"
    ),
    "balance_transactions": Listing("v1/balance_transactions", expand=("source",)),
    "unbilled_charges": Listing("v1/invoiceitems", params=(("pending", "true"),)),
}


def below(path, *parts):
    """What lies below a path, by ids and names.

    >>> below("v1/coupons", "10% off", "lines")
    'v1/coupons/10%25%20off/lines'
    """
    return "/".join([path, *(urllib.parse.quote(part, safe="") for part in parts)])


def listing(stream, version):
    """The :class:`Listing` of a stream in a version of the API.

    :raises KeyError: where the stream is one that can't be listed
    """
    found = LISTINGS[stream]
    if stream == "credit_notes" and is_basil(version):
        return dataclasses.replace(found, expand=(), created=True)
    if stream == "subscriptions" and is_clover(version):
        expand = ("schedule", "discounts.source.coupon")
        return dataclasses.replace(found, expand=expand)
    return found


#: Stream -> (permissions of a restricted key to read it, to write it), as the page
#: “Create restricted key” of the dashboard names them.
#: https://docs.stripe.com/keys-best-practices, dashboard [M]
SCOPES = {
    "customers": (("Customers: Read", "Events: Read"), ("Customers: Write",)),
    "products": (("Products: Read", "Events: Read"), ("Products: Write",)),
    "prices": (
        ("Prices: Read", "Billing Meters: Read", "Events: Read"),
        ("Prices: Write",),
    ),
    "coupons": (("Coupons: Read", "Events: Read"), ("Coupons: Write",)),
    "subscriptions": (
        ("Subscriptions: Read", "Prices: Read", "Events: Read"),
        ("Subscriptions: Write",),
    ),
    "invoices": (
        ("Invoices: Read", "Prices: Read", "Tax Rates: Read", "Events: Read"),
        (),
    ),
    "credit_notes": (("Credit notes: Read", "Tax Rates: Read", "Events: Read"), ()),
    "payments": (
        ("Charges and Refunds: Read", "Invoices: Read", "Events: Read"),
        (),
    ),
    "refunds": (("Charges and Refunds: Read", "Events: Read"), ()),
    "disputes": (("Disputes: Read", "Events: Read"), ()),
    "payouts": (("Payouts: Read", "Events: Read"), ()),
    "balance_transactions": (
        ("Balance Transaction Sources: Read", "Payouts: Read", "Events: Read"),
        (),
    ),
    "unbilled_charges": (("Invoices: Read", "Events: Read"), ()),
    "usage": ((), ("Billing Meter Events: Write",)),
}
