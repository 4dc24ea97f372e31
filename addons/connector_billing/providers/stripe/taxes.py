"""Taxes and discounts of lines, in the shapes before and since basil.

Sources: OpenAPI ``line_item``, ``invoice_tax_amount``, ``credit_note_line_item`` [S];
https://docs.stripe.com/changelog/basil/2025-03-31/invoice-tax-configurations: since
then ``taxes`` name a tax rate among ``tax_rate_details`` and say by ``tax_behavior``
whether the amount contains them.
"""

from .money import major


def taxes_of(line, currency, look):
    """The taxes of a line as :class:`~...engine.shapes.Tax`.

    :param look: ``ReferenceData``
    """
    if line.get("taxes") is not None:
        return [_tax(each, currency, look) for each in line["taxes"]]
    rates = {rate["id"]: rate for rate in line.get("tax_rates") or []}
    return [
        _old_tax(each, currency, rates, look) for each in line.get("tax_amounts") or []
    ]


def _tax(item, currency, look):
    details = item.get("tax_rate_details") or {}
    found = item.get("rate") or {}
    rate_id = details.get("tax_rate") or found.get("id")
    inclusive = item.get("tax_behavior") == "inclusive"
    return _shape(item, rate_id, found, inclusive, currency, look)


def _old_tax(item, currency, rates, look):
    rate = item.get("tax_rate")
    rate_id = rate["id"] if isinstance(rate, dict) else rate
    found = rate if isinstance(rate, dict) else rates.get(rate_id) or {}
    return _shape(item, rate_id, found, bool(item.get("inclusive")), currency, look)


def _shape(item, rate_id, rate, inclusive, currency, look):
    if rate_id and not rate:
        rate = look.tax_rate(rate_id)
    percent = rate.get("percentage")
    label = rate_label(rate) or str(item.get("taxability_reason") or item.get("type"))
    return {
        "tax": rate_id or label,
        "label": label,
        "rate": None if percent is None else plain(percent),
        "amount": major(item["amount"], currency),
        "base": major(item.get("taxable_amount"), currency),
        "inclusive": inclusive,
    }


def plain(number):
    """A number of JSON without zeros that mean nothing: ``"19"``, ``"8.875"``.

    >>> plain(19.0), plain(8.875)
    ('19', '8.875')
    """
    text = str(number)
    return text.rstrip("0").rstrip(".") if "." in text else text


def rate_label(rate):
    """What people call a tax rate: “VAT 19 % (DE)”, “Sales Tax 8.875 % (US-NY)”."""
    if not rate:
        return None
    name = rate.get("display_name") or rate.get("id")
    percent = plain(rate.get("percentage") or 0)
    place = "-".join(
        part for part in (rate.get("country"), rate.get("state")) if part
    ) or rate.get("jurisdiction")
    parts = [
        name,
        # Many names tell it already.
        None if f"{percent}%" in name.replace(" ", "") else f"{percent} %",
        f"({place})" if place else None,
        "incl." if rate.get("inclusive") else None,
    ]
    return " ".join(part for part in parts if part)


def discounts_of(line, currency, coupons):
    """What coupons and billing credits take off a line.

    :param coupons: ``{id of a discount: (id of its coupon, name)}``
    :return: list of :class:`~...engine.shapes.Discount`
    """
    found = []
    for item in line.get("discount_amounts") or []:
        discount = item.get("discount")
        if isinstance(discount, dict):
            coupon, label = coupon_of(discount)
        else:
            coupon, label = coupons.get(discount, (None, None))
        if item.get("amount"):
            found.append(_amount_off(coupon, label, item["amount"], currency))
    for item in line.get("pretax_credit_amounts") or []:
        if item.get("type") == "credit_balance_transaction" and item.get("amount"):
            found.append(_amount_off(None, None, item["amount"], currency))
    return found


def _amount_off(coupon, label, amount, currency):
    return {
        "coupon": coupon,
        "label": label,
        "amount": major(amount, currency),
        "percent": None,
        "starts_at": None,
        "ends_at": None,
    }


def coupon_of(discount):
    """``(id, name)`` of the coupon of a discount; the name where it is told."""
    found = discount.get("coupon") or (discount.get("source") or {}).get("coupon")
    if isinstance(found, dict):
        return found.get("id"), found.get("name")
    return found, None


def coupons_by_discount(*lists):
    """``{id of a discount: (id of its coupon, name)}`` of discounts in full."""
    return {
        discount["id"]: coupon_of(discount)
        for discounts in lists
        for discount in discounts or []
        if isinstance(discount, dict)
    }
