"""Requests of Zendesk's API that readers and writers share."""

import email.utils

from odoo.addons.connector_base.engine.answers import listed

from .endpoints import BULK, KEY, path
from .errors import VENDOR


def items(data, name):
    """The records of an answer; see ``engine.answers.listed``."""
    return listed(VENDOR, data, name)


def pages(client, where, name, params=()):
    """The records of all pages of a list, as an iterator.

    By cursor, as offsets end at the 10,000th record. [S] introduction/pagination

    :param where: parts of its path, in a tuple
    :param name: key of the records
    :param params: further pairs of name and value
    """
    after = None
    while True:
        pairs = [("page[size]", BULK), *params]
        if after:
            pairs.append(("page[after]", after))
        data = client.get(path(*where), pairs).data
        yield from items(data, name)
        told = data.get("meta") or {}
        after = told.get("after_cursor")
        if not told.get("has_more") or not after:
            return


def named(client, kind, ids, include=()):
    """Answers that hold the records of some ids, at most ``BULK`` each.

    :return: iterator of ``Reply``; what isn't there is left out of it
    """
    for part in parts(list(ids)):
        params = {"ids": ",".join(map(str, part))}
        if include:
            params["include"] = ",".join(include)
        yield client.get(path(kind, "show_many"), params)


def by_keys(client, kind, keys):
    """``{key: record}`` of those that have some of our keys."""
    found = {}
    for part in parts(list(keys)):
        params = {"external_ids": ",".join(part)}
        data = client.get(path(kind, "show_many"), params).data
        for item in items(data, kind):
            # Zendesk looks for them in any case.
            found[str(item.get(KEY)).lower()] = item
    return {key: found[key.lower()] for key in keys if key.lower() in found}


def parts(items, size=BULK):
    """Slices of a list."""
    return (items[start : start + size] for start in range(0, len(items), size))


def read_at(reply, client):
    """When an answer was made, in seconds since 1970, by Zendesk's clock."""
    stamp = reply.headers.get("Date")
    moment = email.utils.parsedate_to_datetime(stamp) if stamp else client.clock()
    return int(moment.timestamp())
