import collections
import dataclasses

from odoo import models
from odoo.fields import Domain

from ..engine.normalize import fold
from ..engine.paths import MISSING
from ..engine.records import Problem


@dataclasses.dataclass(slots=True)
class Lookups:
    """Answers to the questions of a whole batch, each asked in one query.

    :param values: ``{(value map, remote value): Odoo id, or False for "leave empty"}``
    :param rules: ``{value map: (what happens to unmapped values, default Odoo id)}``
    :param references: ``{(entity, remote id): Odoo id}``
    :param keys: ``{(model, field): {value: [Odoo ids]}}``
    """

    values: dict
    labels: dict
    references: dict
    countries: dict
    states: dict
    rules: dict = dataclasses.field(default_factory=dict)
    keys: dict = dataclasses.field(default_factory=dict)


#: Types of entity field whose values go through a value map.
MAPPED_KINDS = frozenset({"value", "values", "choice"})
#: Codes of the problems of values that a value map doesn't know.
UNMAPPED_CODES = ("unmapped_value", "unmapped_value_empty", "unmapped_value_default")
#: Types of fields that a field map's line gives, and what converts them.
CONVERTERS = {
    "values": "_convert_values",
    "choice": "_convert_choice",
    "key": "_convert_key",
    "keys": "_convert_keys",
}
#: Types that hold several values.
SEVERAL = frozenset({"values", "references", "keys"})


class ConnectorEntity(models.AbstractModel):
    """The entity contract, part two: from canonical values to Odoo's, in batches."""

    _inherit = "connector.entity"

    def _to_odoo(self, run, batch):
        """Turn canonical values into Odoo values, for the whole batch at once.

        :param run: ``connector_pull.Run``
        :param batch: list of ``connector_mapper.Mapped``; fills ``values``,
            ``deferred`` and ``problems``
        """
        known = self._known_fields(run)
        lookups = self._lookups(run, batch, known)
        for mapped in batch:
            self._complete(run, mapped)
            for name, value in mapped.canonical.items():
                field = known.get(name) or self._entity_field(name)
                if field.odoo_field:
                    self._convert(run, lookups, mapped, field, value)
            self._derive(run, lookups, mapped)
            self._check_required(mapped, known.values())
        self._note_unmapped(run, batch)

    def _complete(self, run, mapped):
        """Fill canonical values that follow from others; extend per entity."""

    def _derive(self, run, lookups, mapped):
        """Set Odoo values made of several canonical ones; extend per entity."""

    def _check_required(self, mapped, known):
        for field in known:
            if not field.required:
                continue
            value = mapped.canonical.get(field.name, MISSING)
            if value in (None, "") or (value is MISSING and not mapped.binding):
                mapped.problems.append(
                    Problem(
                        "validation",
                        "required_missing",
                        field=field.name,
                        params={"label": field.label},
                    )
                )

    def _known_fields(self, run):
        """``{name: EntityField}``: the entity's, and as the map's lines fill them."""
        declared = {field.name: field for field in self._entity_fields()}
        return declared | run.compiled.fields

    def _lookups(self, run, batch, known):
        asked = collections.defaultdict(set)
        for mapped in batch:
            for name, value in mapped.canonical.items():
                field = known.get(name)
                if field and field.kind in SEVERAL:
                    kind = field.kind.removesuffix("s")
                    asked[kind, self._asked_of(field)].update(value or ())
                elif field and field.kind != "structure" and value not in (None, ""):
                    asked[field.kind, self._asked_of(field)].add(value)
        references = {
            (entity, remote_id): record_id
            for (kind, entity), ids in asked.items()
            if kind == "reference"
            for remote_id, record_id in self.env["connector.binding"]
            ._res_ids(run.connection, entity, ids)
            .items()
        }
        kinds = {key for kind, key in asked if kind in MAPPED_KINDS}
        values, labels = self._value_lookups(run, kinds)
        self._take_in_new(run, asked, values, labels)
        countries = self._country_table(run) if asked.get(("country", None)) else {}
        codes = asked.get(("country", None), ())
        return Lookups(
            values=values,
            labels=labels,
            references=references,
            countries=countries,
            states=self._state_table(run, {countries.get(code) for code in codes}),
            rules=self._unmapped_rules(run, kinds),
            keys={
                key: self._records_by_key(run, key, values)
                for (kind, key), values in asked.items()
                if kind == "key"
            },
        )

    def _take_in_new(self, run, asked, values, labels):
        """List the values that no list has named; some say themselves what they mean.

        Options of a selection are known without a list, see ``entity_lookups``.
        """
        new = {
            (key, value)
            for (kind, key), found in asked.items()
            if kind == "value"
            for value in found
            if (key, value) not in labels
        }
        if not new:
            return
        lines = self.env["connector.value.map"]._take_in(run.connection, new)
        for line in lines:
            key = (line.map_id.name, line.remote_value)
            labels[key] = line.remote_value
            if line.state in ("mapped", "skipped"):
                values[key] = line.res_id or False

    def _asked_of(self, field):
        """Where the values of a field are looked up."""
        if field.key:
            return field.relation, field.key
        return field.value_map or field.reference

    def _records_by_key(self, run, key, values):
        """``{value: [Odoo ids]}`` of the records that hold these values in a field.

        :param key: ``(model, field)``
        """
        name, key_field = key
        model = self.env[name]
        if model._fields[key_field].type == "integer":
            values = {int(value) for value in values if value.isdecimal()}
        company = run.connection.company_id
        records = model.search_fetch(
            self._company_domain(model, company)
            & Domain(key_field, "in", list(values)),
            [key_field],
        )
        found = {}
        for record in records:
            found.setdefault(str(record[key_field]), []).append(record.id)
        return found

    def _unmapped_rules(self, run, kinds):
        """``{value map: (on_unmapped, default Odoo id)}`` as people have decided."""
        if not kinds:
            return {}
        value_maps = self.env["connector.value.map"].search_fetch(
            [("connection_id", "=", run.connection.id), ("name", "in", list(kinds))],
            ["name", "on_unmapped", "default_res_id"],
        )
        return {
            value_map.name: (value_map.on_unmapped, value_map.default_res_id)
            for value_map in value_maps
            if value_map.on_unmapped
        }

    def _value_lookups(self, run, kinds):
        if not kinds:
            return {}, {}
        lines = self.env["connector.value.map.line"].search_fetch(
            [
                ("map_id.connection_id", "=", run.connection.id),
                ("map_id.name", "in", list(kinds)),
            ],
            ["map_id", "remote_value", "remote_label", "hints", "res_id", "state"],
        )
        values, labels = {}, {}
        for line in lines:
            key = (line.map_id.name, line.remote_value)
            labels[key] = self._value_label(line)
            if line.state in ("mapped", "skipped"):
                values[key] = line.res_id or False
        return values, labels

    def _value_label(self, line):
        """What people call a vendor's value, told apart from others; extend it.

        :param line: ``connector.value.map.line``
        """
        return line.remote_label or line.remote_value

    def _country_table(self, run):
        if "countries" not in run.tables:
            countries = self.env["res.country"].search_fetch([], ["code"])
            run.tables["countries"] = {c.code: c.id for c in countries}
        return run.tables["countries"]

    def _state_table(self, run, country_ids):
        """``{(country id, folded name or code): state id}``"""
        table = run.tables.setdefault("states", {})
        loaded = run.tables.setdefault("states_of", set())
        missing = {country_id for country_id in country_ids if country_id} - loaded
        if missing:
            loaded |= missing
            states = self.env["res.country.state"].search_fetch(
                [("country_id", "in", list(missing))], ["country_id", "name", "code"]
            )
            for state in states:
                country_id = state.country_id.id
                # A code wins over another state's name; names come first for that.
                table.setdefault((country_id, fold(state.name)), state.id)
            for state in states:
                table[state.country_id.id, fold(state.code)] = state.id
        return table

    def _note_unmapped(self, run, batch):
        found = collections.Counter()
        for mapped in batch:
            for problem in mapped.problems:
                if problem.code in UNMAPPED_CODES:
                    kind, _sep, value = problem.cause.partition("=")
                    found[kind, value] += 1
        if found:
            self.env["connector.value.map"]._note_unmapped(run.connection, found)
