"""Salesforce's limits of requests, as its answers tell them.

Source: ``Sforce-Limit-Info: api-usage=18/5000`` on every REST answer, followed by
``; per-app-api-usage=17/250(appName=…)`` where an app has a limit of its own,
https://developer.salesforce.com/docs/platform/api-rest/guide/headers-api-usage. The
limit is of the last 24 hours: 100,000 and more by licences in production, 15,000 in a
Developer Edition [3P, limits cheat sheet].
"""

import re

from odoo.addons.connector_base.engine.budget import Quota
from odoo.addons.connector_base.engine.records import BudgetSpec

HEADER = "Sforce-Limit-Info"
_USAGE = re.compile(r"(?:^|[;,\s])(?:per-app-)?api-usage=(\d+)/(\d+)")

#: The budget that a connection begins with: the least that an org has. The org's own
#: numbers take its place with the first answer.
REQUESTS = "requests"
BUDGETS = (BudgetSpec(REQUESTS, "Requests a Day", 15_000, 86_400, told=True),)


def budget_names(method, path):
    """The budgets that a request counts in."""
    return (REQUESTS,)


def quotas(headers, now):
    """What Salesforce says of its own count; the tighter one, where an app has its own.

    :return: list of ``Quota``
    """
    found = [
        (int(limit) - int(used), int(limit))
        for used, limit in _USAGE.findall(headers.get(HEADER) or "")
    ]
    if not found:
        return []
    remaining, limit = min(found)
    return [Quota(REQUESTS, limit, max(remaining, 0))]
