from odoo import api, models

from ..engine.masking import MASK, is_secret_name, mask_text
from ..engine.values import to_json

#: What these add to a record is of its life, not of what it governs.
OF_LIFE = ("mail.thread", "mail.activity.mixin")
#: Characters of a value that are kept.
VALUE_LENGTH = 500


def edited_fields(model):
    """Names of the stored fields of a model that people can edit.

    :return: set
    """
    of_life = {
        name
        for mixin in map(model.env.__getitem__, OF_LIFE)
        if isinstance(model, type(mixin))
        for name in mixin._fields
    }
    return {
        name
        for name, field in model._fields.items()
        if field.store
        and not field.readonly
        and not field.related
        and name not in models.MAGIC_COLUMNS
        and name not in of_life
    }


class ConnectorAudited(models.AbstractModel):
    """For models that govern: each change of them leaves a row in the audit.

    An addon's model inherits it, and is audited in all that people can edit; what else
    matters it adds by :meth:`_audited_fields`.
    """

    _name = "connector.audited"
    _description = "Connector Audited"

    #: Whether making and deleting one is a fact by itself.
    _audit_made = True
    _audit_deleted = True

    @api.model
    def _audited_fields(self):
        """Names of the fields whose changes are noted: all that people can edit.

        :return: set
        """
        return {
            name
            for name in edited_fields(self)
            if self._fields[name].type not in ("one2many", "binary", "properties")
        }

    def _audit_owner(self):
        """The record under which changes are noted; of a line, what it is a line of."""
        return self

    def _audit_part(self):
        """Of a line, how it is named among the changes of its owner."""
        return ""

    def _audit_action(self, vals, before, after):
        """What a change of these values is called, and its reason.

        :param vals: as written
        :param before: ``{field: value}`` as noted; ``after`` the same
        :return: ``(one of connector_audit.ACTIONS or None for nothing, reason)``
        """
        return "update", None

    # -- values ---------------------------------------------------------------

    def _audit_values(self, names):
        """``{id: {field: value}}`` as people know them: no secrets, names for ids."""
        return {
            record.id: {name: record._audit_value(name) for name in sorted(names)}
            for record in self.sudo()
        }

    def _audit_value(self, name):
        field, value = self._fields[name], self[name]
        if is_secret_name(name):
            return MASK if value else None
        if field.type == "many2one":
            return value.display_name if value else None
        if field.type == "many2many":
            return value.mapped("display_name")
        if field.type in ("char", "text", "html"):
            return mask_text(str(value), VALUE_LENGTH) if value else None
        return to_json(value) if value or field.type == "boolean" else value or None

    # -- changes --------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if self._audit_made:
            records._audit_made_now()
        return records

    def write(self, vals):
        names = self._audited_fields() & vals.keys()
        if not names or not self:
            return super().write(vals)
        before = self._audit_values(names)
        result = super().write(vals)
        after = self._audit_values(names)
        for record in self:
            record._audit_changed(vals, before[record.id], after[record.id])
        return result

    def unlink(self):
        if self._audit_deleted:
            audit, names = self.env["connector.audit"], self._audited_fields()
            values = self._audit_values(names)
            for record in self:
                record._audit_gone(audit, values[record.id])
        return super().unlink()

    def _audit_made_now(self):
        values = self._audit_values(self._audited_fields())
        audit = self.env["connector.audit"]
        for record in self:
            owner, part = record._audit_owner(), record._audit_part()
            filled = {
                name: [None, value]
                for name, value in values[record.id].items()
                if value is not None and value is not False and value != []
            }
            if part:
                said = ", ".join(
                    f"{record._audit_label(name)}: {pair[1]}"
                    for name, pair in filled.items()
                )
                audit._note(owner, "update", {part: [None, said or part]})
            else:
                audit._note(owner, "create", filled)

    def _audit_changed(self, vals, before, after):
        action, note = self._audit_action(vals, before, after)
        if action is None or (action == "update" and before == after):
            return
        part = self._audit_part()
        changes = {
            f"{part} · {self._audit_label(name)}" if part else name: [
                before[name],
                after[name],
            ]
            for name in before
            if before[name] != after[name]
        }
        self.env["connector.audit"]._note(self._audit_owner(), action, changes, note)

    def _audit_gone(self, audit, values):
        part = self._audit_part()
        if part:
            said = ", ".join(
                f"{self._audit_label(name)}: {value}"
                for name, value in values.items()
                if value
            )
            owner = self._audit_owner()
            return audit._note(owner, "update", {part: [said or part, None]})
        changes = {name: [value, None] for name, value in values.items() if value}
        return audit._note(self, "delete", changes)

    def _audit_label(self, name):
        return self._fields[name]._description_string(self.env)
