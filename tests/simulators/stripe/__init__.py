"""Simulator of the Stripe API."""

from .simulator import TOKEN, StripeSimulator

__all__ = ["TOKEN", "StripeSimulator"]
