"""The demo's part inside Odoo: connect the suite to the simulated vendor."""

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
}
RATES_SINCE = "2020-01-01"
# Of the salespeople at the vendor, the last one has no user in Odoo.
WITHOUT_USER = 1


def connect(env, url, token):
    """Connect this database to the vendor at ``url`` and start the first sync.

    Called at each start of the demo, so it must find what an earlier call made.
    The caller commits. The first jobs must be there when it returns: the demo
    is done when none is left.
    """
    connection = env["connector.connection"].search([("provider", "=", "hubspot")])
    if connection:
        connection.base_url = url
        connection.credential_ids.secret = token
        connection.action_connect()
        return
    _prepare_company(env)
    connection = env["connector.connection"].create(
        {
            "name": "HubSpot",
            "provider": "hubspot",
            "base_url": url,
            "owner_id": env.ref("base.user_admin").id,
        }
    )
    connection.credential_ids.secret = token
    # The simulated vendor answers as fast as it can.
    connection.budget_ids.requests = 100_000
    connection.action_connect()
    connection.flow_ids.write({"interval_minutes": 1, "latency_target": 5})
    _decide_values(env, connection)


def _prepare_company(env):
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


def _decide_values(env, connection):
    """What an administrator would decide: owners' users, and the main pipeline.

    The stages of the second pipeline stay undecided: they show as exceptions.
    """
    lines = connection.value_map_ids.line_ids
    owners = lines.filtered(lambda line: line.res_model == "res.users")
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
    pipelines = lines.filtered(lambda line: line.map_id.name == "pipeline")
    stages = lines.filtered(
        lambda line: (
            line.map_id.name == "deal_stage"
            and (line.hints or {}).get("pipeline") == pipelines[:1].remote_label
        )
    )
    (pipelines + stages).action_accept_suggestion()
