"""Customers, item prices and coupons of Chargebee in our terms.

Sources: SDK chargebee-python 3, ``responses.py`` of each model [SDK]; pages ``items``,
``item_prices``, ``coupons``, ``customers`` [S].
"""

from .money import exact, major, moment, plain

#: Pricing model -> ours. Of a stairstep the price of a step is for the whole of it.
SCHEMES = {
    "flat_fee": "flat",
    "per_unit": "per_unit",
    "tiered": "tiered",
    "volume": "volume",
    "stairstep": "volume",
}
#: How usage is counted. [SDK] Item.UsageCalculation
AGGREGATIONS = {"sum_of_usages": "sum", "last_usage": "last", "max_usage": "max"}
#: How long a coupon is good for. [SDK] Coupon.DurationType
DURATIONS = {
    "one_time": "once",
    "limited_period": "repeating",
    "forever": "forever",
}
#: Months of a period of a coupon. [SDK] Coupon.PeriodUnit
MONTHS = {"month": 1, "year": 12}
#: Countries whose VAT numbers are kept without the letters that they begin with.
#: [S] customers, vat_number and vat_number_prefix
VAT_COUNTRIES = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB"),
        *("GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT"),
        *("RO", "SE", "SI", "SK", "XI"),
    }
)
#: Letters of a VAT number, where they aren't those of the country.
VAT_LETTERS = {"GR": "EL"}


def customer(item):
    """The parts of entity ``billing.customer``."""
    currency = item.get("preferred_currency_code") or None
    country = (item.get("billing_address") or {}).get("country") or None
    days = item.get("net_term_days")
    kept = ("promotional_credits", "refundable_credits", "excess_payments")
    number = vat_number(item, country)
    return {
        "tax_id": number,
        "tax_ids": [
            {
                "kind": None,
                "number": number,
                "country": country,
                "verified": {"valid": True, "invalid": False}.get(
                    item.get("vat_number_status")
                ),
            }
        ]
        if number
        else [],
        "currency": currency,
        "tax_exempt": "exempt" if item.get("taxability") == "exempt" else "none",
        "payment_terms": str(days) if days else None,
        # As an account of the customer's: what they have to the good is negative.
        "balance": major(-sum(item.get(name) or 0 for name in kept), currency)
        if currency
        else None,
        "created_at": moment(item.get("created_at")),
    }


def vat_number(item, country):
    """The VAT number with the letters of its country; ``None`` where there is none."""
    number = (item.get("vat_number") or "").strip()
    if not number:
        return None
    letters = item.get("vat_number_prefix") or (
        VAT_LETTERS.get(country, country) if country in VAT_COUNTRIES else ""
    )
    begins = number.upper().startswith(letters) if letters else True
    return number if begins else f"{letters}{number}"


def price(item, look):
    """The parts of entity ``billing.price``.

    :param look: ``ReferenceData``
    """
    currency = item.get("currency_code")
    of = look.item(item.get("item_id"))
    tiers = item.get("tiers") or []
    metered = bool(of.get("metered"))
    return {
        "name": item.get("external_name") or item.get("name"),
        "currency": currency,
        "amount": None if tiers else exact(item, "price", currency),
        "interval": item.get("period_unit") or None,
        "interval_count": item.get("period") or None,
        "metered": metered,
        "billing_scheme": scheme(item),
        "tiers": [_tier(tier, item, currency) for tier in tiers],
        "is_active": item.get("status") == "active",
        "meter": None,
        "aggregation": AGGREGATIONS.get(of.get("usage_calculation") or "sum_of_usages")
        if metered
        else None,
    }


def scheme(item):
    """``per_unit``, ``flat``, ``tiered``, ``volume``, or ``package``: by packages that
    were started."""
    tiers = item.get("tiers") or []
    if tiers and all(tier.get("pricing_type") == "package" for tier in tiers):
        return "package"
    return SCHEMES.get(item.get("pricing_model"), "per_unit")


def _tier(tier, item, currency):
    """A step as :class:`~...engine.shapes.Tier`."""
    amount = exact(tier, "price", currency)
    whole = (
        tier.get("pricing_type") == "flat_fee"
        or item.get("pricing_model") == "stairstep"
    )
    end = tier.get("ending_unit_in_decimal") or tier.get("ending_unit")
    return {
        "up_to": None if end is None else str(end),
        "unit_amount": None if whole else amount,
        "flat_amount": amount if whole else None,
    }


def coupon(item):
    """The parts of entity ``billing.coupon``."""
    currency = item.get("currency_code") or None
    percent = item.get("discount_percentage")
    months = item.get("duration_month")
    if item.get("period"):
        months = item["period"] * MONTHS.get(item.get("period_unit"), 1)
    return {
        "name": item.get("name") or item["id"],
        "percent": None if percent is None else plain(percent),
        "amount": major(item.get("discount_amount"), currency),
        "currency": currency,
        "duration": DURATIONS.get(item.get("duration_type"), "forever"),
        "months": months,
        "is_active": item.get("status") == "active",
    }
