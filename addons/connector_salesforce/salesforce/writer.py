"""Writes one object of Salesforce in collections of up to 200 rows.

New records are upserted by an external id of our own (``Odoo_Id__c``): a second try
with the same key finds the record that the first one made. Rows of one parent stand
beside each other, so that they don't wait for its lock in turns.

Sources: https://developer.salesforce.com/docs/platform/api-rest/guide/resources-composite-sobjects-collections
(upsert, update, delete: 200 rows of one object, ``allOrNone`` false, results in order,
200 also where all rows failed).
"""

import dataclasses

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.answers import unfit
from odoo.addons.connector_base.engine.records import RowResult

from . import ask, ingest, soql
from .endpoints import (
    COLLECTION_LIMIT,
    KEY_FIELD,
    PARENTS,
    SWITCHES,
    path,
)
from .errors import VENDOR, row_error
from .families import FamilyWriting, is_made, without_fixed
from .prices import DOCUMENTS, price_lines

#: From how many rows on a job is worth its while, and most rows of one. [S] more than
#: 2,000; 150 MB of CSV, of which 10,000 rows are far.
BULK_FROM = 2_000
BULK_SIZE = 10_000
#: Most records that are named where one could be several.
CANDIDATES_SHOWN = 5


class SalesforceWriter(FamilyWriting):
    """Writes one stream.

    :param client: ``HttpClient`` that knows the version of the API
    :param object_name: as ``Account``
    """

    batch_size = COLLECTION_LIMIT
    bulk_from = BULK_FROM

    def __init__(self, client, object_name):
        self.client = client
        self.object_name = object_name
        # Lines need a look-up for each, see prices.py.
        self.bulk_size = 0 if object_name in DOCUMENTS else BULK_SIZE

    # -- contract -------------------------------------------------------------

    def create(self, rows):  # pylint: disable=method-required-super
        """Upsert by our key; :return: list of ``records.RowResult``"""
        where = self._path(self.object_name, KEY_FIELD)
        ready, refused = price_lines(self.client, self.object_name, rows)
        rows_sent = [ready[row.key] for row in rows if row.key in ready]
        results = self._upsert(rows_sent, where)
        # An earlier try has made these: what is set once for all is set.
        made = [row for row in rows_sent if is_made(results[row.key])]
        results |= self._upsert(
            [without_fixed(self.object_name, r) for r in made], where
        )
        results |= {key: RowResult(key, error=e) for key, e in refused.items()}
        return [results[row.key] for row in rows]

    def update(self, rows):
        """Update by Salesforce's ids; :return: list of ``records.RowResult``"""
        changed, results = [], {}
        for row in rows:
            values = self._changeable(row)
            if values:
                changed.append((row, values))
            else:
                results[row.key] = RowResult(row.key, row.remote_id)
        values_of = {
            row.key: {**values, "id": row.remote_id} for row, values in changed
        }
        sent = [row for row, _values in changed]
        for result in self._write(sent, self._path(), lambda row: values_of[row.key]):
            results[result.key] = result
        return [results[row.key] for row in rows]

    def archive(self, rows):
        """Switch off what can be, else put it into the recycle bin."""
        switch = SWITCHES.get(self.object_name)
        if switch:
            return self._write(
                *(rows, self._path()), lambda row: {"id": row.remote_id, switch: False}
            )
        if not rows:
            return []
        ids = ",".join(row.remote_id for row in rows)
        reply = self.client.request(
            *("DELETE", self._path()),
            params={"ids": ids, "allOrNone": "false"},
            # Deleted twice, it is deleted.
            safe=True,
        )
        return self._results(rows, reply)

    # -- contract: many at once ------------------------------------------------

    def submit(self, action, rows):
        ordered = sorted(rows, key=self._parents_of)
        spelt = [self._bulk_row(action, row) for row in ordered]
        if not all(values for _key, values in spelt):
            return None
        return ingest.submit(self.client, self.object_name, action, spelt)

    def seconds_left(self, ticket):
        return ingest.seconds_left(self.client, ticket)

    def collect(self, action, ticket, rows):
        spelt = [self._bulk_row(action, row) for row in rows]
        found = ingest.collect(self.client, action, ticket, spelt)
        results = {}
        for row, (key, _values) in zip(rows, spelt, strict=True):
            if key in found:
                results[row.key] = dataclasses.replace(found[key], key=row.key)
        return results

    def _bulk_row(self, action, row):
        if action == "create":
            return row.key, _given(row.values)
        return row.remote_id, self._changeable(row)

    def _upsert(self, rows, where):
        sent = self._write(
            *(rows, where), lambda row: {**_given(row.values), KEY_FIELD: row.key}
        )
        return {result.key: result for result in sent}

    def _changeable(self, row):
        """Values of a known record without those that are set once for all."""
        return without_fixed(self.object_name, row).values

    # -- requests -------------------------------------------------------------

    def _path(self, *rest):
        return path(self.client.api_version, "composite", "sobjects", *rest)

    def _write(self, rows, where, spell):
        """Send a collection; :param spell: ``(row) -> fields``"""
        if not rows:
            return []
        ordered = sorted(rows, key=self._parents_of)
        reply = self.client.request(
            *("PATCH", where),
            json={
                "allOrNone": False,
                "records": [
                    {"attributes": {"type": self.object_name}, **spell(row)}
                    for row in ordered
                ],
            },
            # The same key or id again makes and changes nothing more.
            safe=True,
        )
        found = dict(
            zip(
                (row.key for row in ordered),
                self._results(ordered, reply),
                strict=True,
            )
        )
        return [found[row.key] for row in rows]

    def _parents_of(self, row):
        parents = PARENTS.get(self.object_name, ())
        return [str(row.values.get(name) or "") for name in parents]

    # -- answers --------------------------------------------------------------

    def _results(self, rows, reply):
        """Results in the order of the rows, as Salesforce gives them."""
        items = reply.data if isinstance(reply.data, list) else []
        if len(items) != len(rows):
            raise errors.TransientError(
                "Salesforce answered for other records than were sent.",
                code="malformed",
                params={"vendor": "Salesforce"},
            )
        results = [
            self._result(row, item, reply.request_id)
            for row, item in zip(rows, items, strict=True)
        ]
        self._name_candidates(results)
        return results

    def _result(self, row, item, request_id):
        if item.get("success"):
            remote_id = item.get("id") or row.remote_id
            return RowResult(row.key, remote_id, request_id=request_id)
        # One that is neither written nor refused may be there all the same.
        found = item.get("errors")
        error = row_error(found[0]) if found else unfit(VENDOR, "success")
        error.request_id = request_id
        return RowResult(row.key, error=error, request_id=request_id)

    def _name_candidates(self, results):
        """Names of the records that duplicate rules found, in one query."""
        doubtful = [
            result.error
            for result in results
            if isinstance(result.error, errors.AmbiguousMatch)
        ]
        ids = sorted({one for error in doubtful for one in error.params["candidates"]})
        if not ids:
            return
        query = soql.select(["Id", "Name"], self.object_name, soql.of_ids(ids))
        try:
            where = path(self.client.api_version, "query")
            rows = ask.rows(self.client.get(where, {"q": query}).data)
        except errors.InvalidRecord:
            # Found among records of another object: their ids have to do.
            rows = []
        names = {row["Id"]: f"{row.get('Name')} ({row['Id']})" for row in rows}
        for error in doubtful:
            shown = error.params["candidates"][:CANDIDATES_SHOWN]
            error.params["shown"] = ", ".join(names.get(one, one) for one in shown)


def _given(values):
    """Values of a new record: null says nothing that isn't so already."""
    return {name: value for name, value in values.items() if value is not None}
