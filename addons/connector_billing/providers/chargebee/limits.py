"""Chargebee's limits of requests, of a site and of its plan.

https://www.chargebee.com/docs, API limits [S]: a minute 150 requests of a test site and
of Starter, 1,000 of Performance, 3,500 of Enterprise. Answers tell nothing of what is
left, but when it is worth asking again. [SDK] ``Retry-After`` of a 429
"""

from odoo.addons.connector_base.engine.records import BudgetSpec

REQUESTS = "requests"
#: The lowest one, that every site has: administrators of larger plans raise it.
BUDGETS = (BudgetSpec(REQUESTS, "Requests a Minute", 150, 60),)


def budget_names(method, path):
    """The budgets that a request counts in."""
    return (REQUESTS,)
