import collections
import dataclasses
import difflib

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.tools import html_sanitize, plaintext2html

from ..engine.fields import EntityField
from ..engine.normalize import fold, format_phone
from ..engine.paths import MISSING
from ..engine.records import Problem

#: Target of a field map's line that is a stored field of the Odoo model itself.
ODOO_PREFIX = "odoo."
#: Type of an Odoo field -> type of entity field that fills it.
KIND_OF_TTYPE = {
    "char": "char",
    "text": "text",
    "html": "text",
    "integer": "integer",
    "float": "decimal",
    "monetary": "money",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
}
#: Likeness of two names from which on one is suggested for the other (difflib's ratio).
SUGGEST_RATIO = 0.6
#: What a batch is written with: the log of the connector tells what changed, so that a
#: first load neither fills the chatter nor mails anybody.
CREATE_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
}
WRITE_CONTEXT = {"mail_auto_subscribe_no_notify": True, "active_test": False}


@dataclasses.dataclass(slots=True)
class Lookups:
    """Answers to the questions of a whole batch, each asked in one query.

    :param values: ``{(value map, remote value): Odoo id, or False for "leave empty"}``
    :param references: ``{(entity, remote id): Odoo id}``
    """

    values: dict
    labels: dict
    references: dict
    countries: dict
    states: dict


class ConnectorEntity(models.AbstractModel):
    """The entity contract: what a customer, a product, a deal is in Odoo.

    An entity is an abstract model ``connector.entity.<name>`` that inherits this one.
    It declares its fields and turns batches of canonical records into Odoo records. It
    never speaks HTTP and knows no vendor.
    """

    _name = "connector.entity"
    _description = "Connector Entity"

    #: Odoo model that holds the records.
    _entity_model = None

    # -- declaration ----------------------------------------------------------

    @api.model
    def _entity_name(self):
        return self._name.removeprefix("connector.entity.")

    def _entity_fields(self):
        """:return: list of ``EntityField``"""
        return []

    def _entity_field(self, target):
        """The field that a map's line points to, or ``None``.

        ``odoo.<name>`` is any stored field of a simple type of the Odoo model, custom
        fields included.
        """
        if not target.startswith(ODOO_PREFIX):
            return {field.name: field for field in self._entity_fields()}.get(target)
        field = self.env[self._entity_model]._fields.get(
            target.removeprefix(ODOO_PREFIX)
        )
        if field is None or not field.store or field.type not in KIND_OF_TTYPE:
            return None
        return EntityField(
            name=target,
            kind=KIND_OF_TTYPE[field.type],
            label=field.string,
            odoo_field=field.name,
        )

    def _fields_by_odoo_name(self):
        return {
            field.odoo_field: field
            for field in self._entity_fields()
            if field.odoo_field
        }

    def _owners(self, owner_by_field):
        """``{Odoo field: owner}`` from the owners of a map's entity fields.

        Extend it where an Odoo field is made of several entity fields.
        """
        owners = {}
        for name, owner in owner_by_field.items():
            field = self._entity_field(name)
            if field and field.odoo_field:
                owners[field.odoo_field] = owner
        return owners

    def _match_rules(self):
        """Rules by which an unbound record finds its Odoo record, the surest first.

        :return: list of ``(name, label)``; see :meth:`_match_key`, :meth:`_candidates`
        """
        return []

    # -- into Odoo ------------------------------------------------------------

    def _to_odoo(self, run, batch):
        """Turn canonical values into Odoo values, for the whole batch at once.

        :param run: ``connector_pull.Run``
        :param batch: list of ``connector_mapper.Mapped``; fills ``values``,
            ``deferred`` and ``problems``
        """
        lookups = self._lookups(run, batch)
        known = {field.name: field for field in self._entity_fields()}
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
        """Set Odoo values that are made of several canonical ones; extend per entity."""

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

    def _lookups(self, run, batch):
        asked = collections.defaultdict(set)
        known = {field.name: field for field in self._entity_fields()}
        for mapped in batch:
            for name, value in mapped.canonical.items():
                field = known.get(name)
                if field and field.kind == "references":
                    asked["reference", field.reference].update(value or ())
                elif field and value not in (None, ""):
                    asked[field.kind, field.value_map or field.reference].add(value)
        references = {
            (entity, remote_id): record_id
            for (kind, entity), ids in asked.items()
            if kind == "reference"
            for remote_id, record_id in self.env["connector.binding"]
            ._res_ids(run.connection, entity, ids)
            .items()
        }
        values, labels = self._value_lookups(
            run, {key for kind, key in asked if kind == "value"}
        )
        countries = self._country_table(run) if asked.get(("country", None)) else {}
        codes = asked.get(("country", None), ())
        return Lookups(
            values=values,
            labels=labels,
            references=references,
            countries=countries,
            states=self._state_table(run, {countries.get(code) for code in codes}),
        )

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
            return self.env["res.partner"]._clean_website(value)
        if field.kind == "text":
            odoo_field = self.env[self._entity_model]._fields.get(field.odoo_field)
            if odoo_field is not None and odoo_field.type == "html":
                # As the field stores it, so that an unchanged text compares equal.
                return str(html_sanitize(Markup(plaintext2html(value))))
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
        if not currency or not currency.active or not currency.rate_ids:
            shown = code or currency.name
            mapped.problems.append(
                Problem(
                    "mapping",
                    "no_rate",
                    field=field,
                    cause=shown,
                    params={"currency": shown, "company": company.name},
                    shared=True,
                )
            )
            return None, currency
        converted = currency._convert(
            float(amount), company.currency_id, company, today
        )
        return converted, currency

    def _currency_table(self, run):
        if "currencies" not in run.tables:
            currencies = self.env["res.currency"].with_context(active_test=False)
            run.tables["currencies"] = {c.name: c for c in currencies.search([])}
        return run.tables["currencies"]

    def _convert_state(self, lookups, mapped, field, value):
        country = lookups.countries.get(mapped.canonical.get("country") or None)
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
        hold = field.on_unmapped == "hold"
        mapped.problems.append(
            Problem(
                "mapping",
                "unmapped_value" if hold else "unmapped_value_empty",
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
                if problem.code in ("unmapped_value", "unmapped_value_empty"):
                    kind, _sep, value = problem.cause.partition("=")
                    found[kind, value] += 1
        if found:
            self.env["connector.value.map"]._note_unmapped(run.connection, found)

    # -- match ----------------------------------------------------------------

    def _match(self, run, batch):
        """Find the Odoo records of unbound ones; what isn't certain is held.

        Records that this connection has bound already are no candidates.
        """
        for rule, label in self._match_rules():
            by_key = collections.defaultdict(list)
            for mapped in batch:
                key = self._match_key(rule, mapped)
                if key and not mapped.record_id and not mapped.held:
                    by_key[key].append(mapped)
            if not by_key:
                continue
            candidates = self._candidates(run, rule, set(by_key))
            bound = (
                self.env["connector.binding"]._bound_res_ids(
                    run.connection,
                    self._entity_name(),
                    {record_id for ids in candidates.values() for record_id in ids},
                )
                if candidates
                else set()
            )
            for key, group in by_key.items():
                free = [i for i in candidates.get(key, ()) if i not in bound]
                if len(free) == 1 and len(group) == 1:
                    group[0].record_id = free[0]
                elif free:
                    self._hold_ambiguous(group, label, max(len(free), len(group)))

    def _hold_ambiguous(self, group, label, count):
        for mapped in group:
            mapped.problems.append(
                Problem(
                    "ambiguous_match",
                    "several_matches",
                    params={"label": label},
                    details={"count": count},
                )
            )

    def _match_key(self, rule, mapped):
        """The value by which ``rule`` compares a record, or ``None``."""
        return None

    def _candidates(self, run, rule, keys):
        """``{key: [Odoo ids]}`` of all records that ``rule`` finds, in one query."""
        return {}

    # -- write ----------------------------------------------------------------

    def _create_records(self, vals_list):
        """Create records in one batch; :return: recordset in the same order"""
        model = self.env[self._entity_model].with_context(**CREATE_CONTEXT)
        return model.create([self._commands(vals) for vals in vals_list])

    def _write_records(self, record_ids, vals):
        """Write the same values to records."""
        model = self.env[self._entity_model].with_context(**WRITE_CONTEXT)
        model.browse(record_ids).write(self._commands(vals))

    def _commands(self, vals):
        """Lists of ids as the command that sets them."""
        return {
            name: [Command.set(value)] if isinstance(value, list) else value
            for name, value in vals.items()
        }

    def _archive_records(self, record_ids):
        model = self.env[self._entity_model].with_context(**WRITE_CONTEXT)
        records = model.browse(record_ids).exists()
        if "active" in records._fields:
            records.write({"active": False})

    def _restored_values(self):
        """What brings an archived record back."""
        model = self.env[self._entity_model]
        return {"active": True} if "active" in model._fields else {}

    # -- value maps -----------------------------------------------------------

    def _suggest_value(self, line):
        """Guess what a vendor's value means in Odoo.

        :param line: ``connector.value.map.line``
        :return: ``(record, certain)``, or ``None``; certain ones are taken without
            asking, an empty certain record means "leave empty"
        """
        model = self.env[line.res_model]
        if line.res_model == "res.users":
            email = (line.hints or {}).get("email")
            users = self._users_by_email(email) if email else model
            return (users, True) if len(users) == 1 else None
        label = fold(line.remote_label or line.remote_value)
        names = {
            fold(r.display_name): r for r in model.search(self._value_domain(line))
        }
        if label in names:
            return names[label], True
        close = difflib.get_close_matches(label, names, n=1, cutoff=SUGGEST_RATIO)
        return (names[close[0]], False) if close else None

    def _value_domain(self, line):
        """Which Odoo records a value map's line may point to."""
        return []

    def _users_by_email(self, email):
        """Internal users with that address as login or e-mail; never made."""
        return self.env["res.users"].search(
            [
                "&",
                ("share", "=", False),
                "|",
                ("login", "=ilike", email),
                ("email_normalized", "=", email.lower()),
            ]
        )
