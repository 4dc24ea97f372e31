from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine.masking import mask_personal
from ..engine.values import to_json
from .bulk_delete import bulk_delete
from .loose_many2one import LooseMany2one

ACTIONS = [
    ("create", "Created"),
    ("link", "Linked"),
    ("update", "Updated"),
    ("archive", "Archived"),
    ("restore", "Restored"),
    ("keep", "Left as it was"),
    ("merge", "Merged"),
    ("hold", "Held"),
    ("exclude", "Excluded"),
    ("lock", "Locked"),
    ("unlock", "Unlocked"),
    ("run", "Run"),
]
#: Rows that one pass of the vacuum deletes.
VACUUM_BATCH = 5000
RETENTION_PARAMETER = "connector_base.log_retention_days"
#: Key of the context of a preview, which writes no log that stays: whoever decides
#: about a value has to see it.
PLAIN = "connector_plain"


def _named(names, field, value):
    """A value with names for ids; what is nested stays as it is.

    :param names: ``{(field, id): name}``
    """
    if isinstance(value, list):
        return [_named(names, field, one) for one in value]
    return value if isinstance(value, dict) else names.get((field, value), value)


class ConnectorLog(models.Model):
    """What was done, to which record, by which version of the map. Append-only."""

    _name = "connector.log"
    _description = "Connector Log"
    _inherit = ["connector.record.mixin"]
    _order = "id desc"
    _rec_name = "summary"
    _log_access = False

    create_date = fields.Datetime(
        string="When", default=fields.Datetime.now, readonly=True, index=True
    )
    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = LooseMany2one("res.company", readonly=True)
    flow_id = LooseMany2one("connector.flow", index="btree_not_null")
    job_number = fields.Integer(string="Job", help="Jobs are deleted before the log.")
    correlation_id = fields.Char(index="btree_not_null")
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo")], required=True
    )
    action = fields.Selection(ACTIONS, required=True)
    res_model = fields.Char(string="Model")
    res_id = fields.Many2oneReference(string="Record ID", model_field="res_model")
    remote_id = fields.Char(string="Remote ID", index="btree_not_null")
    map_version = fields.Integer()
    changes = fields.Json(
        string="Before and After", help="Per field the value before and after, masked."
    )
    request_id = fields.Char(string="Request ID")
    duration_ms = fields.Integer(string="Duration (ms)", aggregator="avg")
    note = fields.Char()
    user_id = LooseMany2one(
        "res.users", string="By", help="Who locked, unlocked or decided."
    )
    summary = fields.Char(compute="_compute_summary")
    changes_text = fields.Text(string="Changes", compute="_compute_changes_text")
    changes_line = fields.Char(string="What Changed", compute="_compute_changes_text")

    _record_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.depends_context("lang")
    @api.depends("action", "res_model", "res_id", "remote_id")
    def _compute_summary(self):
        actions = dict(self._fields["action"]._description_selection(self.env))
        for log in self:
            parts = [actions.get(log.action), log.flow_id.name, log.remote_id]
            log.summary = " · ".join(part for part in parts if part)

    @api.depends_context("lang")
    @api.depends("changes", "note", "action")
    def _compute_changes_text(self):
        for log in self:
            lines = [log.note] if log.note else []
            lines += log._changes_in_words()
            log.changes_text = "\n".join(lines)
            log.changes_line = " · ".join(lines)

    def _changes_in_words(self):
        """One line a field that changed: its label, the value before and after.

        Of a new record there is no before.
        """
        self.ensure_one()
        model = self.env.get(self.res_model)
        for name, values in (self.changes or {}).items():
            field = model._fields.get(name) if model is not None else None
            before, after = (self._value_in_words(field, value) for value in values)
            if before == after:
                continue
            label = field._description_string(self.env) if field else name
            new = self.action == "create"
            yield f"{label}: {after}" if new else f"{label}: {before} → {after}"

    def _value_in_words(self, field, value):
        """A value as people know it: the name of an option, yes or no."""
        if field and field.type == "boolean" and isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if value is False or value in (None, "", []):
            return self.env._("empty")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if field and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return value

    @api.model
    def _in_words(self, entity, pairs_list, masked):
        """What changed, as a log shows it: names for ids, personal data masked.

        Not masked is what is rolled back at once and shown to who decides, see
        ``PLAIN``.

        :param entity: the entity's model
        :param masked: ``{Odoo field: bool}`` where the field map says so; of the others
            the entity's own declaration decides
        :param pairs_list: ``{Odoo field: (before, after)}`` of each record
        :return: list of ``{Odoo field: [before, after]}``, in the same order
        """
        quiet = entity._unlogged_fields
        if quiet:
            pairs_list = [
                {name: pair for name, pair in pairs.items() if name not in quiet}
                for pairs in pairs_list
            ]
        by_name = entity._fields_by_odoo_name()
        names = self._record_names(self.env[entity._entity_model], pairs_list)
        personal = {name: field.pii for name, field in by_name.items()} | masked
        if self.env.context.get(PLAIN):
            personal = {}
        masks = {
            name: mask_personal if is_personal else to_json
            for name, is_personal in personal.items()
        }
        return [
            {
                name: [
                    masks.get(name, to_json)(_named(names, name, value))
                    for value in pair
                ]
                for name, pair in pairs.items()
            }
            for pairs in pairs_list
        ]

    def _record_names(self, model, pairs_list):
        """``{(Odoo field, id): name}`` of the records that the changes refer to.

        Of lists of records, who decides sees the names; the log keeps their ids.
        """
        ids, plain = {}, self.env.context.get(PLAIN)
        for pairs in pairs_list:
            for name, pair in pairs.items():
                kind = model._fields[name].type
                if kind == "many2one":
                    ids.setdefault(name, set()).update(filter(None, pair))
                elif kind == "many2many" and plain:
                    several = (value for value in pair if isinstance(value, list))
                    ids.setdefault(name, set()).update(*several)
        return {
            (name, record.id): record.display_name
            for name, found in ids.items()
            for record in model[name].browse(found).exists()
        }

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("The connector log can't be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The connector log can't be deleted."))

    @api.autovacuum
    def _gc_expired(self):
        """Delete logs past their retention, in bounded batches.

        :return: ``(done, remaining)`` as Odoo's vacuum wants it
        """
        days = int(
            self.env["ir.config_parameter"].sudo().get_param(RETENTION_PARAMETER, 400)
        )
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        return bulk_delete(
            self, SQL("create_date < %s ORDER BY id", limit), VACUUM_BATCH
        )
