"""A writer into a vendor in memory."""

from ..engine.errors import RemoteNotFound
from ..engine.records import RemoteRecord, RowResult


class FakeWriter:
    """Writes into the vendor's records, as most vendors do it: by our key or by id."""

    batch_size = 3

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
