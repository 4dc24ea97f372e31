"""Transactions as Chargebee writes them: payments, refunds and chargebacks.

[SDK chargebee-python 3, transaction/responses.py; samples payment_*.json,
refund_initiated.json]
"""

from ..billing.model import CreditNote, Dispute, Invoice, Payment, Refund
from .render_catalogue import METHODS
from .site import cents, pruned, stamped
from .statuses import (
    REASONS,
    invoice_status,
    note_status,
    payment_status,
    reason_text,
)

#: Codes and texts of the gateway behind the site. [sample payment_failed.json]
FAILURES = {
    "insufficient_funds": "Insufficient funds",
    "card_declined": "Your card was declined.",
    "expired_card": "Your card has expired.",
}


def transaction(site, obj):
    """A payment, a refund, or what the bank took back."""
    if isinstance(obj, Payment):
        return _payment(site, obj)
    return _refund(site, obj) if isinstance(obj, Refund) else _chargeback(site, obj)


def is_chargeback(dispute):
    """A dispute that is lost becomes a refund by chargeback; until then, and where it
    is won, Chargebee knows nothing of it. [S transactions, payment_method]"""
    return dispute.status == "lost"


def transaction_date(obj):
    """When it happened, or was tried."""
    if isinstance(obj, Dispute):
        return obj.closed_at
    done = obj.paid_at if isinstance(obj, Payment) else obj.refunded_at
    return done or obj.failed_at or obj.created


def _common(site, obj, payment):
    return {
        "id": obj.id,
        "customer_id": obj.customer,
        "subscription_id": _subscription(site, payment),
        "payment_method": METHODS.get(payment.method, "other"),
        "gateway": "not_applicable" if payment.outside else "stripe",
        "gateway_account_id": None if payment.outside else "gw_simulated",
        "payment_source_id": None if payment.outside else f"pm_{obj.customer}",
        "exchange_rate": 1.0,
        "amount": cents(obj.amount, obj.currency),
        "currency_code": obj.currency,
        "base_currency_code": site.currency,
        **stamped(site, "transaction", obj),
    }


def _payment(site, obj):
    failed = obj.status == "failed"
    code = obj.failure_code
    shape = {
        **_common(site, obj, obj),
        "type": "payment",
        "date": transaction_date(obj),
        "settled_at": obj.paid_at,
        "status": payment_status(obj),
        "reference_number": obj.reference,
        "id_at_gateway": None if obj.outside else f"ch_{obj.id[-12:]}",
        "error_code": code if failed else None,
        "error_text": (obj.failure_message or FAILURES.get(code, code))
        if failed
        else None,
        "masked_card_number": f"************{obj.card_last4 or '4242'}"
        if obj.method == "card" and not obj.outside
        else None,
        "amount_unused": cents(max(0, obj.unused), obj.currency),
        "linked_invoices": _invoices(site, obj),
        "linked_refunds": [
            _linked(each, obj.currency)
            for each in site.store.by(Refund, "payment", obj.id)
        ],
    }
    del shape["created_at"]
    return pruned(shape)


def _invoices(site, payment):
    """[SDK LinkedInvoiceResponse]; one that failed names what it was tried for, with
    the amount as if it were applied [sample]."""
    parts = [(each.invoice, each.amount, each.at) for each in payment.applications]
    if not parts and payment.invoice and payment.status != "succeeded":
        parts = [(payment.invoice, payment.amount, payment.created)]
    found = []
    for invoice_id, amount, at in parts:
        invoice = site.store.get(Invoice, invoice_id)
        found.append(
            {
                "invoice_id": invoice_id,
                "applied_amount": cents(amount, payment.currency),
                "applied_at": at,
                "invoice_date": invoice.date,
                "invoice_total": cents(max(0, invoice.total), payment.currency),
                "invoice_status": invoice_status(site, invoice),
            }
        )
    return found


def _linked(refund, currency):
    """[SDK LinkedRefundResponse of a transaction]"""
    return {
        "txn_id": refund.id,
        "txn_status": payment_status(refund),
        "txn_date": refund.refunded_at or refund.created,
        "txn_amount": cents(refund.amount, currency),
    }


def _refund(site, obj):
    payment = site.store.get(Payment, obj.payment)
    note = obj.credit_note and site.store.get(CreditNote, obj.credit_note)
    shape = {
        **_common(site, obj, payment),
        "type": "refund",
        "date": transaction_date(obj),
        "status": payment_status(obj),
        "reference_number": obj.reference,
        "id_at_gateway": None if obj.outside else f"re_{obj.id[-12:]}",
        "error_text": obj.failure_reason,
        "refunded_txn_id": obj.payment,
        "linked_credit_notes": [_note(note, obj)] if note else [],
    }
    del shape["created_at"]
    return pruned(shape)


def _note(note, refund):
    """[SDK LinkedCreditNoteResponse]"""
    return {
        "cn_id": note.id,
        "applied_amount": cents(refund.amount, refund.currency),
        "applied_at": refund.refunded_at or refund.created,
        "cn_reason_code": REASONS.get(note.reason, "other"),
        "cn_create_reason_code": reason_text(note),
        "cn_date": note.date,
        "cn_total": cents(note.total, note.currency),
        "cn_status": note_status(note),
        "cn_reference_invoice_id": note.invoice,
    }


def _chargeback(site, obj):
    payment = site.store.get(Payment, obj.payment)
    shape = {
        **_common(site, obj, payment),
        "type": "refund",
        "payment_method": "chargeback",
        "date": transaction_date(obj),
        "status": "success",
        "refunded_txn_id": obj.payment,
        "linked_credit_notes": [],
    }
    del shape["created_at"]
    return pruned(shape)


def transactions(site):
    """All of a site's, in the order of their making."""
    found = site.store.rows(Payment) + site.store.rows(Refund)
    found += [each for each in site.store.rows(Dispute) if is_chargeback(each)]
    return found


def _subscription(site, payment):
    invoices = [each.invoice for each in payment.applications] or [payment.invoice]
    found = {site.store.get(Invoice, each).subscription for each in invoices if each}
    return found.pop() if len(found) == 1 else None
