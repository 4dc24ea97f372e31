import collections
import dataclasses

from odoo import fields, models
from odoo.fields import Domain

from ..engine.normalize import fold, format_phone, text_to_html
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
                elif field and value not in (None, ""):
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
            ["map_id", "remote_value", "remote_label", "res_id", "skip", "state"],
        )
        values, labels = {}, {}
        for line in lines:
            key = (line.map_id.name, line.remote_value)
            labels[key] = line.remote_label or line.remote_value
            if line.state in ("mapped", "skipped"):
                values[key] = line.res_id or False
        return values, labels

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

    def _convert(self, run, lookups, mapped, field, value):
        """Set the Odoo value of one canonical value, or note why it can't be."""
        if field.kind == "value":
            self._convert_value(lookups, mapped, field, value)
        elif field.kind in CONVERTERS:
            getattr(self, CONVERTERS[field.kind])(run, lookups, mapped, field, value)
        elif field.kind == "reference":
            self._convert_reference(run, lookups, mapped, field, value)
        elif field.kind == "references":
            self._convert_references(run, lookups, mapped, field, value)
        elif value is None or value == "":
            mapped.values[field.odoo_field] = 0.0 if field.kind == "money" else False
        elif field.kind == "country":
            mapped.values[field.odoo_field] = lookups.countries.get(value, False)
        elif field.kind == "state":
            self._convert_state(lookups, mapped, field, value)
        else:
            mapped.values[field.odoo_field] = self._convert_plain(mapped, field, value)

    def _convert_plain(self, mapped, field, value):
        if field.kind in ("money", "decimal"):
            return float(value)
        if field.kind == "datetime":
            return value.replace(tzinfo=None, microsecond=0)
        if field.kind == "phone":
            country = mapped.canonical.get("country") or None
            return format_phone(value, country) or value
        if field.kind == "url":
            whole = value.startswith(("https://", "http://"))
            return value if whole else self.env["res.partner"]._clean_website(value)
        if field.kind == "text":
            odoo_field = self.env[self._entity_model]._fields.get(field.odoo_field)
            if odoo_field is not None and odoo_field.type == "html":
                return text_to_html(value)
        return value

    def _company_amount(self, run, mapped, field, amount, code):
        """An amount in the company's currency, at today's rate.

        :param amount: ``Decimal``, or ``None``
        :param code: ISO 4217 code, or ``None`` for the remote account's own currency
        :return: ``(amount as float or None, currency of the amount)``; notes a problem
            where Odoo has no rate, rather than to count dollars as euros
        """
        company = run.connection.company_id
        currency = self._currency_table(run).get((code or "").upper())
        if not code:
            currency = run.connection.currency_id or company.currency_id
        if amount is None:
            return None, currency
        if currency == company.currency_id:
            return float(amount), currency
        today = fields.Date.context_today(self)
        if not currency or not currency.active or not self._has_rate(currency, company):
            shown = code or currency.name
            mapped.problems.append(self._no_rate(field, shown, company))
            return None, currency
        converted = currency._convert(
            float(amount), company.currency_id, company, today
        )
        return converted, currency

    def _no_rate(self, field, code, company):
        """The problem of a currency that the company has no rate of."""
        return Problem(
            "mapping",
            "no_rate",
            field=field,
            cause=code,
            params={"currency": code, "company": company.name},
            shared=True,
        )

    def _has_rate(self, currency, company):
        """Whether the company has a rate; Odoo counts one for one where it has none."""
        return any(
            rate.company_id in (company.root_id, company.browse())
            for rate in currency.rate_ids
        )

    def _currency_table(self, run):
        if "currencies" not in run.tables:
            currencies = self.env["res.currency"].with_context(active_test=False)
            run.tables["currencies"] = {c.name: c for c in currencies.search([])}
        return run.tables["currencies"]

    def _country_of_state(self, mapped, field):
        """The ISO code of the country that a state belongs to; extend it."""
        return mapped.canonical.get("country")

    def _convert_state(self, lookups, mapped, field, value):
        country = lookups.countries.get(self._country_of_state(mapped, field) or None)
        state_id = lookups.states.get((country, fold(value)))
        mapped.values[field.odoo_field] = state_id or False
        if not state_id:
            # Many countries' regions aren't in Odoo: say it in the log, hold nothing.
            mapped.note = self.env._(
                "%(label)s “%(value)s” isn't known in Odoo.",
                label=field.label,
                value=value[:40],
            )

    def _convert_value(self, lookups, mapped, field, value):
        if value is None or value == "":
            mapped.values[field.odoo_field] = False
            return
        key = (field.value_map, value)
        if key in lookups.values:
            mapped.values[field.odoo_field] = lookups.values[key]
            return
        found = self._unmapped(lookups, mapped, field, value)
        if found:
            mapped.values[field.odoo_field] = found

    def _unmapped(self, lookups, mapped, field, value):
        """Note a value that nobody has mapped.

        :return: the default record that its value map names, or ``None``
        """
        rule, default_id = lookups.rules.get(
            field.value_map, (field.on_unmapped, False)
        )
        default_id = default_id if rule == "default" else None
        hold = rule == "hold" or (rule == "default" and not default_id)
        code = "unmapped_value" if hold else "unmapped_value_empty"
        key = (field.value_map, value)
        mapped.problems.append(
            Problem(
                "mapping",
                "unmapped_value_default" if default_id else code,
                field=field.name,
                cause=f"{field.value_map}={value}",
                params={
                    "label": field.label,
                    "value": lookups.labels.get(key, value),
                },
                blocking=hold,
                shared=True,
            )
        )
        return default_id

    def _convert_reference(self, run, lookups, mapped, field, value):
        if value is None or value == "":
            mapped.values[field.odoo_field] = False
        elif (field.reference, value) in lookups.references:
            record_id = lookups.references[field.reference, value]
            mapped.values[field.odoo_field] = record_id
        elif field.reference == self._entity_name():
            # It may be in this very batch: set when all of it exists.
            mapped.deferred[field.odoo_field] = value
        else:
            mapped.problems.append(self._unresolved_reference(run, field, value, True))

    def _convert_references(self, run, lookups, mapped, field, value):
        """Link those that Odoo has; the others are reported and follow later."""
        found = []
        for remote_id in value or ():
            record_id = lookups.references.get((field.reference, remote_id))
            if record_id:
                found.append(record_id)
            else:
                mapped.problems.append(
                    self._unresolved_reference(run, field, remote_id, False)
                )
        mapped.values[field.odoo_field] = sorted(set(found))

    def _unresolved_reference(self, run, field, remote_id, blocking):
        """The problem of a reference to a record that Odoo doesn't have."""
        gone = (field.reference, remote_id) in run.absent
        return Problem(
            "missing_dependency",
            "missing_parent" if gone else "parent_held",
            field=field.name,
            params={"label": field.label, "vendor": run.provider._provider_label},
            details={"remote_id": remote_id},
            blocking=blocking,
            depends_on=(field.reference, remote_id),
        )

    def _note_unmapped(self, run, batch):
        found = collections.Counter()
        for mapped in batch:
            for problem in mapped.problems:
                if problem.code in UNMAPPED_CODES:
                    kind, _sep, value = problem.cause.partition("=")
                    found[kind, value] += 1
        if found:
            self.env["connector.value.map"]._note_unmapped(run.connection, found)
