"""What the demo's Stripe and Chargebee share: books, and what each tax means."""

from .demo_company import control

# Nothing of what is billed is edited in Odoo.
BOTH_WAYS = ()
# Taxes that nobody has decided on: they show as exceptions.
UNDECIDED = 1


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
        # The simulated vendor answers as fast as it can.
        connection.budget_ids.requests = 100_000
    connection.base_url = url
    for credential in connection.credential_ids:
        credential.secret = secrets[credential.key]
    connection.action_connect()
    if is_new:
        env["connector.billing.policy"]._for(connection).action_set_up_money()
        _decide_values(env, connection)
    return connection, is_new


def subscribe(url, settings):
    """Let the vendor at ``url`` tell Odoo of each change."""
    control(url, "webhooks", settings)


def _decide_values(env, connection):
    """What a finance approver would decide: each tax, all but the last."""
    lines = connection.value_map_ids.line_ids.filtered(lambda line: not line.res_id)
    taxes = lines.filtered(lambda line: line.map_id.name == "billing.tax")
    (lines - taxes).action_accept_suggestion()
    for line in taxes.sorted("remote_label")[:-UNDECIDED]:
        line.res_id = _tax(env, line)


def _tax(env, line):
    """The tax of Odoo's that is called as the vendor's."""
    taxes = env["account.tax"]
    found = taxes.search(
        [
            ("name", "=", line.remote_label),
            ("company_id", "=", line.company_id.id),
            ("type_tax_use", "=", "sale"),
        ],
        limit=1,
    )
    within = "tax_included" if line.hints.get("inclusive") else "tax_excluded"
    return found or taxes.create(
        {
            "name": line.remote_label,
            "amount": float(line.hints["rate"]),
            "type_tax_use": "sale",
            "company_id": line.company_id.id,
            "price_include_override": within,
            "tax_group_id": env["account.tax.group"]
            .create({"name": line.remote_label, "company_id": line.company_id.id})
            .id,
        }
    )
