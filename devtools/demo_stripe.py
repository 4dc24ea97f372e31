"""The demo's Stripe: a year of subscriptions, invoices, payments and payouts."""

from . import demo_billing
from .demo_billing import BOTH_WAYS  # noqa: F401  part of what a demo's vendor says


def connect(env, url, token, webhook_secret):
    """:return: ``(connection, whether it is new)``"""
    secrets = {"api_key": token, "webhook_secret": webhook_secret}
    return demo_billing.connect(env, "stripe", "Stripe", url, secrets)


def subscribe(url, target, webhook_secret):
    """Let the vendor at ``url`` tell ``target`` of each change."""
    demo_billing.subscribe(url, {"target": target, "secret": webhook_secret})
