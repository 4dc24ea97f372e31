"""A strict, stateful Freshdesk account (API v2)."""

from .access import KEY
from .simulator import FreshdeskSimulator

__all__ = ["KEY", "FreshdeskSimulator"]
