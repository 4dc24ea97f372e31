"""What follows from a record's properties and is no property itself.

HubSpot counts the probability of a deal from 0 to 1, and takes the ``discount`` of a
line item off each unit. [M; label “Unit discount” of the property]
"""

import decimal

#: Decimals of a percentage that is worked out.
DIGITS = decimal.Decimal("0.000001")


def _number(text, otherwise=None):
    """:raises decimal.InvalidOperation: for what is no number"""
    return otherwise if text in (None, "") else decimal.Decimal(text)


def _probability(properties):
    found = _number(properties.get("hs_deal_stage_probability"))
    return None if found is None else (found * 100).quantize(DIGITS).normalize()


def _total_discount(properties):
    discount = _number(properties.get("discount"))
    quantity = _number(properties.get("quantity"), 1)
    return None if discount is None else discount * quantity


def _percentage(properties):
    """The discount in percent, also where it was entered as an amount."""
    found = _number(properties.get("hs_discount_percentage"))
    discount, price = (_number(properties.get(n)) for n in ("discount", "price"))
    if found is not None or not discount or not price:
        return found
    return (discount * 100 / price).quantize(DIGITS).normalize()


#: Object -> ``{name: (label, kind, function, properties that it needs)}``.
FIELDS = {
    "deals": {
        "probability": (
            *("Deal Probability (%)", "number", _probability),
            ("hs_deal_stage_probability",),
        )
    },
    "line_items": {
        "total_discount": (
            *("Discount of the Whole Line", "money", _total_discount),
            ("discount", "quantity"),
        ),
        "discount_percentage": (
            *("Discount (%), Also of an Amount", "number", _percentage),
            ("hs_discount_percentage", "discount", "price"),
        ),
    },
}


def needed(object_type, names):
    """Properties that must be read for some of an object's derived values."""
    known = FIELDS.get(object_type, {})
    return {source for name in names if name in known for source in known[name][3]}


def derive(object_type, names, properties):
    """What the path ``derived.…`` of a record holds.

    :param properties: ``{name: text or None}``
    :return: ``{name: text or None}``; where a property is no number it stands for what
        would follow from it, so that the field map says what is wrong
    """
    known = FIELDS.get(object_type, {})
    found = {}
    for name in names:
        if name not in known:
            continue
        _label, _kind, function, sources = known[name]
        try:
            value = function(properties)
            found[name] = None if value is None else format(value, "f")
        except decimal.InvalidOperation:
            found[name] = next(
                text for text in map(properties.get, sources) if not _is_number(text)
            )
    return found


def _is_number(text):
    try:
        _number(text)
    except decimal.InvalidOperation:
        return False
    return True
