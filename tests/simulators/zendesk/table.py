"""Records of one kind: by id, and in the order in which they changed."""

from bisect import bisect_left, bisect_right


class Table:
    """``stamp`` says when a record changed last, in seconds.

    Changes are appended to a log of (stamp, id); an entry whose record has changed
    since is passed over, and the log is cleaned when half of it is such.
    """

    def __init__(self, first_id, stamp):
        self.rows = {}
        self.next_id = first_id
        self._stamp = stamp
        self._ids = []
        self._sorted = True
        self._log = []
        self._log_sorted = True

    def __len__(self):
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows.values())

    def take_id(self):
        """The next free id."""
        taken = self.next_id
        self.next_id += 1
        return taken

    def get(self, record_id):
        """The record of an id (number or text), or None."""
        try:
            return self.rows.get(int(record_id))
        except (TypeError, ValueError):
            return None

    def add(self, record):
        """Put a new record in."""
        self.rows[record.id] = record
        self.next_id = max(self.next_id, record.id + 1)
        if self._ids and record.id < self._ids[-1]:
            self._sorted = False
        self._ids.append(record.id)
        self.note(record)

    def note(self, record):
        """A record has changed: its stamp may be a new one."""
        entry = (self._stamp(record), record.id)
        if self._log and entry < self._log[-1]:
            self._log_sorted = False
        self._log.append(entry)
        if len(self._log) > 2 * len(self.rows) + 1_000:
            self._log = [(self._stamp(each), each.id) for each in self.rows.values()]
            self._log_sorted = False

    def remove(self, record):
        """Forget a record for good."""
        del self.rows[record.id]
        del self.ids[bisect_left(self.ids, record.id)]

    @property
    def ids(self):
        """All ids in their order: read only."""
        if not self._sorted:
            self._ids.sort()
            self._sorted = True
        return self._ids

    def after(self, record_id, limit, wanted=None):
        """``(records beyond an id, whether there are more)``, ``wanted`` ones only."""
        found = []
        ids = self.ids
        for place in range(bisect_right(ids, record_id), len(ids)):
            record = self.rows[ids[place]]
            if wanted is None or wanted(record):
                if len(found) == limit:
                    return found, True
                found.append(record)
        return found, False

    def changed(self, since, until, limit, wanted=None):
        """``(records, whether there are more)`` by (stamp, id).

        ``since``: (stamp, id) that they are at or beyond; ``until``: the last stamp.
        """
        if not self._log_sorted:
            self._log.sort()
            self._log_sorted = True
        found, seen = [], None
        log = self._log
        for place in range(bisect_left(log, since), len(log)):
            entry = log[place]
            stamp, record_id = entry
            if stamp > until:
                break
            record = self.rows.get(record_id)
            if record is None or self._stamp(record) != stamp or entry == seen:
                continue
            seen = entry
            if wanted is not None and not wanted(record):
                continue
            if len(found) == limit:
                return found, True
            found.append(record)
        return found, False
