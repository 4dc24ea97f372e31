"""Products, prices, coupons and customers of Stripe in our terms.

Source: OpenAPI ``price``, ``price_tier``, ``coupon``, ``customer``, ``tax_id`` [S].
"""

from .money import code, major, moment

#: How usage is counted: before basil a price says it, since then its meter.
#: [S recurring.aggregate_usage; billing.meter default_aggregation.formula]
AGGREGATIONS = {
    "sum": "sum",
    "count": "sum",
    "max": "max",
    "last": "last",
    "last_during_period": "last",
    "last_ever": "last",
}


def price(item, look):
    """The parts of entity ``billing.price``.

    :param look: ``ReferenceData``
    """
    currency = code(item.get("currency"))
    recurring = item.get("recurring") or {}
    meter = look.meter(recurring["meter"]) if recurring.get("meter") else {}
    formula = (meter.get("default_aggregation") or {}).get("formula")
    return {
        "name": item.get("nickname") or None,
        "currency": currency,
        "amount": unit_amount(item),
        "interval": recurring.get("interval"),
        "interval_count": recurring.get("interval_count"),
        "metered": is_metered(item),
        "billing_scheme": scheme(item),
        "tiers": [
            {
                # The last one has no end: Stripe says null, or "inf" where it is sent.
                "up_to": None if tier.get("up_to") is None else str(tier["up_to"]),
                "unit_amount": _either(tier, "unit_amount", currency),
                "flat_amount": _either(tier, "flat_amount", currency),
            }
            for tier in item.get("tiers") or []
        ],
        "meter": meter.get("event_name"),
        "aggregation": AGGREGATIONS.get(formula or recurring.get("aggregate_usage")),
    }


def unit_amount(item):
    """The price of one; ``None`` where it isn't one price."""
    return _either(item, "unit_amount", code(item.get("currency")))


def _either(item, name, currency):
    """An amount that may have more digits than the minor unit."""
    exact = item.get(f"{name}_decimal")
    return major(item.get(name) if exact is None else exact, currency)


def is_metered(item):
    return (item.get("recurring") or {}).get("usage_type") == "metered"


def scheme(item):
    """``per_unit``, ``tiered`` (each step by its own price), ``volume`` (all by the
    price of the step that is reached) or ``package`` (by started packages)."""
    if item.get("billing_scheme") == "tiered":
        return "volume" if item.get("tiers_mode") == "volume" else "tiered"
    if item.get("transform_quantity"):
        return "package"
    return "per_unit"


def coupon(item):
    """The parts of entity ``billing.coupon``."""
    currency = code(item.get("currency"))
    percent = item.get("percent_off")
    return {
        "name": item.get("name") or item["id"],
        "percent": None if percent is None else str(percent),
        "amount": major(item.get("amount_off"), currency),
        "currency": currency,
    }


def customer(item):
    """The parts of entity ``billing.customer``."""
    ids = (item.get("tax_ids") or {}).get("data") or []
    address = item.get("address") or {}
    currency = code(item.get("currency"))
    tax_ids = [
        {
            "kind": each.get("type"),
            "number": each.get("value"),
            "country": each.get("country"),
            "verified": _verified(each),
        }
        for each in ids
    ]
    return {
        "tax_ids": tax_ids,
        "tax_id": tax_ids[0]["number"] if tax_ids else None,
        "country": address.get("country") or None,
        "currency": currency,
        # Added to the next invoice; what the customer has to the good is negative.
        "balance": major(item.get("balance"), currency) if currency else None,
        "created_at": moment(item.get("created")),
    }


def _verified(tax_id):
    """Whether a tax ID is confirmed; ``None`` where that is open or can't be told."""
    status = (tax_id.get("verification") or {}).get("status")
    return {"verified": True, "unverified": False}.get(status)
