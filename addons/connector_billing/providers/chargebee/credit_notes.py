"""Credit notes of Chargebee in our terms.

Sources: SDK chargebee-python 3, ``CreditNoteResponse`` [SDK]; page ``credit_notes``
[S]: an adjustment takes off what an invoice still asks for; what is refundable is
allocated to invoices, refunded, or kept for the customer's next ones.
"""

from .invoices import WRITE_OFF
from .lines import lines
from .money import major, moment


def is_write_off(item):
    """Whether it is there only because its invoice was written off.

    It is no document for the customer: the invoice says itself that it is
    uncollectible, and what that does to the books is for a policy to say.
    """
    return bool({item.get("reason_code"), item.get("create_reason_code")} & WRITE_OFF)


def credit_note(item, look):
    """The parts of entity ``billing.credit.note``.

    :param item: with all of its lines
    :param look: ``ReferenceData``
    """
    currency = item["currency_code"]
    is_void = item.get("status") == "voided"
    taxes = item.get("taxes") or []
    discounts = item.get("discounts") or []
    refunds = [each.get("txn_id") for each in item.get("linked_refunds") or []]
    return {
        "status": "void" if is_void else "issued",
        "currency": currency,
        "credit_date": moment(item.get("date")),
        "voided_at": moment(item.get("voided_at")) if is_void else None,
        "reason": item.get("create_reason_code") or item.get("reason_code") or None,
        "lines": lines(item, look),
        "total": major(item.get("total") or 0, currency),
        "subtotal": major(item.get("sub_total") or 0, currency),
        "tax_total": major(sum(each.get("amount") or 0 for each in taxes), currency),
        "discount_total": major(
            sum(each.get("amount") or 0 for each in discounts), currency
        ),
        "rounding": major(item.get("round_off_amount") or 0, currency),
        "applications": [] if is_void else _applications(item, currency),
        "refunds": list(dict.fromkeys(filter(None, refunds))),
        "to_balance": major(item.get("amount_available") or 0, currency),
    }


def _applications(item, currency):
    """What of it went to which invoice, as :class:`~...engine.shapes.Application`."""
    found = [
        {
            "invoice": each["invoice_id"],
            "amount": major(each.get("allocated_amount") or 0, currency),
            "applied_at": moment(each.get("allocated_at")),
        }
        for each in item.get("allocations") or []
        if each.get("allocated_amount")
    ]
    invoice = item.get("reference_invoice_id")
    if found or item.get("type") != "adjustment" or not invoice:
        return found
    allocated = item.get("amount_allocated") or item.get("total") or 0
    if not allocated:
        return []
    return [
        {
            "invoice": invoice,
            "amount": major(allocated, currency),
            "applied_at": moment(item.get("date")),
        }
    ]
