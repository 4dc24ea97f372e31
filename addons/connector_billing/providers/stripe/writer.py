"""Writes to Stripe, a record a request, so that no second try makes a second one.

Stripe keeps an idempotency key for a day at least [S idempotent_requests]: while it
does, the same request is answered again, and another one under the same key refused.
What an earlier try has made is looked up first, by what Stripe finds at once: an id or
look-up key of our own where there are such, the customers of an e-mail address, the
subscriptions of a customer. Its search lags behind, and is asked where nothing else is
there.

Sources: OpenAPI, ``post`` of each path [S].
"""

import datetime
import re

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult
from odoo.addons.connector_base.engine.values import UTC
from odoo.addons.connector_base.providers.row_writer import RowWriter

from . import ask
from .endpoints import KEY, below
from .errors import EXISTING, VENDOR

#: How long an idempotency key is known, with some more for clocks that differ.
KEY_SECONDS = 26 * 60 * 60
#: What an id that we give must not hold.
NOT_IN_ID = re.compile(r"[^A-Za-z0-9_-]")
#: Behind an idempotency key under which Stripe keeps a failure of its own.
AGAIN = "-again"


class StripeWriter(RowWriter):
    """Writes one stream; each has a class of its own.

    :param client: ``HttpClient`` that knows the version of the API
    """

    path = None
    #: Remote paths that can be sent, or what they begin with.
    writable = ()
    #: Those of them that are settled when a record is made.
    fixed = frozenset()
    #: Remote path -> parameter, where it isn't the same. What else is below
    #: ``billing`` is for :meth:`_own`.
    names = {}

    # -- one record -----------------------------------------------------------

    def _create(self, row):
        found = self._find(row)
        if found:
            return self._take_up(row, found)
        try:
            reply = self._post_new(row)
        except errors.InvalidRecord as error:
            if not _was_made(error):
                raise
            found = self._find(row) or self._find_recent(row)
            if not found:
                raise
            return self._take_up(row, found)
        return self._result(row, reply)

    def _post_new(self, row):
        params = {**self._params(row, new=True), **self._key_params(row)}
        try:
            return ask.post(self.client, self.path, params, row.key)
        except errors.TransientError as error:
            if not error.params.get("replayed"):
                raise
            # Had it made one all the same, that would have been found.
            return ask.post(self.client, self.path, params, f"{row.key}{AGAIN}")

    def _take_up(self, row, found):
        """Go on with what an earlier try has made: it may have sent less."""
        return self._change(row, found["id"])

    def _update(self, row):
        changed = sorted(self.fixed & row.values.keys())
        if changed:
            raise errors.InvalidRecord(
                f"{VENDOR} doesn't let {', '.join(changed)} be changed.",
                code="refused",
                params={"property": changed[0]},
            )
        return self._change(row, row.remote_id)

    def _change(self, row, remote_id):
        params = self._params(row, new=False)
        if not params:
            return RowResult(row.key, remote_id)
        reply = ask.post(self.client, below(self.path, remote_id), params)
        return self._result(row, reply)

    def _archive(self, row):
        params = {"active": False}
        reply = ask.post(self.client, below(self.path, row.remote_id), params)
        return self._result(row, reply)

    def _result(self, row, reply):
        seconds = ask.read_at(reply, self.client) - ask.READ_LAG
        moment = datetime.datetime.fromtimestamp(seconds, UTC)
        remote_id = str(reply.data["id"])
        return RowResult(row.key, remote_id, moment, request_id=reply.request_id)

    # -- what each stream does its own way ------------------------------------

    def _find(self, row):
        """The object that an earlier try has made under our key, or ``None``."""
        return None

    def _find_recent(self, row):
        """As :meth:`_find`, among all that was made while Stripe knows its key."""
        since = int(self.client.clock().timestamp()) - KEY_SECONDS
        params = (("created[gte]", since),)
        return self._with_key(row, ask.everything(self.client, self.path, params))

    def _key_params(self, row):
        """Parameters of something new by which it is found again."""
        return {}

    def _own(self, row, new):
        """Parameters that several values make together."""
        return {}

    # -- parameters -----------------------------------------------------------

    def _params(self, row, new):
        """The parameters of a request, as nested values."""
        params = {}
        for path, value in row.values.items():
            name = self.names.get(path, path)
            derived = name.startswith("billing.") or path in self.fixed and not new
            # Of what is new nothing has to be emptied.
            if not derived and not (new and value in (None, "")):
                _put(params, name, value)
        params |= self._own(row, new)
        if new:
            params.setdefault("metadata", {})[KEY] = row.key
        return params

    def _with_key(self, row, items):
        """That of some objects which has our key, or ``None``."""
        mine = (i for i in items if (i.get("metadata") or {}).get(KEY) == row.key)
        return next(mine, None)

    def _with_id(self, row):
        """The object with the id that we give, or ``None``."""
        try:
            return ask.one(self.client, below(self.path, own_id(row.key))).data
        except errors.RemoteNotFound:
            return None


def own_id(key):
    """The id that we give to what Stripe lets us name."""
    return NOT_IN_ID.sub("_", key)


def _was_made(error):
    """Whether a refusal says that a try of ours has been there already."""
    code = error.params.get("vendor_code")
    return error.code == "idempotency" or code in EXISTING


def _put(params, path, value):
    *parents, last = path.split(".")
    for parent in parents:
        params = params.setdefault(parent, {})
    params[last] = value
