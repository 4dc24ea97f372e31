from odoo import api, fields, models

from ..engine.masking import mask_personal
from ..engine.values import to_json
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
    _inherit = ["connector.sealed", "connector.record.mixin"]
    _rec_name = "summary"
    _log_access = False

    _seal_formats = {
        1: (
            *("id", "create_date", "connection_id", "company_id", "flow_id"),
            *("job_number", "correlation_id", "direction", "action", "res_model"),
            *("res_id", "remote_id", "map_version", "changes", "request_id"),
            *("duration_ms", "note", "user_id"),
        )
    }
    _retention = (RETENTION_PARAMETER, 400)

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo")], required=True
    )
    action = fields.Selection(ACTIONS, required=True)
    duration_ms = fields.Integer(string="Duration (ms)", aggregator="avg")
    user_id = LooseMany2one(
        help="Who locked, unlocked, decided, or changed the record in Odoo."
    )
    summary = fields.Char(compute="_compute_summary")

    _record_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.depends_context("lang")
    @api.depends("action", "res_model", "res_id", "remote_id")
    def _compute_summary(self):
        actions = dict(self._fields["action"]._description_selection(self.env))
        for log in self:
            parts = [actions.get(log.action), log.flow_id.name, log.remote_id]
            log.summary = " · ".join(part for part in parts if part)

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
