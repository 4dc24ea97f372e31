import collections
import dataclasses
import datetime

from odoo import fields, models
from odoo.tools import html2plaintext

from ..engine.normalize import fold, text_to_html
from ..engine.records import Problem
from ..engine.render import decimal_of
from .entity_values import CONVERTERS, MAPPED_KINDS, SEVERAL

#: Digits behind the decimal point of a float that mean something.
FLOAT_DIGITS = 6


@dataclasses.dataclass(slots=True)
class OutgoingLookups:
    """Answers to the questions of a whole batch, each asked in one query.

    :param references: ``{(entity, Odoo id): remote id}``
    :param values: ``{(value map, Odoo id): [(remote value, hints)]}``
    :param countries: ``{country id: ISO code}``
    :param states: ``{state id: name}``
    :param keys: ``{(model, field): {Odoo id: value}}``
    :param rules: ``{value map: (what happens to unmapped values, default Odoo id)}``
    """

    references: dict
    values: dict
    countries: dict
    states: dict
    keys: dict = dataclasses.field(default_factory=dict)
    rules: dict = dataclasses.field(default_factory=dict)


class ConnectorEntity(models.AbstractModel):
    """The entity contract, part three: from Odoo's values to canonical ones."""

    _inherit = "connector.entity"

    # -- declaration ----------------------------------------------------------

    def _sources(self, field, targets):
        """The Odoo fields that an entity field is made of on its way out.

        :param field: ``EntityField``
        :param targets: names of all entity fields that go out
        :return: tuple of names; empty where the field can't go out
        """
        return (field.odoo_field,) if field.odoo_field else ()

    def _outgoing_context_fields(self):
        """Odoo fields that are read beside the sources, to decide by."""
        known = self.env[self._entity_model]._fields
        return ["active"] if "active" in known else []

    def _is_archived(self, row):
        """Whether a record counts as archived, by its values as read."""
        return row.get("active") is False

    def _read_back(self, name, value):
        """The Odoo value that a pull would make of what goes out for ``value``.

        Where it is another spelling, both count as agreed: what we sent ourselves must
        not look like a change of the vendor's when it comes back.

        :param name: Odoo field
        """
        if value and self.env[self._entity_model]._fields[name].type == "html":
            return text_to_html(html2plaintext(value, include_references=False))
        return value

    # -- references -----------------------------------------------------------

    def _referred(self, run, batch, references):
        """Find the Odoo records that outgoing ones refer to.

        :param batch: list of ``connector_mapper_outgoing.Outgoing``; fills ``referred``
            and, with what both sides agreed on last, ``referred_before``
        :param references: the ``EntityField`` of kind reference that go out
        """
        for out in batch:
            out.referred = self._referred_by(run, out.row, references)
            out.referred_before = self._referred_by(run, out.agreed_before, references)

    def _referred_by(self, run, row, references):
        """``{entity field: [Odoo ids]}`` by the values of a row."""
        found = {}
        for field in references:
            value = row.get(field.odoo_field) or []
            found[field.name] = value if isinstance(value, list) else [value]
        return found

    def _companies_of(self, partner_ids):
        """``{partner: the company that it is or belongs to, or None}``"""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        return {
            partner.id: partner.commercial_partner_id.id
            if partner.commercial_partner_id.is_company
            else None
            for partner in partners
        }

    # -- values ---------------------------------------------------------------

    def _from_odoo(self, run, batch, names):
        """Turn Odoo values into canonical ones, for the whole batch at once.

        :param run: ``connector_push.PushRun``
        :param batch: list of ``connector_mapper_outgoing.Outgoing`` with their values
            as read; fills ``canonical`` with typed values: ``Decimal`` amounts, aware
            UTC moments, ISO codes, remote ids; and ``problems`` with why one can't go
        :param names: names of the entity fields that are asked for
        """
        as_mapped = run.compiled.fields
        asked = [
            as_mapped.get(name) or self._entity_field(name) for name in sorted(names)
        ]
        lookups = self._outgoing_lookups(run, batch, asked)
        for out in batch:
            for field in asked:
                if field.name not in out.wanted:
                    continue
                if field.kind in ("reference", "references"):
                    self._give_reference(run, lookups, out, field)
                elif field.odoo_field:
                    self._give(run, lookups, out, field, out.row[field.odoo_field])
            self._derive_outgoing(run, lookups, out)

    def _derive_outgoing(self, run, lookups, out):
        """Set canonical values made of several Odoo ones; extend per entity."""

    def _outgoing_lookups(self, run, batch, asked):
        ids = collections.defaultdict(set)
        for field in asked:
            if field.odoo_field and field.kind in ("country", "state"):
                ids[field.kind].update(out.row[field.odoo_field] for out in batch)
        kinds = {field.value_map for field in asked if field.kind in MAPPED_KINDS}
        return OutgoingLookups(
            references=run.references,
            values=self._values_back(run, kinds),
            countries={
                record_id: code
                for code, record_id in (
                    self._country_table(run).items() if ids["country"] else ()
                )
            },
            states=self._states_back(ids["state"] - {False}),
            keys=self._keys_back([field for field in asked if field.key], batch),
            rules=self._unmapped_rules(run, kinds),
        )

    def _values_back(self, run, kinds):
        """Value maps read backwards, without what the vendor has retired."""
        if not kinds:
            return {}
        lines = self.env["connector.value.map.line"].search_fetch(
            [
                ("map_id.connection_id", "=", run.connection.id),
                ("map_id.name", "in", list(kinds)),
            ],
            ["map_id", "remote_value", "hints", "res_id", "state"],
        )
        found = collections.defaultdict(list)
        for line in lines:
            retired = (line.hints or {}).get("archived")
            if line.state == "mapped" and not retired:
                key = (line.map_id.name, line.res_id)
                found[key].append((line.remote_value, line.hints or {}))
            elif line.state == "skipped":
                # What stands for nothing in Odoo, as the stage of lost deals.
                key = (line.map_id.name, False)
                found[key].append((line.remote_value, line.hints or {}))
        return found

    def _states_back(self, state_ids):
        """``{state id: name}``, or its code where the name means another state."""
        if not state_ids:
            return {}
        states = self.env["res.country.state"].browse(state_ids).exists()
        siblings = self.env["res.country.state"].search_fetch(
            [("country_id", "in", states.country_id.ids)], ["country_id", "code"]
        )
        codes = {(s.country_id.id, fold(s.code)): s.id for s in siblings}
        return {
            state.id: state.name
            if codes.get((state.country_id.id, fold(state.name)), state.id) == state.id
            else state.code
            for state in states
        }

    def _give(self, run, lookups, out, field, value):
        """Set the canonical value of one Odoo value, or note why it can't be."""
        if field.kind in ("money", "decimal"):
            value = decimal_of(round(value or 0.0, FLOAT_DIGITS))
        elif field.kind == "boolean":
            value = bool(value)
        elif field.kind == "integer":
            value = value or 0
        elif not value:
            value = () if field.kind in SEVERAL else None
        elif field.kind in CONVERTERS:
            return self._give_looked_up(run, lookups, out, field, value)
        elif field.kind == "value":
            return self._give_value(run, lookups, out, field, value)
        elif field.kind == "country":
            value = lookups.countries.get(value)
        elif field.kind == "state":
            value = lookups.states.get(value)
        elif field.kind == "datetime":
            value = value.replace(tzinfo=datetime.UTC)
        elif self.env[self._entity_model]._fields[field.odoo_field].type == "html":
            value = html2plaintext(value, include_references=False) or None
        out.canonical[field.name] = value
        return None

    def _give_value(self, run, lookups, out, field, record_id):
        """The remote value that stands for an Odoo record: exactly one, or a problem.

        The value of several remote ones can't be told: it is never guessed.
        """
        found = lookups.values.get((field.value_map, record_id), ())
        found = self._choose_value(run, lookups, out, field, found)
        if len(found) == 1:
            out.canonical[field.name] = found[0][0]
            return
        record = self.env[field.relation].browse(record_id)
        rule, _default = lookups.rules.get(field.value_map, (field.on_unmapped, 0))
        out.problems.append(
            Problem(
                "mapping",
                "several_values" if found else "unmapped_record",
                field=field.name,
                cause=f"{field.value_map}<{record_id}",
                params={
                    "label": field.label,
                    "record": record.display_name,
                    "vendor": run.provider._provider_label,
                },
                blocking=rule != "empty",
                shared=True,
            )
        )

    def _choose_value(self, run, lookups, out, field, found):
        """Narrow the remote values down that stand for the same Odoo record.

        :param found: list of ``(remote value, hints)``
        """
        return found

    def _give_reference(self, run, lookups, out, field):
        """Set the remote ids of the records that one refers to."""
        remote_ids = []
        for record_id in out.referred.get(field.name, ()):
            remote_id = lookups.references.get((field.reference, record_id))
            if remote_id:
                remote_ids.append(remote_id)
            else:
                out.problems.append(self._parent_not_sent(run, field, record_id))
        before = [
            lookups.references.get((field.reference, record_id))
            for record_id in out.referred_before.get(field.name, ())
        ]
        before = [remote_id for remote_id in before if remote_id]
        if field.kind == "references":
            out.canonical[field.name] = tuple(remote_ids)
            out.before[field.name] = tuple(before)
        else:
            out.canonical[field.name] = remote_ids[0] if remote_ids else None
            out.before[field.name] = before[0] if before else None

    def _parent_not_sent(self, run, field, record_id):
        """The problem of a reference to a record that the vendor doesn't have."""
        model = self.env[run.connection._entity(field.reference)._entity_model]
        record = model.browse(record_id).exists()
        return Problem(
            "missing_dependency",
            "parent_not_sent",
            field=field.name,
            params={"label": field.label, "vendor": run.provider._provider_label},
            details={"record": record.display_name or str(record_id)},
            blocking=field.kind == "reference",
            depends_on=(field.reference, record_id),
        )

    def _outgoing_amount(self, run, out, field, amount, currency, wanted):
        """An amount in the currency that the vendor counts in.

        :param amount: float in ``currency``
        :param wanted: currency to give it in
        :return: ``Decimal``, or ``None`` where Odoo has no rate; notes the problem
        """
        if currency == wanted:
            return decimal_of(round(amount or 0.0, FLOAT_DIGITS))
        company = run.connection.company_id
        for one in (currency, wanted):
            if one != company.currency_id and not (
                one.active and self._has_rate(one, company)
            ):
                out.problems.append(self._no_rate(field, one.name, company))
                return None
        today = fields.Date.context_today(self)
        converted = currency._convert(amount or 0.0, wanted, company, today)
        return decimal_of(wanted.round(converted))
