"""Stripe's limits of requests.

https://docs.stripe.com/rate-limits: an account has 100 requests a second in live mode
and 25 in test mode; single endpoints have less [M]. Answers tell nothing of what is
left, and not how long a limit lasts.
"""

from odoo.addons.connector_base.engine.records import BudgetSpec

REQUESTS = "requests"
#: The lower one, that no account is above: administrators of live accounts raise it.
BUDGETS = (BudgetSpec(REQUESTS, "Requests", 25, 1),)


def budget_names(method, path):
    """The budgets that a request counts in."""
    return (REQUESTS,)
