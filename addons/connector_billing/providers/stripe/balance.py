"""What moves the balance at Stripe, in our terms.

Sources: OpenAPI ``balance_transaction``, ``fee`` [S];
https://docs.stripe.com/reports/balance-transaction-types for the types,
https://docs.stripe.com/reports/reporting-categories for the categories of adjustments.
"""

from .invoices import id_of
from .money import code, major, moment

#: Type -> kind of entity ``billing.balance``; what isn't named is ``other``.
KINDS = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "payment_reversal": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "refund",
    "stripe_fee": "fee",
    "stripe_fx_fee": "fee",
    "tax_fee": "fee",
    "application_fee": "fee",
    "application_fee_refund": "fee",
    "payout": "payout",
    "payout_cancel": "payout_failure",
    "payout_failure": "payout_failure",
    "adjustment": "adjustment",
}
#: Category of an ``adjustment`` -> kind: disputes are booked as such. [S categories]
CATEGORIES = {
    "dispute": "dispute",
    "dispute_reversal": "dispute_reversal",
    "refund_failure": "refund_failure",
    "fee": "fee",
    "conversion": "conversion",
}
#: Object that a transaction is of -> our name of the reference to it.
SOURCES = {
    "charge": "payment",
    "refund": "refund",
    "dispute": "dispute",
    "payout": "payout",
}


def balance(item, payout=None):
    """The parts of entity ``billing.balance``.

    :param item: with its ``source`` in full, where Stripe has one
    :param payout: id of the payout that it is paid out by; where it isn't known the
        key is left out, so that a payout that is known stays
    """
    currency = code(item["currency"])
    source = item.get("source")
    source = source if isinstance(source, dict) else {}
    of = source.get("object")
    kind = _kind(item)
    refers = dict.fromkeys(("payment", "refund", "dispute", "failed_payout"))
    if of in SOURCES:
        refers[SOURCES[of]] = source["id"]
    if of in ("refund", "dispute"):
        refers["payment"] = id_of(source.get("charge"))
    if kind == "payout_failure":
        # It is paid out again by another payout than the one that came back.
        refers["failed_payout"] = refers.pop("payout", None)
    if kind != "payout" and payout:
        refers["payout"] = payout
    paid_in, paid_amount = _source_amount(item, source, currency)
    rate = item.get("exchange_rate")
    return {
        "kind": kind,
        "amount": major(item["amount"], currency),
        "fee": major(item.get("fee") or 0, currency),
        "net": major(item.get("net", item["amount"]), currency),
        "currency": currency,
        "source_amount": paid_amount,
        "source_currency": paid_in,
        "exchange_rate": None if rate is None else str(rate),
        "occurred_at": moment(item.get("created")),
        "available_at": moment(item.get("available_on")),
        "fees": [
            {
                "kind": each.get("type") or "fee",
                "description": each.get("description"),
                "amount": major(each["amount"], code(each["currency"])),
                "currency": code(each["currency"]),
            }
            for each in item.get("fee_details") or []
        ],
        **refers,
    }


def _kind(item):
    if item.get("type") == "adjustment":
        return CATEGORIES.get(item.get("reporting_category"), "adjustment")
    return KINDS.get(item.get("type"), "other")


def _source_amount(item, source, currency):
    """``(currency, amount)`` of what was converted; neither where nothing was."""
    paid_in = code(source.get("currency"))
    if not paid_in or paid_in == currency or source.get("amount") is None:
        return None, None
    amount = source["amount"]
    if source.get("object") == "charge" and source.get("captured"):
        captured = source.get("amount_captured")
        amount = amount if captured is None else captured
    # It is positive in the object that the transaction is of, whichever way it moves.
    sign = -1 if item["amount"] < 0 else 1
    return paid_in, major(sign * abs(amount), paid_in)
