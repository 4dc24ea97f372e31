"""A connected account whose companies and contacts go both ways."""

#: Who owns what, so that the right end is known however things come to pass. ``key``
#: names a record on both sides and never changes.
OWNERS = {
    "companies": {
        "name": "remote",
        "street": "remote",
        "street2": "newest",
        "city": "odoo",
        "zip": "odoo",
    },
    "contacts": {
        "first_name": "remote",
        "last_name": "remote",
        "company": "remote",
        "job": "newest",
        "email": "odoo",
    },
}
SECRET = "client-secret-of-the-app-0123456789"


def connect(env, hubspot):
    """Make the connection; nothing is read yet. :return: ``(id, webhook token)``"""
    connection = env["connector.connection"].create(
        {"name": "HubSpot", "provider": "hubspot", "base_url": hubspot.url}
    )
    secrets = {"access_token": hubspot.token, "webhook_secret": SECRET}
    for credential in connection.credential_ids:
        credential.secret = secrets.get(credential.key)
    # This is not about waiting: budgets are wide, and what is down is looked at soon.
    connection.budget_ids.requests = 100_000
    connection.write(
        {
            "circuit_failures": 8,
            "circuit_window": 10,
            "circuit_first_probe": 1,
            "circuit_longest_probe": 4,
        }
    )
    connection.action_connect()
    for flow in connection.flow_ids:
        if flow.stream in OWNERS:
            both_ways(env, flow)
            try_soon_again(env, flow)
        else:
            flow.active = False
    return connection.id, connection.webhook_token


def both_ways(env, flow):
    """Let a flow read and send; each field has its owner."""
    draft = env["connector.field.map"].browse(
        flow.active_map_id.action_new_draft()["res_id"]
    )
    owners = OWNERS[flow.stream]
    draft.line_ids.filtered(lambda line: line.target not in owners).unlink()
    for line in draft.line_ids:
        line.owner = owners[line.target]
    # No second person is here.
    draft._take_effect()
    flow.direction = "both"


def try_soon_again(env, flow):
    env["connector.retry.policy"].create(
        [
            {
                "flow_id": flow.id,
                "error_class": error_class,
                "tries": 60,
                "base": 1,
                "cap": 3,
            }
            for error_class in ("transient", "timeout", "remote_down")
        ]
    )


def add_faults(hubspot):
    """What goes wrong at the vendor, and on the way from it."""
    add = hubspot.faults.add
    for status in (500, 502, 503):
        add("status", status=status, times=None, chance=0.015)
    add("drop", times=None, chance=0.02)
    add("drop", worked=True, times=None, chance=0.03)
    for kind in ("drop_half", "malformed", "truncated", "html"):
        add(kind, times=None, chance=0.01)
    add("rate_limit", times=None, chance=0.005, retry_after=1)
    add("latency", ms=60, times=None, chance=0.3)
    hubspot.webhooks.configure(
        faults={
            "drop": 0.1,
            "duplicate": 0.2,
            "reorder": 0.3,
            "delay": 0.2,
            "bad_signature": 0.02,
        }
    )


def take_faults_back(hubspot):
    hubspot.faults.clear()
    hubspot.webhooks.configure(faults={})
