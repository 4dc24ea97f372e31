"""A vendor-neutral billing engine, which the simulators of vendors render.

Plain Python, deterministic: the same seed and the same calls make the same account.
"""

from .engine import BillingEngine
from .rules import CHARGEBEE, STRIPE, Refused, Rules
from .truth import Truth, truth
from .year import run_year

__all__ = [
    "CHARGEBEE",
    "STRIPE",
    "BillingEngine",
    "Refused",
    "Rules",
    "Truth",
    "run_year",
    "truth",
]
