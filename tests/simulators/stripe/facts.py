"""What is known of the Stripe API, as data, each fact with its source.

Marks: [S] vendor page or vendor OpenAPI, [SDK] official SDK source, [3P] observed by
third parties, [M] from memory: likely, not certain. Vendor pages are below
docs.stripe.com; "OpenAPI" is stripe/openapi of API 2023-08-16; "fixtures" are its
fixtures3.json of August 2026; the SDK is stripe-python.
"""

#: Versions that a request may name. [SDK CHANGELOG, each release's pinned version;
#: 2023-08-16 OpenAPI; endive: SDK 16.1.0; those of 2023 and 2024 without a name M]
VERSIONS = (
    "2023-08-16",
    "2023-10-16",
    "2024-04-10",
    "2024-06-20",
    "2024-09-30.acacia",
    "2024-10-28.acacia",
    "2024-11-20.acacia",
    "2024-12-18.acacia",
    "2025-01-27.acacia",
    "2025-02-24.acacia",
    "2025-03-31.basil",
    "2025-04-30.basil",
    "2025-05-28.basil",
    "2025-06-30.basil",
    "2025-07-30.basil",
    "2025-08-27.basil",
    "2025-09-30.clover",
    "2025-10-29.clover",
    "2025-11-17.clover",
    "2025-12-15.clover",
    "2026-01-28.clover",
    "2026-02-25.clover",
    "2026-03-25.dahlia",
    "2026-04-22.dahlia",
    "2026-05-27.dahlia",
    "2026-06-24.dahlia",
    "2026-10-28.endive",
)
#: From here on: periods on items, parents, invoice payments, taxes. [S changelog/basil]
BASIL = "2025-03-31.basil"
#: From here on a discount names its coupon as source.coupon, which isn't expanded by
#: itself. [S changelog/clover/2025-09-30/add-discount-source-property]
CLOVER = "2025-09-30.clover"
OLD_VERSION, NEW_VERSION = "2024-06-20", "2026-10-28.endive"


def is_new(version):
    """Whether a version has the shape of basil and later."""
    return version >= BASIL


#: Currencies without minor units, and those with three, whose last digit is 0 in what
#: is charged. [S currencies#zero-decimal, #three-decimal]
ZERO_DECIMAL = frozenset(
    "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split()
)
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())


def decimals(currency):
    """Digits of a currency's minor unit in the API."""
    currency = currency.lower()
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


#: A page of a list: how long unless asked, and at most. [S api/pagination]
LIMIT, MAX_LIMIT = 10, 100
#: What a list within an object holds at most; its own endpoint has the rest.
#: [S api/invoices/object lines, api/subscriptions/object items; 10 or 20 M]
NESTED = {"invoice": 10, "credit_note": 10, "subscription": 10}
#: Deepest expansion, and its text. [3P stripe-java issue 2011; S expand]
EXPAND_DEPTH = 4
TEXT_EXPAND_DEPTH = "You cannot expand more than 4 levels of a property."
#: [3P stripe-dotnet issue 1351]
TEXT_EXPAND = "This property cannot be expanded ({name})."
TEXT_EXPAND_LIST = " You may want to try expanding 'data.{name}' instead."

#: How long events are listed. [S api/events: 30 days]
EVENT_LIFE_MS = 30 * 86_400_000
#: An idempotency key: its longest, and how long it is known. [S api/idempotent_requests
#: "up to 255 characters", "at least 24 hours"]
KEY_LENGTH, KEY_LIFE_MS = 255, 24 * 3_600_000
#: Metadata: keys at most, and their lengths. [S api/metadata]
METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500

#: When a meter event may have been, in seconds before and after now. [S
#: api/billing/meter-event/create: 35 days past, 5 minutes ahead]
METER_PAST, METER_AHEAD = 35 * 86_400, 300

INVALID, API_ERROR = "invalid_request_error", "api_error"
CARD_ERROR, IDEMPOTENCY_ERROR = "card_error", "idempotency_error"
DOC_URL = "https://stripe.com/docs/error-codes/{code}"
LOG_URL = "https://dashboard.stripe.com/test/logs/{id}"

TEXT_401 = (
    "You did not provide an API key. You need to provide your API key in the "
    "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
    "YOUR_SECRET_KEY')."
)
TEXT_401_KEY = "Invalid API Key provided: {}"
#: [3P stripe-node issue 2246]
TEXT_403 = (
    "The provided key '{}' does not have the required permissions for this endpoint "
    "on account '{}'. Having the '{}' permission would allow this request to continue."
)
TEXT_ROUTE = "Unrecognized request URL ({method}: {path})."
TEXT_400_KEY = (
    "Keys for idempotent requests can only be used with the same parameters they were "
    "first used with. Try using a key other than '{}' if you meant to execute a "
    "different request."
)
TEXT_409_KEY = (
    "There is currently another in-progress request using this Idempotent Key (that "
    "probably means you submitted twice, and the other request is still going "
    "through): {}."
)
TEXT_429 = "Request rate limit exceeded."
TEXT_LOCK = (
    "This object cannot be accessed right now because another API request or Stripe "
    "process is currently accessing it."
)
#: Requests a second of a sandbox, in all and of one endpoint. A 429 names the limiter
#: as global-rate, global-concurrency, endpoint-rate, endpoint-concurrency or
#: resource-specific. [S rate-limits; M for the exact words]
RATE, ENDPOINT_RATE = 25, 25

#: First part of the path to what a restricted key must be allowed:
#: ``rak_<resource>_<read|write>``. [3P st-paywall issue 36 subscription_read,
#: stripe-cli pull request 1604 customer_read and charge_read, AVideo issue 8516
#: plan_write for prices; the others M]
RESOURCES = {
    "account": "accounts_kyc_basic",
    "balance": "balance",
    "balance_transactions": "balance_transaction_source",
    "billing": "billing_meter",
    "charges": "charge",
    "coupons": "coupon",
    "credit_notes": "credit_note",
    "customers": "customer",
    "disputes": "dispute",
    "events": "event",
    "invoice_payments": "invoice",
    "invoiceitems": "invoice",
    "invoices": "invoice",
    "payment_intents": "payment_intent",
    "payouts": "payout",
    "prices": "plan",
    "products": "product",
    "refunds": "charge",
    "subscription_items": "subscription",
    "subscription_schedules": "subscription",
    "subscriptions": "subscription",
    "tax_rates": "tax_rate",
    "webhook_endpoints": "webhook",
}

#: What ids begin with. [fixtures]
PREFIXES = {
    "balance_transaction": "txn_",
    "billing.meter": "mtr_",
    "charge": "ch_",
    "credit_note": "cn_",
    "credit_note_line_item": "cnli_",
    "customer": "cus_",
    "discount": "di_",
    "dispute": "dp_",
    "event": "evt_",
    "invoice": "in_",
    "invoice_payment": "inpay_",
    "invoiceitem": "ii_",
    "line_item": "il_",
    "payment_intent": "pi_",
    "payment_method": "pm_",
    "payout": "po_",
    "price": "price_",
    "product": "prod_",
    "refund": "re_",
    "subscription": "sub_",
    "subscription_item": "si_",
    "subscription_schedule": "sub_sched_",
    "tax_id": "txi_",
    "tax_rate": "txr_",
    "webhook_endpoint": "we_",
}

#: What the account is, unless a simulator is told otherwise. [fixtures account]
ACCOUNT = {
    "id": "acct_1Simulated000001",
    "name": "Aurora Cloud",
    "country": "US",
    "currency": "usd",
    "email": "billing@aurora.example",
    "livemode": False,
    "api_version": NEW_VERSION,
}
