"""A strict, stateful Chargebee site (API v2, Product Catalog 2)."""

from .access import KEY
from .simulator import ChargebeeSimulator

__all__ = ["KEY", "ChargebeeSimulator"]
