"""Requests of Chargebee's API that readers and writers share."""

import email.utils
import hashlib
import json
import uuid

from odoo.addons.connector_base.engine.answers import listed

from . import form
from .endpoints import BASE, LIST_LIMIT
from .errors import VENDOR

IDEMPOTENCY_HEADER = "chargebee-idempotency-key"
#: Longest idempotency key. [S] idempotency
KEY_LENGTH = 100


def page(client, listing, params=(), offset=None, limit=LIST_LIMIT):
    """One page of a list.

    :param listing: ``endpoints.Listing``
    :param params: further pairs of name and value
    :return: ``Reply`` whose data is ``{"list": [{name: record}], "next_offset": …}``
    """
    pairs = [("limit", limit), *listing.params, *params]
    if offset:
        pairs.append(("offset", offset))
    return client.get(f"{BASE}/{listing.path}", pairs)


def items(listing, reply):
    """The records of a page; see ``engine.answers.listed``."""
    return [entry[listing.name] for entry in listed(VENDOR, reply.data, "list")]


def everything(client, listing, params=()):
    """The records of all pages of a list, as an iterator."""
    offset = None
    while True:
        reply = page(client, listing, params, offset)
        yield from items(listing, reply)
        offset = reply.data.get("next_offset")
        if not offset:
            return


def named(client, listing, ids):
    """The records of some ids, as an iterator; those that aren't there are left out."""
    ids = list(ids)
    for start in range(0, len(ids), LIST_LIMIT):
        part = json.dumps(ids[start : start + LIST_LIMIT], separators=(",", ":"))
        yield from everything(client, listing, (("id[in]", part),))


def post(client, where, params, key=None):
    """Make or change something, safe to be sent again.

    :param params: nested JSON values
    :param key: where the same request may come from another process: within half an
        hour Chargebee then gives its first answer again. A new one otherwise, so that a
        request whose answer was lost on its way can be repeated at once.
    :return: ``Reply``
    """
    return client.request(
        "POST",
        where,
        data=form.encode(params),
        headers={IDEMPOTENCY_HEADER: shortened(key) if key else str(uuid.uuid4())},
        safe=True,
    )


def shortened(key, length=KEY_LENGTH):
    """A key that is not too long, as different as the one that was given."""
    if len(key) <= length:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"{key[: length - 33]}-{digest}"


def read_at(reply, client):
    """When an answer was made, in seconds since 1970, by Chargebee's clock."""
    stamp = reply.headers.get("Date")
    moment = email.utils.parsedate_to_datetime(stamp) if stamp else client.clock()
    return int(moment.timestamp())
