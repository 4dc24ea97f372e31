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

from .endpoints import (
    ASSOCIATIONS,
    BATCH_LIMIT,
    KEY_PROPERTY,
    PRIMARY_TYPES,
    PROPERTIES,
    path,
)
from .errors import row_error

#: How a 409 names the record that has the unique value already. [3P, many parse it]
EXISTING_ID = re.compile(r"Existing ID:\s*(\d+)")
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
#: Group of properties that each object has from the start. [S] OpenAPI properties
GROUPS = {
    "companies": "companyinformation",
    "contacts": "contactinformation",
    "deals": "dealinformation",
    "products": "productinformation",
}


class HubSpotWriter:
    """Writes one stream.

    :param client: ``HttpClient`` that knows the version of the API
    :param object_type: ``companies``, ``contacts``, ``deals``, ``products``
    """

    batch_size = BATCH_LIMIT

    def __init__(self, client, object_type):
        self.client = client
        self.version = client.api_version
        self.object_type = object_type

    # -- contract -------------------------------------------------------------

    def create(self, rows):  # pylint: disable=method-required-super
        """Upsert by our key; :return: list of ``records.RowResult``"""
        results = self._write(rows, "upsert", self._new_input)
        return self._associate(rows, results)

    def update(self, rows):
        """Update by HubSpot's ids; :return: list of ``records.RowResult``"""
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

    def _new_input(self, row):
        return {
            "idProperty": KEY_PROPERTY,
            "id": row.key,
            "properties": {**_properties(row), KEY_PROPERTY: row.key},
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
        return self._results(rows, reply)

    def _results(self, rows, reply):
        """Match answers with rows: by trace id, by our key or by HubSpot's id."""
        found = {}
        for item in reply.data.get("results") or []:
            properties = item.get("properties") or {}
            for name in (
                item.get("objectWriteTraceId"),
                properties.get(KEY_PROPERTY),
                ("id", str(item["id"])),
            ):
                if name:
                    found.setdefault(name, item)
        refused = {}
        for item in reply.data.get("errors") or []:
            context = item.get("context") or {}
            names = [
                *_list(context.get("objectWriteTraceId")),
                *(("id", str(one)) for one in _list(context.get("ids"))),
                *(("id", str(one)) for one in _list(context.get("id"))),
            ]
            refused |= dict.fromkeys(names, item)
        return [self._result(row, found, refused, reply.request_id) for row in rows]

    def _result(self, row, found, refused, request_id):
        by_id = ("id", row.remote_id)
        item = found.get(row.key) or found.get(by_id)
        if item:
            return RowResult(
                row.key,
                str(item["id"]),
                read_value("datetime", item.get("updatedAt")),
                request_id=request_id,
            )
        item = refused.get(row.key) or refused.get(by_id)
        # A row of which nothing is said at all was neither written nor refused.
        error = (
            row_error(item)
            if item
            else errors.TransientError(
                "HubSpot said nothing about a record.", code="malformed"
            )
        )
        error.request_id = error.request_id or request_id
        return self._refused(row, error)

    def _refused(self, row, error):
        """The result of a refused row; what exists already is linked instead."""
        existing = EXISTING_ID.search(error.message)
        if existing and not row.remote_id:
            return RowResult(
                row.key, existing[1], request_id=error.request_id, existing=True
            )
        return RowResult(row.key, error=error, request_id=error.request_id)

    # -- associations ---------------------------------------------------------

    def _associate(self, rows, results):
        """Link and unlink what the rows refer to, a request for each kind of link."""
        links, breaks = {}, {}
        for position, (row, result) in enumerate(zip(rows, results, strict=True)):
            if result.error or result.existing:
                continue
            for name, value in row.values.items():
                if not name.startswith(ASSOCIATIONS):
                    continue
                to_type = name.removeprefix(ASSOCIATIONS).split("[")[0]
                now, before = _ids(value), _ids(row.before.get(name))
                for to_id in now:
                    if to_id not in before:
                        links.setdefault(to_type, []).append((position, to_id))
                for to_id in before:
                    if to_id not in now:
                        breaks.setdefault(to_type, []).append((position, to_id))
        # Unlinked first: what is left of the links may become the primary one.
        for to_type, pairs in breaks.items():
            self._unlink(to_type, pairs, results)
        for to_type, pairs in links.items():
            self._link(to_type, pairs, results)
        return results

    def _link(self, to_type, pairs, results):
        """Link by the primary type where there is one, else by the default type."""
        primary = PRIMARY_TYPES.get((self.object_type, to_type))
        types = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": primary}
        inputs = [
            {
                "from": {"id": results[position].remote_id},
                "to": {"id": to_id},
                **({"types": [types]} if primary else {}),
            }
            for position, to_id in pairs
        ]
        rest = ("create",) if primary else ("associate", "default")
        try:
            where = self._pair_path(to_type, *rest)
            reply = self.client.post(where, {"inputs": inputs}, safe=True)
        except errors.InvalidRecord as error:
            if len(pairs) == 1:
                results[pairs[0][0]].error = error
                return
            middle = len(pairs) // 2
            self._link(to_type, pairs[:middle], results)
            self._link(to_type, pairs[middle:], results)
            return
        for item in reply.data.get("errors") or []:
            self._note_unlinked(item, pairs, results)

    def _note_unlinked(self, item, pairs, results):
        """The record was written, a link of it was not: the row is refused."""
        context = item.get("context") or {}
        from_ids = set(map(str, _list(context.get("fromObjectId"))))
        to_ids = set(map(str, _list(context.get("toObjectId"))))
        for position, to_id in pairs:
            result = results[position]
            mine = result.remote_id in from_ids and (not to_ids or to_id in to_ids)
            if mine or not from_ids:
                result.error = errors.InvalidRecord(
                    row_error(item).message,
                    code="refused",
                    params={"property": "associations", "reason": "INVALID_ID"},
                )

    def _unlink(self, to_type, pairs, results):
        self.client.post(
            self._pair_path(to_type, "archive"),
            {
                "inputs": [
                    {"from": {"id": results[position].remote_id}, "to": [{"id": to_id}]}
                    for position, to_id in pairs
                ]
            },
            safe=True,
        )

    def _pair_path(self, to_type, *rest):
        return path(
            "associations", self.version, self.object_type, to_type, "batch", *rest
        )


def prepare(client, object_type):
    """Make sure that an object has the property of our key, with unique values.

    :raises errors.InvalidRecord: where it has one whose values needn't be unique
    """
    where = path("properties", client.api_version, object_type)
    try:
        known = client.get(f"{where}/{KEY_PROPERTY}").data
    except errors.RemoteNotFound:
        definition = {**KEY_DEFINITION, "groupName": GROUPS[object_type]}
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


def _ids(value):
    """The ids of a link: one, several or none."""
    if not value:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _list(value):
    return value if isinstance(value, list) else [] if value is None else [value]
