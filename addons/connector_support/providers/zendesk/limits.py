"""Zendesk's limits of requests, and what its answers tell of them.

https://developer.zendesk.com/api-reference/introduction/rate-limits [S]: a minute 200
requests of the plan Team, 400 of Growth and Professional, 700 of Enterprise [3P for the
numbers]; ``X-Rate-Limit`` and ``X-Rate-Limit-Remaining`` tell those of the account,
``ratelimit-reset`` the seconds until they begin anew. Some endpoints have a limit of
their own, told as ``zendesk-ratelimit-<endpoint>: total=…; remaining=…; resets=…``.
"""

import datetime
import re

from odoo.addons.connector_base.engine.budget import Quota
from odoo.addons.connector_base.engine.records import BudgetSpec

REQUESTS = "requests"
EXPORTS = "exports"
TICKET_UPDATES = "ticket_updates"
ORGANIZATION_UPDATES = "organization_updates"
#: The lowest numbers, that every account has. Exports: 10 a minute for all of them
#: together [S incremental_exports], 30 with an add-on [M]. Update Ticket: 100 a minute
#: [S]. Update Organization, one at a time: 5 a minute [S, announced 2022].
BUDGETS = (
    BudgetSpec(REQUESTS, "Requests a Minute", 200, 60, told=True),
    BudgetSpec(EXPORTS, "Incremental Exports", 10, 60, everything=False),
    BudgetSpec(TICKET_UPDATES, "Updates of Tickets", 100, 60, everything=False),
    BudgetSpec(
        ORGANIZATION_UPDATES,
        "Updates of Single Organizations",
        5,
        60,
        everything=False,
    ),
)
#: What has a limit of its own: (method, path) -> budget.
OWN = (
    ("GET", re.compile(r"/incremental/"), EXPORTS),
    ("PUT", re.compile(r"/tickets/\d+$"), TICKET_UPDATES),
    ("PUT", re.compile(r"/organizations/\d+$"), ORGANIZATION_UPDATES),
)
ENDPOINT_PREFIX = "zendesk-ratelimit-"
#: How the header of Update Ticket goes on.
OF_TICKETS = "tickets-update"
_LEFT = re.compile(r"remaining=(\d+)")


def budget_names(method, path):
    """The budgets that a request counts in."""
    own = [
        name for verb, where, name in OWN if verb == method and where.search(f"/{path}")
    ]
    return (*own, REQUESTS)


def left(headers):
    """Requests that are left of the account's minute; ``None`` where it isn't told."""
    return _number(headers, "X-Rate-Limit-Remaining")


def is_of_one_ticket(headers):
    """Whether a 429 of Update Ticket is that of the one ticket: those of the account
    and of the endpoint let more through."""
    for name, value in headers.items():
        if name.lower() == f"{ENDPOINT_PREFIX}{OF_TICKETS}":
            found = _LEFT.search(str(value))
            return bool(found) and int(found[1]) > 0
    return False


def quotas(headers, now):
    """What Zendesk says of its own count.

    :return: list of ``Quota``
    """
    limit, remaining = _number(headers, "X-Rate-Limit"), left(headers)
    if limit is None:
        return []
    seconds = _number(headers, "ratelimit-reset")
    resets_at = None
    if seconds is not None:
        resets_at = now + datetime.timedelta(seconds=min(seconds, 3600))
    return [Quota(REQUESTS, limit, remaining, resets_at)]


def _number(headers, name):
    try:
        return int(headers.get(name))
    except (TypeError, ValueError):
        return None
