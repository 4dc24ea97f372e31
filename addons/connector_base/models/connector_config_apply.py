import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine.config_diff import Item
from .connector_config import CONNECTION
from .connector_configured import KEYED_BY_ID, as_text


class ConnectorConfig(models.AbstractModel):
    """Takes over what a person has chosen of files, in the transaction of the caller.

    With the rights of the user: rights, guards and constraints of the models hold as on
    their screens.
    """

    _inherit = "connector.config"

    @api.model
    def _apply(self, plan, chosen, source):
        """Take over differences.

        :param chosen: identities of those of ``plan.changes`` that are wanted
        :param source: what the files are called, and their digest: ``(name, digest)``
        :raises UserError: which of them can't be taken over, and why; nothing is
            written then
        """
        self._check_may_move()
        if not chosen:
            return
        applied = {c.ident for c in plan.changes if c.ident and not c.problem}
        chosen = applied & set(chosen)
        for item in plan.items:
            try:
                with self.env.cr.savepoint():
                    if isinstance(item, Item):
                        self._apply_item(plan, item, chosen)
                    else:
                        item.apply(self, plan, chosen, source)
            except UserError as error:
                raise UserError(
                    self.env._(
                        "%(file)s, %(record)s: %(reason)s",
                        file=item.path,
                        record=item.title,
                        reason=error,
                    )
                ) from error
        self._note_import(plan, chosen, source)

    @api.model
    def _note_import(self, plan, chosen, source):
        name, digest = source
        connections = self.env[CONNECTION].browse(
            one.id for one in plan.connections.values() if one.ids
        )
        said = {
            self.env._("File"): [None, name],
            "SHA-256": [None, digest],
            self.env._("Differences Taken Over"): [None, len(chosen)],
        }
        self.env["connector.audit"]._note(
            connections or plan.companies[:1], "import", said
        )

    # -- records --------------------------------------------------------------

    def _apply_item(self, plan, item, chosen):
        if item.refused:
            return
        if item.values is None:
            if item.ident in chosen:
                item.record.unlink()
        elif item.record:
            vals = self._vals(plan, item, self._chosen_names(item, chosen))
            vals |= self._part_commands(plan, item, chosen)
            if vals:
                item.record.write(vals)
        elif item.ident in chosen:
            self._make(plan, item)

    def _chosen_names(self, item, chosen):
        return [name for name in item.names if f"{item.ident}#{name}" in chosen]

    def _part_commands(self, plan, item, chosen):
        """Changes of parts, written with their owner: it is checked as a whole."""
        found = {}
        for name, parts in item.parts.items():
            commands = []
            for part in parts:
                if part.refused:
                    continue
                if part.values is None:
                    if part.ident in chosen:
                        commands.append(fields.Command.delete(part.record.id))
                elif part.record:
                    vals = self._vals(plan, part, self._chosen_names(part, chosen))
                    vals |= self._part_commands(plan, part, chosen)
                    if vals:
                        commands.append(fields.Command.update(part.record.id, vals))
                elif part.ident in chosen:
                    commands.append(fields.Command.create(self._all_vals(plan, part)))
            if commands:
                found[name] = commands
        return found

    def _make(self, plan, item):
        """Make a record of a file, or fill the one that its owner has made itself."""
        model = item.record.browse()
        connection = plan.connections.get(item.folder)
        owner = model._config_owner
        if owner and (connection is None or not connection.ids):
            # Its connection wasn't wanted.
            return
        made = self._made_meanwhile(model, item, connection)
        if made:
            self._fill(plan, made, item)
        else:
            vals = self._all_vals(plan, item)
            if owner:
                vals[owner] = connection.id
            made = model.create(vals)
            self._fill_parts(plan, made, item)
        if model._name == CONNECTION:
            plan.connections[item.folder] = made
        plan.resolver.forget()
        made._config_made()

    def _made_meanwhile(self, model, item, connection):
        if not model._config_owner:
            return model.browse()
        records = model._config_records(connection, connection.company_id)
        return self._same_of(records, item)

    def _same_of(self, records, item):
        """The record of the same key as an item."""
        key = records._config_key_of(item.values)
        said = records._config_documents()
        return records.filtered(lambda r: records._config_key_of(said[r.id]) == key)[:1]

    def _fill(self, plan, record, item):
        names = set(item.values) - {*record._config_key, *record._config_made_with}
        ours = record._config_documents()[record.id]
        names = [n for n in names - item.problems.keys() if ours[n] != item.values[n]]
        vals = self._vals(plan, item, sorted(names))
        for name, parts in item.parts.items():
            if not self.env[record._fields[name].comodel_name]._config_by_owner:
                vals[name] = self._create_commands(plan, parts)
        if vals:
            record.write(vals)
        self._fill_parts(plan, record, item)

    def _fill_parts(self, plan, record, item):
        """What a record has made itself becomes as the file says."""
        for name, parts in item.parts.items():
            lines = record.with_context(active_test=False)[name]
            if not lines._config_by_owner:
                continue
            for part in parts:
                line = self._same_of(lines, part) if part.values else None
                if line:
                    self._fill(plan, line, part)

    def _create_commands(self, plan, parts):
        return [
            fields.Command.create(self._all_vals(plan, part))
            for part in parts
            if part.values is not None
        ]

    def _all_vals(self, plan, item):
        names = [name for name in item.values if name not in item.problems]
        vals = self._vals(plan, item, names)
        for name, parts in item.parts.items():
            comodel = item.record._fields[name].comodel_name
            if not self.env[comodel]._config_by_owner:
                vals[name] = self._create_commands(plan, parts)
        return vals

    # -- values ---------------------------------------------------------------

    def _vals(self, plan, item, names):
        model = item.record.browse()
        return {
            name: self._value(plan, model._fields[name], item.raw[name], item)
            for name in names
        }

    def _value(self, plan, field, value, item):
        """A value of a file as Odoo writes it."""

        def found(model, reference):
            record_id = plan.resolver.find(model, item.company, reference)
            if record_id is None:
                raise UserError(
                    self.env._(
                        "it needs “%s”, which isn't here and was not taken over.",
                        as_text(reference),
                    )
                )
            return record_id

        if field.type == "many2one":
            return found(field.comodel_name, value) if value is not None else False
        if field.type == "many2many":
            ids = [found(field.comodel_name, reference) for reference in value]
            return [fields.Command.set(ids)]
        if field.name in KEYED_BY_ID:
            model = KEYED_BY_ID[field.name]
            return {
                ",".join(str(found(model, one)) for one in row["of"]): row["share"]
                for row in value
            } or False
        if field.type == "datetime" and value:
            moment = datetime.datetime.fromisoformat(value)
            if moment.tzinfo:
                moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)
            return moment.replace(microsecond=0)
        if field.type == "date" and value:
            return datetime.datetime.fromisoformat(value).date()
        return False if value is None else value
