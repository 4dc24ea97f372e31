"""Simulator of the Stripe API."""

from .facts import NEW_VERSION as VERSION
from .simulator import TOKEN, StripeSimulator

__all__ = ["TOKEN", "VERSION", "StripeSimulator"]
