"""Freshdesk's limits of requests, of an account and of its plan.

https://developers.freshdesk.com/api/#ratelimit [S, as quoted by
rate-limits.apis.io/freshdesk]: a minute 200 requests of Growth, 400 of Pro, 700 of
Enterprise; within them 80, 160, 280 that create tickets and as many that update one,
20, 100, 200 that list tickets and as many that list contacts. The account's own number
is in each answer (``X-RateLimit-Total``, ``-Remaining``), those of the endpoints in
none. Invalid requests count, and all apps of an account share one limit. What is
included costs more: 2 of each list, 1 of each record [S list_all_tickets,
view_a_ticket].
"""

import re

from odoo.addons.connector_base.engine.budget import Quota
from odoo.addons.connector_base.engine.records import BudgetSpec

PREFIX = "X-RateLimit-"
MINUTE = 60
REQUESTS = "requests"
TICKET_LISTS = "ticket_lists"
TICKET_UPDATES = "ticket_updates"
CONTACT_LISTS = "contact_lists"
#: Those of Growth, the lowest plan with limits of endpoints: administrators of a larger
#: plan raise the last three.
BUDGETS = (
    BudgetSpec(REQUESTS, "Requests a Minute", 200, MINUTE, told=True),
    BudgetSpec(TICKET_LISTS, "Lists of Tickets", 20, MINUTE, everything=False),
    BudgetSpec(CONTACT_LISTS, "Lists of Contacts", 20, MINUTE, everything=False),
    BudgetSpec(TICKET_UPDATES, "Updates of Tickets", 80, MINUTE, everything=False),
)
#: ``(method, pattern of the path)`` -> budget of its own.
LIMITED = (
    ("GET", re.compile(r"api/v2/tickets"), TICKET_LISTS),
    ("GET", re.compile(r"api/v2/contacts"), CONTACT_LISTS),
    ("PUT", re.compile(r"api/v2/tickets/\d+"), TICKET_UPDATES),
)
#: Credits of each thing that is included in a list, and in one record.
LIST_CREDITS, VIEW_CREDITS = 2, 1


def budget_names(method, path):
    """The budgets that a request counts in; one that costs more is named as often.

    :param path: with what is included as its query, see ``ask.including``
    """
    where, _mark, query = path.partition("?")
    own = [
        name
        for verb, pattern, name in LIMITED
        if verb == method and pattern.fullmatch(where)
    ]
    included = query.removeprefix("include=").split(",") if query else ()
    each = LIST_CREDITS if TICKET_LISTS in own else VIEW_CREDITS
    return (*own, *[REQUESTS] * (1 + each * len(included)))


def quotas(headers, now):
    """What Freshdesk says of its own count.

    :return: list of ``Quota``
    """
    limit, remaining = (_number(headers, name) for name in ("Total", "Remaining"))
    if not limit or remaining is None:
        return []
    return [Quota(REQUESTS, limit, max(remaining, 0))]


def _number(headers, name):
    try:
        return int(headers.get(PREFIX + name))
    except (TypeError, ValueError):
        return None
