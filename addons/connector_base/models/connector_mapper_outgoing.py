import dataclasses

import psycopg2

from odoo import api, models

from ..engine.paths import MISSING


@dataclasses.dataclass(slots=True)
class OutgoingLine:
    """A line of a field map that goes out, compiled.

    :param sources: Odoo fields that its value is made of
    :param steps: ``connector_transform_chain.Step`` that undo its chain, last one first
    :param plain: the steps give what the vendor wants as it is
    """

    path: str
    field: object
    owner: str
    required: bool
    sources: tuple
    steps: tuple = ()
    plain: bool = False


@dataclasses.dataclass(slots=True)
class CompiledOutgoing:
    """The lines of a field map that go out.

    :param targets: names of the entity fields that they are made of
    :param references: those of them that refer to other records
    :param odoo_names: Odoo fields that have to be read
    :param fields: ``{target: EntityField}`` as its lines fill them
    :param masked: ``{Odoo field: whether its values are masked}``, of its lines
    """

    version: int
    lines: list
    targets: frozenset
    references: list
    odoo_names: list
    fields: dict
    masked: dict


@dataclasses.dataclass(slots=True, eq=False)
class Outgoing:
    """An Odoo record on its way to a vendor.

    :param changes: rows of the outbox that it answers
    :param binding: row of its binding, if any
    :param row: ``{Odoo field: value}`` as read; ``None`` where it was deleted
    :param eligible: whether the flow's choice of records has it
    :param agreed_before: ``{Odoo field: value}`` on which both sides agreed last
    :param wanted: names of the entity fields that have to go
    :param canonical: ``{entity field: typed value}``
    :param referred: ``{entity field: [Odoo ids]}`` that it refers to
    :param before: ``{entity field: remote ids}`` that it referred to last; by remote
        path once it is rendered
    :param values: ``{remote path: JSON value}`` to send
    :param agreed: ``{Odoo field: comparable value}`` that sending makes agreed
    :param contested: Odoo fields that wait for a person's decision, see
        ``connector.conflict``
    """

    res_id: int
    changes: list = dataclasses.field(default_factory=list)
    binding: dict | None = None
    row: dict | None = None
    eligible: bool = False
    agreed_before: dict = dataclasses.field(default_factory=dict)
    lines: list = dataclasses.field(default_factory=list)
    wanted: set = dataclasses.field(default_factory=set)
    canonical: dict = dataclasses.field(default_factory=dict)
    referred: dict = dataclasses.field(default_factory=dict)
    referred_before: dict = dataclasses.field(default_factory=dict)
    before: dict = dataclasses.field(default_factory=dict)
    values: dict = dataclasses.field(default_factory=dict)
    agreed: dict = dataclasses.field(default_factory=dict)
    problems: list = dataclasses.field(default_factory=list)
    contested: frozenset = frozenset()

    @property
    def held(self):
        return any(problem.blocking for problem in self.problems)

    @property
    def remote_id(self):
        return self.binding and self.binding["remote_id"]

    @property
    def user_id(self):
        """The last person who changed it, as far as a person did."""
        people = (change.get("user_id") for change in reversed(self.changes))
        return next(filter(None, people), None)

    @property
    def locked(self):
        return self.binding and self.binding["state"] == "locked"

    @property
    def correlation_id(self):
        return next((c["correlation_id"] for c in reversed(self.changes)), None)


class ConnectorMapper(models.AbstractModel):
    """From Odoo's values to a vendor's payload, by the active field map."""

    _inherit = "connector.mapper"

    @api.model
    def _compile_outgoing(self, field_map):
        """Compile the lines that go out once per run.

        Of several lines of one entity field the first goes out: it is the one that a
        pull prefers.

        :return: :class:`CompiledOutgoing`
        """
        entity = field_map.flow_id._entity_model()
        timezone = field_map.flow_id.connection_id.tz or "UTC"
        chosen = {}
        for line in field_map.line_ids._in_force():
            if line.direction != "pull" and not line._push_obstacle():
                chosen.setdefault(line.target, line)
        lines = []
        for line in chosen.values():
            field = line._entity_field()
            steps, plain = self.env["connector.transform"]._compile_back(
                line.step_ids._chain(), timezone
            )
            lines.append(
                OutgoingLine(
                    path=line.remote_path,
                    field=field,
                    owner=line.owner,
                    required=line.required,
                    sources=entity._sources(field, chosen.keys()),
                    steps=steps,
                    plain=plain,
                )
            )
        sources = {name for line in lines for name in line.sources}
        return CompiledOutgoing(
            version=field_map.version,
            lines=lines,
            targets=frozenset(chosen),
            references=[line.field for line in lines if line.field.reference],
            odoo_names=sorted(
                {*sources, *entity._outgoing_context_fields(), "display_name"}
            ),
            fields={line.field.name: line.field for line in lines},
            masked=self._masked(entity, [line.field for line in lines]),
        )

    @api.model
    def _choose(self, run, out):
        """Choose the lines that have to go: all of a new record, else what differs.

        What the remote system owns goes with a new record only, which has nothing there
        yet that could be overwritten. A new one whose making was cut short gets of it
        what it doesn't have yet.
        """
        comparable = self.env["connector.import"]._comparable
        new = not out.remote_id
        unfinished = not new and out.binding["state"] == "creating"
        for line in run.compiled.lines:
            if line.owner == "ask" and not out.contested.isdisjoint(line.sources):
                continue
            if not new and line.owner == "remote":
                has_some = any(map(out.agreed_before.get, line.sources))
                if has_some or not unfinished:
                    continue
            if new or any(self._differs(run, out, name) for name in line.sources):
                out.lines.append(line)
                out.wanted.add(line.field.name)
                for name in line.sources:
                    value = run.entity._read_back(name, out.row[name])
                    out.agreed[name] = comparable(value)

    def _differs(self, run, out, name):
        """Whether a value is another one than both sides agreed on last.

        An empty value on which they never agreed says nothing.
        """
        comparable = self.env["connector.import"]._comparable
        ours = out.row[name]
        agreed = out.agreed_before.get(name, MISSING)
        if agreed is MISSING:
            return bool(ours)
        if comparable(ours) == agreed:
            return False
        back = run.entity._read_back
        return comparable(back(name, ours)) != comparable(back(name, agreed))

    @api.model
    def _render(self, run, out):
        """Set ``values``: the canonical values as the vendor wants them."""
        before = {}
        troubled = {problem.field for problem in out.problems}
        for line in out.lines:
            name = line.field.name
            if name in troubled:
                # What didn't go, or not all of it, isn't agreed: it goes another time.
                for source in line.sources:
                    out.agreed.pop(source, None)
            if name not in out.canonical:
                continue
            value = out.canonical[name]
            empty = value in (None, "", ())
            if line.required and empty:
                out.problems.append(self._required_missing(line.field))
            if empty and not out.remote_id:
                continue
            out.values[line.path] = self._render_value(run, line, value, out.problems)
            if out.before.get(name):
                before[line.path] = self._render_value(
                    run, line, out.before[name], out.problems
                )
        out.before = before

    def _render_value(self, run, line, value, problems):
        """A canonical value, taken through its chain backwards, as the vendor wants it.

        :param problems: gets that of a step that can't work with the value
        """
        if line.plain and value == ():
            value = None
        for step in line.steps if value not in (None, "", ()) else ():
            try:
                value = step.function(value, step.argument)
            except psycopg2.Error:
                raise
            except Exception as error:
                problems.append(self._transform_failed(line.field, step, value, error))
                return None
        kind = "char" if line.plain else line.field.kind
        return run.provider._write_value(run.flow.stream, line.path, kind, value)
