"""A vendor-neutral billing engine, which the simulators of vendors render.

Plain Python, deterministic: the same seed and the same calls make the same account.
"""

from .engine import BillingEngine
from .rules import CHARGEBEE, STRIPE, Refused, Rules

__all__ = ["CHARGEBEE", "STRIPE", "BillingEngine", "Refused", "Rules"]
