"""What is known of the Chargebee API v2, Product Catalog 2, as data, with its sources.

Marks: [S] vendor page, [SDK] source of an official SDK, [3P] observed by third parties,
[M] from memory: likely, not certain. Vendor pages are below
apidocs.chargebee.com/docs/api, named by their last part, unless said otherwise.

Not held: invoices that are `pending` get another id when they are closed; here they
keep it.
"""

from dataclasses import dataclass

PREFIX = "/api/v2"  # [S index]

#: Resources in a page of a list. [S list operations: default 10, "limit=100" the most]
LIST_LIMIT = 100
LIST_DEFAULT = 10

#: Requests a minute by plan, and of any test site. The limits are counted over the past
#: 60 seconds. [S chargebee.com/docs API limits; support article 250853]
PLANS = {"test": 150, "starter": 150, "performance": 1_000, "enterprise": 3_500}
RATE_SECONDS = 60

#: [S idempotency: window of 30 minutes, keys of up to 100 characters, replayed header]
IDEMPOTENCY_HEADER = "chargebee-idempotency-key"
REPLAYED_HEADER = "chargebee-idempotency-replayed"
IDEMPOTENCY_SECONDS = 30 * 60
IDEMPOTENCY_LENGTH = 100

#: Tries of a webhook: one and seven more, 2 minutes to 2 days apart; only 2XX counts.
#: [S events; support article 257941]
WEBHOOK_TRIES = 8

#: Usages in the lifetime of a subscription. [S usages]
USAGE_LIMIT = 5_000

#: Currencies whose amounts are whole: in all others amounts are hundredths, KWD and its
#: like included. [S currencies; the first four of the list named there, others: M]
ZERO_DECIMAL = frozenset(
    "JPY KRW XAF XOF BIF CLP DJF GNF KMF PYG RWF UGX VND VUV XPF".split()
)

#: Kinds of filters and their operators. [SDK chargebee-python filters.py]
OPERATORS = {
    "text": ("is", "is_not", "starts_with", "in", "not_in", "is_present"),
    "enum": ("is", "is_not", "in", "not_in", "is_present"),
    "boolean": ("is", "is_present"),
    "number": ("is", "is_not", "lt", "lte", "gt", "gte", "between", "is_present"),
    "moment": ("after", "before", "on", "between", "is_present"),
}


@dataclass(frozen=True)
class Listing:
    """One list operation: ``name`` is the key of each entry.

    ``filters``: field to kind; ``flags``: plain parameters; ``sorts``: what
    ``sort_by`` may name; ``key``: what is sorted by when nothing is asked for, newest
    first.
    """

    name: str
    path: str
    filters: dict
    flags: tuple = ()
    sorts: tuple = ()
    key: str = "created_at"


def _kinds(text="", enum="", boolean="", number="", moment=""):
    """Field to kind."""
    given = {
        "text": text,
        "enum": enum,
        "boolean": boolean,
        "number": number,
        "moment": moment,
    }
    return {name: kind for kind, names in given.items() for name in names.split()}


DELETED = ("include_deleted",)

#: [SDK chargebee-python 3, ListParams of each operations.py; sorts: chargebee-java 4,
#: SortDirection of each ListParams.java: credit notes sort by date only, coupons by
#: created_at, families, features and unbilled charges by nothing]
LISTINGS = {
    listing.path: listing
    for listing in (
        Listing(
            "customer",
            "customers",
            _kinds(
                "id first_name last_name email company phone",
                "auto_collection taxability",
                moment="created_at updated_at",
            ),
            DELETED,
            ("created_at", "updated_at"),
        ),
        Listing(
            "item_family",
            "item_families",
            _kinds("id name", moment="updated_at"),
            key="updated_at",
        ),
        Listing(
            "item",
            "items",
            _kinds(
                "id item_family_id name",
                "type status item_applicability usage_calculation",
                "enabled_for_checkout enabled_in_portal metered is_giftable",
                moment="updated_at",
            ),
            sorts=("id", "name", "updated_at"),
            key="updated_at",
        ),
        Listing(
            "item_price",
            "item_prices",
            _kinds(
                "id name item_id item_family_id currency_code",
                "pricing_model item_type status period_unit trial_period_unit",
                number="period trial_period",
                moment="updated_at",
            ),
            sorts=("id", "name", "updated_at"),
            key="updated_at",
        ),
        Listing(
            "coupon",
            "coupons",
            _kinds(
                "id name currency_code",
                "discount_type duration_type status apply_on",
                moment="created_at updated_at",
            ),
            sorts=("created_at",),
        ),
        Listing(
            "subscription",
            "subscriptions",
            _kinds(
                "id customer_id item_id item_price_id cancel_reason_code",
                "status cancel_reason",
                "has_scheduled_changes",
                "remaining_billing_cycles",
                "created_at activated_at next_billing_at cancelled_at updated_at",
            ),
            DELETED,
            ("created_at", "updated_at"),
        ),
        Listing(
            "invoice",
            "invoices",
            _kinds(
                "id subscription_id customer_id void_reason_code",
                "status price_type dunning_status",
                "recurring",
                "total amount_paid amount_adjusted credits_applied amount_due",
                "date paid_at updated_at voided_at",
            ),
            DELETED,
            ("date", "updated_at"),
            "date",
        ),
        Listing(
            "credit_note",
            "credit_notes",
            _kinds(
                "id customer_id subscription_id reference_invoice_id"
                " create_reason_code",
                "type reason_code status price_type",
                number="total amount_allocated amount_refunded amount_available",
                moment="date voided_at updated_at",
            ),
            DELETED,
            ("date",),
            "date",
        ),
        Listing(
            "transaction",
            "transactions",
            _kinds(
                "id customer_id subscription_id id_at_gateway reference_number",
                "payment_method gateway type status",
                number="amount",
                moment="date updated_at",
            ),
            DELETED,
            ("date", "updated_at"),
            "date",
        ),
        Listing(
            "unbilled_charge",
            "unbilled_charges",
            _kinds("subscription_id customer_id"),
            ("include_deleted", "is_voided"),
        ),
        Listing(
            "usage",
            "usages",
            _kinds(
                "id subscription_id item_price_id invoice_id",
                "source",
                moment="usage_date updated_at",
            ),
            sorts=("usage_date", "updated_at"),
            key="usage_date",
        ),
        Listing("feature", "features", _kinds("id name", "status type")),
        Listing(
            "event",
            "events",
            _kinds("id", "webhook_status event_type source", moment="occurred_at"),
            ("start_time", "end_time"),
            ("occurred_at",),
            "occurred_at",
        ),
    )
}

#: The entitlements of one subscription, in the order in which it got them.
#: [SDK subscription_entitlement operations.py]
ENTITLEMENTS = Listing(
    "subscription_entitlement",
    "subscription_entitlements",
    {},
    flags=("include_drafts",),
)

#: Texts of the errors; the first part names the parameter. [3P chargebee-php issue 37
#: for the unknown one; M for those of values; others: 3P, measured on a live site]
TEXT_UNKNOWN = "{param} : This param should not be sent"
TEXT_BLANK = "{param} : cannot be blank"
TEXT_401 = "Sorry, authentication failed. Invalid api key"
TEXT_403 = "Sorry, the api key does not have permission to perform this operation"
TEXT_404 = "{id} not found"  # [M]
TEXT_429 = (
    "Sorry, access has been blocked temporarily due to request count exceeding "
    "acceptable limits. Please try after some time."
)
TEXT_503 = "Sorry, something went wrong when trying to process the request."
TEXT_IN_PROGRESS = "The previous request is still in progress. Please retry the request"

#: Which `type` an error has. [SDK ApiErrorCode enums of chargebee-typescript; S
#: error-handling: 401 has none]
ERROR_TYPES = {
    "resource_not_found": "invalid_request",
    "param_wrong_value": "invalid_request",
    "duplicate_entry": "invalid_request",
    "invalid_state_for_request": "invalid_request",
    "invalid_request": "invalid_request",
    "http_method_not_supported": "invalid_request",
    "resource_limit_exceeded": "invalid_request",
    "payment_processing_failed": "payment",
    "api_authorization_failed": None,
    "api_authentication_failed": None,
    "lock_timeout": "operation_failed",
    "internal_error": "operation_failed",
    "internal_temporary_error": "operation_failed",
    "request_blocked": "operation_failed",
    "api_request_limit_exceeded": "operation_failed",
    "site_not_ready": "operation_failed",
    "site_read_only_mode": "operation_failed",
}

WRITE_OFF = "Write Off"  # create_reason_code [S write-off-an-invoice]
