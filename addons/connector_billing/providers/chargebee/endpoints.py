"""Where Chargebee's API v2 lives, and what its lists take. Product Catalog 2.

Marks: [S] vendor page below https://apidocs.chargebee.com/docs/api, [SDK] source of an
official SDK, [M] from memory.

Nobody signs in by OAuth: the API knows Basic with a key, and nothing else. [S auth]
"""

import dataclasses
import urllib.parse

BASE = "api/v2"
#: Most records of a page. [S] list operations
LIST_LIMIT = 100
#: Key of ours in what a record keeps of its account's own.
KEY = "odoo_id"
#: Item family of what is made in Odoo. [S] each item belongs to one
FAMILY = "odoo"

#: States of what is archived or deleted instead of being gone: a list brings the
#: deleted ones only where they are asked for. [SDK] Status of item, item_price, coupon
ALL_STATES = '["active","archived","deleted"]'


@dataclasses.dataclass(frozen=True)
class Listing:
    """How a stream is listed.

    :param name: key of each entry
    :param params: of every request, as pairs
    :param sort: what it is sorted by, ``None`` where it can't be
    :param dated: whether ``updated_at`` filters it
    :param named: whether ``id[in]`` filters it
    :param own: where the account's own keys are kept in a record
    """

    name: str
    path: str
    params: tuple = ()
    sort: str | None = "updated_at"
    dated: bool = True
    named: bool = True
    own: str | None = None


DELETED = ("include_deleted", "true")

#: Stream -> how it is listed. Credit notes are sorted by date alone, coupons by when
#: they were made, unbilled charges by nothing, and these know no filter by time or ids.
#: [SDK] ListParams of chargebee-python 3, SortDirection of chargebee-java 4
LISTINGS = {
    "customers": Listing("customer", "customers", (DELETED,), own="meta_data"),
    "items": Listing("item", "items", (("status[in]", ALL_STATES),), own="metadata"),
    "item_prices": Listing(
        "item_price", "item_prices", (("status[in]", ALL_STATES),), own="metadata"
    ),
    "coupons": Listing(
        "coupon",
        "coupons",
        (("status[in]", ALL_STATES),),
        sort="created_at",
        own="meta_data",
    ),
    "subscriptions": Listing(
        "subscription", "subscriptions", (DELETED,), own="meta_data"
    ),
    "invoices": Listing(
        # One that is pending is no invoice yet: it gets its number, which is its id,
        # when it is closed. [S] invoices
        "invoice",
        "invoices",
        (DELETED, ("status[is_not]", "pending")),
    ),
    "credit_notes": Listing("credit_note", "credit_notes", (DELETED,), sort="date"),
    "payments": Listing(
        "transaction", "transactions", (DELETED, ("type[is]", "payment"))
    ),
    "refunds": Listing(
        "transaction",
        "transactions",
        (DELETED, ("type[in]", '["refund","payment_reversal"]')),
    ),
    "unbilled_charges": Listing(
        "unbilled_charge",
        "unbilled_charges",
        (DELETED,),
        sort=None,
        dated=False,
        named=False,
    ),
}

#: What there is to be entitled to. [SDK] it is sorted and filtered by no time
FEATURES = Listing("feature", "features", sort=None, dated=False, named=False)


def entitlements_of(subscription_id):
    """How those of a subscription are listed; no request lists those of several. [S]"""
    return Listing(
        "subscription_entitlement",
        f"subscriptions/{quote(subscription_id)}/subscription_entitlements",
        sort=None,
        dated=False,
        named=False,
    )


#: What a key must be allowed to, for the set-up. Chargebee's keys know no more.
#: https://www.chargebee.com/docs/api_keys.html [S]
READING = ("Read-only key: All",)
WRITING = ("Full-access key: All",)
#: Streams that can be written.
WRITABLE = frozenset({"customers", "items", "item_prices", "subscriptions", "usage"})
SCOPES = {name: (READING, WRITING if name in WRITABLE else ()) for name in LISTINGS} | {
    "entitlements": (READING, ()),
    "usage": ((), WRITING),
}

#: Stream -> page of a record in Chargebee's own console. [M]
PAGES = {
    "customers": "d/customers",
    "subscriptions": "d/subscriptions",
    "invoices": "d/invoices",
    "credit_notes": "d/credit_notes",
    "payments": "d/transactions",
    "refunds": "d/transactions",
    "items": "d/plans",
    "coupons": "d/coupons",
}


def path(*parts):
    """Path of a resource, relative to the base address; ids are quoted."""
    return "/".join([BASE, *map(quote, parts)])


def quote(part):
    """A name or an id as a part of a path: all of it, whatever it holds."""
    return urllib.parse.quote(part, safe="")
