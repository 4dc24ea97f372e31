from odoo import api, fields, models
from odoo.exceptions import UserError


class ConnectorFieldMap(models.Model):
    """A version of a flow's field map. Exactly one version of a flow is active."""

    _name = "connector.field.map"
    _description = "Connector Field Map"
    _inherit = ["mail.thread"]
    _order = "flow_id, version desc"

    flow_id = fields.Many2one(
        "connector.flow", required=True, index=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(related="flow_id.connection_id", store=True)
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    version = fields.Integer(required=True, readonly=True, default=1, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("active", "Active"),
            ("retired", "Retired"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many("connector.field.map.line", "map_id", copy=True)
    note = fields.Char(string="What Changes")
    activated_at = fields.Datetime(readonly=True, copy=False)
    activated_by_id = fields.Many2one("res.users", readonly=True, copy=False)

    _version_uniq = models.Constraint(
        "UNIQUE(flow_id, version)", "A flow has each version once."
    )
    _one_active_uniq = models.UniqueIndex(
        "(flow_id) WHERE state = 'active'", "A flow has one active field map."
    )

    @api.depends("flow_id.name", "version")
    def _compute_display_name(self):
        for field_map in self:
            field_map.display_name = f"{field_map.flow_id.name} v{field_map.version}"

    @api.model
    def _create_default(self, flow, stream):
        """Make and activate the first version from what the provider ships."""
        field_map = self.create(
            {
                "flow_id": flow.id,
                "note": self.env._("As shipped with the connector."),
                "line_ids": [
                    fields.Command.create(
                        {
                            "sequence": number,
                            "remote_path": line.remote_path,
                            "target": line.target,
                            "step_ids": self.env["connector.field.map.step"]._commands(
                                line.transforms
                            ),
                            "direction": line.direction,
                            "owner": line.owner,
                            "required": line.required,
                            "default_value": line.default,
                        }
                    )
                    for number, line in enumerate(stream.default_map)
                ],
            }
        )
        field_map._activate()
        return field_map

    def action_new_draft(self):
        """Copy the version into a draft that can be changed."""
        self.ensure_one()
        last = max(self.flow_id.map_ids.mapped("version"))
        draft = self.copy({"version": last + 1, "note": False})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "views": [(False, "form")],
        }

    def action_activate(self):
        self.check_access("write")
        self._activate()

    def _activate(self):
        """Make this version the active one; the one before is retired.

        :raises UserError: where the version is no draft or lacks a required target
        """
        for field_map in self:
            if field_map.state not in ("draft", "approved"):
                raise UserError(
                    self.env._("Only a draft can be activated; make a new draft.")
                )
            field_map._check_complete()
            previous = field_map.flow_id.map_ids.filtered(
                lambda version: version.state == "active"
            )
            previous.sudo().state = "retired"
            # The index of the one active version wants the old one gone first.
            previous.flush_recordset(["state"])
            field_map.sudo().write(
                {
                    "state": "active",
                    "activated_at": fields.Datetime.now(),
                    "activated_by_id": self.env.uid,
                }
            )

    def _check_complete(self):
        self.ensure_one()
        entity = self.flow_id._entity_model()
        targets = set(self.line_ids.mapped("target"))
        missing = [
            field.label
            for field in entity._entity_fields()
            if field.required and not targets & {field.name, *field.made_of}
        ]
        if missing:
            raise UserError(
                self.env._(
                    "Nothing is mapped to %s, which every record needs.",
                    ", ".join(missing),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        field_maps = super().create(vals_list)
        if not self.env.su and set(field_maps.mapped("state")) - {"draft"}:
            raise UserError(
                self.env._("The state of a field map changes by its buttons only.")
            )
        return field_maps

    def write(self, vals):
        content = vals.keys() - {"note", "state", "activated_at", "activated_by_id"}
        if content & {"line_ids", "flow_id", "version"} and any(
            field_map.state != "draft" for field_map in self
        ):
            raise UserError(
                self.env._("Only a draft can be changed; make a new draft.")
            )
        if "state" in vals and not self.env.su:
            raise UserError(
                self.env._("The state of a field map changes by its buttons only.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        if any(field_map.state != "draft" for field_map in self):
            raise UserError(
                self.env._("A version that was active is kept: the log names it.")
            )
