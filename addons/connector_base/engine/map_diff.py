"""What makes one version of a field map another than a second one."""

import collections
import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """
    :param added: lines that only the second has
    :param removed: lines that only the first has
    :param changed: ``(before, after, names of the attributes that differ)``; ``order``
        where the line comes earlier or later among those of its target
    """

    added: list
    removed: list
    changed: list

    def __bool__(self):
        return bool(self.added or self.removed or self.changed)


def difference(before, after):
    """Compare the lines of two maps.

    A line is the same one where path and target are; else one of the same target has
    another path, or one of the same path another target.

    :param before: list of ``{attribute: JSON value}``, in the order of the map
    :param after: the same
    :return: :class:`Difference`, in the order of the maps
    """
    pairs = {}
    taken = set()
    for identity in (
        lambda line: (line["target"], line["remote_path"]),
        lambda line: line["target"],
        lambda line: line["remote_path"],
    ):
        free = collections.defaultdict(collections.deque)
        for position, line in enumerate(before):
            if position not in taken:
                free[identity(line)].append(position)
        for position, line in enumerate(after):
            if position not in pairs and free[identity(line)]:
                pairs[position] = free[identity(line)].popleft()
                taken.add(pairs[position])
    moved = _moved(before, after, pairs)
    changed = []
    for position in sorted(pairs):
        old, new = before[pairs[position]], after[position]
        names = [name for name in new if old.get(name) != new[name]]
        if position in moved:
            names.append("order")
        if names:
            changed.append((old, new, names))
    return Difference(
        added=[line for i, line in enumerate(after) if i not in pairs],
        removed=[line for i, line in enumerate(before) if i not in taken],
        changed=changed,
    )


def _moved(before, after, pairs):
    """Positions of lines that changed places with others of their target.

    The first of a target's lines that has a value wins, so their order means something;
    that of other lines doesn't.
    """
    by_target = collections.defaultdict(list)
    for new, old in sorted(pairs.items()):
        if before[old]["target"] == after[new]["target"]:
            by_target[after[new]["target"]].append((new, old))
    return {
        new
        for group in by_target.values()
        for (new, old), expected in zip(
            group, sorted(old for _new, old in group), strict=True
        )
        if old != expected
    }
