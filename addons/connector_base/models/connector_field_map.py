from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..engine import map_file

STATES = [
    ("draft", "Draft"),
    ("submitted", "Submitted"),
    ("approved", "Approved"),
    ("active", "Active"),
    ("retired", "Retired"),
]
#: Read-only fields that are as who makes a version says; all others are decided later.
GIVEN = (*models.MAGIC_COLUMNS, "flow_id", "version", "state", "origin")
#: What a version loses when it becomes a draft again, or is submitted anew.
UNDECIDED = (
    "submitted_by_id",
    "submitted_at",
    "approved_by_id",
    "approved_at",
    "base_id",
    "activate_at",
    "scheduled_by_id",
)


class ConnectorFieldMap(models.Model):
    """A version of a flow's field map. Exactly one version of a flow is active.

    A change is a new draft. Somebody submits it, somebody else approves it (see
    ``connector_field_map_review.py``), and it is activated, now or at a time (see
    ``connector_field_map_activate.py``).
    """

    _name = "connector.field.map"
    _description = "Connector Field Map"
    _inherit = ["connector.guard", "mail.thread", "mail.activity.mixin"]
    _order = "flow_id, version desc"

    # What a new version may not bring along is dropped, see ``_complete``.
    _guards_new = False

    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, index=True, ondelete="cascade"
    )
    connection_id = fields.Many2one(related="flow_id.connection_id", store=True)
    company_id = fields.Many2one(related="flow_id.company_id", store=True)
    version = fields.Integer(required=True, readonly=True, copy=False)
    state = fields.Selection(
        STATES,
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    origin = fields.Selection(
        [("shipped", "Shipped with the Connector"), ("user", "Made Here")],
        required=True,
        default="user",
        readonly=True,
        copy=False,
    )
    shipped_hash = fields.Char(
        readonly=True, copy=False, help="Names the lines as they were shipped."
    )
    line_ids = fields.One2many("connector.field.map.line", "map_id", copy=True)
    note = fields.Char(string="What Changes")
    last_edited_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    last_edited_at = fields.Datetime(readonly=True, copy=False)
    submitted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    submitted_at = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_at = fields.Datetime(readonly=True, copy=False)
    base_id = fields.Many2one(
        "connector.field.map",
        string="Approved as a Change of",
        readonly=True,
        copy=False,
        help="The version that was active when this one was approved.",
    )
    reject_reason = fields.Text(readonly=True, copy=False)
    activate_at = fields.Datetime(
        string="Becomes Active", readonly=True, copy=False, index="btree_not_null"
    )
    scheduled_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    activated_at = fields.Datetime(readonly=True, copy=False)
    activated_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    previous_id = fields.Many2one(
        "connector.field.map",
        string="Active Before",
        readonly=True,
        copy=False,
        help="The version that a click brings back.",
    )

    _version_uniq = models.Constraint(
        "UNIQUE(flow_id, version)",
        "Somebody else made that version of the map just now: try again.",
    )
    _one_active_uniq = models.UniqueIndex(
        "(flow_id) WHERE state = 'active'", "A flow has one active field map."
    )

    @api.depends("flow_id.name", "version")
    def _compute_display_name(self):
        for field_map in self:
            field_map.display_name = f"{field_map.flow_id.name} v{field_map.version}"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._complete(vals) for vals in vals_list]
        self._check_state_of_new([vals.get("state") or "draft" for vals in vals_list])
        field_maps = super().create(vals_list)
        # A default may say otherwise.
        self._check_state_of_new(field_maps.mapped("state"))
        field_maps._note_edit()
        return field_maps

    def _check_state_of_new(self, states):
        if not self.env.su and set(states) - {"draft"}:
            raise UserError(
                self.env._("The state of a field map changes by its buttons only.")
            )

    def _complete(self, vals):
        """Number a new version, and let nobody bring decisions along."""
        vals = dict(vals)
        if not self.env.su:
            vals |= dict.fromkeys(self._decided_fields(), False)
            vals |= {"origin": "user", "version": False}
        if not vals.get("version"):
            flow_id = vals.get("flow_id") or self.env.context.get("default_flow_id")
            maps = self.sudo().search([("flow_id", "=", flow_id)])
            vals["version"] = max(maps.mapped("version"), default=0) + 1
        return vals

    @api.model
    def _decided_fields(self):
        """Columns that only the engine and the buttons fill, counts of trials too."""
        return [
            name
            for name, field in self._fields.items()
            if field.store and field.readonly and not field.compute
            if name not in GIVEN
        ]

    def write(self, vals):
        if "line_ids" in vals:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_draft_only(self):
        if any(field_map.state != "draft" for field_map in self):
            raise UserError(
                self.env._(
                    "Only a draft is deleted: what was submitted or active is kept, the"
                    " log names it."
                )
            )

    def _check_draft(self):
        if any(field_map.state != "draft" for field_map in self):
            raise UserError(
                self.env._("Only a draft can be changed; make a new draft.")
            )

    def _begin_edit(self):
        """Whatever changes the lines of maps calls this first.

        :raises UserError: where one of them is no draft
        """
        self._check_draft()
        self._note_edit()

    def _note_edit(self):
        """Remember who edited last: somebody else has to approve.

        Each edit writes the map's own row, so that one that goes on while the map is
        submitted is in the way of that, and has to begin again.
        """
        self.sudo().write(
            {
                "last_edited_by_id": self.env.uid,
                "last_edited_at": fields.Datetime.now(),
            }
        )

    # -- versions -------------------------------------------------------------

    @api.model
    def _create_default(self, flow, stream):
        """Make and activate the first version from what the provider ships."""
        field_map = self._create_shipped(
            flow, stream, self.env._("As shipped with the connector.")
        )
        field_map._take_effect()
        return field_map

    @api.model
    def _create_shipped(self, flow, stream, note):
        """Make a draft of what the provider ships."""
        lines = [map_file.line_attributes(line) for line in stream.default_map]
        shipped = map_file.lines_hash(lines)
        flow.sudo().shipped_hash = shipped
        draft = self._create_draft(flow, lines, note)
        draft.sudo().write({"origin": "shipped", "shipped_hash": shipped})
        return draft

    @api.model
    def _create_draft(self, flow, lines, note=False):
        """Make a draft of a flow's map.

        :param lines: list of attributes, see ``engine.map_file``
        """
        line_model = self.env["connector.field.map.line"]
        return self.create(
            {
                "flow_id": flow.id,
                "note": note,
                "line_ids": [
                    fields.Command.create(
                        {"sequence": number, **line_model._vals_of(line)}
                    )
                    for number, line in enumerate(lines)
                ],
            }
        )

    def action_new_draft(self):
        """Copy the version into a draft that can be changed."""
        self.ensure_one()
        return self.copy({"note": False})._open()

    def _open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _lock_versions(self):
        """Let nobody else decide on the versions of these flows before we are done.

        Where somebody was first, PostgreSQL lets us begin again, and we see what they
        have done: Odoo does that with a request, the scheduler a minute later.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                SELECT id FROM connector_field_map WHERE flow_id IN %s
                 ORDER BY id FOR NO KEY UPDATE
                """,
                tuple(self.flow_id.ids) or (0,),
            )
        )

    def _check_complete(self, lines=True):
        """Refuse a version that can't be applied.

        :param lines: look at each line, too
        :raises UserError: where nothing is mapped to what every record needs
        """
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
