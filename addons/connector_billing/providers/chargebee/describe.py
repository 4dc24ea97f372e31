"""The fields of Chargebee's records: no page of its API describes them.

The table holds what is worth mapping [SDK], and what ``records.py`` puts under
``billing``. Custom fields begin with ``cf_``; below ``meta_data`` is what the account
adds itself. Both are taken from its newest records, and any other may be named as well.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RemoteField

from . import ask
from .endpoints import KEY, LISTINGS
from .writers import is_writable

CUSTOM = "cf_"
ID = ("id", "ID", "text")
STATUS = ("billing.status", "Status", "option")
CURRENCY = ("billing.currency", "Currency", "text")
AMOUNT = ("billing.amount", "Amount", "money")
CUSTOMER = ("customer_id", "Customer", "reference", "customers")
SUBSCRIPTION = ("subscription_id", "Subscription", "reference", "subscriptions")
DOCUMENT = (
    *(ID, CUSTOMER, STATUS, CURRENCY, ("billing.lines", "Lines", "list")),
    *(("billing.total", "Total", "money"), ("billing.subtotal", "Subtotal", "money")),
    ("billing.tax_total", "Tax", "money"),
    ("billing.discount_total", "Discounts", "money"),
    ("billing.rounding", "Rounded Off", "money"),
    ("billing.voided_at", "Voided", "datetime"),
    *(("vat_number", "VAT Number", "text"), ("price_type", "Price Type", "option")),
)

#: Stream -> ``(path, label, kind[, stream that it refers to])``.
FIELDS = {
    "customers": (
        *(ID, ("company", "Company", "text"), ("first_name", "First Name", "text")),
        *(("last_name", "Last Name", "text"), ("email", "E-mail", "email")),
        *(("phone", "Phone", "phone"), ("locale", "Language", "text")),
        ("billing_address.line1", "Address Line 1", "text"),
        ("billing_address.line2", "Address Line 2", "text"),
        *(("billing_address.city", "City", "text"),),
        *(("billing_address.zip", "Postal Code", "text"),),
        *(("billing_address.state", "State", "text"),),
        ("billing_address.country", "Country", "text"),
        ("vat_number", "VAT Number as Entered", "text"),
        ("net_term_days", "Days to Pay", "integer"),
        ("auto_collection", "Automatic Collection", "option"),
        *(CURRENCY, ("billing.tax_id", "VAT Number", "text")),
        ("billing.tax_ids", "Tax IDs", "list"),
        ("billing.tax_exempt", "Tax Exempt", "option"),
        ("billing.payment_terms", "Days to Pay as Text", "text"),
        ("billing.balance", "Balance", "money"),
        ("billing.created_at", "Created", "datetime"),
    ),
    "items": (
        *(ID, ("name", "Name", "text"), ("external_name", "Display Name", "text")),
        ("description", "Description", "long_text"),
        *(("type", "Type", "option"), ("status", "Status", "option")),
        *(("item_family_id", "Item Family", "text"), ("unit", "Unit", "text")),
        ("metered", "By Usage", "boolean"),
    ),
    "item_prices": (
        *(ID, ("item_id", "Item", "reference", "items"), ("name", "Name", "text")),
        ("item_type", "Type", "option"),
        ("item_family_id", "Item Family", "text"),
        ("status", "Status", "option"),
        *(("billing.name", "Display Name", "text"), CURRENCY, AMOUNT),
        *(("billing.tiers", "Tiers", "list"),),
        ("billing.interval", "Billed Every", "option"),
        ("billing.interval_count", "Intervals", "integer"),
        ("billing.metered", "By Usage", "boolean"),
        ("billing.billing_scheme", "Scheme", "option"),
        ("billing.is_active", "Active", "boolean"),
        *(("billing.meter", "Meter", "text"),),
        ("billing.aggregation", "Usage Counts As", "option"),
    ),
    "coupons": (
        *(ID, ("status", "Status", "option"), ("billing.name", "Name", "text")),
        *(("billing.percent", "Discount (%)", "number"), AMOUNT, CURRENCY),
        ("billing.duration", "Duration", "option"),
        ("billing.months", "Months", "integer"),
        ("billing.is_active", "Active", "boolean"),
    ),
    "subscriptions": (
        *(ID, CUSTOMER, STATUS, CURRENCY, ("po_number", "PO Number", "text")),
        *(("billing.number", "Number", "text"),),
        ("billing.started_at", "Started", "datetime"),
        ("billing.period_start", "Term From", "datetime"),
        ("billing.period_end", "Term To", "datetime"),
        ("billing.trial_start", "Trial From", "datetime"),
        ("billing.trial_end", "Trial Ends", "datetime"),
        ("billing.cancel_at", "Cancels At", "datetime"),
        ("billing.cancelled_at", "Canceled", "datetime"),
        ("billing.ended_at", "Ended", "datetime"),
        ("billing.paused_at", "Paused Since", "datetime"),
        ("billing.resumes_at", "Resumes", "datetime"),
        ("billing.renewal_at", "Renews", "datetime"),
        ("billing.cancel_reason", "Cancellation Reason", "text"),
        *(("billing.items", "Items", "list"),),
        *(("billing.discounts", "Discounts", "list"),),
        *(("billing.phases", "Scheduled Changes", "list"),),
        ("billing.collection", "Collection", "option"),
        ("net_term_days", "Days to Pay", "integer"),
        ("billing.change", "Requested Change", "object"),
    ),
    "invoices": (
        *DOCUMENT,
        ("billing.subscriptions", "Subscriptions", "references", "subscriptions"),
        ("billing.invoice_date", "Date", "datetime"),
        ("billing.due_date", "Due Date", "datetime"),
        ("billing.finalized_at", "Issued", "datetime"),
        ("billing.uncollectible_at", "Written Off", "datetime"),
        *(("billing.paid_at", "Paid", "datetime"),),
        ("billing.applied_balance", "Credits Applied", "money"),
        ("billing.amount_due", "Amount Due", "money"),
        ("billing.amount_paid", "Amount Paid", "money"),
        *(("billing.memo", "Notes", "long_text"),),
        ("billing.reference", "PO Number", "text"),
        ("billing.dunning", "Dunning", "option"),
        ("billing.attempts", "Attempts", "integer"),
        ("billing.next_attempt_at", "Next Attempt", "datetime"),
        ("billing.payment_terms", "Days to Pay as Text", "text"),
    ),
    "credit_notes": (
        *DOCUMENT,
        ("reference_invoice_id", "Invoice", "reference", "invoices"),
        *(("type", "Type", "option"), ("billing.credit_date", "Date", "datetime")),
        ("billing.reason", "Reason", "text"),
        ("billing.applications", "Allocations", "list"),
        ("billing.refunds", "Refunds", "references", "refunds"),
        ("billing.to_balance", "Available", "money"),
    ),
    "payments": (
        *(ID, CUSTOMER, SUBSCRIPTION, STATUS, CURRENCY, AMOUNT),
        *(("gateway", "Gateway", "option"), ("billing.method", "Method", "option")),
        ("billing.paid_at", "Date", "datetime"),
        ("billing.failed_at", "Failed", "datetime"),
        ("billing.reference", "Reference", "text"),
        ("billing.applications", "Applied To", "list"),
        ("billing.failure_code", "Failure Code", "text"),
        ("billing.failure_message", "Failure", "text"),
        ("billing.gateway_id", "ID at the Gateway", "text"),
    ),
    "refunds": (
        *(ID, CUSTOMER, SUBSCRIPTION, STATUS, CURRENCY, AMOUNT),
        *(("type", "Type", "option"), ("payment_method", "Method", "option")),
        ("billing.payment", "Payment", "reference", "payments"),
        ("billing.refunded_at", "Date", "datetime"),
        ("billing.failed_at", "Failed", "datetime"),
        ("billing.credit_notes", "Credit Notes", "list"),
        ("billing.reason", "Reason", "text"),
        ("billing.gateway_id", "ID at the Gateway", "text"),
    ),
    "unbilled_charges": (
        *(ID, CUSTOMER, SUBSCRIPTION, ("description", "Description", "text")),
        ("billing.product", "Item", "reference", "items"),
        *(("billing.quantity", "Quantity", "number"), AMOUNT, CURRENCY),
        ("billing.period_start", "From", "datetime"),
        *(("billing.period_end", "To", "datetime"),),
        ("is_voided", "Voided", "boolean"),
    ),
    "entitlements": (
        ("billing.customer", "Customer", "reference", "customers"),
        ("billing.subscription", "Subscription", "reference", "subscriptions"),
        ("billing.feature", "Feature ID", "text"),
        *(("billing.name", "Feature", "text"), ("billing.kind", "Type", "option")),
        *(("billing.value", "Level", "text"), ("name", "Level in Words", "text")),
        ("billing.quantity", "Quantity", "number"),
        ("billing.is_unlimited", "Unlimited", "boolean"),
        ("billing.is_active", "Active", "boolean"),
        ("is_overridden", "Overridden", "boolean"),
        ("billing.date_from", "From", "datetime"),
        ("billing.date_until", "Until", "datetime"),
    ),
    "usage": (
        SUBSCRIPTION,
        ("item_price_id", "Item Price", "text"),
        ("quantity", "Quantity", "number"),
        *(("usage_date", "Used At", "datetime"), ("note", "Note", "text")),
    ),
}


def remote_fields(client, stream):
    """:return: list of ``records.RemoteField`` of a stream"""
    found = [_field(stream, *each) for each in FIELDS[stream]]
    listing = LISTINGS.get(stream)
    if listing and listing.own:
        writable = is_writable(stream, listing.own)
        own = RemoteField(listing.own, "Metadata", "object", writable=writable)
        found.append(own)
    return found + [
        RemoteField(name, label, writable=is_writable(stream, name), custom=True)
        for name, label in _own_fields(client, stream)
    ]


def _field(stream, name, label, kind, references=None):
    return RemoteField(
        name,
        label,
        kind,
        writable=is_writable(stream, name),
        unique=name == "id",
        references=references,
    )


def _own_fields(client, stream):
    """``(path, label)`` of what the account has added, among its newest records."""
    listing = LISTINGS.get(stream)
    if not listing:
        return []
    try:
        reply = ask.page(client, listing)
    except errors.PermissionDenied:
        return []
    found = {}
    if listing.own:
        found[f"{listing.own}.{KEY}"] = KEY
    for item in ask.items(listing, reply):
        own = item.get(listing.own or "")
        for key in own if isinstance(own, dict) else ():
            found[f"{listing.own}.{key}"] = key
        for key in item:
            if key.startswith(CUSTOM):
                found[key] = key.removeprefix(CUSTOM).replace("_", " ").capitalize()
    return sorted(found.items())
