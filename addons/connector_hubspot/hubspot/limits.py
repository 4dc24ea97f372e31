"""HubSpot's rate limits, as its headers tell them.

Sources: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
for the headers; searches have a limit of their own, 5 a second for an account, which no
header tells [M].
"""

import datetime

from odoo.addons.connector_base.engine.budget import Quota
from odoo.addons.connector_base.engine.records import BudgetSpec

PREFIX = "X-HubSpot-RateLimit-"
#: Header -> seconds until it lets us through again once it is used up. The daily limit
#: resets at midnight of the account's time zone: asked again each quarter of an hour.
USED_UP_SECONDS = {"Daily-Remaining": 900, "Secondly-Remaining": 1}
DEFAULT_INTERVAL_MS = 10_000
#: Seconds between two searches: a little less than 5 a second.
SEARCH_INTERVAL = 0.22

#: Budgets that a connection begins with. Requests: 100 in 10 seconds is what the lowest
#: tier has, others 190 or 250 [S usage guidelines; changelog
#: increasing-our-api-limits]. Searches: 4 a second for an account [S changelog].
REQUESTS = "requests"
SEARCHES = "searches"
BUDGETS = (
    BudgetSpec(REQUESTS, "Requests", 100, 10),
    BudgetSpec(SEARCHES, "Searches", 4, 1, everything=False),
)


def budget_names(method, path):
    """The budgets that a request counts in."""
    searching = method == "POST" and path.endswith("/search")
    return (SEARCHES, REQUESTS) if searching else (REQUESTS,)


def quotas(headers, now):
    """What HubSpot says of its own count: that of the day, where it tells it.

    An app that signs in by OAuth is not told of the day [M]: then the one of ten
    seconds is what there is to know. The day ends at midnight of the account, which the
    headers don't tell.

    :return: list of ``Quota``
    """
    if PREFIX + "Daily" in headers:
        limit, remaining = (
            _number(headers, name, None) for name in ("Daily", "Daily-Remaining")
        )
        return [Quota(REQUESTS, limit, remaining)]
    if PREFIX + "Max" not in headers:
        return []
    limit, remaining = (_number(headers, name, None) for name in ("Max", "Remaining"))
    interval = _number(headers, "Interval-Milliseconds", DEFAULT_INTERVAL_MS)
    resets_at = now + datetime.timedelta(milliseconds=interval)
    return [Quota(REQUESTS, limit, remaining, resets_at)]


def not_before(headers, now):
    """The time before which the next request would be refused, or ``None``.

    :param headers: of HubSpot's last answer
    :param now: aware UTC
    """
    waits = [
        seconds
        for name, seconds in USED_UP_SECONDS.items()
        if _number(headers, name, 1) <= 0
    ]
    if _number(headers, "Remaining", 1) <= 0:
        interval = _number(headers, "Interval-Milliseconds", DEFAULT_INTERVAL_MS)
        waits.append(interval / 1000)
    return now + datetime.timedelta(seconds=max(waits)) if waits else None


def _number(headers, name, default):
    try:
        return int(headers.get(PREFIX + name, default))
    except (TypeError, ValueError):
        return default
