"""Requests of Stripe's API that readers and writers share."""

import email.utils
import uuid

from odoo.addons.connector_base.engine.answers import listed

from . import form
from .endpoints import LIST_LIMIT
from .errors import VENDOR

#: Seconds by which what we call the time of a reading lies before it: what was changed
#: just then may have been missed, and is asked for again.
READ_LAG = 5


def page(client, path, params=(), expand=(), after=None, limit=LIST_LIMIT):
    """One page of a list.

    :param params: pairs of name and value
    :param expand: what its objects are to hold in full
    :param after: id of the object that the page comes behind
    :return: ``Reply`` whose data is ``{"data": […], "has_more": bool}``
    :raises errors.TransientError: where it holds something else
    """
    pairs = [("limit", limit), *params, ("starting_after", after)]
    reply = client.get(path, form.query(pairs, expand, "data."))
    objects(reply.data)
    return reply


def objects(data):
    """The objects of an answer; see ``engine.answers.listed``."""
    return listed(VENDOR, data, "data")


def everything(client, path, params=(), expand=(), after=None):
    """The objects of all pages of a list, as an iterator."""
    while True:
        data = page(client, path, params, expand, after).data
        yield from data["data"]
        if not data.get("has_more") or not data["data"]:
            return
        after = data["data"][-1]["id"]


def one(client, path, expand=()):
    """One object.

    :return: ``Reply``
    :raises errors.RemoteNotFound: where there is none
    """
    return client.get(path, form.query(expand=expand))


def post(client, path, params, key=None):
    """Make or change something, safe to be sent again.

    :param params: nested JSON values
    :param key: idempotency key, where the same request may come from another process;
        a new one otherwise. The same key with the same values has Stripe repeat its
        first answer without doing anything.
    :return: ``Reply``
    """
    return client.request(
        "POST",
        path,
        data=form.encode(params),
        headers={"Idempotency-Key": key or str(uuid.uuid4())},
        safe=True,
    )


def read_at(reply, client):
    """When an answer was made, in seconds since 1970, by Stripe's clock."""
    stamp = reply.headers.get("Date")
    moment = email.utils.parsedate_to_datetime(stamp) if stamp else client.clock()
    return int(moment.timestamp())
