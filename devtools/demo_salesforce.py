"""The demo's Salesforce: accounts and contacts both ways, what is sold in."""

from .demo_company import control, users_of_owners

# What is edited in Odoo goes out, too.
BOTH_WAYS = ("Account", "Contact")
# What the org's outbound messages tell of, as an administrator would set them up.
TOLD = ("Account", "Contact", "Lead", "Opportunity", "Product2")
CONSUMER_KEY = "simulated-salesforce-consumer-key"


def connect(env, url, token, webhook_secret):
    """Find or make the connection, enter what may be new, and connect it.

    :param token: consumer secret of the external client app
    :param webhook_secret: none is needed: the org's id stands for it
    :return: ``(connection, whether it is new)``
    """
    connection = env["connector.connection"].search(
        [("provider", "=", "salesforce")], order="id", limit=1
    )
    if connection:
        connection.base_url = url
        _enter_secrets(connection, token)
        connection.action_connect()
        return connection, False
    connection = env["connector.connection"].create(
        {
            "name": "Salesforce",
            "provider": "salesforce",
            "environment": "sandbox",
            "base_url": url,
            "owner_id": env.ref("base.user_admin").id,
        }
    )
    connection.action_renew_webhook_token()
    _enter_secrets(connection, token)
    # The simulated vendor answers as fast as it can.
    connection.budget_ids.requests = 100_000
    connection.action_connect()
    lines = connection.value_map_ids.line_ids
    users_of_owners(env, lines.filtered(lambda line: line.res_model == "res.users"))
    lines.filtered(lambda line: not line.res_id).action_accept_suggestion()
    return connection, True


def subscribe(url, target, webhook_secret):
    """Let the org at ``url`` send ``target`` outbound messages."""
    objects = {name: ["LastModifiedDate"] for name in TOLD}
    control(url, "outbound", {"target": target, "objects": objects})


def _enter_secrets(connection, token):
    by_key = {line.key: line for line in connection.credential_ids}
    by_key["consumer_key"].secret = CONSUMER_KEY
    by_key["consumer_secret"].secret = token
