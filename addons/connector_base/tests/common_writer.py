"""A writer into a vendor in memory."""

import copy
import dataclasses

from ..engine.errors import MissingDependency, RemoteNotFound
from ..engine.records import RemoteRecord, RowResult


class FakeWriter:
    """Writes into the vendor's records, as most vendors do it: by our key or by id."""

    batch_size = 3
    family_size = 4
    family_batch = 2

    def __init__(self, vendor, stream):
        self.vendor = vendor
        self.stream = stream
        self.records = vendor.records[stream]

    def create(self, rows):  # pylint: disable=method-required-super
        return self._write("create", rows, self._create)

    def update(self, rows):
        return self._write("update", rows, self._update)

    def archive(self, rows):
        return self._write("archive", rows, self._archive)

    # -- families -------------------------------------------------------------

    @property
    def children(self):
        return self.vendor.families.get(self.stream, {})

    def placeholder(self, key):
        return f"of:{key}"

    def create_families(self, families):
        self.vendor.answer("families", self.stream)
        self.vendor.before_write("families")
        self.vendor.sent.append(("families", self.stream, families))
        answers = [self._family(family) for family in families]
        self.vendor.after_write("families")
        return answers

    def _family(self, family):
        """All of it or nothing: what was written before the first refusal goes."""
        nodes = [(self, family.row)]
        nodes += [(FakeWriter(self.vendor, name), row) for name, row in family.children]
        before = copy.deepcopy(self.vendor.records)
        results = []
        for writer, row in nodes:
            link = self.children.get(writer.stream)
            if link:
                row = dataclasses.replace(
                    row, values={**row.values, link: results[0].remote_id}
                )
            results.append(writer._one(row, writer._create))
            if results[-1].error:
                break
        else:
            return results
        for name, records in before.items():
            self.vendor.records[name].clear()
            self.vendor.records[name].update(records)
        error = MissingDependency("one of its family was refused")
        refused = results[-1]
        return [
            refused if row.key == refused.key else RowResult(row.key, error=error)
            for _writer, row in nodes
        ]

    def _write(self, operation, rows, write):
        self.vendor.answer(operation, self.stream)
        self.vendor.before_write(operation)
        self.vendor.sent.append((operation, self.stream, rows))
        results = [self._one(row, write) for row in rows]
        self.vendor.after_write(operation)
        return results

    def _one(self, row, write):
        for sign in (row.remote_id, *map(str, row.values.values())):
            if sign in self.vendor.refused:
                return RowResult(row.key, error=self.vendor.refused[sign])
        return write(row)

    def _create(self, row):
        known = next(
            (r for r in self.records.values() if r.external_key == row.key), None
        )
        if known is None:
            same = next(
                (
                    r
                    for r in self.records.values()
                    if r.values.get("email")
                    and r.values["email"] == row.values.get("email")
                ),
                None,
            )
            if same:
                return RowResult(row.key, same.remote_id, existing=True)
            known = RemoteRecord(f"new-{len(self.records) + 1}", {})
            known.external_key = row.key
            self.records[known.remote_id] = known
        return self._answer(row, known)

    def _update(self, row):
        if row.remote_id not in self.records:
            return RowResult(row.key, error=RemoteNotFound("gone"))
        return self._answer(row, self.records[row.remote_id])

    def _archive(self, row):
        self.records[row.remote_id].archived = True
        return RowResult(row.key, row.remote_id)

    def _answer(self, row, record):
        record.values = {**record.values, **row.values}
        record.updated_at = self.vendor.now or record.updated_at
        return RowResult(row.key, record.remote_id, record.updated_at, request_id="w-1")
