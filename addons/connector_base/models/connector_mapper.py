import dataclasses

from odoo import api, models

from ..engine import paths, values
from ..engine.hashing import content_hash
from ..engine.masking import mask_personal
from ..engine.normalize import storable
from ..engine.records import Problem

MISSING = paths.MISSING
#: What a line brings that has no value.
EMPTY = (None, "", MISSING)


@dataclasses.dataclass(slots=True)
class MappedLine:
    """A line of a field map, compiled.

    :param field: the ``EntityField`` as the line fills it
    :param steps: ``connector_transform_chain.Step`` of its chain, without the look-up
    :param fills_null: something is to be done where the vendor sends null
    """

    get: object
    field: object
    owner: str
    required: bool
    default: str | None
    steps: tuple = ()
    fills_null: bool = False


@dataclasses.dataclass(slots=True)
class CompiledMap:
    """A field map, ready to be applied to many records.

    :param targets: names of the entity fields that it fills
    :param fields: ``{target: EntityField}`` as its lines fill them
    :param masked: ``{Odoo field: whether its values are masked}``, of its lines
    """

    version: int
    salt: str
    lines: list
    timezone: str
    targets: frozenset
    fields: dict
    masked: dict
    #: ``engine.corrections.Corrections`` of the flow, or ``None``
    corrections: object = None


@dataclasses.dataclass(slots=True)
class Mapped:
    """A remote record on its way into Odoo.

    :param canonical: ``{entity field: typed value}``, without what is ``MISSING``
    :param values: the same in Odoo's terms: ``{Odoo field: value to write}``
    :param binding: row of the binding it has, if any
    :param record_id: Odoo id, once known
    :param deferred: ``{Odoo field: remote id}`` of references within the same entity,
        which may point to records of the same batch
    :param on_create: what Odoo would compute for a new record and is known already
    :param linked: ``{Odoo field: Odoo id}`` of those that are set by now
    :param agreed: ``{Odoo field: remote value}`` of what Odoo keeps as it is
    :param kept: Odoo fields that keep a value although the vendor sent a new one
    :param changes: ``{field: (before, after)}`` for the log, masked
    :param kept_at: when the latest of those was edited in Odoo, where that decided
    :param forced: Odoo fields that go out as they are, whatever their spelling
    :param conflicts: ``{Odoo field: (base, ours, theirs)}`` that a person must decide
    :param decided: ``{Odoo field: row of connector.conflict}`` that one has decided
    :param respelled: ``{Odoo field: (sent, stored)}`` that the vendor spells its way
    :param agreed_remote: ``{Odoo field: value}`` of all that it is known to spell so
    :param candidates: ``matching.Candidate`` of one that is held for a person
    :param match_decided: a person said which Odoo record it is, or that it is new
    """

    record: object
    digest: str
    canonical: dict = dataclasses.field(default_factory=dict)
    problems: list = dataclasses.field(default_factory=list)
    values: dict = dataclasses.field(default_factory=dict)
    binding: object = None
    record_id: int | None = None
    deferred: dict = dataclasses.field(default_factory=dict)
    linked: dict = dataclasses.field(default_factory=dict)
    on_create: dict = dataclasses.field(default_factory=dict)
    agreed: dict = dataclasses.field(default_factory=dict)
    kept: list = dataclasses.field(default_factory=list)
    action: str | None = None
    changes: dict = dataclasses.field(default_factory=dict)
    note: str | None = None
    kept_at: object = None
    forced: list | None = None
    conflicts: dict | None = None
    decided: dict | None = None
    respelled: dict | None = None
    agreed_remote: dict | None = None
    candidates: list | None = None
    match_decided: bool = False

    @property
    def held(self):
        return any(problem.blocking for problem in self.problems)


class ConnectorMapper(models.AbstractModel):
    """From a vendor's payload to canonical values, by the active field map."""

    _name = "connector.mapper"
    _description = "Connector Mapper"

    @api.model
    def _compile(self, field_map):
        """Compile a field map once per run.

        :return: :class:`CompiledMap`
        """
        flow = field_map.flow_id
        entity = flow._entity_model()
        timezone = flow.connection_id.tz or "UTC"
        transforms = self.env["connector.transform"]
        lines = []
        for line in field_map.line_ids._in_force():
            if line.direction == "push":
                continue
            steps = transforms._compile_chain(line.step_ids._chain(), timezone)
            default = line.default_value or None
            lines.append(
                MappedLine(
                    get=paths.getter(line.remote_path),
                    field=line._entity_field(),
                    owner=line.owner,
                    required=line.required,
                    default=default,
                    steps=steps,
                    fills_null=default is not None or any(s.on_null for s in steps),
                )
            )
        return CompiledMap(
            version=field_map.version,
            salt=f"{field_map.id}:",
            lines=lines,
            timezone=timezone,
            targets=frozenset(line.field.name for line in lines),
            fields={line.field.name: line.field for line in lines},
            masked=self._masked(entity, [line.field for line in lines]),
            corrections=self.env["connector.correction"]._of_flow(flow),
        )

    def _masked(self, entity, found):
        """``{Odoo field: whether its values are masked}`` as a map's lines say.

        :param found: the ``EntityField`` of the lines; one that masks is enough
        """
        masked = {}
        for field in found:
            for name in entity._owners({field.name: ""}):
                masked[name] = masked.get(name, False) or field.pii
        return masked

    @api.model
    def _digest(self, compiled, record):
        """Hash of what the map looks at in a record: equal means nothing to do."""
        return content_hash(
            [line.get(record.values) for line in compiled.lines], compiled.salt
        )

    @api.model
    def _map(self, compiled, record, digest):
        """Read all mapped values of a record.

        Several lines may fill one field: the first that brings a value wins.

        :return: :class:`Mapped`, with the problems of values that can't be read
        """
        mapped = Mapped(record=record, digest=digest)
        canonical, payload = mapped.canonical, record.values
        corrections = compiled.corrections
        for line in compiled.lines:
            name = line.field.name
            if canonical.get(name) not in EMPTY:
                continue
            raw = line.get(payload)
            if corrections:
                raw = corrections.correct(name, record.remote_id, raw)
            if raw is None and not line.fills_null:
                # What is most of the values: nothing to read.
                canonical[name] = None
                continue
            value = self._read_line(compiled, line, raw, mapped.problems, payload)
            if value is not MISSING:
                canonical[name] = value
        for line in compiled.lines:
            if line.required and canonical.get(line.field.name) in EMPTY:
                mapped.problems.append(self._required_missing(line.field))
        return mapped

    def _required_missing(self, field):
        return Problem(
            "validation",
            "required_missing",
            field=field.name,
            params={"label": field.label},
        )

    def _read_line(self, compiled, line, raw, problems, payload):
        if line.default is not None and raw in EMPTY:
            raw = line.default
        field = line.field
        for step in line.steps:
            if (raw is None and not step.on_null) or (
                raw is MISSING and not step.always
            ):
                continue
            try:
                if step.whole:
                    raw = step.function(raw, step.argument, payload)
                else:
                    raw = step.function(raw, step.argument)
            except ValueError as error:
                problems.append(self._transform_failed(field, step, raw, error))
                return MISSING
        try:
            return values.read_value(field.kind, raw, compiled.timezone)
        except values.ValueProblem as error:
            shown = self._shown(field, raw)
            problems.append(
                Problem(
                    "validation",
                    "invalid_value",
                    field=field.name,
                    cause=error.code,
                    params={"label": field.label},
                    details={"value": shown},
                    blocking=not field.lenient,
                )
            )
            return MISSING

    @api.model
    def _referred_ids(self, compiled, line, payload):
        """The remote ids that a reference's line brings; none where it can't be read.

        :return: iterable of texts
        """
        raw = line.get(payload)
        if line.steps:
            raw = self._read_line(compiled, line, raw, [], payload)
        items = raw if isinstance(raw, list | tuple) else [raw]
        return (str(item) for item in items if item not in EMPTY)

    def _transform_failed(self, field, step, raw, error):
        """The problem of a transform that can't work with a value.

        :param error: ``ValueError`` that it raised
        """
        failed = getattr(error, "kind", None)
        return Problem(
            "mapping",
            "expression_failed" if failed else "transform_failed",
            field=field.name,
            cause=step.name,
            params={"label": field.label, "transform": step.name, "kind": failed},
            details={"value": self._shown(field, raw)},
        )

    def _shown(self, field, raw):
        """A value as an exception may show it."""
        if raw is None or raw is MISSING:
            return self.env._("empty")
        return mask_personal(raw) if field.pii else storable(str(raw))[:60]
