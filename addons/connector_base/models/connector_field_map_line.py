import dataclasses

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine.paths import parse_path
from .connector_transform import ADMINISTRATOR


class ConnectorFieldMapLine(models.Model):
    _name = "connector.field.map.line"
    _description = "Connector Field Map Line"
    _order = "map_id, sequence, id"
    _rec_name = "remote_path"

    map_id = fields.Many2one(
        "connector.field.map", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="map_id.company_id", store=True)
    map_state = fields.Selection(related="map_id.state", string="State of the Map")
    sequence = fields.Integer(default=10)
    remote_path = fields.Char(
        required=True,
        help="Where the value stands in the vendor's record, as properties.city,"
        " lines[0].amount for the first of a list, lines[*].amount for all of it, or"
        " lines[type=setup].amount for the one of a type.",
    )
    target = fields.Char(
        string="Odoo Field",
        required=True,
        help="A field of the entity, or odoo.<name> for any stored field of the model.",
    )
    target_label = fields.Char(string="Means", compute="_compute_target_info")
    target_kind = fields.Char(string="Type", compute="_compute_target_info")
    pii = fields.Boolean(
        string="Personal Data",
        compute="_compute_pii",
        store=True,
        precompute=True,
        readonly=False,
        help="Logs and exceptions show only a hint of the value.",
    )
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo"), ("both", "Both Ways")],
        required=True,
        default="both",
        help="A flow that goes one way only uses the lines of that way.",
    )
    step_ids = fields.One2many(
        "connector.field.map.step", "line_id", string="Steps", copy=True
    )
    chain = fields.Char(
        string="Transforms",
        compute="_compute_chain",
        help="What is done with the value on its way into Odoo. On the way out the"
        " steps are undone, from the last to the first.",
    )
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
    optional = fields.Boolean(
        string="If There",
        help="Not every account has the field: the line is left out, without a word,"
        " until the system has it.",
    )
    default_value = fields.Char(
        string="If Empty", help="Taken where the vendor sends nothing."
    )

    value_map_name = fields.Char(compute="_compute_target_info")

    @api.depends("target", "map_id.flow_id.entity", "step_ids.transform")
    def _compute_target_info(self):
        for line in self:
            field = line._entity_field()
            line.target_label = field.label if field else False
            line.target_kind = field.kind if field else False
            line.value_map_name = field.value_map if field else False

    @api.depends("target", "map_id.flow_id.entity")
    def _compute_pii(self):
        for line in self:
            field = line._target_field()
            # Another field doesn't make public what somebody marked.
            line.pii = line.pii or bool(field and field.pii)

    @api.depends("step_ids.transform", "step_ids.argument", "step_ids.sequence")
    def _compute_chain(self):
        transforms = self.env["connector.transform"]
        for line in self:
            line.chain = transforms._chain_text(line.step_ids._chain())

    @api.depends(
        "remote_path",
        "target",
        "step_ids.transform",
        "step_ids.argument",
        "map_id.flow_id.stream",
    )
    def _compute_pushable(self):
        for line in self:
            line.push_obstacle = line._push_obstacle() if line.map_id.flow_id else False
            line.pushable = not line.push_obstacle

    # -- what it fills --------------------------------------------------------

    def _target_field(self):
        """The ``EntityField`` that the line names, or ``None``."""
        flow = self.map_id.flow_id
        if not flow or not self.target:
            return None
        return flow._entity_model()._entity_field(self.target)

    def _entity_field(self):
        """The ``EntityField`` as the line fills it: by its look-up, with its mask."""
        field = self._target_field()
        if field is None:
            return None
        model = self.env[self.map_id.flow_id._entity_model()._entity_model]
        odoo_field = model._fields.get(field.odoo_field)
        many = odoo_field is not None and odoo_field.type == "many2many"
        field = self.env["connector.transform"]._target_of(
            field, self.step_ids._chain(), many
        )
        if field.pii != self.pii:
            field = dataclasses.replace(field, pii=self.pii)
        return field

    # -- out of Odoo ----------------------------------------------------------

    def _push_obstacle(self):
        """Why the line can't go out, in one sentence; ``False`` where it can."""
        self.ensure_one()
        flow = self.map_id.flow_id
        entity = flow._entity_model()
        field = self._entity_field()
        if not field or not self.remote_path:
            return False
        chain = self.step_ids._chain()
        by_name = self.env["connector.transform"]._by_name() if chain else {}
        for name, argument in chain:
            if not by_name[name].can_undo(argument):
                return self.env._("“%s” can't be undone.", by_name[name].label)
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
        lines.filtered(lambda line: not line.pii)._check_unmasked()
        return lines

    def write(self, vals):
        self._check_draft()
        if "map_id" in vals:
            self._check_maps({vals["map_id"]})
        masked = self.filtered("pii")
        result = super().write(vals)
        masked.filtered(lambda line: not line.pii)._check_unmasked(was_masked=True)
        return result

    def _check_unmasked(self, was_masked=False):
        """Refuse that personal data is shown in full, but by an administrator.

        A new line may show what another version of the flow shows in full: an
        administrator let it.
        """
        if self.env.su or self.env.user.has_group(ADMINISTRATOR):
            return
        for line in self:
            field = line._target_field()
            personal = field and field.pii and not line._is_shown_elsewhere()
            if was_masked or personal:
                raise AccessError(
                    self.env._(
                        "%s is marked as personal data: only an administrator of"
                        " connectors may show it in full.",
                        field.label if field else line.target,
                    )
                )

    def _is_shown_elsewhere(self):
        return bool(
            self.sudo().search_count(
                [
                    ("map_id.flow_id", "=", self.map_id.flow_id.id),
                    ("map_id", "!=", self.map_id.id),
                    ("target", "=", self.target),
                    ("remote_path", "=", self.remote_path),
                    ("pii", "=", False),
                ],
                limit=1,
            )
        )

    def _check_maps(self, map_ids):
        self.map_id.browse(filter(None, map_ids))._begin_edit()

    @api.ondelete(at_uninstall=False)
    def _check_draft(self):
        """What was active stays as it was: the log names its version."""
        self._check_maps(self.map_id.ids)

    @api.constrains("remote_path", "target", "owner", "direction", "step_ids")
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
            line._check_chain()
        for field_map in self.map_id:
            field_map.line_ids._check_beside()

    def _check_chain(self):
        self.ensure_one()
        self.env["connector.transform"]._check_chain(self, self.step_ids._chain())

    def _check_beside(self):
        """Refuse a second line into the same Odoo field that is no fallback.

        Of several lines with one target the first that brings a value wins. Under two
        names for the same Odoo field nothing would say which one does.
        """
        entity = self.map_id.flow_id._entity_model()
        declared = {field.name: field for field in entity._entity_fields()}
        by_target, by_odoo_field = {}, {}
        for line in self.filtered(lambda line: line.direction != "push"):
            field = declared.get(line.target) or entity._entity_field(line.target)
            if not field:
                continue
            first = by_target.setdefault(line.target, line)
            if first != line and first._lookup() != line._lookup():
                raise ValidationError(
                    self.env._(
                        "Two lines fill %s: both must look its value up in the same"
                        " way.",
                        field.label,
                    )
                )
            other = by_odoo_field.setdefault(field.odoo_field or line.target, line)
            if other.target != line.target:
                raise ValidationError(
                    self.env._(
                        "%(path)s fills the same field of Odoo already, as"
                        " “%(target)s”: use that name here, too.",
                        path=other.remote_path,
                        target=other.target,
                    )
                )

    def _lookup(self):
        """The look-up at the end of the chain, as ``(name, argument)``, or ``None``."""
        chain = self.step_ids._chain()
        by_name = self.env["connector.transform"]._by_name() if chain else {}
        return chain[-1] if chain and by_name[chain[-1][0]].lookup else None

    # -- screens --------------------------------------------------------------

    def action_open(self):
        """Open the line with its steps, in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(path)s → %(field)s",
                path=self.remote_path,
                field=self.target_label or self.target,
            ),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_open_value_map(self):
        """Open the value map that the line's values go through; made if need be."""
        self.ensure_one()
        name = self._entity_field().value_map
        if not name:
            raise UserError(
                self.env._("The values of this line don't go through a value map.")
            )
        value_map = self.env["connector.value.map"]._ensure(
            self.map_id.flow_id.connection_id, name
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": value_map._name,
            "res_id": value_map.id,
            "views": [(False, "form")],
        }
