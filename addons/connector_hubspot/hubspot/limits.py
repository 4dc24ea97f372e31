"""HubSpot's rate limits, as its headers tell them.

Sources: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
for the headers; searches have a limit of their own, 5 a second for an account, which no
header tells [M].
"""

import datetime

PREFIX = "X-HubSpot-RateLimit-"
#: Header -> seconds until it lets us through again once it is used up. The daily limit
#: resets at midnight of the account's time zone: asked again each quarter of an hour.
USED_UP_SECONDS = {"Daily-Remaining": 900, "Secondly-Remaining": 1}
DEFAULT_INTERVAL_MS = 10_000
#: Seconds between two searches: a little less than 5 a second.
SEARCH_INTERVAL = 0.22


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
    except ValueError:
        return default
