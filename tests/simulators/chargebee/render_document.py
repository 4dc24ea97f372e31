"""Invoices and credit notes as Chargebee writes them.

[SDK chargebee-python 3, responses.py; samples invoice_generated.json,
payment_failed.json, credit_note_created.json]
"""

from ..billing.model import (
    Coupon,
    CreditNote,
    Customer,
    Invoice,
    Price,
    Refund,
    TaxRate,
)
from . import facts
from .render_catalogue import PRICING, address
from .site import cents, pruned, stamped, unit_price

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
        "subscription_id": _subscription(obj),
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


def _subscription(obj):
    """With lines of several, only the lines tell. [S invoices, subscription_id]"""
    found = {each.subscription for each in obj.lines if each.subscription}
    return found.pop() if len(found) == 1 else None


def price_type(obj):
    """Of a document: whether its amounts contain their taxes."""
    inclusive = any(tax.inclusive for line in obj.lines for tax in line.taxes)
    return "tax_inclusive" if inclusive else "tax_exclusive"


def lines(site, obj):
    """Lines, and in lists of their own the discounts and taxes of each."""

    def money(amount):
        return cents(amount, obj.currency)

    shape = {
        "line_items": [_line(site, obj, each, money) for each in obj.lines],
        "line_item_discounts": [
            {
                "line_item_id": line.id,
                "discount_type": "document_level_coupon",
                "coupon_id": each.coupon,
                "entity_id": each.coupon,
                "discount_amount": money(each.amount),
                "object": "line_item_discount",
            }
            for line in obj.lines
            for each in line.discounts
            if each.amount
        ],
        "line_item_taxes": [
            _line_tax(site, line, each, money)
            for line in obj.lines
            for each in line.taxes
        ],
    }
    return {**shape, **_totals(site, obj, money)}


def _line(site, document, line, money):
    product = site.product(line.price)
    price = site.store.find(Price, line.price) if line.price else None
    subscribed = line.kind != "one_off" and product is not None
    end = line.period_end or document.date
    rates = [site.store.get(TaxRate, each.tax_rate).percent for each in line.taxes]
    shape = {
        "id": line.id,
        "date_from": line.period_start or document.date,
        "date_to": end,
        **_unit_amount(line, document.currency),
        "quantity": line.quantity,
        "amount": money(line.amount),
        "pricing_model": PRICING[price.scheme] if price else "flat_fee",
        "is_taxed": bool(line.taxes),
        "tax_amount": money(line.tax),
        "tax_rate": float(sum(rates)) if rates else None,
        "tax_exempt_reason": None if line.taxes else "tax_not_configured",
        "discount_amount": money(line.discount),
        "item_level_discount_amount": 0,
        "metered": line.kind == "usage",
        "subscription_id": line.subscription,
        "customer_id": document.customer,
        "description": line.description,
        "entity_type": f"{product.item}_item_price" if product else "adhoc",
        "entity_id": line.price,
        "reference_line_item_id": line.credits,
        "object": "line_item",
    }
    if not subscribed and not line.period_end:
        shape["date_to"] = shape["date_from"]
    return pruned(shape)


def _unit_amount(line, currency):
    """Chargebee always has one: of tiers the average, of prorations the part."""
    if line.unit_amount is not None:
        return unit_price(line.unit_amount, currency, "unit_amount")
    average = cents(line.amount, currency) // line.quantity if line.quantity else 0
    return {"unit_amount": average}


def _line_tax(site, line, tax, money):
    rate = site.store.get(TaxRate, tax.tax_rate)
    juris = rate.state or rate.country
    return pruned(
        {
            "line_item_id": line.id,
            "tax_name": rate.name,
            "tax_rate": float(rate.percent),
            "taxable_amount": money(tax.base),
            "tax_amount": money(tax.amount),
            "tax_juris_type": "state" if rate.state else "country",
            "tax_juris_name": rate.jurisdiction or juris,
            "tax_juris_code": juris,
            "is_partial_tax_applied": False,
            "is_non_compliance_tax": False,
            "object": "line_item_tax",
        }
    )


def _totals(site, obj, money):
    """Discounts by coupon and taxes by rate, over all lines."""
    taken, taxed = {}, {}
    for line in obj.lines:
        for each in line.discounts:
            taken[each.coupon] = taken.get(each.coupon, 0) + each.amount
        for tax in line.taxes:
            taxed[tax.tax_rate] = taxed.get(tax.tax_rate, 0) + tax.amount
    discounts, taxes = [], []
    for coupon_id, amount in taken.items():
        coupon = site.store.find(Coupon, coupon_id)
        discounts.append(
            {
                "entity_type": "document_level_coupon",
                "entity_id": coupon_id,
                "description": coupon.name if coupon else coupon_id,
                "amount": money(amount),
                "object": "discount",
            }
        )
    for rate_id, amount in taxed.items():
        rate = site.store.get(TaxRate, rate_id)
        taxes.append(
            {
                "name": rate.name,
                "description": f"{rate.name} @ {rate.percent.normalize():f} %",
                "amount": money(amount),
                "object": "tax",
            }
        )
    return {"discounts": discounts or None, "taxes": taxes}


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
        "subscription_id": _subscription(obj),
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
