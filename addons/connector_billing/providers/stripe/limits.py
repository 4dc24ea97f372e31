"""Stripe's limits of requests.

https://docs.stripe.com/rate-limits: 100 requests a second in live mode, 25 in test mode,
for an account; single endpoints have less. Answers tell nothing of what is left. How
long a limit lasts isn't told, either: a second, or until a lock is gone.
"""

from odoo.addons.connector_base.engine.records import BudgetSpec

REQUESTS = "requests"
#: The lower one, that no account is above: administrators of live accounts raise it.
BUDGETS = (BudgetSpec(REQUESTS, "Requests", 25, 1),)


def budget_names(method, path):
    """The budgets that a request counts in."""
    return (REQUESTS,)
