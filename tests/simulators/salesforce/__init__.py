"""Simulator of the Salesforce REST, Bulk 2.0 and outbound message APIs."""

from .auth import KEY, SECRET, USERNAME
from .simulator import TOKEN, SalesforceSimulator

__all__ = ["KEY", "SECRET", "TOKEN", "USERNAME", "SalesforceSimulator"]
