"""Transactions of Chargebee in our terms: payments, and money that went back.

Source: SDK chargebee-python 3, ``TransactionResponse`` [SDK]; page ``transactions``
[S]: a chargeback is a refund whose payment method says so, a reversal takes back a
payment that was recorded by hand.
"""

from .money import major, moment

#: Status -> ours. [SDK] Transaction.Status
STATUS = {
    "in_progress": "pending",
    "needs_attention": "pending",
    "success": "succeeded",
    "failure": "failed",
    "late_failure": "failed",
    "timeout": "failed",
    "voided": "cancelled",
}
CHARGEBACK = "chargeback"
REVERSAL = "payment_reversal"


def payment(item):
    """The parts of entity ``billing.payment``."""
    currency = item["currency_code"]
    status = STATUS.get(item.get("status"), "pending")
    failed = status == "failed"
    at = moment(item.get("date"))
    return {
        "amount": major(item["amount"], currency),
        "currency": currency,
        "status": status,
        "paid_at": at,
        "failed_at": at if failed else None,
        "method": item.get("payment_method"),
        "reference": item.get("reference_number") or None,
        # One that failed names the invoice that it was tried for in the same way.
        "applications": [
            {
                "invoice": each["invoice_id"],
                "amount": major(each.get("applied_amount") or 0, currency),
                "applied_at": moment(each.get("applied_at")),
            }
            for each in item.get("linked_invoices") or []
            if each.get("applied_amount")
        ]
        if status == "succeeded"
        else [],
        "failure_code": (item.get("error_code") or None) if failed else None,
        "failure_message": (item.get("error_text") or None) if failed else None,
        "gateway_id": item.get("id_at_gateway") or None,
    }


def refund(item):
    """The parts of entity ``billing.refund``."""
    currency = item["currency_code"]
    status = STATUS.get(item.get("status"), "pending")
    notes = item.get("linked_credit_notes") or []
    reasons = [each.get("cn_create_reason_code") for each in notes]
    if item.get("payment_method") == CHARGEBACK or item.get("type") == REVERSAL:
        reasons = [CHARGEBACK if item["type"] != REVERSAL else REVERSAL]
    at = moment(item.get("date"))
    return {
        "payment": _paid_by(item),
        "amount": major(item["amount"], currency),
        "currency": currency,
        "status": status,
        "refunded_at": at,
        "failed_at": at if status == "failed" else None,
        "credit_notes": [
            {
                "credit_note": each["cn_id"],
                "amount": major(each.get("applied_amount") or 0, currency),
                "applied_at": moment(each.get("applied_at")),
            }
            for each in notes
            if each.get("applied_amount")
        ],
        "reason": next(filter(None, reasons), None) or item.get("error_text"),
        "gateway_id": item.get("id_at_gateway") or None,
    }


def _paid_by(item):
    """The id of the payment that goes back."""
    linked = [each.get("id") for each in item.get("linked_payments") or []]
    return (
        item.get("refunded_txn_id")
        or item.get("reference_transaction_id")
        or next(filter(None, linked), None)
    )
