"""Invoices of Chargebee in our terms.

Sources: SDK chargebee-python 3, ``InvoiceResponse`` [SDK]; pages ``invoices`` and
``write-off-an-invoice`` [S]: one that is written off is ``paid``, and tells by
``write_off_amount`` that nobody has paid it.
"""

from .lines import lines
from .money import major, moment

#: Status -> ours. [SDK] Invoice.Status
STATUS = {
    "paid": "paid",
    "posted": "open",
    "payment_due": "open",
    "not_paid": "open",
    "voided": "void",
    "pending": "draft",
}
#: Why the credit note of a write-off was made. [S]
WRITE_OFF = frozenset({"write_off", "Write Off"})


def invoice(item, look):
    """The parts of entity ``billing.invoice``.

    :param item: with all of its lines
    :param look: ``ReferenceData``
    """
    currency = item["currency_code"]
    shaped = lines(item, look)
    named = [item.get("subscription_id"), *(each["subscription"] for each in shaped)]
    status = STATUS.get(item.get("status"), "open")
    if status == "paid" and item.get("write_off_amount"):
        status = "uncollectible"
    due = item.get("due_date") or item.get("date")
    days = item.get("net_term_days")

    def amount(name):
        return major(item.get(name) or 0, currency)

    return {
        "status": status,
        "currency": currency,
        "subscriptions": list(dict.fromkeys(filter(None, named))),
        "invoice_date": moment(item.get("date")),
        "due_date": moment(due),
        "finalized_at": moment(item.get("generated_at") or item.get("date")),
        "voided_at": moment(item.get("voided_at")),
        "uncollectible_at": moment(_written_off(item))
        if status == "uncollectible"
        else None,
        "paid_at": moment(item.get("paid_at")),
        "lines": shaped,
        "total": amount("total"),
        "subtotal": amount("sub_total"),
        "tax_total": amount("tax"),
        "discount_total": major(
            sum(each.get("amount") or 0 for each in item.get("discounts") or []),
            currency,
        ),
        "applied_balance": amount("credits_applied"),
        "amount_due": amount("amount_due"),
        "amount_paid": amount("amount_paid"),
        "rounding": amount("round_off_amount"),
        "memo": _memo(item),
        "reference": item.get("po_number") or None,
        "dunning": item.get("dunning_status") or "none",
        "attempts": len(_tries(item)),
        "next_attempt_at": moment(item.get("next_retry_at")),
        "payment_terms": str(days) if days else None,
    }


def _written_off(item):
    """When it was written off: the date of the credit note that this made."""
    for note in item.get("adjustment_credit_notes") or []:
        reasons = {note.get("cn_reason_code"), note.get("cn_create_reason_code")}
        if reasons & WRITE_OFF:
            return note.get("cn_date")
    return item.get("updated_at")


def _memo(item):
    notes = [note.get("note") for note in item.get("notes") or []]
    return "\n".join(filter(None, notes)) or None


def _tries(item):
    """Ids of the transactions by which it was tried to collect it."""
    tried = {each.get("txn_id") for each in item.get("linked_payments") or []}
    tried |= {each.get("transaction_id") for each in item.get("dunning_attempts") or []}
    return tried - {None}
