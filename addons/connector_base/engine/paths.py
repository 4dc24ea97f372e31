"""Paths into a vendor's payload: ``properties.address.lines[0]``, ``emails[*].value``.

A path is dotted keys; ``[n]`` picks an element, ``[*]`` all of them (the result is then
a list without the elements that lack the rest of the path). A key that is not there
gives :data:`MISSING`, which is something else than ``None``, ``""``, ``0`` and
``False``. An element beyond the end of a list that is there is ``None``.
"""

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

_STEP = re.compile(r"(?P<key>[^.\[\]]+)|\[(?P<index>-?\d+|\*)\]")
_PATH = re.compile(r"[^.\[\]]+(\[(-?\d+|\*)\])*(\.[^.\[\]]+(\[(-?\d+|\*)\])*)*")


@functools.lru_cache(maxsize=4096)
def parse_path(path):
    """Split a path into steps: ``str`` keys, ``int`` indexes, ``"*"`` as ``...``.

    :raises ValueError: where the text is no path
    """
    if not path or not _PATH.fullmatch(path):
        raise ValueError(f"{path!r} is not a path")
    steps = []
    for match in _STEP.finditer(path):
        key, index = match["key"], match["index"]
        if key is not None:
            steps.append(key)
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
        if step is ...:
            if not isinstance(payload, list):
                return MISSING
            rest = steps[position + 1 :]
            found = (_get_steps(rest, item, MISSING) for item in payload)
            return [value for value in found if value is not MISSING]
        if isinstance(step, int) and not isinstance(payload, list):
            return MISSING
        try:
            payload = payload[step]
        except IndexError:
            # The list came and is shorter: the vendor says that there is no such one.
            return beyond
        except (KeyError, TypeError):
            return MISSING
    return payload
