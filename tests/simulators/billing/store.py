"""The objects of a billing account and the log of what changed in them."""

import threading
from collections import defaultdict
from dataclasses import replace

from .model import TYPES, Change


class UnknownObject(KeyError):
    """No such object of that type."""


class AlreadyThere(ValueError):
    """An object of that type has that id."""


class Store:
    """Objects by type and id, their indexes, and the change log.

    Attributes: ``log`` (list of :class:`.model.Change`, oldest first), ``listeners``
    (called as ``listener(change, object)`` right after each change, in the state that
    the change left), ``lock`` (hold it for what must be seen as one).
    """

    def __init__(self, now):
        """``now``: gives the moment, in seconds."""
        self.lock = threading.RLock()
        self.log = []
        self.listeners = []
        self._now = now
        self._rows = {name: {} for name in TYPES}
        self._indexes = {
            (name, field): defaultdict(dict)
            for name, cls in TYPES.items()
            for field in cls.INDEXED
        }
        self._history = defaultdict(list)

    # Reading

    def get(self, cls, id):
        """The object, deleted ones too. Raises :class:`UnknownObject`."""
        try:
            return self._rows[cls.TYPE][id]
        except KeyError:
            raise UnknownObject(f"{cls.TYPE} {id}") from None

    def find(self, cls, id):
        """The object, or ``None``."""
        return self._rows[cls.TYPE].get(id)

    def rows(self, cls):
        """All objects of a type, in the order of their creation."""
        return list(self._rows[cls.TYPE].values())

    def by(self, cls, field, value):
        """Objects whose indexed ``field`` has the value, in the order of creation."""
        return list(self._indexes[cls.TYPE, field].get(value, {}).values())

    def count(self, cls):
        return len(self._rows[cls.TYPE])

    def history(self, cls, id):
        """The entries of the change log of one object, oldest first."""
        return list(self._history[cls.TYPE, id])

    def as_of(self, change):
        """A copy of the object as it was right after that entry of the log."""
        cls = TYPES[change.type]
        values = {}
        for later in reversed(self._history[change.type, change.id]):
            if later.version <= change.version:
                break
            values.update(later.previous)
        return replace(self.get(cls, change.id), **values)

    # Writing

    def add(self, obj, created=None):
        """Keep a new object. Raises :class:`AlreadyThere`."""
        with self.lock:
            rows = self._rows[obj.TYPE]
            if obj.id in rows:
                raise AlreadyThere(f"{obj.TYPE} {obj.id}")
            moment = self._now()
            obj.created = moment if created is None else created
            rows[obj.id] = obj
            for field in obj.INDEXED:
                self._indexes[obj.TYPE, field][getattr(obj, field)][obj.id] = obj
            self._record(obj, "created", moment, {})
            return obj

    def change(self, obj, kind="updated", **values):
        """Set fields and log it under ``kind``.

        Values that are the same already are not logged; where none differs, an
        ``updated`` is nothing, any other kind is logged all the same. Dicts must be
        given anew, not altered in place.
        """
        with self.lock:
            previous = {}
            for name, value in values.items():
                old = getattr(obj, name)
                if old != value:
                    previous[name] = old
                    self._set(obj, name, old, value)
            if previous or kind != "updated":
                self._record(obj, kind, self._now(), previous)
            return obj

    def delete(self, obj):
        """Mark it deleted; it can still be read."""
        return self.change(obj, "deleted", deleted=True)

    def _set(self, obj, name, old, value):
        setattr(obj, name, value)
        if name in obj.INDEXED:
            index = self._indexes[obj.TYPE, name]
            index[old].pop(obj.id, None)
            index[value][obj.id] = obj

    def _record(self, obj, kind, moment, previous):
        version = len(self.log) + 1
        if kind != "created":
            previous = {**previous, "version": obj.version, "updated": obj.updated}
        obj.version = version
        obj.updated = moment
        change = Change(version, moment, kind, obj.TYPE, obj.id, previous)
        self.log.append(change)
        self._history[obj.TYPE, obj.id].append(change)
        for listener in self.listeners:
            listener(change, obj)
