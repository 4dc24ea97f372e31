"""Invoices with their lines, credit notes, invoice items and invoice payments.

[S OpenAPI; fixtures; SDK _invoice.py, _invoice_line_item.py, _credit_note.py]
"""

from ..billing import model
from . import render_catalog
from .lists import nested
from .render_contracts import automatic_tax, collection, discount
from .render_lines import (
    discount_amounts,
    discount_total_amounts,
    line,
    period,
    pretax_credits,
    pricing,
    tax_total_amounts,
    taxes,
)
from .render_parties import address

REASONS = {
    "create": "subscription_create",
    "cycle": "subscription_cycle",
    "update": "subscription_update",
    "manual": "manual",
}
CREDIT_REASONS = ("duplicate", "fraudulent", "order_change", "product_unsatisfactory")


def invoice(view, obj):
    """An invoice with the first page of its lines."""
    customer = view.get(model.Customer, obj.customer)
    is_final = obj.finalized_at is not None
    inclusive = obj.tax_total - obj.added_tax
    subtotal_net = obj.subtotal - obj.discount_total - inclusive
    body = {
        "id": obj.id,
        "object": "invoice",
        "account_country": view.account.facts["country"],
        "account_name": view.account.facts["name"],
        "account_tax_ids": None,
        "amount_due": obj.amount_due,
        "amount_paid": obj.amount_paid,
        "amount_remaining": obj.remaining,
        "amount_shipping": 0,
        "application": None,
        "attempt_count": obj.attempts,
        "attempted": obj.attempts > 0,
        "auto_advance": obj.status in ("draft", "open") and obj.dunning != "stopped",
        "automatic_tax": {**automatic_tax(view), "status": None},
        "billing_reason": REASONS[obj.reason],
        "collection_method": collection(obj.collection),
        "created": obj.created,
        "currency": obj.currency.lower(),
        "custom_fields": _custom_fields(obj),
        "customer": obj.customer,
        "customer_address": address(customer),
        "customer_email": customer.email,
        "customer_name": customer.name,
        "customer_phone": customer.phone,
        "customer_shipping": None,
        "customer_tax_exempt": customer.tax_exempt,
        "customer_tax_ids": [
            {"type": customer.tax_id_kind or "unknown", "value": customer.tax_id}
        ]
        if customer.tax_id
        else [],
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "description": obj.memo,
        "discounts": [each.id for each in obj.discounts],
        "due_date": obj.due if obj.collection == "invoice" else None,
        "effective_at": obj.date if is_final else None,
        "ending_balance": _ending(view, obj) if is_final else None,
        "footer": None,
        "from_invoice": None,
        "hosted_invoice_url": _url(view, obj) if is_final else None,
        "invoice_pdf": f"{_url(view, obj)}/pdf" if is_final else None,
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": lines(view, obj),
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "next_payment_attempt": obj.next_attempt,
        "number": obj.number,
        "on_behalf_of": None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "period_end": obj.period_end or obj.created,
        "period_start": obj.period_start or obj.created,
        "post_payment_credit_notes_amount": _credited_later(view, obj),
        "pre_payment_credit_notes_amount": obj.credited,
        "receipt_number": None,
        "shipping_cost": None,
        "shipping_details": None,
        "starting_balance": _starting(view, obj) if is_final else 0,
        "statement_descriptor": None,
        "status": obj.status,
        "status_transitions": {
            "finalized_at": obj.finalized_at,
            "marked_uncollectible_at": obj.uncollectible_at,
            "paid_at": obj.paid_at,
            "voided_at": obj.voided_at,
        },
        "subtotal": obj.subtotal,
        "subtotal_excluding_tax": obj.subtotal - inclusive,
        "test_clock": None,
        "total": obj.total,
        "total_discount_amounts": discount_total_amounts(obj),
        "total_excluding_tax": subtotal_net,
        "webhooks_delivered_at": obj.created,
    }
    return body | (_new_invoice if view.new else _old_invoice)(view, obj)


def _custom_fields(obj):
    if not obj.reference:
        return obj.extra.get("custom_fields")
    return [{"name": "PO", "value": obj.reference}]


def _old_invoice(view, obj):
    paid_outside = view.account.paid_outside(obj)
    charges = view.until_now(view.account.charges_of(obj))
    first = obj.discounts[0] if obj.discounts else None
    body = {
        "application_fee_amount": None,
        "charge": charges[-1].id if charges else None,
        "discount": discount(view, first, obj) if first else None,
        "paid": obj.status == "paid",
        "paid_out_of_band": obj.status == "paid" and paid_outside,
        "payment_intent": obj.intent,
        "quote": None,
        "rendering_options": None,
        "subscription": obj.subscription,
        "subscription_details": {"metadata": _subscription_metadata(view, obj)},
        "tax": obj.tax_total if any(each.taxes for each in obj.lines) else None,
        "total_tax_amounts": tax_total_amounts(view, obj),
        "transfer_data": None,
    }
    return body


def _new_invoice(view, obj):
    parent = None
    if obj.subscription:
        parent = {
            "quote_details": None,
            "subscription_details": {
                "metadata": _subscription_metadata(view, obj),
                "subscription": obj.subscription,
            },
            "type": "subscription_details",
        }
    return {
        "amount_overpaid": 0,
        "automatically_finalizes_at": None,
        "issuer": {"type": "self"},
        "parent": parent,
        "rendering": None,
        "total_pretax_credit_amounts": pretax_credits(discount_total_amounts(obj)),
        "total_taxes": tax_total_amounts(view, obj),
    }


def lines(view, obj):
    """The first page of an invoice's lines."""
    data = [line(view, obj, each) for each in obj.lines]
    return nested(data, f"/v1/invoices/{obj.id}/lines", "invoice")


def _subscription_metadata(view, obj):
    owner = view.get(model.Subscription, obj.subscription)
    return dict(owner.metadata) if owner else None


def _starting(view, obj):
    """The balance before it was finalized; credit of the customer is negative."""
    entries = view.until_now(view.account.balance_entries(obj))
    return -(entries[0].ending - entries[0].amount) if entries else 0


def _ending(view, obj):
    entries = view.until_now(view.account.balance_entries(obj))
    return -entries[0].ending if entries else 0


def _credited_later(view, obj):
    notes = view.until_now(view.store.by(model.CreditNote, "invoice", obj.id))
    return sum(
        each.total - each.before_payment for each in notes if each.status == "issued"
    )


def _url(view, obj):
    return f"https://invoice.stripe.com/i/{view.account.facts['id']}/{obj.id}"


def credit_note(view, obj):
    """A credit note with the first page of its lines."""
    later = obj.total - obj.before_payment
    note_type = "post_payment" if later else "pre_payment"
    if view.new and later and obj.before_payment:
        note_type = "mixed"
    inclusive = obj.tax_total - obj.added_tax
    entry = view.account.balance_entry(obj)
    body = {
        "id": obj.id,
        "object": "credit_note",
        "amount": obj.total,
        "amount_shipping": 0,
        "created": obj.created,
        "currency": obj.currency.lower(),
        "customer": obj.customer,
        "customer_balance_transaction": entry.id if entry else None,
        "discount_amount": obj.discount_total,
        "discount_amounts": discount_total_amounts(obj),
        "effective_at": obj.date or obj.created,
        "invoice": obj.invoice,
        "lines": credit_lines(view, obj),
        "livemode": view.livemode,
        "memo": obj.memo,
        "metadata": dict(obj.metadata),
        "number": obj.number or obj.id,
        "out_of_band_amount": obj.outside or None,
        "pdf": f"https://pay.stripe.com/credit_notes/{obj.id}/pdf",
        "reason": obj.reason if obj.reason in CREDIT_REASONS else None,
        "shipping_cost": None,
        "status": obj.status,
        "subtotal": obj.subtotal,
        "subtotal_excluding_tax": obj.subtotal - inclusive,
        "total": obj.total,
        "total_excluding_tax": obj.total - obj.tax_total,
        "type": note_type,
        "voided_at": obj.voided_at,
    }
    if view.new:
        return body | {
            "post_payment_amount": later,
            "pre_payment_amount": obj.before_payment,
            "pretax_credit_amounts": pretax_credits(body["discount_amounts"]),
            "refunds": [_refund_of(view, each) for each in obj.refunds],
            "total_taxes": tax_total_amounts(view, obj),
        }
    return body | {
        "refund": obj.refunds[0] if obj.refunds else None,
        "tax_amounts": tax_total_amounts(view, obj),
    }


def _refund_of(view, refund_id):
    refund = view.store.get(model.Refund, refund_id)
    return {
        "amount_refunded": refund.amount,
        "payment_record_refund": None,
        "refund": refund_id,
        "type": "refund",
    }


def credit_lines(view, obj):
    """The first page of a credit note's lines."""
    data = [credit_line(view, each) for each in obj.lines]
    return nested(data, f"/v1/credit_notes/{obj.id}/lines", "credit_note")


def credit_line(view, each):
    """One line; ``credits`` names the invoice line that it takes back."""
    body = {
        "id": each.id,
        "object": "credit_note_line_item",
        "amount": each.amount,
        "description": each.description,
        "discount_amount": each.discount,
        "discount_amounts": discount_amounts(each),
        "livemode": view.livemode,
        "quantity": each.quantity,
        "tax_rates": [
            render_catalog.tax_rate(view, view.store.get(model.TaxRate, tax.tax_rate))
            for tax in each.taxes
        ],
        "type": "invoice_line_item" if each.credits else "custom_line_item",
        "unit_amount": each.unit_amount,
        "unit_amount_decimal": render_catalog.decimal_text(each.unit_amount),
    }
    if each.credits:
        body["invoice_line_item"] = each.credits
    if view.new:
        body["metadata"] = {}
        body["pretax_credit_amounts"] = pretax_credits(body["discount_amounts"])
        body["taxes"] = taxes(view, each)
    else:
        body["tax_amounts"] = taxes(view, each)
        body["amount_excluding_tax"] = each.amount
        body["unit_amount_excluding_tax"] = None
    return body


def invoice_item(view, obj):
    """What will be on the next invoice, or was taken by one."""
    price = view.get(model.Price, obj.price)
    rates = [view.store.get(model.TaxRate, each) for each in obj.tax_rates]
    body = {
        "id": obj.id,
        "object": "invoiceitem",
        "amount": obj.amount,
        "currency": obj.currency.lower(),
        "customer": obj.customer,
        "date": obj.created,
        "description": obj.description,
        "discountable": obj.kind != "proration",
        "discounts": [],
        "invoice": obj.invoice,
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "period": period(obj),
        "proration": obj.kind == "proration",
        "quantity": obj.quantity,
        "tax_rates": [render_catalog.tax_rate(view, each) for each in rates],
        "test_clock": None,
    }
    if not view.new:
        body |= {
            "price": render_catalog.price(view, price) if price else None,
            "subscription": obj.subscription,
            "unit_amount": obj.unit_amount,
            "unit_amount_decimal": render_catalog.decimal_text(obj.unit_amount),
        }
        if obj.item:
            body["subscription_item"] = obj.item
        return body
    parent = None
    if obj.subscription:
        details = {"subscription": obj.subscription}
        if obj.item:
            details["subscription_item"] = obj.item
        parent = {"subscription_details": details, "type": "subscription_details"}
    return body | {
        "net_amount": obj.amount,
        "parent": parent,
        "pricing": pricing(price, obj.unit_amount),
    }


def invoice_payment(view, obj):
    """That a payment intent, or a charge without one, pays an invoice."""
    invoice_of = view.store.get(model.Invoice, obj.invoice)
    if obj.intent:
        payment = {"payment_intent": obj.intent, "type": "payment_intent"}
    else:
        payment = {"charge": obj.payment, "type": "charge"}
    cancelled = obj.status == "cancelled"
    return {
        "id": obj.id,
        "object": "invoice_payment",
        "amount_paid": obj.amount_paid if obj.status == "paid" else None,
        "amount_requested": obj.requested,
        "created": obj.created,
        "currency": obj.currency.lower(),
        "invoice": obj.invoice,
        "is_default": obj.intent is not None and obj.intent == invoice_of.intent,
        "livemode": view.livemode,
        "payment": payment,
        "status": "canceled" if cancelled else obj.status,
        "status_transitions": {
            "canceled_at": obj.updated if cancelled else None,
            "paid_at": obj.paid_at,
        },
    }
