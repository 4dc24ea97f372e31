"""The demo's part inside Odoo: how far the first sync has come."""


def status(env):
    """Counts of what was synced, and of the work that is left.

    Returns a dict with companies, contacts, deals, invoices, tickets, exceptions,
    pending_jobs.
    """

    def bound(entity):
        return env["connector.binding"].search_count([("entity", "=", entity)])

    jobs = env["connector.job"].search_count([("state", "in", ("pending", "started"))])
    never_run = env["connector.flow"].search_count(
        [
            ("last_success_at", "=", False),
            ("direction", "!=", "push"),
            ("connection_id.state", "=", "connected"),
        ]
    )
    return {
        "companies": bound("customer.company"),
        "contacts": bound("customer.contact"),
        "deals": bound("opportunity"),
        "invoices": bound("billing.invoice"),
        "tickets": bound("support.ticket"),
        "exceptions": env["connector.exception"].search_count([("state", "=", "open")]),
        "pending_jobs": max(jobs, never_run),
    }
