"""How Chargebee calls the states of documents and money, and what comes of them."""

from . import facts

#: Reasons of the engine's credit notes. [SDK credit note ReasonCode]
REASONS = {
    "duplicate": "other",
    "fraudulent": "fraudulent",
    "order_change": "subscription_change",
    "product_unsatisfactory": "product_unsatisfactory",
    "write_off": "write_off",
}


def invoice_status(site, obj):
    """[S invoices: paid, posted, payment_due, not_paid, voided, pending]"""
    if obj.status == "draft":
        return "pending"
    if obj.status == "void":
        return "voided"
    if obj.status in ("paid", "uncollectible"):
        return "paid"  # written off is paid [S write-off-an-invoice]
    if obj.dunning == "in_progress":
        return "payment_due"
    if obj.dunning in ("exhausted", "stopped"):
        return "not_paid"
    return "posted" if (obj.due or obj.date) > site.now() else "payment_due"


def payment_status(payment):
    """Of a transaction. [SDK transaction Status]"""
    return {
        "pending": "in_progress",
        "succeeded": "success",
        "failed": "failure",
        "cancelled": "voided",
    }[payment.status]


def note_type(note):
    """An adjustment takes off what isn't paid yet. [S credit_notes]"""
    return "adjustment" if note.before_payment == note.total else "refundable"


def note_status(note):
    """[S credit_notes: adjusted, refunded, refund_due, voided]"""
    if note.status == "void":
        return "voided"
    if note_type(note) == "adjustment":
        return "adjusted"
    return "refund_due" if available(note) else "refunded"


def allocated(note):
    """What of a credit note went to invoices."""
    return sum(each.amount for each in note.applications)


def available(note):
    """What is left of it for the customer."""
    if note.status == "void":
        return 0
    return note.total - allocated(note) - note.refunded - note.outside


def reason_text(note):
    """`create_reason_code`, as the account's settings call it."""
    if note.reason == "write_off":
        return facts.WRITE_OFF
    return note.reason.replace("_", " ").title()
