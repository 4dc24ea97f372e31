"""Freshdesk's lists that are matched with Odoo's: agents, as owners."""

from odoo.addons.connector_base.engine.records import ReferenceValue

from . import ask
from .endpoints import path


def agents(client):
    """:return: iterator of ``ReferenceValue`` of kind ``owner``"""
    for agent in ask.everything(client, path("agents")):
        person = agent.get("contact") or {}
        address = person.get("email") or None
        hints = {"email": address}
        if person.get("active") is False:
            # Tickets may still name them.
            hints["archived"] = True
        label = person.get("name") or address or str(agent["id"])
        yield ReferenceValue("owner", str(agent["id"]), label, hints)
