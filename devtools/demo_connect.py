"""The demo's part inside Odoo: connect the suite to the simulated vendors."""

import datetime
import secrets

from odoo import fields

from . import (
    demo_chargebee,
    demo_company,
    demo_freshdesk,
    demo_hubspot,
    demo_salesforce,
    demo_stripe,
    demo_zendesk,
)

# Deals that were won in so many days before the demo begins become orders.
DAYS_HANDED_OVER = 60
# Vendor -> the module that connects it.
VENDORS = {
    "hubspot": demo_hubspot,
    "salesforce": demo_salesforce,
    "stripe": demo_stripe,
    "chargebee": demo_chargebee,
    "zendesk": demo_zendesk,
    "freshdesk": demo_freshdesk,
}
# Those whose won deals become orders.
SELLING = frozenset({"hubspot", "salesforce"})


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
            if vendor in SELLING:
                _hand_over(env, connection)
        tokens[vendor] = connection.webhook_token
    return tokens


def _hand_over(env, connection):
    """Let won deals become orders: small ones at once, others after approval."""
    env["connector.handoff.policy"].create(
        {
            "name": f"Deals of {connection.name}",
            "connection_id": connection.id,
            "user_id": env.ref("base.user_admin").id,
            "since": fields.Date.today() - datetime.timedelta(days=DAYS_HANDED_OVER),
            "fallback_product_id": demo_company.service(env).id,
            "confirm": "below",
            "confirm_limit": 20_000,
            "invoice_plan": "full",
        }
    )


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
