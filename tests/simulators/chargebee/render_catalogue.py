"""Customers and the product catalogue as Chargebee writes them.

[SDK chargebee-python 3, responses.py of each model; samples for what is left out where
there is no value]
"""

from ..billing.model import Payment, PendingItem, Price
from .site import cents, own_keys, pruned, stamped, unit_price

#: Schemes of the engine to pricing models. [SDK enums PricingModel]
PRICING = {
    "per_unit": "per_unit",
    "flat": "flat_fee",
    "tiered": "tiered",
    "volume": "volume",
    "package": "volume",
}
METHODS = {
    "card": "card",
    "direct_debit": "direct_debit",
    "transfer": "bank_transfer",
    "cash": "cash",
    "check": "check",
}
#: Duration of a coupon. [SDK coupon DurationType]
DURATIONS = {"once": "one_time", "repeating": "limited_period", "forever": "forever"}


def address(customer, name):
    """An address; None where the customer has none."""
    if not (customer.street or customer.city or customer.country):
        return None
    return pruned(
        {
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "company": customer.name if customer.is_company else None,
            "line1": customer.street,
            "city": customer.city,
            "state": customer.state,
            "state_code": customer.state if len(customer.state or "") < 4 else None,
            "country": customer.country,
            "zip": customer.zip,
            "validation_status": "not_validated",
            "object": name,
        }
    )


def customer(site, obj):
    """[samples customer.json, customer_changed.json]"""
    first, last = obj.first_name, obj.last_name
    if not obj.is_company and not (first or last):
        first, _space, last = obj.name.partition(" ")
    currency = obj.currency or site.currency
    method = METHODS.get(obj.method)
    stored = method in ("card", "direct_debit") and obj.collection == "automatic"
    source = f"pm_{obj.id}" if stored else None
    return pruned(
        {
            "id": obj.id,
            "first_name": first or None,
            "last_name": last or None,
            "email": obj.email,
            "phone": obj.phone,
            "company": obj.name if obj.is_company else None,
            "vat_number": obj.tax_id,
            "auto_collection": "on" if obj.collection == "automatic" else "off",
            "net_term_days": obj.terms_days,
            "allow_direct_debit": method == "direct_debit",
            "taxability": "exempt" if obj.tax_exempt == "exempt" else "taxable",
            "locale": "en",
            "pii_cleared": "active",
            "billing_address": address(obj, "billing_address"),
            "card_status": "valid" if stored and method == "card" else "no_card",
            "primary_payment_source_id": source,
            "payment_method": source
            and {
                "object": "payment_method",
                "type": method,
                "reference_id": f"tok_{obj.id}",
                "gateway": "stripe",
                "gateway_account_id": "gw_simulated",
                "status": "valid",
            },
            "preferred_currency_code": obj.currency,
            **_balances(site, obj, currency),
            **own_keys(obj, "meta_data"),
            **stamped(site, "customer", obj),
        }
    )


def _balances(site, obj, currency):
    """What is kept for a customer, in one currency at the top, all in a list."""
    listed = []
    codes = sorted({currency, *obj.balance})
    for code in codes:
        excess = sum(
            each.unused
            for each in site.store.by(Payment, "customer", obj.id)
            if each.currency == code
        )
        pending = sum(
            each.amount
            for each in site.store.by(PendingItem, "customer", obj.id)
            if each.currency == code and each.invoice is None and not each.voided
        )
        credits = max(0, obj.balance.get(code, 0) - max(0, excess))
        listed.append(
            {
                "currency_code": code,
                "balance_currency_code": code,
                "promotional_credits": 0,
                "excess_payments": cents(max(0, excess), code),
                "refundable_credits": cents(credits, code),
                "unbilled_charges": cents(pending, code),
                "object": "customer_balance",
            }
        )
    top = next(each for each in listed if each["currency_code"] == currency)
    names = ("promotional_credits", "excess_payments", "refundable_credits")
    shape = {name: top[name] for name in (*names, "unbilled_charges")}
    return {**shape, "balances": listed}


def item_family(site, family_id):
    """Families have no object of the engine: see :class:`.site.Site`."""
    kept = site.families[family_id]
    return pruned(
        {
            "id": family_id,
            "name": kept["name"],
            "description": kept.get("description"),
            "status": "deleted" if kept["deleted"] else "active",
            "updated_at": kept["updated"],
            "resource_version": kept["updated"] * 1000,
            "deleted": kept["deleted"],
            "object": "item_family",
        }
    )


def item(site, obj):
    """A product."""
    return pruned(
        {
            "id": obj.id,
            "name": obj.name,
            "external_name": obj.extra.get("external_name", obj.name),
            "description": obj.description,
            "status": status(obj),
            "item_family_id": site.family(obj),
            "type": obj.item,
            "is_shippable": obj.kind == "good",
            "is_giftable": False,
            "enabled_for_checkout": True,
            "enabled_in_portal": True,
            "included_in_mrr": True,
            "item_applicability": "all",
            "unit": obj.unit_label,
            "metered": bool(obj.extra.get("metered")) or _is_metered(site, obj),
            "applicable_items": [],
            "bundle_items": [],
            **own_keys(obj, "metadata"),
            **stamped(site, "item", obj),
        }
    )


def _is_metered(site, product):
    return any(each.metered for each in site.store.by(Price, "product", product.id))


def status(obj):
    """Of what can be archived and deleted."""
    if obj.deleted:
        return "deleted"
    return "active" if obj.active else "archived"


def item_price(site, obj):
    """A price. Packages are a tier with its size. [SDK TierResponse package_size]"""
    product = site.product(obj.id)
    currency, found = obj.currency, tiers(obj)
    shape = {
        "id": obj.id,
        "name": obj.name or obj.id,
        "external_name": obj.extra.get("external_name", product.name),
        "item_family_id": site.family(product),
        "item_id": product.id,
        "item_type": product.item,
        "status": status(obj),
        "pricing_model": PRICING[obj.scheme],
        **({} if found else unit_price(obj.amount, currency, "price")),
        "currency_code": currency,
        "free_quantity": 0,
        "is_taxable": True,
        "tax_detail": {"object": "tax_detail"},
        "tiers": found or None,
        **own_keys(obj, "metadata"),
        **stamped(site, "item_price", obj),
    }
    if obj.interval and product.item != "charge":
        shape.update(period=obj.interval_count, period_unit=obj.interval)
    if obj.trial_days:
        shape.update(trial_period=obj.trial_days, trial_period_unit="day")
    return pruned(shape)


def tiers(price):
    """Tiers with where they start; the last one has no end. [SDK TierResponse]"""
    if price.scheme == "package":
        return [
            {
                "starting_unit": 1,
                "price": cents(price.amount, price.currency),
                "pricing_type": "package",
                "package_size": price.package,
                "object": "tier",
            }
        ]
    found, start = [], 1
    for tier in price.tiers:
        flat = bool(tier.flat and not tier.amount)
        amount = tier.flat if flat else tier.amount
        shape = {
            "starting_unit": start,
            "ending_unit": tier.up_to,
            **unit_price(amount, price.currency, "price"),
            "pricing_type": "flat_fee" if flat else "per_unit",
            "object": "tier",
        }
        found.append(pruned(shape))
        start = (tier.up_to or 0) + 1
    return found


def coupon(site, obj):
    """[sample coupon_created.json, with the newer period beside duration_month]"""
    limited = obj.duration == "repeating"
    return pruned(
        {
            "id": obj.id,
            "name": obj.name,
            "invoice_name": obj.name,
            "discount_type": "fixed_amount" if obj.percent is None else "percentage",
            "discount_percentage": None if obj.percent is None else float(obj.percent),
            "discount_amount": cents(obj.amount, obj.currency),
            "currency_code": obj.currency,
            "duration_type": DURATIONS[obj.duration],
            "duration_month": obj.months if limited else None,
            "period": obj.months if limited else None,
            "period_unit": "month" if limited else None,
            "status": status(obj),
            "apply_discount_on": "not_applicable",
            "apply_on": "invoice_amount",
            "redemptions": obj.redeemed,
            "item_constraints": [
                {"constraint": "all", "item_type": kind, "object": "item_constraint"}
                for kind in ("plan", "addon", "charge")
            ],
            **own_keys(obj, "meta_data"),
            **stamped(site, "coupon", obj),
        }
    )


def feature(site, obj):
    """[SDK FeatureResponse]"""
    return pruned(
        {
            "id": obj.id,
            "name": obj.name,
            "status": "active",
            "type": "quantity" if obj.unit else "switch",
            "unit": obj.unit,
            "levels": [],
            **stamped(site, "feature", obj),
        }
    )
