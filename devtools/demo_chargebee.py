"""The demo's Chargebee: a year of subscriptions, invoices and payments."""

from . import demo_billing
from .demo_billing import BOTH_WAYS  # noqa: F401  part of what a demo's vendor says

# The user name that Odoo asks for.
USER = "odoo"


def connect(env, url, token, webhook_secret):
    """:return: ``(connection, whether it is new)``"""
    secrets = {"api_key": token, "webhook_secret": webhook_secret}
    return demo_billing.connect(env, "chargebee", "Chargebee", url, secrets)


def subscribe(url, target, webhook_secret):
    """Let the vendor at ``url`` tell ``target`` of each change."""
    settings = {"target": target, "user": USER, "password": webhook_secret}
    demo_billing.subscribe(url, settings)
