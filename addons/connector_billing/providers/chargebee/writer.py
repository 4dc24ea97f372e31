"""Writes to Chargebee, a record a request, so that no second try makes a second one.

What is made gets an id of ours, of the key that the record has at every try: Chargebee
refuses a second one of the same id, and the first is taken up. [S] ``id`` of each
create operation; an idempotency key besides spares the refusal within half an hour.
Changes get a key of their own each: a second one with the same values is no repetition.

Sources: SDK chargebee-python 3, Params of each ``operations.py`` [SDK].
"""

import re

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult
from odoo.addons.connector_base.providers.row_writer import RowWriter

from . import ask
from .endpoints import KEY, path
from .errors import DUPLICATE
from .records import version

#: Longest id. [S] create operations
ID_LENGTH = 50
#: What an id must not hold, so that it is good in an address as well.
NOT_IN_ID = re.compile(r"[^A-Za-z0-9_.-]")


class ChargebeeWriter(RowWriter):
    """Writes one stream; each has a class of its own.

    :param client: ``HttpClient``
    """

    #: Resource, and the key that it has in an answer.
    path = None
    name = None
    #: Where the account's own keys are kept.
    own = "meta_data"
    #: Remote paths that can be sent, or what they begin with.
    writable = ()
    #: Those of them that are settled when a record is made.
    fixed = frozenset()

    # -- one record -----------------------------------------------------------

    def _create(self, row):
        params = {"id": own_id(row.key), **self._params(row, new=True)}
        params[self.own] = {**params.get(self.own, {}), KEY: row.key}
        key = f"{self.name}:{row.key}"
        try:
            reply = ask.post(self.client, self._new_path(row), params, key)
        except errors.InvalidRecord as error:
            if error.params.get("vendor_code") != DUPLICATE:
                raise
            # An earlier try has made it, and may have sent less.
            return self._change(row, own_id(row.key))
        return self._result(row, reply)

    def _update(self, row):
        changed = sorted(self.fixed & row.values.keys())
        if changed:
            raise errors.InvalidRecord(
                f"Chargebee doesn't let {', '.join(changed)} be changed.",
                code="refused",
                params={"property": changed[0]},
            )
        return self._change(row, row.remote_id)

    def _change(self, row, remote_id):
        params = self._params(row, new=False)
        if self.own in params:
            params[self.own] = self._joined(remote_id, params[self.own])
        if not params:
            return RowResult(row.key, remote_id)
        where = self._changed_path(remote_id)
        return self._result(row, ask.post(self.client, where, params))

    def _archive(self, row):
        params = {"status": "archived"}
        reply = ask.post(self.client, self._path(row.remote_id), params)
        return self._result(row, reply)

    def _result(self, row, reply):
        item = reply.data[self.name]
        return RowResult(
            row.key, item["id"], version(item), request_id=reply.request_id
        )

    def _path(self, remote_id, *rest):
        return path(self.path, remote_id, *rest)

    def _new_path(self, row):
        return path(self.path)

    def _changed_path(self, remote_id):
        return self._path(remote_id)

    # -- parameters -----------------------------------------------------------

    def _params(self, row, new):
        """The parameters of a request, as nested values."""
        raise NotImplementedError

    def _plain(self, row, names, new):
        """Parameters that are called as the remote paths are; what is new needs none
        that is empty."""
        return {
            name: row.values[name]
            for name in names
            if name in row.values
            and not (new and row.values[name] in (None, ""))
            and not (not new and name in self.fixed)
        }

    def _own_keys(self, row):
        """The account's own keys among the values, as the object that keeps them."""
        begin = f"{self.own}."
        kept = {
            name.removeprefix(begin): value
            for name, value in row.values.items()
            if name.startswith(begin)
        }
        return {self.own: kept} if kept else {}

    def _joined(self, remote_id, kept):
        """Own keys together with those that are there: what is sent replaces all."""
        now = self.client.get(self._path(remote_id)).data[self.name]
        known = now.get(self.own)
        return {**(known if isinstance(known, dict) else {}), **kept}


def own_id(key):
    """The id that we give to what is made of a record."""
    return ask.shortened(NOT_IN_ID.sub("_", f"odoo-{key}"), ID_LENGTH)
