"""Strict, stateful simulators of the vendors' APIs, for tests, benchmarks and demos.

    with HubSpotSimulator(records=20, seed=1) as hubspot:
        requests.get(f"{hubspot.url}/crm/objects/2026-09/companies", ...)

By hand: ``PYTHONPATH=tests python -m simulators hubspot --port 8900 --records 200``.
They bind 127.0.0.1 only and need nothing but the standard library, Faker as soon as
records are generated, and cryptography when assertions are to be verified.
"""

from .chargebee import ChargebeeSimulator
from .clock import Clock
from .freshdesk import FreshdeskSimulator
from .hubspot import HubSpotSimulator
from .salesforce import SalesforceSimulator
from .server import Simulator
from .stripe import StripeSimulator
from .zendesk import ZendeskSimulator

__all__ = [
    "ChargebeeSimulator",
    "Clock",
    "FreshdeskSimulator",
    "HubSpotSimulator",
    "SalesforceSimulator",
    "Simulator",
    "StripeSimulator",
    "ZendeskSimulator",
]
