"""Customers and their tax ids. [S OpenAPI customer, tax_id; fixtures]"""

from . import facts


def customer(view, obj):
    """A customer; credit in its favour is a negative balance."""
    currency = obj.currency or view.account.facts["currency"].upper()
    body = {
        "id": obj.id,
        "object": "customer",
        "address": address(obj),
        "balance": -obj.balance.get(currency, 0),
        "created": obj.created,
        "currency": obj.currency and obj.currency.lower(),
        "default_source": None,
        "delinquent": obj.delinquent,
        "description": obj.extra.get("description"),
        "discount": None,
        "email": obj.email,
        "invoice_prefix": obj.id[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": payment_method_id(obj.id),
            "footer": None,
            "rendering_options": None,
        },
        "livemode": view.livemode,
        "metadata": dict(obj.metadata),
        "name": obj.name,
        "next_invoice_sequence": 1,
        "phone": obj.phone,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": obj.tax_exempt,
        "test_clock": None,
    }
    if view.new and obj.extra.get("business_name"):
        body["business_name"] = obj.extra["business_name"]
    if view.new and obj.extra.get("individual_name"):
        body["individual_name"] = obj.extra["individual_name"]
    return body


def address(obj):
    """The address of a customer, None where nothing of it is known."""
    given = {
        "city": obj.city,
        "country": obj.country,
        "line1": obj.street,
        "line2": obj.extra.get("line2"),
        "postal_code": obj.zip,
        "state": obj.state,
    }
    return given if any(given.values()) else None


def payment_method_id(customer_id):
    """The id of a customer's one payment method."""
    return facts.PREFIXES["payment_method"] + customer_id.rpartition("_")[2]


def tax_id_id(customer_id):
    """The id of a customer's one tax id."""
    return facts.PREFIXES["tax_id"] + customer_id.rpartition("_")[2]


def tax_ids(view, obj):
    """The tax ids of a customer, in a list."""
    if not obj.tax_id:
        return []
    body = {
        "id": tax_id_id(obj.id),
        "object": "tax_id",
        "country": obj.country,
        "created": obj.created,
        "customer": obj.id,
        "livemode": view.livemode,
        "type": obj.tax_id_kind or "unknown",
        "value": obj.tax_id,
        "verification": {
            "status": "verified",
            "verified_address": None,
            "verified_name": None,
        },
    }
    if view.new:
        body["owner"] = {"customer": obj.id, "type": "customer"}
    return [body]
