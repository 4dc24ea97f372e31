"""Simulator of the Zendesk Support API."""

from .simulator import CLIENT_ID, SECRET, TOKEN, ZendeskSimulator

__all__ = ["CLIENT_ID", "SECRET", "TOKEN", "ZendeskSimulator"]
