"""The demo's HubSpot: companies and contacts both ways, deals and products in."""

import time

from .demo_company import control, users_of_owners

# What is edited in Odoo goes out, too.
BOTH_WAYS = ("companies", "contacts")


def connect(env, url, token, webhook_secret):
    """Find or make the connection, enter what may be new, and connect it.

    :return: ``(connection, whether an edit of Odoo's goes back from now on)``
    """
    connection = env["connector.connection"].search(
        [("provider", "=", "hubspot")], order="id", limit=1
    )
    if connection:
        connection.base_url = url
        # A demo from before there were webhooks has not sent anything yet, either.
        is_older = not _enter_secrets(connection, token, webhook_secret)
        connection.action_connect()
        return connection, is_older
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
    _decide_values(env, connection)
    return connection, True


def subscribe(url, target, webhook_secret):
    """Let the vendor at ``url`` tell ``target`` of each change.

    It begins anew with each of its starts, this database doesn't: what it makes from
    now on is numbered by the time, so that no id comes twice.
    """
    now = int(time.time() * 1000)
    control(url, "settings", {"next_id": now})
    settings = {"target": target, "secret": webhook_secret, "next_event_id": now}
    control(url, "webhooks", settings)


def _enter_secrets(connection, token, webhook_secret):
    """Returns whether there was a secret of webhooks before."""
    if not connection.webhook_token:
        connection.action_renew_webhook_token()
    by_key = {line.key: line for line in connection.credential_ids}
    had_one = bool(by_key["webhook_secret"].hint)
    by_key["access_token"].secret = token
    by_key["webhook_secret"].secret = webhook_secret
    return had_one


def _decide_values(env, connection):
    """What an administrator would decide: owners' users, and the main pipeline.

    The stages of the second pipeline stay undecided: they show as exceptions.
    """
    lines = connection.value_map_ids.line_ids
    users_of_owners(env, lines.filtered(lambda line: line.res_model == "res.users"))
    pipelines = lines.filtered(lambda line: line.map_id.name == "pipeline")
    stages = lines.filtered(
        lambda line: (
            line.map_id.name == "deal_stage"
            and (line.hints or {}).get("pipeline") == pipelines[:1].remote_label
        )
    )
    (pipelines + stages).action_accept_suggestion()
