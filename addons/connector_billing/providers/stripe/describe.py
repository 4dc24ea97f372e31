"""The fields of Stripe's objects: Stripe has no page of an API that describes them.

The table holds what is worth mapping of OpenAPI [S], and what ``records.py`` puts under
``billing``. Below ``metadata`` is what the account adds itself: keys are taken from
its newest objects, and any other may be named as well.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RemoteField

from . import ask
from .endpoints import KEY, LISTINGS, listing
from .writers import is_writable

ID = ("id", "ID", "text")
CUSTOMER = ("customer", "Customer", "reference", "customers")
AMOUNT = ("billing.amount", "Amount", "money")
CURRENCY = ("billing.currency", "Currency", "text")
STATUS = ("billing.status", "Status", "option")

#: Stream -> ``(path, label, kind[, stream that it refers to])``.
FIELDS = {
    "customers": (
        ID,
        ("name", "Name", "text"),
        ("email", "E-mail", "email"),
        ("business_name", "Business Name", "text"),
        ("individual_name", "Individual Name", "text"),
        ("phone", "Phone", "phone"),
        ("description", "Description", "long_text"),
        ("address.line1", "Address Line 1", "text"),
        ("address.line2", "Address Line 2", "text"),
        ("address.city", "City", "text"),
        ("address.state", "State", "text"),
        ("address.postal_code", "Postal Code", "text"),
        ("address.country", "Country", "text"),
        ("shipping.name", "Shipping Name", "text"),
        ("shipping.address", "Shipping Address", "object"),
        ("tax_exempt", "Tax Exempt", "option"),
        ("delinquent", "Delinquent", "boolean"),
        ("preferred_locales", "Preferred Languages", "list"),
        ("invoice_prefix", "Invoice Prefix", "text"),
        CURRENCY,
        ("billing.balance", "Balance", "money"),
        ("billing.tax_ids", "Tax IDs", "list"),
        ("billing.created_at", "Created", "datetime"),
    ),
    "products": (
        ID,
        ("name", "Name", "text"),
        ("description", "Description", "long_text"),
        ("active", "Active", "boolean"),
        ("unit_label", "Unit Label", "text"),
        ("statement_descriptor", "Statement Descriptor", "text"),
        ("tax_code", "Tax Code", "text"),
        ("url", "Web Page", "url"),
        ("default_price", "Default Price", "reference", "prices"),
    ),
    "prices": (
        ID,
        ("product", "Product", "reference", "products"),
        ("nickname", "Description", "text"),
        ("lookup_key", "Lookup Key", "text"),
        ("active", "Active", "boolean"),
        ("type", "Type", "option"),
        ("tax_behavior", "Tax Behavior", "option"),
        CURRENCY,
        AMOUNT,
        ("billing.name", "Name", "text"),
        ("billing.tiers", "Tiers", "list"),
        ("billing.interval", "Billed Every", "option"),
        ("billing.interval_count", "Intervals", "integer"),
        ("billing.metered", "By Usage", "boolean"),
        ("billing.billing_scheme", "Scheme", "option"),
        ("billing.meter", "Meter", "text"),
        ("billing.aggregation", "Usage Counts As", "option"),
    ),
    "coupons": (
        ID,
        ("name", "Name", "text"),
        ("valid", "Valid", "boolean"),
        ("duration", "Duration", "option"),
        ("duration_in_months", "Months", "integer"),
        ("billing.name", "Name, Else ID", "text"),
        ("billing.percent", "Discount (%)", "number"),
        AMOUNT,
        CURRENCY,
    ),
    "subscriptions": (
        ID,
        CUSTOMER,
        STATUS,
        CURRENCY,
        ("description", "Description", "long_text"),
        ("billing.number", "Number", "text"),
        ("billing.started_at", "Started", "datetime"),
        ("billing.period_start", "Period From", "datetime"),
        ("billing.period_end", "Period To", "datetime"),
        ("billing.trial_start", "Trial From", "datetime"),
        ("billing.trial_end", "Trial Ends", "datetime"),
        ("billing.cancel_at", "Cancels At", "datetime"),
        ("billing.cancelled_at", "Canceled", "datetime"),
        ("billing.ended_at", "Ended", "datetime"),
        ("billing.resumes_at", "Collection Resumes", "datetime"),
        ("billing.renewal_at", "Renews", "datetime"),
        ("billing.cancel_reason", "Cancellation Reason", "text"),
        ("billing.items", "Items", "list"),
        ("billing.discounts", "Discounts", "list"),
        ("billing.phases", "Phases of the Schedule", "list"),
        ("billing.collection", "Collection Method", "option"),
        ("billing.change", "Requested Change", "object"),
        ("cancel_at_period_end", "Cancels at Period End", "boolean"),
        ("days_until_due", "Days Until Due", "integer"),
    ),
    "invoices": (
        ID,
        CUSTOMER,
        STATUS,
        CURRENCY,
        ("number", "Number", "text"),
        ("billing_reason", "Billing Reason", "option"),
        ("collection_method", "Collection Method", "option"),
        ("footer", "Footer", "long_text"),
        ("hosted_invoice_url", "Hosted Page", "url"),
        ("invoice_pdf", "PDF", "url"),
        ("billing.subscriptions", "Subscriptions", "references", "subscriptions"),
        ("billing.invoice_date", "Date", "datetime"),
        ("billing.due_date", "Due Date", "datetime"),
        ("billing.finalized_at", "Finalized", "datetime"),
        ("billing.voided_at", "Voided", "datetime"),
        ("billing.uncollectible_at", "Marked Uncollectible", "datetime"),
        ("billing.paid_at", "Paid", "datetime"),
        ("billing.lines", "Lines", "list"),
        ("billing.total", "Total", "money"),
        ("billing.subtotal", "Subtotal", "money"),
        ("billing.tax_total", "Tax", "money"),
        ("billing.discount_total", "Discounts", "money"),
        ("billing.applied_balance", "Applied Balance", "money"),
        ("billing.amount_due", "Amount Due", "money"),
        ("billing.amount_paid", "Amount Paid", "money"),
        ("billing.memo", "Memo", "long_text"),
        ("billing.reference", "Order Number of the Customer", "text"),
        ("billing.dunning", "Dunning", "option"),
        ("billing.attempts", "Attempts", "integer"),
        ("billing.next_attempt_at", "Next Attempt", "datetime"),
        ("billing.last_failure", "Last Failure", "text"),
        ("billing.payment_terms", "Days to Pay", "text"),
        ("billing.corrected", "Revision Of", "reference", "invoices"),
    ),
    "credit_notes": (
        ID,
        CUSTOMER,
        ("invoice", "Invoice", "reference", "invoices"),
        STATUS,
        CURRENCY,
        ("number", "Number", "text"),
        ("reason", "Reason", "option"),
        ("type", "Type", "option"),
        ("pdf", "PDF", "url"),
        ("billing.credit_date", "Date", "datetime"),
        ("billing.voided_at", "Voided", "datetime"),
        ("billing.lines", "Lines", "list"),
        ("billing.total", "Total", "money"),
        ("billing.subtotal", "Subtotal", "money"),
        ("billing.tax_total", "Tax", "money"),
        ("billing.discount_total", "Discounts", "money"),
        ("billing.applications", "Taken Off Invoices", "list"),
        ("billing.refunds", "Refunds", "references", "refunds"),
        ("billing.to_balance", "To the Customer's Balance", "money"),
        ("billing.memo", "Memo", "long_text"),
    ),
    "payments": (
        ID,
        CUSTOMER,
        AMOUNT,
        CURRENCY,
        STATUS,
        ("description", "Description", "long_text"),
        ("statement_descriptor", "Statement Descriptor", "text"),
        ("billing.paid_at", "Paid", "datetime"),
        ("billing.method", "Payment Method", "option"),
        ("billing.reference", "Reference", "text"),
        ("billing.applications", "Paid Invoices", "list"),
        ("billing.failed_at", "Money Came Back", "datetime"),
        ("billing.failure_code", "Failure Code", "text"),
        ("billing.failure_message", "Failure Message", "text"),
        ("billing.gateway_id", "Payment Intent", "text"),
        ("receipt_url", "Receipt", "url"),
    ),
    "refunds": (
        ID,
        ("billing.payment", "Payment", "reference", "payments"),
        CUSTOMER,
        AMOUNT,
        CURRENCY,
        STATUS,
        ("billing.refunded_at", "Refunded", "datetime"),
        ("billing.failed_at", "Money Came Back", "datetime"),
        ("billing.reason", "Reason", "text"),
        ("billing.gateway_id", "Payment Intent", "text"),
    ),
    "disputes": (
        ID,
        ("billing.payment", "Payment", "reference", "payments"),
        AMOUNT,
        CURRENCY,
        STATUS,
        ("billing.reason", "Reason", "option"),
        ("billing.opened_at", "Opened", "datetime"),
        ("billing.due_by", "Evidence Due By", "datetime"),
    ),
    "payouts": (
        ID,
        AMOUNT,
        CURRENCY,
        STATUS,
        ("billing.created_at", "Created", "datetime"),
        ("billing.arrival_date", "Arrives", "date"),
        ("billing.failed_at", "Money Came Back", "datetime"),
        ("billing.reference", "Trace ID", "text"),
        ("billing.description", "Description", "text"),
        ("billing.automatic", "Automatic", "boolean"),
        ("method", "Method", "option"),
        ("failure_message", "Failure", "text"),
    ),
    "balance_transactions": (
        ID,
        ("billing.kind", "Kind", "option"),
        AMOUNT,
        CURRENCY,
        ("type", "Type", "option"),
        ("reporting_category", "Reporting Category", "option"),
        ("billing.fee", "Fee", "money"),
        ("billing.net", "Net", "money"),
        ("billing.source_amount", "Amount Before Conversion", "money"),
        ("billing.source_currency", "Currency Before Conversion", "text"),
        ("billing.exchange_rate", "Exchange Rate", "number"),
        ("billing.occurred_at", "Created", "datetime"),
        ("billing.available_at", "Available", "datetime"),
        ("billing.payment", "Payment", "reference", "payments"),
        ("billing.refund", "Refund", "reference", "refunds"),
        ("billing.dispute", "Dispute", "reference", "disputes"),
        ("billing.payout", "Payout", "reference", "payouts"),
        ("billing.failed_payout", "Failed Payout", "reference", "payouts"),
        ("billing.fees", "Fees", "list"),
        ("description", "Description", "text"),
    ),
    "unbilled_charges": (
        ID,
        CUSTOMER,
        ("description", "Description", "text"),
        AMOUNT,
        CURRENCY,
        ("billing.subscription", "Subscription", "reference", "subscriptions"),
        ("billing.product", "Product", "reference", "products"),
        ("billing.quantity", "Quantity", "number"),
        ("billing.period_start", "Period From", "datetime"),
        ("billing.period_end", "Period To", "datetime"),
        ("proration", "Proration", "boolean"),
    ),
    "usage": (
        ("event_name", "Meter Event Name", "text"),
        CUSTOMER,
        ("subscription_item", "Subscription Item", "text"),
        ("value", "Quantity", "number"),
        ("timestamp", "Time", "datetime"),
        ("identifier", "Identifier", "text"),
    ),
}
#: Streams whose objects have no metadata.
BARE = frozenset({"balance_transactions", "usage"})


def remote_fields(client, stream):
    """:return: list of ``RemoteField`` of a stream"""
    fields = [_field(stream, *described) for described in FIELDS[stream]]
    if stream in BARE:
        return fields
    writable = is_writable(stream, "metadata")
    fields.append(RemoteField("metadata", "Metadata", "object", writable=writable))
    for key in _metadata_keys(client, stream):
        path = f"metadata.{key}"
        fields.append(
            RemoteField(path, key, "text", "metadata", writable=writable, custom=True)
        )
    return fields


def _field(stream, path, label, kind, references=None):
    return RemoteField(
        path,
        label,
        kind,
        writable=is_writable(stream, path),
        unique=path == "id",
        references=references,
    )


def _metadata_keys(client, stream):
    """Keys that the newest objects have; none where they may not be read."""
    found = listing(stream, client.api_version) if stream in LISTINGS else None
    try:
        data = ask.page(client, found.path, found.params).data
    except errors.PermissionDenied:
        return []
    keys = {
        key
        for item in data["data"]
        for key in item.get("metadata") or {}
        # Other keys than these no path can name.
        if key != KEY and not set(key) & set(".[]")
    }
    return sorted(keys)
