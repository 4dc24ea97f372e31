"""Simulator of the HubSpot CRM API."""

from .rate import RateLimit
from .simulator import TOKEN, HubSpotSimulator

__all__ = ["TOKEN", "HubSpotSimulator", "RateLimit"]
