from odoo import fields, models

from ..engine.normalize import fold, format_phone, text_to_html
from ..engine.records import Problem
from .entity_values import CONVERTERS


class ConnectorEntity(models.AbstractModel):
    """The entity contract, part two: one canonical value becomes Odoo's."""

    _inherit = "connector.entity"

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
