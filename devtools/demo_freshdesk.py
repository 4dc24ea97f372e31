"""The demo's Freshdesk: it serves the companies that HubSpot has."""

from . import demo_support
from .demo_company import control
from .demo_support import BOTH_WAYS  # noqa: F401  part of what a demo's vendor says


def connect(env, url, token, webhook_secret):
    """:return: ``(connection, whether it is new)``"""
    secrets = {"api_key": token, "webhook_secret": webhook_secret}
    return demo_support.connect(env, "freshdesk", "Freshdesk", url, secrets)


def subscribe(url, target, webhook_secret):
    """Let the rules of the desk at ``url`` tell ``target`` of each change."""
    headers = {"X-Webhook-Secret": webhook_secret}
    control(url, "webhooks", {"target": target, "headers": headers})
