"""The demo's part inside Odoo: connect the suite to the simulated vendor."""

import json
import secrets
import time
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
}
RATES_SINCE = "2020-01-01"
# Of the salespeople at the vendor, the last one has no user in Odoo.
WITHOUT_USER = 1
# Login and password of who approves field maps.
APPROVER = "finance"
# What is edited in Odoo goes out, too.
STREAMS_BOTH_WAYS = ("companies", "contacts")


def connect(env, url, token, webhook_secret):
    """Connect this database to the vendor at ``url`` and start the first sync.

    Called at each start of the demo, so it must find what an earlier call made.
    The caller commits. The first jobs must be there when it returns: the demo
    is done when none is left.

    Returns the connection.
    """
    connection = env["connector.connection"].search([("provider", "=", "hubspot")])
    if connection:
        connection.base_url = url
        # A demo from before there were webhooks has not sent anything yet, either.
        is_older = not _enter_secrets(connection, token, webhook_secret)
        connection.action_connect()
        if is_older:
            _send_back(connection)
        return connection
    _prepare_company(env)
    connection = env["connector.connection"].create(
        {
            "name": "HubSpot",
            "provider": "hubspot",
            "base_url": url,
            "owner_id": env.ref("base.user_admin").id,
        }
    )
    _enter_secrets(connection, token, webhook_secret)
    # The simulated vendor answers as fast as it can.
    connection.budget_ids.requests = 100_000
    connection.action_connect()
    connection.flow_ids.write({"interval_minutes": 1, "latency_target": 5})
    _decide_values(env, connection)
    _send_back(connection)
    return connection


def subscribe(url, target, webhook_secret):
    """Let the vendor at ``url`` tell ``target`` of each change.

    It begins anew with each of its starts, this database doesn't: what it makes from
    now on is numbered by the time, so that no id comes twice.
    """
    now = int(time.time() * 1000)
    _control(url, "settings", {"next_id": now})
    settings = {"target": target, "secret": webhook_secret, "next_event_id": now}
    _control(url, "webhooks", settings)


def _control(url, name, body):
    request = urllib.request.Request(
        f"{url}/_control/{name}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    # No proxy: the address is this machine's own.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(request, timeout=30).close()


def new_secret():
    """What the vendor signs its webhooks with; another one at each start."""
    return secrets.token_hex(32)


def _enter_secrets(connection, token, webhook_secret):
    """Returns whether there was a secret of webhooks before."""
    if not connection.webhook_token:
        connection.action_renew_webhook_token()
    by_key = {line.key: line for line in connection.credential_ids}
    had_one = bool(by_key["webhook_secret"].hint)
    by_key["access_token"].secret = token
    by_key["webhook_secret"].secret = webhook_secret
    return had_one


def _send_back(connection):
    """Edits of companies and contacts go out; whoever edited last is right."""
    for flow in connection.flow_ids:
        if flow.stream not in STREAMS_BOTH_WAYS:
            continue
        draft = flow.active_map_id.copy(
            {"note": "The last edit counts, wherever it was made."}
        )
        draft.line_ids.owner = "newest"
        draft._take_effect()
        flow.direction = "both"


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
    # A field map is approved by a second person.
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "name": "Fay Finance",
            "login": APPROVER,
            "password": APPROVER,
            "group_ids": [(4, approvers.id)],
        }
    )


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
