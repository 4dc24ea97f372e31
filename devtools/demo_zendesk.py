"""The demo's Zendesk: it serves the customers whom Stripe bills."""

from . import demo_support
from .demo_company import control
from .demo_support import BOTH_WAYS  # noqa: F401  part of what a demo's vendor says

# Of the simulated OAuth client.
CLIENT_ID = "simulated-zendesk-client"


def connect(env, url, token, webhook_secret):
    """:param token: secret of the OAuth client
    :return: ``(connection, whether it is new)``
    """
    secrets = {
        "client_id": CLIENT_ID,
        "client_secret": token,
        "webhook_secret": webhook_secret,
    }
    return demo_support.connect(env, "zendesk", "Zendesk", url, secrets)


def subscribe(url, target, webhook_secret):
    """Let the desk at ``url`` tell ``target`` of each change."""
    control(url, "webhooks", {"target": target, "secret": webhook_secret})
