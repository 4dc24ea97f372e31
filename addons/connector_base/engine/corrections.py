"""Values that people have corrected: applied when the same wrong value comes again."""

from .hashing import content_hash
from .paths import MISSING

#: Stands for a value that was not corrected: ``None`` may be the right one.
_UNKNOWN = object()


def value_key(raw):
    """What names a wrong value: equal for values that mean the same in JSON.

    A missing key, null and the empty string are one: no value.
    """
    if raw is MISSING or raw is None or raw == "":
        raw = None
    elif isinstance(raw, float) and raw.is_integer():
        # A database writes 5.0 as 5 and reads it as such.
        raw = int(raw)
    return content_hash(raw)


class Corrections:
    """The corrections of one flow.

    :param rows: ``(entity field, remote id or None for any, value key, right value)``
    """

    def __init__(self, rows):
        self._values = {row[:3]: row[3] for row in rows}
        self._fields = {field for field, _remote_id, _key in self._values}

    def correct(self, field, remote_id, raw):
        """The right value for a raw one; the raw one where nobody corrected it.

        What was said of one record goes before what was said of all.
        """
        if field not in self._fields:
            return raw
        key = value_key(raw)
        for whose in (remote_id, None):
            value = self._values.get((field, whose, key), _UNKNOWN)
            if value is not _UNKNOWN:
                return value
        return raw
