"""What a subscription is worth a month and a year, in plain Python.

The convention, so that two people get one number:

- MRR is what the items of a subscription bill in one month, without taxes, at their
  present quantities and prices; ARR is twelve times as much.
- A month is a twelfth of a year of 365 days, which has 365/7 weeks: a price per year
  counts 1/12, per week 365/84, per day 365/12. Stripe and Chargebee normalize years and
  months alike; for weeks and days vendors differ, many count 4 weeks and 30 days, which
  makes a year of 48 weeks.
- What is metered, billed once, or free of charge counts 0.
- ``active`` and ``past_due`` count. What is in a trial, paused, suspended (unpaid), not
  begun, or over counts 0, as in Stripe's reports:
  https://docs.stripe.com/billing/subscriptions/analytics/glossary [S]
- A discount counts as long as it is in force, whether it ends or not. (Stripe's own
  reports count those without an end only:
  https://support.stripe.com/questions/billing-analytics [S].) Percents are taken off
  one after the other, then amounts; nothing counts less than 0. An amount is what one
  interval is billed less: where items are billed in different intervals, it is taken
  off those of the shortest one, with which it comes most often.
- Nothing is rounded before the end. What comes out is rounded to the currency's
  decimals, half up.
"""

import datetime
import decimal

D = decimal.Decimal
#: Months in one interval, as numerator and denominator.
MONTHS = {
    "day": (12, 365),
    "week": (84, 365),
    "month": (1, 1),
    "year": (12, 1),
}
#: Days in one interval, for telling which is the shortest.
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
COUNTS = frozenset({"active", "past_due"})
ZERO = D(0)


def number(text):
    """A decimal text as ``Decimal``; nothing is 0."""
    return D(str(text)) if text not in (None, "", False) else ZERO


def moment(text):
    """ISO 8601 as an aware moment, or ``None``."""
    if not text:
        return None
    found = datetime.datetime.fromisoformat(str(text))
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def per_month(amount, interval, count=1):
    """An amount that is billed once in ``count`` intervals, as a month's.

    >>> per_month(D(1200), "year")
    Decimal('100')
    """
    if count < 1:
        raise ValueError("an interval comes once or more")
    numerator, denominator = MONTHS[interval]
    return amount * denominator / (numerator * count)


def is_recurring(item):
    """Whether an item (``shapes.Item``) is billed again and again, whatever is used."""
    return not item.get("metered") and not item.get("charge") and item.get("interval")


def item_amount(item):
    """What an item bills in one interval, before discounts: ``Decimal``."""
    if item.get("amount") is not None:
        return number(item["amount"])
    return number(item.get("unit_amount")) * number(item.get("quantity"))


def in_force(discounts, at):
    """Those discounts (``shapes.Discount``) that apply at a moment; the end is out."""
    return [
        discount
        for discount in discounts
        if (not discount.get("starts_at") or moment(discount["starts_at"]) <= at)
        and (not discount.get("ends_at") or at < moment(discount["ends_at"]))
    ]


def next_change(discounts, at):
    """When the discounts that are in force are others, next; ``None`` for never."""
    moments = {
        moment(discount[key])
        for discount in discounts
        for key in ("starts_at", "ends_at")
        if discount.get(key)
    }
    return min((one for one in moments if one > at), default=None)


def item_months(items, discounts, at):
    """What each item comes to in a month at a moment, discounts taken off.

    :param items: list of ``shapes.Item``
    :param discounts: list of ``shapes.Discount`` of the whole subscription
    :return: list of ``Decimal`` in the order of the items, not rounded; 0 or more each
        where the item's amount is
    """
    found = in_force(discounts, at)
    rest = D(1)
    for discount in found:
        if discount.get("percent"):
            rest *= 1 - number(discount["percent"]) / 100
    rest = max(rest, ZERO)
    amounts = [
        item_amount(item) * rest if is_recurring(item) else ZERO for item in items
    ]
    off = sum((number(d.get("amount")) for d in found if not d.get("percent")), ZERO)
    if off:
        _take_off(items, amounts, off)
    return [
        per_month(amount, item["interval"], item.get("interval_count") or 1)
        if amount
        else ZERO
        for item, amount in zip(items, amounts, strict=True)
    ]


def _take_off(items, amounts, off):
    """Take an amount off the items of the shortest interval, by their shares."""
    lengths = [
        DAYS[item["interval"]] * (item.get("interval_count") or 1) if amount > 0 else 0
        for item, amount in zip(items, amounts, strict=True)
    ]
    shortest = min((length for length in lengths if length), default=0)
    chosen = [i for i, length in enumerate(lengths) if length and length == shortest]
    whole = sum((amounts[i] for i in chosen), ZERO)
    if whole:
        left = max(whole - off, ZERO)
        for i in chosen:
            amounts[i] = amounts[i] * left / whole


def mrr(status, items, discounts, at):
    """Monthly recurring revenue of a subscription at a moment: ``Decimal``, exact.

    :param status: one of ``connector.subscription``'s
    :param at: aware moment
    """
    if status not in COUNTS:
        return ZERO
    return sum(item_months(items, discounts, at), ZERO)


def arr(status, items, discounts, at):
    """Annual recurring revenue: twelve times the MRR, before that is rounded."""
    return 12 * mrr(status, items, discounts, at)


def rounded(amount, decimals):
    """An amount as its currency is counted: half up, as invoices are."""
    step = D(1).scaleb(-decimals)
    return amount.quantize(step, rounding=decimal.ROUND_HALF_UP)
