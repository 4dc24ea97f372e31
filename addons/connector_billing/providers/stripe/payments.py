"""Charges, refunds, disputes, payouts and the balance of Stripe in our terms.

Sources: OpenAPI ``charge``, ``refund``, ``dispute``, ``payout``,
``balance_transaction`` [S]; published fixtures of 2026-08;
https://docs.stripe.com/changelog/basil/2025-03-31: since then a charge doesn't name its
invoice: an ``invoice_payment`` says how much of a payment intent goes to which invoice.
"""

from .invoices import id_of
from .money import code, major, moment

#: Status of a refund -> ours. ``requires_action``: the customer has to say where to.
REFUND_STATUS = {
    "pending": "pending",
    "requires_action": "pending",
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "cancelled",
}
#: Reason of a refund that moves no money: what was authorized and never captured.
UNCAPTURED = "expired_uncaptured_charge"
#: Status of a dispute -> ours. An inquiry that is closed, or prevented, took nothing.
DISPUTE_STATUS = {
    "warning_needs_response": "warning",
    "warning_under_review": "warning",
    "warning_closed": "warning",
    "prevented": "warning",
    "needs_response": "needs_response",
    "under_review": "under_review",
    "won": "won",
    "lost": "lost",
}
PAYOUT_STATUS = {
    "pending": "pending",
    "in_transit": "in_transit",
    "paid": "paid",
    "failed": "failed",
    "canceled": "cancelled",
}


def payment(item, invoice_payments):
    """The parts of entity ``billing.payment``, of a charge.

    :param invoice_payments: Stripe's invoice payments of its payment intent; ``None``
        before basil
    """
    currency = code(item["currency"])
    status = _charge_status(item)
    captured = item.get("amount_captured") if item.get("captured") else None
    amount = item["amount"] if captured is None else captured
    applications = []
    if status == "succeeded":
        applications = (
            _old_applications(item, amount, currency)
            if invoice_payments is None
            else _applications(invoice_payments, currency)
        )
    failed = status == "failed"
    outcome = item.get("outcome") or {}
    return {
        "amount": major(amount, currency),
        "currency": currency,
        "status": status,
        "paid_at": _paid_at(item),
        "failed_at": _failed_at(item),
        "method": (item.get("payment_method_details") or {}).get("type"),
        "reference": item.get("receipt_number") or item.get("description") or None,
        "applications": applications,
        "failure_code": (item.get("failure_code") or None) if failed else None,
        "failure_message": (
            item.get("failure_message") or outcome.get("seller_message")
        )
        if failed
        else None,
        "gateway_id": id_of(item.get("payment_intent")),
    }


def _paid_at(item):
    """When the money of a charge came, of one that waits when it was made.

    A charge is made when it is tried: it may be captured days later, and a direct debit
    takes days to succeed. The balance has it from then on.
    """
    moved = item.get("balance_transaction")
    moved = moved if isinstance(moved, dict) else {}
    return moment(moved.get("created") or item.get("created"))


def _charge_status(item):
    if item.get("status") == "failed":
        return "failed"
    if item.get("captured"):
        return "succeeded" if item.get("status") == "succeeded" else "pending"
    # Money that is only reserved; it is given back where nobody captures it.
    return "cancelled" if item.get("refunded") else "pending"


def _applications(invoice_payments, currency):
    return [
        {
            "invoice": id_of(each["invoice"]),
            "amount": major(each["amount_paid"], code(each["currency"]) or currency),
            "applied_at": moment((each.get("status_transitions") or {}).get("paid_at")),
        }
        for each in invoice_payments
        if each.get("status") == "paid" and each.get("amount_paid")
    ]


def _old_applications(item, amount, currency):
    invoice = id_of(item.get("invoice"))
    intent = item.get("payment_intent")
    if not invoice and isinstance(intent, dict):
        invoice = id_of(intent.get("invoice"))
    if not invoice:
        return []
    return [
        {
            "invoice": invoice,
            "amount": major(amount, currency),
            "applied_at": moment(item.get("created")),
        }
    ]


def refund(item):
    """The parts of entity ``billing.refund``."""
    currency = code(item["currency"])
    status = REFUND_STATUS.get(item.get("status") or "succeeded", "pending")
    if item.get("reason") == UNCAPTURED:
        status = "cancelled"
    intent = item.get("payment_intent")
    return {
        "payment": id_of(item.get("charge")),
        "amount": major(item["amount"], currency),
        "currency": currency,
        "status": status,
        "refunded_at": moment(item.get("created")),
        "failed_at": _failed_at(item),
        "reason": item.get("reason") or item.get("failure_reason") or None,
        "gateway_id": id_of(intent),
    }


def dispute(item):
    """The parts of entity ``billing.dispute``."""
    currency = code(item["currency"])
    details = item.get("evidence_details") or {}
    return {
        "payment": id_of(item.get("charge")),
        "amount": major(item["amount"], currency),
        "currency": currency,
        "status": DISPUTE_STATUS.get(item.get("status"), "under_review"),
        "reason": item.get("reason") or None,
        "opened_at": moment(item.get("created")),
        "due_by": moment(details.get("due_by")),
    }


def payout(item):
    """The parts of entity ``billing.payout``."""
    currency = code(item["currency"])
    return {
        "amount": major(item["amount"], currency),
        "currency": currency,
        "status": PAYOUT_STATUS.get(item.get("status"), "pending"),
        "created_at": moment(item.get("created")),
        "arrival_date": moment(item.get("arrival_date")),
        "failed_at": _failed_at(item),
        "reference": (item.get("trace_id") or {}).get("value") or None,
        "description": item.get("statement_descriptor") or item.get("description"),
        "automatic": bool(item.get("automatic")),
    }


def _failed_at(item):
    """When money came back that had been on its way; ``None`` where none had.

    The object itself doesn't tell, what the balance got back does.
    """
    returned = item.get("failure_balance_transaction")
    return moment(returned.get("created")) if isinstance(returned, dict) else None
