"""A billing vendor in memory: its streams, and builders of what it sends.

Plain values are called as the entities' fields; what vendors nest stands beneath
``billing``, in the shapes of ``engine/shapes.py``.
"""

from decimal import Decimal

from odoo.addons.connector_base.engine.records import MapLine, Stream
from odoo.addons.connector_base.tests.common_vendor import remote

#: Stream -> entity, sequence, plain fields, nested fields.
TABLE = (
    (
        *("customers", "billing.customer", 10),
        "name company_name first_name last_name email phone street city zip country"
        " vat currency tax_exempt payment_terms delinquent balance",
        "tax_ids",
    ),
    ("products", "product", 20, "name sku price currency description", ""),
    (
        *("prices", "billing.price", 30),
        "product name currency amount interval interval_count metered billing_scheme"
        " is_active meter",
        "tiers",
    ),
    (
        *("coupons", "billing.coupon", 35),
        "name percent amount currency duration months is_active",
        "",
    ),
    (
        *("subscriptions", "billing.subscription", 40),
        "number customer status currency started_at period_start period_end"
        " trial_start trial_end cancel_at cancelled_at ended_at paused_at resumes_at"
        " cancel_reason renewal_at collection order_key event",
        "items discounts phases",
    ),
    (
        *("invoices", "billing.invoice", 50),
        "number customer subscriptions status currency invoice_date due_date"
        " finalized_at voided_at uncollectible_at total subtotal tax_total"
        " discount_total applied_balance amount_due amount_paid rounding memo reference"
        " exchange_rate dunning attempts next_attempt_at last_failure payment_terms"
        " corrected",
        "lines",
    ),
    (
        *("credit_notes", "billing.credit.note", 60),
        "number customer invoice status currency credit_date voided_at reason total"
        " subtotal tax_total refunds to_balance memo",
        "lines applications",
    ),
    (
        *("payments", "billing.payment", 70),
        "customer amount currency status paid_at failed_at method reference"
        " failure_code failure_message attempts next_attempt_at gateway_id",
        "applications",
    ),
    (
        *("refunds", "billing.refund", 80),
        "payment customer amount currency status refunded_at failed_at reason"
        " gateway_id",
        "credit_notes",
    ),
    (
        *("disputes", "billing.dispute", 90),
        "payment amount currency status reason opened_at closed_at due_by",
        "",
    ),
    (
        *("payouts", "billing.payout", 95),
        "amount currency status created_at arrival_date failed_at reference"
        " description automatic",
        "",
    ),
    (
        *("balance_transactions", "billing.balance", 100),
        "kind amount fee net currency source_amount source_currency exchange_rate"
        " occurred_at available_at payment refund dispute payout failed_payout"
        " description",
        "fees",
    ),
    (
        *("unbilled_charges", "billing.unbilled", 110),
        "customer subscription product description quantity amount currency"
        " period_start period_end is_voided",
        "",
    ),
    (
        *("entitlements", "billing.entitlement", 115),
        "customer subscription product feature name kind value quantity is_unlimited"
        " is_active date_from date_until",
        "",
    ),
    (
        *("usage", "billing.usage", 120),
        "subscription customer price item meter aggregation quantity occurred_at"
        " period_start period_end",
        "",
    ),
)


def billing_streams(env):
    """The streams of all entities that are there.

    Lines whose target an entity doesn't have yet are left out.
    """
    streams = []
    for name, entity, sequence, plain, nested in TABLE:
        model = f"connector.entity.{entity}"
        if model not in env:
            continue
        fields = env[model]._entity_fields()
        known = {field.name for field in fields}
        out_only = {field.name for field in fields if field.readonly}
        lines = tuple(
            MapLine(target, target, direction="push" if target in out_only else "both")
            for target in plain.split()
            if target in known
        )
        lines += tuple(
            MapLine(f"billing.{target}", target)
            for target in nested.split()
            if target in known
        )
        streams.append(
            Stream(
                name=name,
                entity=entity,
                label=name.replace("_", " ").capitalize(),
                default_map=lines,
                sequence=sequence,
                lane="finance" if sequence >= 50 else "default",
            )
        )
    return tuple(streams)


# -- shapes -------------------------------------------------------------------


def tax(rate, amount, base=None, *, name=None, inclusive=False, label=None):
    """A tax of a line, as it was billed.

    :param name: the vendor's id of it; ``vat20`` for a rate of 20 unless given
    """
    name = name or f"vat{rate}"
    return {
        "tax": name,
        "label": label or name.upper(),
        "rate": str(rate),
        "amount": str(amount),
        "base": None if base is None else str(base),
        "inclusive": inclusive,
    }


def discount(amount, label="Welcome", coupon="welcome", percent=None):
    return {
        "coupon": coupon,
        "label": label,
        "amount": str(amount),
        "percent": percent and str(percent),
        "starts_at": None,
        "ends_at": None,
    }


def line(amount, *, quantity=1, unit=None, taxes=(), discounts=(), **values):
    """A line of an invoice or a credit note.

    :param unit: price of one; the amount divided by the quantity where that is given
        as a whole number, unless said otherwise
    """
    return {
        "id": "li_1",
        "description": "Pro plan",
        "kind": "subscription",
        "product": None,
        "price": None,
        "subscription": None,
        "subscription_item": None,
        "quantity": str(quantity),
        "unit_amount": str(amount if unit is None and quantity == 1 else unit)
        if unit is not None or quantity == 1
        else None,
        "amount": str(amount),
        "discounts": list(discounts),
        "taxes": list(taxes),
        "period_start": None,
        "period_end": None,
        "invoice_line": None,
        **values,
    }


def application(invoice, amount, at=None):
    return {"invoice": str(invoice), "amount": str(amount), "applied_at": at}


def total_of(lines):
    """``(untaxed total, taxes, total, discounts)`` that a vendor adds up, as texts."""
    amount = tax_sum = inclusive = taken_off = Decimal(0)
    for item in lines:
        amount += Decimal(item["amount"])
        taken_off += sum(Decimal(part["amount"]) for part in item["discounts"])
        for part in item["taxes"]:
            tax_sum += Decimal(part["amount"])
            inclusive += Decimal(part["amount"]) if part["inclusive"] else 0
    untaxed = amount - taken_off - inclusive
    return str(untaxed), str(tax_sum), str(untaxed + tax_sum), str(taken_off)


def invoice_record(remote_id, *lines, at=None, **values):
    """An open invoice of customer ``cus_1`` in euros, as the vendor sends it."""
    untaxed, taxes, total, taken_off = total_of(lines)
    values = {
        "number": f"INV-{remote_id}",
        "customer": "cus_1",
        "status": "open",
        "currency": "EUR",
        "invoice_date": "2026-03-01",
        "due_date": "2026-03-31",
        "total": total,
        "subtotal": untaxed,
        "tax_total": taxes,
        "discount_total": taken_off,
        **values,
    }
    return remote(remote_id, at=at, **values, billing={"lines": numbered(lines)})


def credit_record(remote_id, *lines, applications=(), at=None, **values):
    """An issued credit note of customer ``cus_1`` in euros; amounts are positive."""
    untaxed, taxes, total, _taken_off = total_of(lines)
    values = {
        "number": f"CN-{remote_id}",
        "customer": "cus_1",
        "invoice": None,
        "status": "issued",
        "currency": "EUR",
        "credit_date": "2026-03-10",
        "total": total,
        "subtotal": untaxed,
        "tax_total": taxes,
        **values,
    }
    nested = {"lines": numbered(lines), "applications": list(applications)}
    return remote(remote_id, at=at, **values, billing=nested)


def payment_record(remote_id, amount, *applications, at=None, **values):
    """A payment of customer ``cus_1`` in euros that succeeded."""
    values = {
        "customer": "cus_1",
        "amount": str(amount),
        "currency": "EUR",
        "status": "succeeded",
        "paid_at": "2026-03-02T10:00:00+00:00",
        "method": "card",
        **values,
    }
    nested = {"applications": list(applications)}
    return remote(remote_id, at=at, **values, billing=nested)


def numbered(lines):
    """Lines with ids of their own, in place of the one that all builders give."""
    return [
        {**item, "id": f"li_{number}" if item["id"] == "li_1" else item["id"]}
        for number, item in enumerate(lines, 1)
    ]
