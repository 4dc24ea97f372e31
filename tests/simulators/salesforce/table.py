"""The records of one object: by id, by what is looked up, and by modification.

A row is a dict of the fields that have a value. It is never changed in place: a change
puts a new dict, so whoever holds rows (a cursor, a bulk result) holds a snapshot.
"""

from bisect import bisect_left


class Table:
    """Rows of one object, deleted ones among them. ``indexed``: names of fields."""

    def __init__(self, indexed=()):
        self.rows = {}
        self.next_number = 1
        self.deleted = 0
        #: The moment of the newest deletion that was purged from the Recycle Bin.
        self.purged = None
        self._indexes = {name: {} for name in indexed}
        self._order = None

    def index(self, name):
        """Look records up by this field from now on."""
        index = self._indexes[name] = {}
        for record_id, row in self.rows.items():
            if row.get(name) is not None:
                index.setdefault(index_key(row[name]), {})[record_id] = None

    def is_indexed(self, name):
        """Whether :meth:`having` knows this field."""
        return name in self._indexes

    def having(self, name, value):
        """Rows, deleted ones too, that have a value of an indexed field."""
        found = self._indexes[name].get(index_key(value), ())
        return [self.rows[record_id] for record_id in found]

    def put(self, row):
        """Put a row in or in place of the one of its id, which is returned."""
        record_id = row["Id"]
        old = self.rows.get(record_id)
        self.rows[record_id] = row
        self._order = None
        if old is not None and old.get("IsDeleted"):
            self.deleted -= 1
        if row.get("IsDeleted"):
            self.deleted += 1
        for name, index in self._indexes.items():
            before = old.get(name) if old else None
            after = row.get(name)
            if before != after:
                if before is not None:
                    self._forget(index, before, record_id)
                if after is not None:
                    index.setdefault(index_key(after), {})[record_id] = None
        return old

    def remove(self, record_id):
        """Forget a record for good."""
        row = self.rows.pop(record_id)
        self._order = None
        if row.get("IsDeleted"):
            self.deleted -= 1
        for name, index in self._indexes.items():
            if row.get(name) is not None:
                self._forget(index, row[name], record_id)

    def since(self, stamp):
        """Rows whose SystemModstamp is ``stamp`` or later, by it and by id."""
        if self._order is None:
            rows = sorted(
                self.rows.values(), key=lambda row: (row["SystemModstamp"], row["Id"])
            )
            self._order = rows, [row["SystemModstamp"] for row in rows]
        rows, stamps = self._order
        return rows[bisect_left(stamps, stamp) :]

    def live(self):
        """How many rows are not deleted."""
        return len(self.rows) - self.deleted

    @staticmethod
    def _forget(index, value, record_id):
        found = index.get(index_key(value))
        if found is not None:
            found.pop(record_id, None)
            if not found:
                del index[index_key(value)]


def index_key(value):
    """Texts are looked up without case (ids keep theirs in the index's answers)."""
    return value.lower() if isinstance(value, str) else value
