"""Queries of Salesforce and their answers, as readers, writers and others ask them."""

from odoo.addons.connector_base.engine.answers import listed

from .endpoints import path
from .errors import VENDOR


def rows(data, name="records"):
    """The records of an answer; see ``engine.answers.listed``.

    ``records`` is there whatever a query finds. [S] api_rest, resources_query
    """
    return listed(VENDOR, data, name)


def following(client, reply):
    """The records of an answer and of those that it goes on with, as an iterator."""
    while True:
        yield from rows(reply.data)
        where = reply.data.get("nextRecordsUrl")
        if not where:
            return
        reply = client.get(where)


def everything(client, query):
    """All records of a query, as an iterator."""
    where = path(client.api_version, "query")
    yield from following(client, client.get(where, {"q": query}))
