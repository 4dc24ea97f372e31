"""Zendesk's organizations and users as records, what is ours to name under ``support``.

Parts under ``support`` of a user: ``role`` (end_user, agent, admin), ``other_emails``
(text, semicolons between), ``timezone`` (IANA).
"""

from odoo.addons.connector_base.engine.records import RemoteRecord
from odoo.addons.connector_base.engine.values import read_value

from . import ask
from .endpoints import END_USER, KEY

#: What an identity is whose value is an e-mail address. [S] user_identities
EMAIL = "email"


class Organizations:
    """Makes records of answers that hold organizations."""

    def __init__(self, client, paths=()):
        pass

    def records(self, data):
        """:param data: the answer, parsed"""
        return [record(item, item) for item in ask.items(data, "organizations")]


class Users:
    """Makes records of answers that hold users.

    Those who answer are none that ask: they come as archived, and so do those who were
    deleted or merged into another. Zendesk doesn't say into whom.
    """

    def __init__(self, client, paths=()):
        pass

    def records(self, data):
        """:param data: the answer, parsed; with ``identities`` beside the users"""
        users = ask.items(data, "users")
        told = "identities" in data
        addresses = {}
        for identity in data.get("identities") or []:
            if identity.get("type") == EMAIL and identity.get("value"):
                known = addresses.setdefault(identity.get("user_id"), [])
                known.append(identity["value"])
        return [
            self._record(item, addresses.get(item["id"], ()) if told else None)
            for item in users
        ]

    def _record(self, item, addresses):
        """:param addresses: all of a user, ``None`` where they weren't told"""
        role = item.get("role") or END_USER
        parts = {
            "role": role.replace("-", "_"),
            "timezone": item.get("iana_time_zone") or item.get("time_zone"),
        }
        if addresses is not None:
            first = (item.get("email") or "").lower()
            others = dict.fromkeys(a for a in addresses if a.lower() != first)
            parts["other_emails"] = ";".join(others) or None
        is_gone = item.get("active") is False or role != END_USER
        return record(item, {**item, "support": parts}, is_gone)


def record(item, values, archived=False):
    """A record of an item as Zendesk gives it.

    :param values: what field maps point into
    """
    return RemoteRecord(
        remote_id=str(item["id"]),
        values=values,
        updated_at=read_value("datetime", item.get("updated_at")),
        archived=archived,
        external_key=item.get(KEY) or None,
    )
