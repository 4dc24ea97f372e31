"""Requests of Freshdesk's API that readers, writers and descriptions share."""

import dataclasses
import datetime
import email.utils
import re

from odoo.addons.connector_base.engine import answers, errors

from .endpoints import LIST_LIMIT, path
from .errors import VENDOR

#: A list says by a header that it goes on. [S pagination]
NEXT = re.compile(r"<[^>]*>\s*;\s*rel=\"?next\"?", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list.

    :param more: whether the list goes on
    :param now: when it was answered, aware UTC, by Freshdesk's clock
    """

    items: list
    more: bool
    now: datetime.datetime


def within(data, name):
    """The records of an answer under a name; see ``engine.answers.listed``."""
    return answers.listed(VENDOR, data, name)


def including(where, names):
    """A path with what is to be included: as its query, so that budgets see it."""
    return f"{where}?include={','.join(names)}" if names else where


def listed(client, where, params=None, page=1, limit=LIST_LIMIT):
    """:return: :class:`Listed`"""
    found = client.get(where, {**(params or {}), "per_page": limit, "page": page})
    more = bool(NEXT.search(found.headers.get("Link") or ""))
    return Listed(checked(found.data), more, now(found, client))


def checked(items):
    """The records of an answer that is a list; see ``engine.answers.listed``."""
    return answers.listed(VENDOR, items)


def everything(client, where, params=None):
    """The records of all pages of a list, as an iterator."""
    page = 1
    while True:
        found = listed(client, where, params, page)
        yield from found.items
        if not found.more:
            return
        page += 1


def one(client, resource, record_id, include=()):
    """A record, or ``None`` where Freshdesk has none of that id."""
    if not str(record_id).isdecimal():
        return None
    try:
        found = client.get(including(path(resource, record_id), include)).data
    except errors.RemoteNotFound:
        return None
    return checked([found])[0]


def now(reply, client):
    """When an answer was made, aware UTC, by Freshdesk's clock."""
    stamp = reply.headers.get("Date")
    moment = email.utils.parsedate_to_datetime(stamp) if stamp else client.clock()
    return moment.astimezone(datetime.UTC)
