"""Writes one object type of HubSpot in batches.

New records are upserted by a property of our own with unique values: a second try with
the same key finds the record that the first one made. HubSpot has no idempotency keys.

Sources: OpenAPI CRM objects and associations (batch create, update, upsert, archive:
100 inputs); https://developers.hubspot.com/docs/api-reference/error-handling for
multi-status answers: rows are told apart by ``objectWriteTraceId``.
"""

import re

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult
from odoo.addons.connector_base.engine.values import read_value

from . import own
from .associate import Associating
from .endpoints import BATCH_LIMIT, KEY_PROPERTY, PROPERTIES, object_of, path
from .errors import row_error

#: How a refusal names the record that has the unique value already: a 409 of contacts,
#: and that of any other unique property. [3P, many parse them]
EXISTING_ID = re.compile(r"Existing ID:\s*(\d+)|(\d+) already has that value")
#: The unique property of our key, as it is made where there is none.
KEY_DEFINITION = {
    "name": KEY_PROPERTY,
    "label": "Odoo ID",
    "description": "Key of the record in Odoo. Do not change it.",
    "type": "string",
    "fieldType": "text",
    "hasUniqueValue": True,
    "formField": False,
}
#: Group of properties that each of HubSpot's objects has from the start; those of an
#: account's own get one of ours. [S] OpenAPI properties
GROUPS = {
    "companies": "companyinformation",
    "contacts": "contactinformation",
    "deals": "dealinformation",
    "products": "productinformation",
    "line_items": "lineiteminformation",
    "quotes": "quoteinformation",  # [M]
}
#: Object -> what its records begin with. A quote without a state is nothing that
#: people at HubSpot can go on with. [S] quotes guide, quote states
BEGINNINGS = {"quotes": {"hs_status": "DRAFT"}}


class HubSpotWriter(Associating):
    """Writes one stream.

    :param client: ``HttpClient`` that knows the version of the API
    :param stream: name of one whose records are objects of HubSpot's own
    """

    batch_size = BATCH_LIMIT

    def __init__(self, client, stream):
        object_type, _of = object_of(stream)
        super().__init__(client, object_type)
        #: Names of our own properties that are there for sure.
        self._ensured = set()

    # -- contract -------------------------------------------------------------

    def create(self, rows):  # pylint: disable=method-required-super
        """Upsert by our key; :return: list of ``records.RowResult``"""
        self._ensure_own(rows)
        results = self._write(rows, "upsert", self._new_input)
        return self._associate(rows, results)

    def update(self, rows):
        """Update by HubSpot's ids; :return: list of ``records.RowResult``"""
        self._ensure_own(rows)
        changed = [row for row in rows if _properties(row)]
        results = {
            result.key: result
            for result in self._write(changed, "update", self._known_input)
        }
        return self._associate(
            rows,
            [results.get(row.key) or RowResult(row.key, row.remote_id) for row in rows],
        )

    def archive(self, rows):
        """Archive; those that are gone already count as archived."""
        reply = self.client.post(
            self._path("batch", "archive"),
            {"inputs": [{"id": row.remote_id} for row in rows]},
            safe=True,
        )
        return [
            RowResult(row.key, row.remote_id, request_id=reply.request_id)
            for row in rows
        ]

    # -- objects --------------------------------------------------------------

    def _path(self, *rest):
        return path("objects", self.version, self.object_type, *rest)

    def _ensure_own(self, rows):
        """Make what of our own properties is about to be sent, once for a writer."""
        named = {name for row in rows for name in _properties(row)}
        names = own.own_names(self.object_type, named - self._ensured)
        if names:
            own.ensure(self.client, self.object_type, names)
            self._ensured.update(names)

    def _new_input(self, row):
        return {
            "idProperty": KEY_PROPERTY,
            "id": row.key,
            "properties": {
                **BEGINNINGS.get(self.object_type, {}),
                **_properties(row),
                KEY_PROPERTY: row.key,
            },
            "objectWriteTraceId": row.key,
        }

    def _known_input(self, row):
        return {
            "id": row.remote_id,
            "properties": _properties(row),
            "objectWriteTraceId": row.key,
        }

    def _write(self, rows, operation, spell):
        """Send a batch; one that is refused as a whole is halved.

        Not every refusal names its rows: what fails is found, and its neighbours go.
        """
        if not rows:
            return []
        try:
            reply = self.client.post(
                self._path("batch", operation),
                {"inputs": [spell(row) for row in rows]},
                # The same key or id again makes and changes nothing more.
                safe=True,
            )
        except errors.InvalidRecord as error:
            if len(rows) == 1:
                return [self._refused(rows[0], error)]
            middle = len(rows) // 2
            return [
                *self._write(rows[:middle], operation, spell),
                *self._write(rows[middle:], operation, spell),
            ]
        return self._results(rows, reply, operation, spell)

    def _results(self, rows, reply, operation, spell):
        """Match answers with rows: by trace id, by our key or by HubSpot's id."""
        found, refused, nameless = _sort(reply.data)
        results = [self._result(row, found, refused, reply) for row in rows]
        silent = [n for n, result in enumerate(results) if result is None]
        if len(silent) > 1 and nameless:
            # What was refused doesn't say which: it is found as above.
            middle = len(silent) // 2
            again = [
                result
                for part in (silent[:middle], silent[middle:])
                for result in self._write([rows[n] for n in part], operation, spell)
            ]
        else:
            again = [self._unsaid(rows[n], nameless, reply) for n in silent]
        for position, result in zip(silent, again, strict=True):
            results[position] = result
        return results

    def _result(self, row, found, refused, reply):
        """The result of a row; ``None`` where nothing is said of it."""
        by_id = ("id", row.remote_id)
        item = found.get(row.key) or found.get(by_id)
        if item:
            return RowResult(
                row.key,
                str(item["id"]),
                read_value("datetime", item.get("updatedAt")),
                request_id=reply.request_id,
            )
        item = refused.get(row.key) or refused.get(by_id)
        return self._refusal(row, item, reply) if item else None

    def _unsaid(self, row, nameless, reply):
        """The result of the only row that an error without a name can be of.

        One of which nothing is said at all was neither written nor refused.
        """
        if nameless:
            return self._refusal(row, nameless[0], reply)
        error = errors.TransientError(
            "HubSpot said nothing about a record.", code="malformed"
        )
        error.request_id = reply.request_id
        return self._refused(row, error)

    def _refusal(self, row, item, reply):
        error = row_error(item)
        error.request_id = error.request_id or reply.request_id
        return self._refused(row, error)

    def _refused(self, row, error):
        """The result of a refused row; what exists already is linked instead."""
        existing = EXISTING_ID.search(error.message)
        if existing and not row.remote_id:
            return RowResult(
                row.key,
                existing[1] or existing[2],
                request_id=error.request_id,
                existing=True,
            )
        return RowResult(row.key, error=error, request_id=error.request_id)


def _sort(data):
    """What a batch says of its rows.

    :return: ``(written, refused, errors that name no row)``, the first two by trace
        id, by our key or by ``("id", HubSpot's id)``
    """
    found = {}
    for item in data.get("results") or []:
        properties = item.get("properties") or {}
        for name in (
            item.get("objectWriteTraceId"),
            properties.get(KEY_PROPERTY),
            ("id", str(item["id"])),
        ):
            if name:
                found.setdefault(name, item)
    refused, nameless = {}, []
    for item in data.get("errors") or []:
        context = item.get("context") or {}
        names = [
            *_list(context.get("objectWriteTraceId")),
            *(("id", str(one)) for one in _list(context.get("ids"))),
            *(("id", str(one)) for one in _list(context.get("id"))),
        ]
        refused |= dict.fromkeys(names, item)
        if not names:
            nameless.append(item)
    return found, refused, nameless


def prepare(client, stream):
    """Make sure that an object has the property of our key, with unique values.

    :raises errors.InvalidRecord: where it has one whose values needn't be unique
    """
    object_type, _of = object_of(stream)
    where = path("properties", client.api_version, object_type)
    try:
        known = client.get(f"{where}/{KEY_PROPERTY}").data
    except errors.RemoteNotFound:
        group = GROUPS.get(object_type)
        if not group:
            own.ensure_group(client, object_type)
            group = own.GROUP["name"]
        definition = {**KEY_DEFINITION, "groupName": group}
        try:
            client.post(where, definition)
        except errors.InvalidRecord as error:
            # Another worker may have made it in between.
            if error.params.get("status") != 409:
                raise
        return
    if not known.get("hasUniqueValue"):
        raise errors.InvalidRecord(
            f"The property {KEY_PROPERTY} of {object_type} takes the same value twice.",
            code="key_not_unique",
            params={"property": KEY_PROPERTY, "object": object_type},
        )


def _properties(row):
    return {
        name.removeprefix(PROPERTIES): value
        for name, value in row.values.items()
        if name.startswith(PROPERTIES)
    }


def _list(value):
    return value if isinstance(value, list) else [] if value is None else [value]
