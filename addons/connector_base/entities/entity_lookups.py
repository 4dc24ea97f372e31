from odoo import models

from ..engine.masking import mask_personal
from ..engine.normalize import fold
from ..engine.records import Problem


class ConnectorEntity(models.AbstractModel):
    """The entity contract, part four: targets that a field map's line looks up itself.

    Lists of mapped values, options of selections, and records by one of their fields.
    """

    _inherit = "connector.entity"

    # -- into Odoo ------------------------------------------------------------

    def _convert_values(self, run, lookups, mapped, field, value):
        """Set all records that several values stand for."""
        found = []
        for item in value or ():
            key = (field.value_map, item)
            if key in lookups.values:
                found.append(lookups.values[key])
            else:
                found.append(self._unmapped(lookups, mapped, field, item))
        mapped.values[field.odoo_field] = sorted({i for i in found if i})

    def _convert_choice(self, run, lookups, mapped, field, value):
        """Set an option: what a person has decided, else by its value or its label."""
        if value is None or value == "":
            mapped.values[field.odoo_field] = False
            return
        options, by_id = self._options(run, field)
        key = (field.value_map, value)
        if key in lookups.values:
            mapped.values[field.odoo_field] = by_id.get(lookups.values[key], False)
            return
        chosen = options.get(value) or options.get(fold(value))
        if chosen is None:
            chosen = by_id.get(self._unmapped(lookups, mapped, field, value))
        if chosen is not None:
            mapped.values[field.odoo_field] = chosen

    def _options(self, run, field):
        """The options of a selection, once per run.

        :return: ``({value or folded label: value}, {id of the option's row: value})``
        """
        key = ("options", field.odoo_field)
        if key not in run.tables:
            odoo_field = self.env[self._entity_model]._fields[field.odoo_field]
            pairs = odoo_field._description_selection(self.env)
            options = {}
            # A value wins over the label of another option; the values come last.
            for value, label in reversed(pairs):
                options[fold(label)] = value
            options.update({value: value for value, _label in pairs})
            rows = (
                self.env["ir.model.fields.selection"]
                .sudo()
                .search_fetch(
                    [
                        ("field_id.model", "=", self._entity_model),
                        ("field_id.name", "=", field.odoo_field),
                    ],
                    ["value"],
                )
            )
            run.tables[key] = options, {row.id: row.value for row in rows}
        return run.tables[key]

    def _convert_key(self, run, lookups, mapped, field, value):
        if value is None or value == "":
            mapped.values[field.odoo_field] = False
            return
        found = self._by_key(lookups, mapped, field, value)
        if found:
            mapped.values[field.odoo_field] = found

    def _convert_keys(self, run, lookups, mapped, field, value):
        found = [self._by_key(lookups, mapped, field, item) for item in value or ()]
        mapped.values[field.odoo_field] = sorted({i for i in found if i})

    def _by_key(self, lookups, mapped, field, value):
        """The record that holds a value in the line's field: exactly one, or held."""
        found = lookups.keys.get((field.relation, field.key), {}).get(value, ())
        if len(found) == 1:
            return found[0]
        shown = mask_personal(value) if field.pii else value[:60]
        mapped.problems.append(
            Problem(
                "mapping",
                "several_by_key" if found else "none_by_key",
                field=field.name,
                cause=f"{field.relation}.{field.key}={shown}",
                params={
                    "label": field.label,
                    "value": shown,
                    "model": self.env["ir.model"]._get(field.relation).name,
                    "key": self.env[field.relation]
                    ._fields[field.key]
                    ._description_string(self.env),
                },
            )
        )
        return None

    # -- out of Odoo ----------------------------------------------------------

    def _give_looked_up(self, run, lookups, out, field, value):
        """Set the canonical value of a target that a line looks up itself.

        :param value: as read from Odoo, not empty
        """
        if field.kind == "choice":
            return self._give_choice(run, lookups, out, field, value)
        if field.kind == "values":
            given = []
            for record_id in value:
                self._give_value(run, lookups, out, field, record_id)
                given.append(out.canonical.pop(field.name, None))
            out.canonical[field.name] = tuple(v for v in given if v is not None)
            return None
        known = lookups.keys[field.relation, field.key]
        ids = value if field.kind == "keys" else [value]
        given = []
        for record_id in ids:
            if known.get(record_id):
                given.append(known[record_id])
            else:
                out.problems.append(self._no_key(run, field, record_id))
        if field.kind == "keys":
            out.canonical[field.name] = tuple(given)
        elif given:
            out.canonical[field.name] = given[0]
        return None

    def _give_choice(self, run, lookups, out, field, value):
        """The remote value of an option: as mapped, else its technical value."""
        _options, by_id = self._options(run, field)
        row_id = next((i for i, found in by_id.items() if found == value), None)
        if lookups.values.get((field.value_map, row_id)):
            self._give_value(run, lookups, out, field, row_id)
        else:
            out.canonical[field.name] = value

    def _no_key(self, run, field, record_id):
        record = self.env[field.relation].browse(record_id)
        return Problem(
            "mapping",
            "no_key",
            field=field.name,
            cause=f"{field.relation}.{field.key}<{record_id}",
            params={
                "label": field.label,
                "record": record.display_name,
                "key": record._fields[field.key]._description_string(self.env),
            },
        )

    def _keys_back(self, fields, batch):
        """``{(model, field): {Odoo id: value}}`` of what outgoing records refer to."""
        found = {}
        for field in fields:
            ids = set()
            for out in batch:
                value = out.row[field.odoo_field] or []
                ids.update(value if isinstance(value, list) else [value])
            model = self.env[field.relation].with_context(active_test=False)
            records = model.browse(ids).exists()
            table = found.setdefault((field.relation, field.key), {})
            for row in records.read([field.key], load=None):
                table[row["id"]] = row[field.key] and str(row[field.key])
        return found
