"""Credit notes of Stripe in our terms, in the shapes before and since basil.

Sources: OpenAPI ``credit_note``, ``credit_note_line_item`` [S]; published fixtures of
2026-08. Before the invoice was paid a credit note lowers what is due; afterwards it
goes back to the customer: refunded, to the customer's balance, or outside of Stripe.
"""

from .invoices import id_of, shipping_lines
from .money import code, major, moment
from .taxes import discounts_of, taxes_of


def credit_note(item, lines, look):
    """The parts of entity ``billing.credit.note``.

    :param lines: all lines of it, in their order
    """
    currency = code(item["currency"])
    issued = item.get("effective_at") or item.get("created")
    before, _after = _parts(item)
    invoice = id_of(item.get("invoice"))
    applications = []
    if before and invoice:
        applications.append(
            {
                "invoice": invoice,
                "amount": major(before, currency),
                "applied_at": moment(issued),
            }
        )
    return {
        "status": "void" if item.get("status") == "void" else "issued",
        "currency": currency,
        "credit_date": moment(issued),
        "voided_at": (
            moment(item.get("voided_at")) if item.get("status") == "void" else None
        ),
        "lines": [
            *(_line(each, currency, look) for each in lines),
            *shipping_lines(item, look),
        ],
        "total": major(item.get("total", item.get("amount")), currency),
        "subtotal": major(item.get("subtotal"), currency),
        "tax_total": major(_tax_total(item), currency),
        "discount_total": major(item.get("discount_amount") or 0, currency),
        "applications": applications,
        "refunds": _refunds(item),
        "to_balance": major(_to_balance(item), currency),
        "memo": item.get("memo") or None,
    }


def _parts(item):
    """What was credited before and after the invoice was paid, in minor units."""
    if item.get("pre_payment_amount") is not None:
        return item["pre_payment_amount"], item.get("post_payment_amount") or 0
    amount = item.get("amount") or 0
    return (amount, 0) if item.get("type") == "pre_payment" else (0, amount)


def _line(item, currency, look):
    custom = item.get("type") == "custom_line_item"
    exact = item.get("unit_amount_decimal")
    quantity = item.get("quantity")
    return {
        "id": item["id"],
        "description": item.get("description"),
        "kind": "one_off" if custom else "subscription",
        "product": None,
        "price": None,
        "subscription": None,
        "subscription_item": None,
        "quantity": "1" if quantity is None else str(quantity),
        "unit_amount": major(
            item.get("unit_amount") if exact is None else exact, currency
        ),
        "amount": major(item["amount"], currency),
        "discounts": discounts_of(item, currency, {}),
        "taxes": taxes_of(item, currency, look),
        "period_start": None,
        "period_end": None,
        "invoice_line": item.get("invoice_line_item"),
    }


def _tax_total(item):
    found = item.get("total_taxes")
    if found is None:
        found = item.get("tax_amounts")
    return sum(each["amount"] for each in found or [])


def _refunds(item):
    """Ids of the refunds that a credit note was paid out by."""
    several = [id_of(each.get("refund")) for each in item.get("refunds") or []]
    found = [*several, id_of(item.get("refund"))]
    return list(dict.fromkeys(filter(None, found)))


def _to_balance(item):
    """What the customer has to the good of it, in minor units: what is neither refunded
    nor paid outside of Stripe."""
    if not item.get("customer_balance_transaction"):
        return 0
    _before, after = _parts(item)
    refunded = sum(each["amount_refunded"] for each in item.get("refunds") or [])
    if isinstance(item.get("refund"), dict):
        refunded += item["refund"]["amount"]
    return max(0, after - refunded - (item.get("out_of_band_amount") or 0))
