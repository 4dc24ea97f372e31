"""Simulator of the Stripe API."""

from .facts import NEW_VERSION as VERSION
from .rate import RateLimit
from .simulator import TOKEN, StripeSimulator

__all__ = ["TOKEN", "VERSION", "RateLimit", "StripeSimulator"]
