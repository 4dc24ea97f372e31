"""What follows from the properties of a line item.

A ``discount`` is taken off each unit, and Odoo's lines know what is taken off the
whole. [M; label “Unit discount” of the property]
"""

import decimal

#: Properties that must be read for it.
SOURCES = ("discount", "quantity")


def derived(properties):
    """What the path ``derived.…`` of a line item holds.

    :param properties: ``{name: text or None}``
    :return: ``{"total_discount": text or None}``; what is no number stays as it came,
        so that the mapping says so
    """
    discount = properties.get("discount")
    if discount in (None, ""):
        return {"total_discount": None}
    try:
        quantity = decimal.Decimal(properties.get("quantity") or "1")
        total = decimal.Decimal(discount) * quantity
    except decimal.InvalidOperation:
        return {"total_discount": discount}
    return {"total_discount": format(total, "f")}
