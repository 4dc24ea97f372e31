"""What makes the configuration of files another than the one that is here."""

import collections
import dataclasses

#: Only in the files, in both and different, only here, and taken over already but for
#: an approval.
NEW, CHANGED, GONE, PENDING = "new", "changed", "gone", "pending"


@dataclasses.dataclass(slots=True)
class Change:
    """One difference, in words.

    :param ident: the same as long as the difference is; empty of what goes with the
        difference before it and can't be chosen alone
    :param path: the file
    :param kind: technical name of the model
    :param title: of the record
    :param state: one of those above
    :param label: of the field
    :param problem: why it can't be applied, in one sentence; empty where it can
    """

    ident: str
    path: str
    kind: str
    title: str
    state: str
    label: str = ""
    before: str = ""
    after: str = ""
    problem: str = ""

    def line(self):
        """As a line of text, for terminals."""
        sign = {NEW: "+", CHANGED: "~", GONE: "-", PENDING: "…"}[self.state]
        said = f"{sign} {self.title}"
        if self.label:
            said += f" · {self.label}"
        if self.before or self.after:
            said += f": {self.before or '(empty)'} → {self.after or '(empty)'}"
        return f"{said} [{self.problem}]" if self.problem else said


@dataclasses.dataclass(slots=True)
class Item:
    """A record of a file beside the one that is here.

    :param record: the one here; an empty recordset where there is none
    :param values: what the file says, as it is spelled here; ``None`` where it has none
    :param raw: the same as it is spelled in the file
    :param ours: what is here
    :param names: fields that differ
    :param parts: ``{one2many field: [Item]}``
    :param problems: ``{field: why it can't be applied}``
    :param refused: why nothing of it can be applied
    :param folder: of the connection that it is of, if any
    """

    ident: str
    path: str
    title: str
    record: object
    values: dict | None
    raw: dict | None = None
    ours: dict | None = None
    names: list = dataclasses.field(default_factory=list)
    parts: dict = dataclasses.field(default_factory=dict)
    problems: dict = dataclasses.field(default_factory=dict)
    refused: str = ""
    company: object = None
    folder: str | None = None


@dataclasses.dataclass(slots=True)
class Unknown:
    """What files name and nothing here is called.

    :param reference: as the files have it
    :param uses: where it is used, in words
    """

    model: str
    reference: object
    company: object
    uses: list


def pair(ours, theirs, key):
    """Which document of the files is which one here.

    Where several have the same key, the first is the first.

    :param ours: ``{id: document}``
    :param theirs: list of documents
    :param key: ``document -> hashable``
    :return: list of ``(id or None, document or None)``: theirs in order, then what is
        only here
    """
    free = collections.defaultdict(collections.deque)
    for record_id, document in ours.items():
        free[key(document)].append(record_id)
    pairs = []
    for document in theirs:
        known = free[key(document)]
        pairs.append((known.popleft() if known else None, document))
    return pairs + [(record_id, None) for known in free.values() for record_id in known]
