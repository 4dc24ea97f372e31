"""Paths into a vendor's payload: ``properties.address.lines[0]``, ``emails[*].value``.

A path is dotted keys; ``[n]`` picks an element, ``[*]`` all of them (the result is then
a list without the elements that lack the rest of the path). ``[type=primary]`` picks
the first element whose ``type`` is ``primary``, ``[*type=primary]`` all such elements.
A key that is not there gives :data:`MISSING`, which is something else than ``None``,
``""``, ``0`` and ``False``. An element beyond the end of a list that is there is
``None``, and so is the one that a filter doesn't find.
"""

import dataclasses
import enum
import functools
import re


class Missing(enum.Enum):
    """The type of :data:`MISSING`: the key was not in the payload at all."""

    MISSING = "missing"

    def __bool__(self):
        return False

    def __repr__(self):
        return "MISSING"


MISSING = Missing.MISSING


@dataclasses.dataclass(frozen=True, slots=True)
class Where:
    """A step that picks elements of a list by one of their values.

    :param value: compared as text; ``true`` and ``false`` stand for booleans
    :param all: all such elements, else the first
    """

    key: str
    value: str
    all: bool = False

    def fits(self, item):
        if not isinstance(item, dict):
            return False
        found = item.get(self.key)
        if isinstance(found, bool):
            found = "true" if found else "false"
        return found is not None and str(found) == self.value


_KEY = r"[^.\[\]]+"
_PICK = r"\[(?:-?\d+|\*|\*?[^.\[\]=*]+=[^\[\]]+)\]"
_STEP = re.compile(
    r"\[(?:(?P<index>-?\d+|\*)|(?P<all>\*)?(?P<name>[^.\[\]=*]+)=(?P<value>[^\[\]]+))\]"
    rf"|(?P<key>{_KEY})"
)
_PATH = re.compile(rf"{_KEY}(?:{_PICK})*(?:\.{_KEY}(?:{_PICK})*)*")


@functools.lru_cache(maxsize=4096)
def parse_path(path):
    """Split a path into steps.

    :return: ``str`` keys, ``int`` indexes, ``...`` for ``[*]``, and :class:`Where`
    :raises ValueError: where the text is no path
    """
    if not path or not _PATH.fullmatch(path):
        raise ValueError(f"{path!r} is not a path")
    steps = []
    for match in _STEP.finditer(path):
        key, index = match["key"], match["index"]
        if key is not None:
            steps.append(key)
        elif index is None:
            steps.append(Where(match["name"], match["value"], bool(match["all"])))
        else:
            steps.append(... if index == "*" else int(index))
    return tuple(steps)


@functools.lru_cache(maxsize=4096)
def getter(path):
    """Return ``get(payload) -> value or MISSING`` for a path, compiled once."""
    steps = parse_path(path)
    if all(isinstance(step, str) for step in steps):
        return functools.partial(_get_keys, steps)
    return functools.partial(_get_steps, steps)


def _get_keys(steps, payload):
    for step in steps:
        try:
            payload = payload[step]
        except (KeyError, TypeError, IndexError):
            return MISSING
    return payload


def _get_steps(steps, payload, beyond=None):
    """:param beyond: what stands for an element beyond the end of a list"""
    for position, step in enumerate(steps):
        if isinstance(step, str):
            try:
                payload = payload[step]
            except (KeyError, TypeError):
                return MISSING
            continue
        if not isinstance(payload, list):
            return MISSING
        if isinstance(step, Where) and not step.all:
            payload = next(filter(step.fits, payload), MISSING)
            if payload is MISSING:
                return beyond
            continue
        if not isinstance(step, int):
            items = payload if step is ... else filter(step.fits, payload)
            rest = steps[position + 1 :]
            found = (_get_steps(rest, item, MISSING) for item in items)
            return [value for value in found if value is not MISSING]
        try:
            payload = payload[step]
        except IndexError:
            # The list came and is shorter: the vendor says that there is no such one.
            return beyond
    return payload
