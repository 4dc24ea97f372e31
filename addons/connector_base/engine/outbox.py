"""What changed in a transaction, and what of it each flow has to know."""

import collections
import dataclasses
import typing

CREATE, WRITE, ARCHIVE, UNLINK = "create", "write", "archive", "unlink"


class Source(typing.NamedTuple):
    """A field of some model whose change means that a flow's records changed.

    :param name: field of the flow's own model, as it is reported
    :param path: how the flow's record reaches the record that changed, as
        ``product_tmpl_id``; empty where it is the record itself
    :param inverse: field by which the changed record points to the flow's, where
        ``path`` is a one2many
    """

    flow_id: int
    name: str
    path: str = ""
    inverse: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class OutgoingFlow:
    """A flow that sends, as plain values.

    :param domain: Odoo's ``Domain`` of the records that it may create remotely, or
        ``None``
    :param archives: whether it follows archived and deleted records
    """

    id: int
    connection_id: int
    entity: str
    res_model: str
    lane: str
    domain: object
    archives: bool


@dataclasses.dataclass(slots=True)
class Watch:
    """What changes of one Odoo model mean to the flows.

    :param columns: ``{stored field with a column: [Source]}``
    :param relations: ``{one2many or many2many field: [Source]}``
    :param lines: sources to which whatever happens to a record matters: it is a line of
        theirs
    :param linked: sources that lose a value when a record is deleted
    :param flows: ids of the flows whose own records these are
    """

    columns: dict = dataclasses.field(
        default_factory=lambda: collections.defaultdict(list)
    )
    relations: dict = dataclasses.field(
        default_factory=lambda: collections.defaultdict(list)
    )
    lines: list = dataclasses.field(default_factory=list)
    linked: list = dataclasses.field(default_factory=list)
    flows: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(slots=True)
class WatchList:
    """All that is watched in a database.

    :param flows: ``{id: OutgoingFlow}``
    :param models: ``{model: Watch}``
    """

    flows: dict
    models: dict


class Notes:
    """What a transaction changed and has not written to the outbox yet."""

    def __init__(self):
        self._own = collections.defaultdict(list)
        self._related = collections.defaultdict(dict)
        #: ``{(model, field): {id: connection}}``: who wrote what isn't flushed yet
        self.origins = {}

    def add(self, flow_id, operation, names, ids):
        """Note a change of a flow's own records.

        :param names: frozenset of fields
        """
        self._own[flow_id].append((operation, names, ids))

    def add_related(self, source, ids):
        """Note a change of records that a flow's own ones reach by a path."""
        self._related[source].update(dict.fromkeys(ids))

    def take_related(self):
        """:return: list of ``(Source, ids)``, which are forgotten here"""
        taken = [(source, list(ids)) for source, ids in self._related.items()]
        self._related.clear()
        return taken

    def take_groups(self):
        """One change for each record of each flow.

        :return: list of ``(flow id, operation, sorted names, ids)``, forgotten here
        """
        groups = []
        for flow_id, entries in self._own.items():
            groups += [
                (flow_id, operation, sorted(names), ids)
                for (operation, names), ids in coalesce(entries).items()
            ]
        self._own.clear()
        return groups


def coalesce(entries):
    """Merge what happened to each record, in order, into one change.

    :param entries: list of ``(operation, frozenset of names, ids)``
    :return: ``{(operation, names): [ids]}``
    """
    groups = collections.defaultdict(list)
    kinds = {(operation, names) for operation, names, _ids in entries}
    if len(kinds) == 1:
        # All alike, as a batch that is flushed in parts.
        [kind] = kinds
        groups[kind] = list(dict.fromkeys(i for *_kind, ids in entries for i in ids))
        return groups
    last = {}
    for operation, names, ids in entries:
        for record_id in ids:
            known = last.get(record_id)
            change = (operation, names)
            last[record_id] = _merge(known, change) if known else change
    for record_id, change in last.items():
        groups[change].append(record_id)
    return groups


def _merge(before, after):
    operation, names = before
    if after[0] == UNLINK:
        return after
    if operation == CREATE:
        return before
    names |= after[1]
    if after[0] == WRITE and operation == ARCHIVE:
        # Archived and brought back in one transaction: nothing but a change.
        return (WRITE if "active" in after[1] else ARCHIVE), names
    return after[0], names
