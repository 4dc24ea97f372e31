"""Three-way merge of one field: base (last agreed), ours (Odoo), theirs (remote)."""

import enum

from .paths import MISSING

OWNERS = ("remote", "odoo", "newest", "ask")


class Outcome(enum.Enum):
    """What a merge decided for one field of one record, on its way into Odoo."""

    KEEP = "keep"  # Odoo's value stays
    TAKE = "take"  # the remote value is written into Odoo
    CONFLICT = "conflict"  # both changed and the rule is to ask
    COMPARE = "compare"  # both changed, and the later edit is right


def merge(base, ours, theirs, owner, newer=None):
    """Decide whether the remote value is written into Odoo.

    - Nothing is written where both sides hold the same, or the payload lacks the field.
    - ``remote`` owns: the remote value always wins, a local edit is undone (and stands
      in the log as the value before).
    - ``odoo`` owns: Odoo's value always stays.
    - ``newest`` and ``ask``: the side that changed since ``base`` wins. Where both did,
      ``newest`` takes the later edit and ``ask`` leaves Odoo as it is and reports.
    - Without a base (a record linked by matching) both sides count as changed, except
      that a value wins over an empty one.

    Values are compared with ``==``; the caller brings them to comparable form.

    :param newer: the side edited last, ``"ours"`` or ``"theirs"``; ``None`` where that
        has not been found out, which is needed for few fields: the outcome is then
        ``COMPARE`` where it decides
    :return: :class:`Outcome`
    """
    if owner not in OWNERS:
        raise ValueError(f"{owner!r} is no owner")
    if theirs is MISSING or theirs == ours or owner == "odoo":
        return Outcome.KEEP
    if owner == "remote":
        return Outcome.TAKE
    if base is MISSING:
        if _empty(ours):
            return Outcome.TAKE
        if _empty(theirs):
            return Outcome.KEEP
    elif theirs == base:
        return Outcome.KEEP
    elif ours == base:
        return Outcome.TAKE
    if owner == "ask":
        return Outcome.CONFLICT
    if newer is None:
        return Outcome.COMPARE
    return Outcome.TAKE if newer == "theirs" else Outcome.KEEP


def later(ours_at, theirs_at):
    """Which side was edited last, by when each was; ``theirs`` where it can't be told.

    :param ours_at: when Odoo's value was edited, or ``None`` where that was before the
        last version of the record that came from the remote system
    :param theirs_at: when the remote record was edited, or ``None``
    :return: ``"ours"`` or ``"theirs"``
    """
    return "ours" if ours_at and theirs_at and ours_at > theirs_at else "theirs"


def _empty(value):
    return value is None or value is False or value == ""
