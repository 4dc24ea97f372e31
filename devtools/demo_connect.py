"""The demo's part inside Odoo: connect the suite to the simulated vendors."""

import secrets

from . import demo_company, demo_hubspot, demo_salesforce

# Vendor -> the module that connects it.
VENDORS = {"hubspot": demo_hubspot, "salesforce": demo_salesforce}


def connect(env, vendors, secret):
    """Connect this database to the vendors and start the first sync.

    Called at each start of the demo, so it must find what an earlier call made.
    The caller commits. The first jobs must be there when it returns: the demo
    is done when none is left.

    :param vendors: ``{vendor: (address, token)}``
    :param secret: what the vendors sign their webhooks with
    :return: ``{vendor: token of its webhooks' address}``
    """
    if not env["connector.connection"].search_count([], limit=1):
        demo_company.prepare(env)
    tokens = {}
    for vendor, (url, token) in vendors.items():
        module = VENDORS[vendor]
        connection, is_new = module.connect(env, url, token, secret)
        if is_new:
            connection.flow_ids.write({"interval_minutes": 1, "latency_target": 5})
            _send_back(connection, module.BOTH_WAYS)
        tokens[vendor] = connection.webhook_token
    return tokens


def subscribe(vendors, tokens, odoo, secret):
    """Let the vendors tell Odoo of each change.

    :param odoo: address of Odoo
    """
    for vendor, (url, _token) in vendors.items():
        target = f"{odoo}/connector/webhook/{tokens[vendor]}"
        VENDORS[vendor].subscribe(url, target, secret)


def new_secret():
    """What the vendors sign their webhooks with; another one at each start."""
    return secrets.token_hex(32)


def _send_back(connection, streams):
    """Edits of these records go out; whoever edited last is right."""
    for flow in connection.flow_ids:
        if flow.stream not in streams:
            continue
        draft = flow.active_map_id.copy(
            {"note": "The last edit counts, wherever it was made."}
        )
        draft.line_ids.owner = "newest"
        draft._take_effect()
        flow.direction = "both"
