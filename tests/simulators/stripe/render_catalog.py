"""Products, prices, tax rates, coupons and meters. [S OpenAPI; fixtures; SDK]"""

from .values import decimal_text, number

TAX_TYPES = {"vat": "vat", "gst": "gst", "sales_tax": "sales_tax"}


def product(view, obj):
    """A product."""
    body = {
        "id": obj.id,
        "object": "product",
        "active": obj.active,
        "created": obj.created,
        "default_price": obj.extra.get("default_price"),
        "description": obj.description,
        "images": [],
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "name": obj.name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": obj.kind,
        "unit_label": obj.unit_label,
        "updated": obj.updated,
        "url": None,
    }
    body["marketing_features" if view.new else "features"] = []
    return body


def price(view, obj):
    """A price; tiers are left out. A package is a per-unit price that divides."""
    tiered = obj.scheme in ("tiered", "volume")
    body = {
        "id": obj.id,
        "object": "price",
        "active": obj.active,
        "billing_scheme": "tiered" if tiered else "per_unit",
        "created": obj.created,
        "currency": obj.currency.lower(),
        "custom_unit_amount": None,
        "livemode": view.livemode,
        "lookup_key": obj.extra.get("lookup_key"),
        "metadata": dict(obj.metadata),
        "nickname": obj.name,
        "product": obj.product,
        "recurring": None,
        "tax_behavior": "inclusive" if obj.tax_inclusive else "exclusive",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if obj.interval else "one_time",
        "unit_amount": None if tiered else obj.amount,
        "unit_amount_decimal": None if tiered else decimal_text(obj.amount),
    }
    if tiered:
        body["tiers_mode"] = "graduated" if obj.scheme == "tiered" else "volume"
    if obj.scheme == "package":
        body["transform_quantity"] = {"divide_by": obj.package, "round": "up"}
    if obj.interval:
        body["recurring"] = _recurring(view, obj)
    return body


def _recurring(view, obj):
    body = {
        "interval": obj.interval,
        "interval_count": obj.interval_count,
        "trial_period_days": obj.trial_days or None,
        "usage_type": "metered" if obj.metered else "licensed",
        "meter": obj.meter,
    }
    if not view.new:
        body["aggregate_usage"] = "sum" if obj.metered else None
    return body


def tiers(obj):
    """The tiers of a price, None where it has none."""
    if not obj.tiers:
        return None
    return [
        {
            "flat_amount": each.flat or None,
            "flat_amount_decimal": decimal_text(each.flat) if each.flat else None,
            "unit_amount": each.amount,
            "unit_amount_decimal": decimal_text(each.amount),
            "up_to": each.up_to,
        }
        for each in obj.tiers
    ]


def tax_rate(view, obj):
    """A tax rate."""
    percentage = number(obj.percent)
    body = {
        "id": obj.id,
        "object": "tax_rate",
        "active": obj.active,
        "country": obj.country,
        "created": obj.created,
        "description": None,
        "display_name": obj.name,
        "effective_percentage": percentage,
        "inclusive": obj.inclusive,
        "jurisdiction": obj.jurisdiction or obj.country,
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "percentage": percentage,
        "state": obj.state,
        "tax_type": TAX_TYPES.get(obj.kind),
    }
    if view.new:
        body |= {"flat_amount": None, "jurisdiction_level": None}
        body["rate_type"] = "percentage"
    return body


def coupon(view, obj):
    """A coupon."""
    return {
        "id": obj.id,
        "object": "coupon",
        "amount_off": obj.amount,
        "created": obj.created,
        "currency": obj.currency and obj.currency.lower(),
        "duration": obj.duration,
        "duration_in_months": obj.months,
        "livemode": view.livemode,
        "max_redemptions": None,
        "metadata": dict(obj.metadata),
        "name": obj.name,
        "percent_off": None if obj.percent is None else number(obj.percent),
        "redeem_by": None,
        "times_redeemed": obj.redeemed,
        "valid": obj.active,
    }


def meter(view, obj):
    """A billing meter."""
    return {
        "id": obj.id,
        "object": "billing.meter",
        "created": obj.created,
        "customer_mapping": {
            "event_payload_key": "stripe_customer_id",
            "type": "by_id",
        },
        "default_aggregation": {"formula": obj.aggregation},
        "display_name": obj.name,
        "event_name": obj.event_name,
        "event_time_window": None,
        "livemode": view.livemode,
        "status": "active" if obj.active else "inactive",
        "status_transitions": {"deactivated_at": None},
        "updated": obj.updated,
        "value_settings": {"event_payload_key": "value"},
    }
