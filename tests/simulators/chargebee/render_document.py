"""Invoices as Chargebee writes them.

[SDK chargebee-python 3, responses.py; samples invoice_generated.json,
payment_failed.json]
"""

from ..billing.model import CreditNote, Customer
from .render_catalogue import address
from .render_lines import lines, price_type, subscription_of
from .site import cents, pruned, stamped
from .statuses import (
    REASONS,
    invoice_status,
    note_status,
    note_type,
    payment_status,
    reason_text,
)


def invoice(site, obj):
    """An invoice; its number is its id. [SDK InvoiceResponse]"""
    currency = obj.currency
    notes = site.crediting(obj)
    adjusted = [each for each in notes if note_type(each[0]) == "adjustment"]
    applied = [each for each in notes if note_type(each[0]) == "refundable"]
    amount_adjusted = sum(amount for _note, amount, _at in adjusted)
    credits = sum(amount for _note, amount, _at in applied)
    due = 0 if obj.status in ("void", "uncollectible") else obj.remaining
    customer = site.store.get(Customer, obj.customer)
    days = ((obj.due or obj.date) - obj.date) // 86_400

    def money(amount):
        return cents(amount, currency)

    shape = {
        "id": obj.id,
        "customer_id": obj.customer,
        "subscription_id": subscription_of(obj),
        "recurring": any(each.kind == "subscription" for each in obj.lines),
        "status": invoice_status(site, obj),
        "price_type": price_type(obj),
        "date": obj.date,
        "due_date": obj.due or obj.date,
        "net_term_days": days,
        "po_number": obj.reference,
        "vat_number": customer.tax_id,
        "exchange_rate": 1.0,
        "total": money(max(0, obj.total)),
        "amount_paid": money(obj.amount_paid),
        "amount_adjusted": money(amount_adjusted),
        "write_off_amount": money(obj.written_off),
        "credits_applied": money(credits),
        "amount_due": money(due),
        "amount_to_collect": money(due),
        "paid_at": obj.paid_at,
        "voided_at": obj.voided_at,
        "generated_at": obj.finalized_at,
        "dunning_status": None if obj.dunning == "none" else obj.dunning,
        "next_retry_at": obj.next_attempt,
        "first_invoice": obj.reason == "create",
        "round_off_amount": 0,
        "new_sales_amount": money(obj.total) if obj.reason == "create" else None,
        "has_advance_charges": False,
        "currency_code": currency,
        "base_currency_code": site.currency,
        "is_gifted": False,
        "term_finalized": True,
        "tax": money(obj.tax_total),
        "sub_total": money(obj.subtotal),
        "linked_payments": [_payment(money, *each) for each in site.paying(obj)],
        "dunning_attempts": _attempts(site, obj, money),
        "applied_credits": [_credit(site, money, *each) for each in applied],
        "adjustment_credit_notes": [
            _issued(site, money, note) for note, _amount, _at in adjusted
        ],
        "issued_credit_notes": [
            _issued(site, money, note)
            for note in site.store.by(CreditNote, "invoice", obj.id)
            if note_type(note) == "refundable"
        ],
        "linked_orders": [],
        "notes": [{"note": obj.memo, "object": "note"}] if obj.memo else None,
        "billing_address": address(customer, "billing_address"),
        **lines(site, obj),
        **stamped(site, "invoice", obj),
    }
    del shape["created_at"]
    return pruned(shape)


def _payment(money, payment, amount, at):
    """[SDK LinkedPaymentResponse]; a try that failed is in the list too [sample]."""
    return {
        "txn_id": payment.id,
        "applied_amount": money(amount),
        "applied_at": at,
        "txn_status": payment_status(payment),
        "txn_date": payment.paid_at or payment.created,
        "txn_amount": money(payment.amount),
    }


def _attempts(site, obj, money):
    """The tries after the first one. [SDK DunningAttemptResponse]"""
    tries = [each for each, _amount, _at in site.paying(obj) if each.attempt > 1]
    return [
        {
            "attempt": each.attempt - 1,
            "transaction_id": each.id,
            "dunning_type": "auto_collect",
            "created_at": each.created,
            "txn_status": payment_status(each),
            "txn_amount": money(each.amount),
        }
        for each in tries
    ]


def _credit(site, money, note, amount, at):
    """[SDK AppliedCreditResponse]"""
    return {
        "cn_id": note.id,
        "applied_amount": money(amount),
        "applied_at": at,
        "cn_reason_code": REASONS.get(note.reason, "other"),
        "cn_create_reason_code": reason_text(note),
        "cn_date": note.date,
        "cn_status": note_status(note),
    }


def _issued(site, money, note):
    """[SDK IssuedCreditNoteResponse]"""
    return {
        "cn_id": note.id,
        "cn_reason_code": REASONS.get(note.reason, "other"),
        "cn_create_reason_code": reason_text(note),
        "cn_date": note.date,
        "cn_total": money(note.total),
        "cn_status": note_status(note),
    }
