from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine.paths import parse_path


class ConnectorFieldMapLine(models.Model):
    _name = "connector.field.map.line"
    _description = "Connector Field Map Line"
    _order = "map_id, sequence, id"
    _rec_name = "remote_path"

    map_id = fields.Many2one(
        "connector.field.map", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="map_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    remote_path = fields.Char(
        required=True,
        help="Where the value stands in the vendor's record, as properties.city.",
    )
    target = fields.Char(
        string="Odoo Field",
        required=True,
        help="A field of the entity, or odoo.<name> for any stored field of the model.",
    )
    target_label = fields.Char(string="Means", compute="_compute_target_info")
    target_kind = fields.Char(string="Type", compute="_compute_target_info")
    pii = fields.Boolean(string="Personal Data", compute="_compute_target_info")
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo"), ("both", "Both Ways")],
        required=True,
        default="both",
        help="A flow that goes one way only uses the lines of that way.",
    )
    transform = fields.Selection("_selection_transform")
    transform_arg = fields.Char(string="With")
    owner = fields.Selection(
        [
            ("remote", "Remote"),
            ("odoo", "Odoo"),
            ("newest", "Newest"),
            ("ask", "Ask"),
        ],
        required=True,
        default="remote",
    )
    pushable = fields.Boolean(compute="_compute_pushable")
    push_obstacle = fields.Char(
        string="Why It Stays",
        compute="_compute_pushable",
        help="Why the value can't go out of Odoo.",
    )
    required = fields.Boolean()
    default_value = fields.Char(
        string="If Empty", help="Taken where the vendor sends nothing."
    )

    @api.model
    def _selection_transform(self):
        return self.env["connector.transform"]._labels()

    @api.depends("target", "map_id.flow_id.entity")
    def _compute_target_info(self):
        for line in self:
            flow = line.map_id.flow_id
            field = (
                flow._entity_model()._entity_field(line.target)
                if flow and line.target
                else None
            )
            line.target_label = field.label if field else False
            line.target_kind = field.kind if field else False
            line.pii = bool(field and field.pii)

    @api.depends("remote_path", "target", "transform", "map_id.flow_id.stream")
    def _compute_pushable(self):
        for line in self:
            line.push_obstacle = line._push_obstacle() if line.map_id.flow_id else False
            line.pushable = not line.push_obstacle

    def _push_obstacle(self):
        """Why the line can't go out, in one sentence; ``False`` where it can."""
        self.ensure_one()
        flow = self.map_id.flow_id
        entity = flow._entity_model()
        field = entity._entity_field(self.target) if self.target else None
        if not field or not self.remote_path:
            return False
        transforms = self.env["connector.transform"]
        if self.transform and self.transform not in transforms._reversible():
            label = dict(transforms._labels())[self.transform]
            return self.env._("“%s” can't be undone.", label)
        if not entity._sources(field, {self.target}):
            return self.env._(
                "%s follows from other values and isn't kept in Odoo.", field.label
            )
        provider = flow.connection_id._provider()
        if not provider._is_writable(flow.stream, self.remote_path):
            return self.env._(
                "%(vendor)s doesn't let %(path)s be written.",
                vendor=provider._provider_label,
                path=self.remote_path,
            )
        return False

    @api.model_create_multi
    def create(self, vals_list):
        self._check_maps({vals.get("map_id") for vals in vals_list})
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        if "map_id" in vals:
            self._check_maps({vals["map_id"]})
        return super().write(vals)

    def _check_maps(self, map_ids):
        self.map_id.browse(filter(None, map_ids))._begin_edit()

    @api.ondelete(at_uninstall=False)
    def _check_draft(self):
        """What was active stays as it was: the log names its version."""
        self._check_maps(self.map_id.ids)

    @api.constrains("remote_path", "target", "owner", "direction")
    def _check_line(self):
        for line in self:
            try:
                parse_path(line.remote_path)
            except ValueError:
                raise ValidationError(
                    self.env._("“%s” is not a path.", line.remote_path)
                ) from None
            field = line.map_id.flow_id._entity_model()._entity_field(line.target)
            if not field:
                raise ValidationError(
                    self.env._("There is no field “%s”.", line.target)
                )
            if field.readonly and line.direction != "push":
                raise ValidationError(
                    self.env._(
                        "Odoo computes “%s” itself: let the line go out of Odoo only.",
                        field.label,
                    )
                )
