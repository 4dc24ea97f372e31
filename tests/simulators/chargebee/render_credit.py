"""Credit notes as Chargebee writes them.

[SDK chargebee-python 3, credit_note/responses.py; sample credit_note_created.json]
"""

from ..billing.model import CreditNote, Invoice, Refund
from . import facts
from .render_lines import lines, price_type, subscription_of
from .site import cents, pruned, stamped
from .statuses import (
    REASONS,
    allocated,
    available,
    invoice_status,
    note_status,
    note_type,
    payment_status,
    reason_text,
)


def credit_note(site, obj):
    """[SDK CreditNoteResponse]"""
    if isinstance(obj, Invoice):
        return write_off(site, obj)

    def money(amount):
        return cents(amount, obj.currency)

    refunds = [site.store.get(Refund, each) for each in obj.refunds]
    shape = {
        "id": obj.id,
        "customer_id": obj.customer,
        "subscription_id": subscription_of(obj),
        "reference_invoice_id": obj.invoice,
        "type": note_type(obj),
        "reason_code": REASONS.get(obj.reason, "other"),
        "create_reason_code": reason_text(obj),
        "status": note_status(obj),
        "date": obj.date,
        "generated_at": obj.date,
        "voided_at": obj.voided_at,
        "price_type": price_type(obj),
        "exchange_rate": 1.0,
        "currency_code": obj.currency,
        "base_currency_code": site.currency,
        "total": money(obj.total),
        "amount_allocated": money(allocated(obj)),
        "amount_refunded": money(obj.refunded + obj.outside),
        "amount_available": money(available(obj)),
        "sub_total": money(obj.subtotal),
        "round_off_amount": 0,
        "fractional_correction": 0,
        "linked_refunds": [_refund(money, each) for each in refunds],
        "allocations": [_allocation(site, money, each) for each in obj.applications],
        **lines(site, obj),
        **stamped(site, "credit_note", obj),
    }
    del shape["created_at"]
    return pruned(shape)


def write_off(site, obj):
    """The credit note that a write-off makes, of the invoice that was written off."""
    amount = cents(obj.written_off, obj.currency)
    at = obj.uncollectible_at
    line = {
        "id": f"li_wo_{obj.id}",
        "date_from": at,
        "date_to": at,
        "unit_amount": amount,
        "quantity": 1,
        "amount": amount,
        "pricing_model": "flat_fee",
        "is_taxed": False,
        "tax_amount": 0,
        "discount_amount": 0,
        "item_level_discount_amount": 0,
        "customer_id": obj.customer,
        "description": "Write off",
        "entity_type": "adhoc",
        "object": "line_item",
    }
    return pruned(
        {
            "id": write_off_id(obj),
            "customer_id": obj.customer,
            "subscription_id": obj.subscription,
            "reference_invoice_id": obj.id,
            "type": "adjustment",
            "reason_code": "write_off",
            "create_reason_code": facts.WRITE_OFF,
            "status": "adjusted",
            "date": at,
            "generated_at": at,
            "price_type": price_type(obj),
            "exchange_rate": 1.0,
            "currency_code": obj.currency,
            "base_currency_code": site.currency,
            "total": amount,
            "amount_allocated": amount,
            "amount_refunded": 0,
            "amount_available": 0,
            "sub_total": amount,
            "round_off_amount": 0,
            "fractional_correction": 0,
            "line_items": [line],
            "line_item_discounts": [],
            "line_item_taxes": [],
            "taxes": [],
            "linked_refunds": [],
            "allocations": [
                {
                    "invoice_id": obj.id,
                    "allocated_amount": amount,
                    "allocated_at": at,
                    "invoice_date": obj.date,
                    "invoice_status": invoice_status(site, obj),
                }
            ],
            "updated_at": at,
            "resource_version": at * 1000,
            "deleted": False,
            "object": "credit_note",
        }
    )


def write_off_id(invoice):
    """Of the credit note of a write-off."""
    return f"WO-{invoice.id}"


def credit_notes(site):
    """All of a site's: those of the engine and those that write-offs made."""
    written_off = [
        each for each in site.store.rows(Invoice) if each.uncollectible_at is not None
    ]
    return [*site.store.rows(CreditNote), *written_off]


def _refund(money, refund):
    """[SDK LinkedRefundResponse of a credit note]"""
    return {
        "txn_id": refund.id,
        "applied_amount": money(refund.amount),
        "applied_at": refund.refunded_at or refund.created,
        "txn_status": payment_status(refund),
        "txn_date": refund.refunded_at or refund.created,
        "txn_amount": money(refund.amount),
    }


def _allocation(site, money, part):
    """[SDK AllocationResponse]"""
    other = site.store.get(Invoice, part.invoice)
    return {
        "invoice_id": part.invoice,
        "allocated_amount": money(part.amount),
        "allocated_at": part.at,
        "invoice_date": other.date,
        "invoice_status": invoice_status(site, other),
    }
