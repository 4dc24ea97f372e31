"""Billing periods, in UTC, counted from an anchor.

Months are counted from the anchor's day, and end with a month that is too short: from
31 January come 28 February and 31 March.
"""

import calendar
from datetime import UTC, datetime

SECONDS = {"day": 86_400, "week": 7 * 86_400}
MONTHS = {"month": 1, "year": 12}


def after(anchor, interval, count, number):
    """The moment ``number`` periods of ``count`` intervals after the anchor."""
    if interval in SECONDS:
        return anchor + SECONDS[interval] * count * number
    start = datetime.fromtimestamp(anchor, tz=UTC)
    months = start.year * 12 + start.month - 1 + MONTHS[interval] * count * number
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    moment = start.replace(year=year, month=month + 1, day=min(start.day, last))
    return int(moment.timestamp())


def next_boundary(anchor, interval, count, moment):
    """The first boundary after ``moment``; the anchor itself may be it."""
    if moment < anchor:
        return anchor
    if interval in SECONDS:
        number = (moment - anchor) // (SECONDS[interval] * count)
    else:
        start = datetime.fromtimestamp(anchor, tz=UTC)
        end = datetime.fromtimestamp(moment, tz=UTC)
        months = (end.year - start.year) * 12 + end.month - start.month
        number = max(0, months // (MONTHS[interval] * count) - 1)
    while after(anchor, interval, count, number) <= moment:
        number += 1
    return after(anchor, interval, count, number)


def whole_period(subscription, price):
    """Seconds of the subscription's period, or what it would have were it no stub."""
    start, end = subscription.period_start, subscription.period_end
    if start < subscription.anchor:
        start = after(subscription.anchor, price.interval, price.interval_count, -1)
    return end - start


def text(moment):
    """``2026-03-31``, for descriptions."""
    return datetime.fromtimestamp(moment, tz=UTC).strftime("%Y-%m-%d")
