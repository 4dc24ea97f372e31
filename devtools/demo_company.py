"""What the demo's company has before any vendor is connected."""

import json
import urllib.request

# Approximate, so that deals in foreign currencies can be shown. CHF is left out on
# purpose: the demo shows what a missing rate looks like.
UNITS_PER_DOLLAR = {
    "EUR": 0.92,
    "GBP": 0.79,
    "JPY": 151.0,
    "BRL": 5.1,
    "CAD": 1.37,
    "PLN": 3.95,
    "INR": 83.5,
    "SEK": 10.6,
    "MXN": 17.2,
    "AUD": 1.52,
    "KWD": 0.31,
}
RATES_SINCE = "2020-01-01"
# Of the salespeople at a vendor, the last one has no user in Odoo.
WITHOUT_USER = 1
# Login and password of who approves field maps.
APPROVER = "finance"


def control(url, name, body):
    """Tell a simulated vendor what to do."""
    request = urllib.request.Request(
        f"{url}/_control/{name}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    # No proxy: the address is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(request, timeout=30).close()


def prepare(env):
    """Currencies with rates, and a second person who approves field maps."""
    currencies = env["res.currency"].with_context(active_test=False)
    for currency in currencies.search([("name", "in", list(UNITS_PER_DOLLAR))]):
        currency.active = True
        if currency != env.company.currency_id:
            env["res.currency.rate"].create(
                {
                    "currency_id": currency.id,
                    "name": RATES_SINCE,
                    "rate": UNITS_PER_DOLLAR[currency.name],
                }
            )
    approvers = env.ref("connector_base.group_finance_approver")
    approvers.user_ids += env.ref("base.user_admin")
    # A field map is approved by a second person.
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Fay Finance",
            "login": APPROVER,
            "password": APPROVER,
            "group_ids": [(4, approvers.id)],
        }
    )


def service(env):
    """What deals sell that name no product."""
    name = "Services as Agreed"
    products = env["product.product"]
    return products.search([("name", "=", name)], limit=1) or products.create(
        {"name": name, "type": "service", "invoice_policy": "order"}
    )


def users_of_owners(env, owners):
    """Make the users whom a vendor's salespeople stand for, all but the last.

    :param owners: lines of the value map
    """
    # Who logs in sees deals of their own.
    owners[:1].res_id = env.ref("base.user_admin").id
    for line in owners[1:-WITHOUT_USER]:
        env["res.users"].with_context(no_reset_password=True).create(
            {
                "name": line.remote_label,
                "login": line.hints["email"],
                "email": line.hints["email"],
                "group_ids": [(4, env.ref("sales_team.group_sale_salesman").id)],
            }
        )
    owners._suggest()
