"""The records of one object type, in the orders that the API reads them in."""

from bisect import bisect_left, bisect_right

#: Of the first record of every object, see :mod:`store`.
FIRST_ID = 12_000_000_001


class Ordered:
    """A sorted list that takes additions in any order and sorts when it is read.

    Additions at the end cost nothing, a load in random order costs one sort.
    """

    def __init__(self):
        self._items = []
        self._sorted = True

    def __len__(self):
        return len(self._items)

    @property
    def items(self):
        """The list itself, sorted: read only."""
        if not self._sorted:
            self._items.sort()
            self._sorted = True
        return self._items

    def add(self, item):
        """Put an item in."""
        if self._items and item < self._items[-1]:
            self._sorted = False
        self._items.append(item)

    def remove(self, item):
        """Take an item out, if it is there."""
        items = self.items
        place = bisect_left(items, item)
        if place < len(items) and items[place] == item:
            del items[place]


class Record:
    """One record. ``properties``: name to text or None. Stamps in milliseconds.

    ``past`` holds the states (stamp, properties) that a lagging search index still
    shows; it stays empty unless the store keeps them.
    """

    __slots__ = ("id", "properties", "created", "modified", "archived", "past")

    def __init__(self, record_id, properties, created, modified):
        self.id = record_id
        self.properties = properties
        self.created = created
        self.modified = modified
        self.archived = None
        self.past = []


class Table:
    """Records by id, by modification, by unique value; the archived ones apart."""

    def __init__(self, unique=(), first_id=1):
        self.rows = {}
        self.live = Ordered()
        self.gone = Ordered()
        self.by_modified = Ordered()
        self.unique = {name: {} for name in unique}
        self.aliases = {}
        self.next_id = first_id
        self._slice = None

    def take_id(self):
        """The next free id: they go up by one."""
        taken = self.next_id
        self.next_id += 1
        return taken

    def add(self, record):
        """Put a new record in."""
        self.rows[record.id] = record
        self.next_id = max(self.next_id, record.id + 1)
        if record.archived is None:
            self._show(record)
        else:
            self.gone.add(record.id)

    def find(self, record_id):
        """The record of an id (text or number), merged ids followed, or None."""
        try:
            number = int(record_id)
        except (TypeError, ValueError):
            return None
        return self.rows.get(self.aliases.get(number, number))

    def find_unique(self, name, value):
        """The live record that has this value of a unique property, or None."""
        number = self.unique[name].get(unique_key(value))
        return None if number is None else self.rows[number]

    def page(self, after, limit, archived=False):
        """Records in the order of their ids, those beyond ``after``."""
        ids = (self.gone if archived else self.live).items
        start = bisect_right(ids, after)
        rows = self.rows
        return [rows[number] for number in ids[start : start + limit]]

    def modified_between(self, low, high):
        """Ids in their order of live records changed from ``low`` to ``high`` (ms,
        both included). The last answer is kept, for those who page by id in it."""
        if self._slice is None or self._slice[:2] != (low, high):
            ordered = self.by_modified.items
            start = bisect_left(ordered, (low, 0))
            end = bisect_right(ordered, (high, float("inf")))
            ids = sorted(number for _stamp, number in ordered[start:end])
            self._slice = (low, high, ids)
        return self._slice[2]

    def change(self, record, properties, stamp):
        """Replace a live record's properties and its modification stamp."""
        self._forget_order(record)
        record.properties = properties
        record.modified = stamp
        self._note_order(record)

    def archive(self, record, stamp):
        """Move a live record among the archived."""
        self._hide(record)
        record.archived = stamp
        self.gone.add(record.id)

    def restore(self, record, stamp):
        """Bring an archived record back."""
        self.gone.remove(record.id)
        record.archived = None
        record.modified = stamp
        self._show(record)

    def remove(self, record):
        """Forget a record for good."""
        if record.archived is None:
            self._hide(record)
        else:
            self.gone.remove(record.id)
        del self.rows[record.id]

    def _show(self, record):
        self.live.add(record.id)
        self._note_order(record)

    def _hide(self, record):
        self.live.remove(record.id)
        self._forget_order(record)

    def _note_order(self, record):
        self._slice = None
        self.by_modified.add((record.modified, record.id))
        for name, index in self.unique.items():
            value = record.properties.get(name)
            if value:
                index[unique_key(value)] = record.id

    def _forget_order(self, record):
        self._slice = None
        self.by_modified.remove((record.modified, record.id))
        for name, index in self.unique.items():
            value = record.properties.get(name)
            if value and index.get(unique_key(value)) == record.id:
                del index[unique_key(value)]


def unique_key(value):
    """Unique values are compared without case and padding."""
    return str(value).strip().lower()
