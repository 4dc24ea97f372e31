"""What the demo's desks share: they serve the customers that the other systems have."""

import json
import urllib.request

from .demo_company import APPROVER, control

# Nothing of what a desk has is edited in Odoo: it is told how customers stand.
BOTH_WAYS = ()
# Organizations of a desk that no other system has, and how much goes on for each.
OWN = 6
# Service level, the product that comes with it, coverage, and hours to the first reply
# and to the solution by priority. The products are those of the simulated billing.
LEVELS = (
    ("Gold", "Business", "24/7", (("urgent", 1, 8), ("high", 4, 24))),
    ("Silver", "Team", "Mo-Fr 9-17", (("urgent", 4, 24), ("normal", 24, 72))),
)
PEOPLE, TICKETS = 4, 9
MOST_CUSTOMERS = 30
SECONDS = 30


def of_stripe(url, token):
    """Customers of the simulated Stripe.

    :return: list of ``(name, domain)``
    """
    found = _get(f"{url}/v1/customers?limit={MOST_CUSTOMERS}", f"Bearer {token}")
    return [
        (customer["name"], customer["email"].partition("@")[2])
        for customer in reversed(found["data"])
    ]


def of_hubspot(url, token):
    """Companies of the simulated HubSpot, as :func:`of_stripe`."""
    query = f"limit={MOST_CUSTOMERS}&properties=name,domain"
    found = _get(f"{url}/crm/v3/objects/companies?{query}", f"Bearer {token}")
    properties = [each["properties"] for each in found["results"]]
    return [
        (each["name"].strip(), each["domain"])
        for each in properties
        if each.get("name") and each.get("domain")
    ]


# Desk -> whose customers ask it, how they are read, and what it calls them.
SERVED = {
    "zendesk": ("stripe", of_stripe, "organizations", "records", "users"),
    "freshdesk": ("hubspot", of_hubspot, "company", "companies", "contacts"),
}


def fill(access):
    """Let those desks that are empty have lived for a year.

    :param access: ``{vendor: (address, token)}`` of all simulated vendors
    """
    for desk, (vendor, read, counted, firms, people) in SERVED.items():
        url, _token = access[desk]
        state = _get(f"{url}/_control/state")
        if state.get("objects", state)[counted]:
            continue
        customers = read(*access[vendor])
        number = len(customers) + OWN
        control(
            url,
            "seed",
            {
                firms: number,
                people: number * PEOPLE,
                "tickets": number * TICKETS,
                "customers": customers,
            },
        )


def connect(env, provider, label, url, secrets):
    """Find or make the connection, enter what may be new, and connect it.

    :param secrets: ``{key of a credential: secret}``
    :return: ``(connection, whether it is new)``
    """
    connection = env["connector.connection"].search(
        [("provider", "=", provider)], order="id", limit=1
    )
    is_new = not connection
    if is_new:
        connection = env["connector.connection"].create(
            {
                "name": label,
                "provider": provider,
                "environment": "sandbox",
                "base_url": url,
                "owner_id": env.ref("base.user_admin").id,
            }
        )
        connection.action_renew_webhook_token()
        # The simulated desk answers as fast as it can.
        connection.budget_ids.requests = 100_000
    connection.base_url = url
    for credential in connection.credential_ids:
        if credential.key in secrets:
            credential.secret = secrets[credential.key]
    connection.action_connect()
    if is_new:
        lines = connection.value_map_ids.line_ids
        lines.filtered(lambda line: not line.res_id).action_accept_suggestion()
    return connection, is_new


def settle(env):
    """What a head of support sets up, once customers and tickets are there."""
    from odoo import Command

    levels = env["connector.service.level"]
    if levels.search_count([], limit=1):
        return
    for place, (name, sold, coverage, targets) in enumerate(LEVELS):
        levels.create(
            {
                "name": name,
                "tier": name,
                "sequence": place,
                "coverage": coverage,
                "product_ids": env["product.product"].search([("name", "=", sold)]).ids,
                "target_ids": [
                    Command.create(
                        {
                            "priority": priority,
                            "first_reply_hours": reply,
                            "resolution_hours": solved,
                        }
                    )
                    for priority, reply, solved in targets
                ],
            }
        )
    admin = env.ref("base.user_admin")
    desk = env["connector.connection"].search([("provider", "=", "zendesk")], limit=1)
    env["connector.support.rule"].create(
        {
            "name": "Requests about billing",
            "connection_ids": desk.ids,
            "trigger": "created",
            "tags_any": "billing",
            "action": "activity",
            "user_id": admin.id,
            "summary": "Ticket {number}: {subject}",
            "comment_done": "Finance has looked into it.",
            "status_done": "pending",
        }
    )
    env["connector.context.token"].create(
        {
            "name": "Zendesk sidebar",
            "connection_id": desk.id,
            "field_ids": env["connector.context.field"].search([]).ids,
        }
    )
    _suspend(env, admin)


def _suspend(env, admin):
    """A customer who hasn't paid for long; somebody else approves it."""
    overdue = env["connector.customer.standing"].search(
        [
            ("account_status", "=", "past_due"),
            ("company_id", "=", env.company.id),
            ("partner_id.is_company", "=", True),
        ],
        order="overdue_days desc",
        limit=1,
    )
    if not overdue:
        return
    suspension = env["connector.suspension"].create(
        {
            "partner_id": overdue.partner_id.id,
            "reason": "Your invoices have been overdue for some time.",
            "grace_days": 0,
        }
    )
    suspension.with_user(admin).action_submit()
    if suspension.state == "waiting":
        finance = env["res.users"].search([("login", "=", APPROVER)])
        suspension.with_user(finance).action_approve()


def _get(url, authorization=None):
    headers = {"Authorization": authorization} if authorization else {}
    # No proxy: the address is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(
        urllib.request.Request(url, headers=headers), timeout=SECONDS
    ) as r:
        return json.loads(r.read())
