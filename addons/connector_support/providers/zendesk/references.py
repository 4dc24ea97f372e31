"""Zendesk's lists that are matched with Odoo's: those who answer."""

from odoo.addons.connector_base.engine.records import ReferenceValue

from . import ask

ROLES = (("role[]", "agent"), ("role[]", "admin"))


def agents(client):
    """:return: iterator of ``ReferenceValue`` of kind ``owner``"""
    for item in ask.pages(client, ("users",), "users", ROLES):
        email = item.get("email") or None
        hints = {"email": email}
        if item.get("suspended"):
            hints["archived"] = True
        label = item.get("name") or email or str(item["id"])
        yield ReferenceValue("owner", str(item["id"]), label, hints)
