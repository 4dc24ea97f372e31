from odoo import api, fields, models
from odoo.exceptions import UserError

OWNERS = [
    ("remote", "Remote"),
    ("odoo", "Odoo"),
    ("newest", "Newest"),
    ("ask", "Ask"),
]
#: Preset -> area of an entity -> who owns it.
PRESETS = {
    "crm": {"relations": "remote", "billing": "odoo"},
    "odoo": {"relations": "odoo", "billing": "odoo"},
    "remote": {"relations": "remote", "billing": "remote"},
}


class ConnectorSetup(models.Model):
    """Step four of the set-up: which system may create and update what."""

    _inherit = "connector.setup"

    preset = fields.Selection(
        [
            ("crm", "The CRM Owns Relations, Odoo Owns Billing"),
            ("odoo", "Odoo Owns Everything"),
            ("remote", "The Remote System Owns Everything"),
            ("custom", "As Chosen Below"),
        ],
        string="Who Owns What",
        readonly=True,
    )
    flow_line_ids = fields.One2many("connector.setup.flow", "setup_id")
    owner_line_ids = fields.One2many("connector.setup.owner", "setup_id")

    def _enter_ownership(self):
        """List the flows and the lines of their maps as they are now."""
        self._sync_flow_lines()
        self._sync_owner_lines()

    def _sync_flow_lines(self):
        flows = self.connection_id.with_context(active_test=False).flow_ids
        access = self.connection_id.last_test_access
        denied = access if isinstance(access, dict) else {}
        self.flow_line_ids.filtered(lambda row: row.flow_id not in flows).unlink()
        self.env["connector.setup.flow"].create(
            [
                {
                    "setup_id": self.id,
                    "flow_id": flow.id,
                    "sequence": flow.sequence,
                    "included": not denied.get(flow.stream),
                    "direction": flow.direction,
                    "may_create": flow.may_create,
                    "push_create": flow.push_create,
                    "user_id": flow.owner_id.id or self.owner_id.id,
                    "push_domain": flow.push_domain,
                    "pull_since": flow.pull_since,
                }
                for flow in flows - self.flow_line_ids.flow_id
            ]
        )
        for row in self.flow_line_ids:
            if denied.get(row.flow_id.stream):
                row.included = False

    def _sync_owner_lines(self):
        """One row a line of the active maps; what was chosen before is kept."""
        chosen = {
            (row.flow_line_id, row.target, row.remote_path): row.owner
            for row in self.owner_line_ids
        }
        self.owner_line_ids.unlink()
        self.env["connector.setup.owner"].create(
            [
                {
                    "setup_id": self.id,
                    "flow_line_id": flow_line.id,
                    "sequence": 1000 * flow_line.sequence + number,
                    "target": line.target,
                    "label": line.target_label or line.target,
                    "remote_path": line.remote_path,
                    "shipped": line.owner,
                    "owner": chosen.get(
                        (flow_line, line.target, line.remote_path), line.owner
                    ),
                    "pushable": line.pushable and line.direction != "pull",
                }
                for flow_line in self.flow_line_ids
                for number, line in enumerate(flow_line.flow_id.active_map_id.line_ids)
            ]
        )

    def action_preset(self):
        """Apply the preset that the context names to the tables."""
        self._check_open()
        preset = self.env.context.get("connector_preset")
        if preset not in dict(self._fields["preset"].selection):
            raise UserError(self.env._("Choose one of the ways offered."))
        self.preset = preset
        for row in self.flow_line_ids if preset in PRESETS else ():
            row._apply_owner(PRESETS[preset][row.area])

    def _leave_ownership(self):
        missing = []
        if not self.preset:
            missing.append(self.env._("Choose who owns what."))
        if not any(self.flow_line_ids.mapped("included")):
            missing.append(self.env._("Choose at least one kind of records."))
        for row in self.flow_line_ids.filtered("included"):
            if row.denied:
                missing.append(f"{row.name}: {row.denied}")
        self._need(missing)

    def _summary_ownership(self):
        included = self.flow_line_ids.filtered("included")
        return ", ".join(included.mapped("name"))

    def _apply_choices(self):
        """Write what was chosen into flows and maps; part of Go."""
        for row in self.flow_line_ids:
            row.flow_id.write(
                {
                    "active": row.included,
                    "direction": row.direction,
                    "may_create": row.may_create,
                    "push_create": row.push_create,
                    "owner_id": row.user_id.id,
                    "push_domain": row.push_domain or "[]",
                    "pull_since": row.pull_since,
                }
            )
            row._apply_owners()


class ConnectorSetupFlow(models.Model):
    """What is chosen for one flow of the connection."""

    _name = "connector.setup.flow"
    _description = "Connector Set-Up Flow"
    _order = "setup_id, sequence, id"

    setup_id = fields.Many2one(
        "connector.setup", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="setup_id.company_id", store=True)
    flow_id = fields.Many2one(
        "connector.flow", required=True, readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    name = fields.Char(string="Records", compute="_compute_name")
    res_model = fields.Char(related="flow_id.res_model")
    area = fields.Char(compute="_compute_area")
    denied = fields.Char(string="Not Allowed", compute="_compute_denied")
    included = fields.Boolean(default=True)
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo"), ("both", "Both Ways")],
        required=True,
        default="pull",
    )
    may_create = fields.Boolean(string="Creates in Odoo", default=True)
    push_create = fields.Boolean(string="Creates Remotely", default=True)
    user_id = fields.Many2one(
        "res.users",
        string="Business Owner",
        domain=[("share", "=", False)],
        help="Gets the exceptions of these records.",
    )
    owner_ids = fields.One2many("connector.setup.owner", "flow_line_id")
    sentence = fields.Char(string="That Means", compute="_compute_sentence")

    @api.depends("flow_id.name", "setup_id.connection_name")
    def _compute_name(self):
        for row in self:
            prefix = f"{row.flow_id.connection_id.name} · "
            row.name = (row.flow_id.name or "").removeprefix(prefix)

    @api.depends("flow_id.entity")
    def _compute_area(self):
        for row in self:
            row.area = row.flow_id._entity_model()._entity_area

    @api.depends("setup_id.connection_id.last_test_access", "flow_id.stream")
    def _compute_denied(self):
        for row in self:
            access = row.setup_id.connection_id.last_test_access
            known = access if isinstance(access, dict) else {}
            row.denied = known.get(row.flow_id.stream) or False

    @api.depends("included", "direction", "may_create", "push_create")
    def _compute_sentence(self):
        for row in self:
            row.sentence = row._sentence()

    def _sentence(self):
        if not self.included:
            return self.env._("Left alone.")
        if self.direction == "pull":
            return (
                self.env._("Come into Odoo; nothing goes out.")
                if self.may_create
                else self.env._("Known ones are updated in Odoo; new ones are asked.")
            )
        if self.direction == "push":
            return (
                self.env._("Go out of Odoo; nothing comes in.")
                if self.push_create
                else self.env._("Known ones go out of Odoo; nothing comes in.")
            )
        if self.may_create and self.push_create:
            return self.env._("Made on either side.")
        if self.push_create:
            return self.env._("Made in Odoo; unknown remote ones are asked.")
        if self.may_create:
            return self.env._("Made remotely; those of Odoo go out once linked.")
        return self.env._("Made on neither side; known ones are kept alike.")

    def _apply_owner(self, owner):
        """Give all of it to one system.

        What Odoo owns goes out, and new records are made in Odoo only; a value that
        can't go out stays the remote system's, and one that only goes out is Odoo's.

        :param owner: ``remote`` or ``odoo``
        """
        self.ensure_one()
        sends = owner == "odoo" and any(self.owner_ids.mapped("pushable"))
        self.write(
            {
                "direction": "both" if sends else "pull",
                "may_create": not sends,
                "push_create": sends,
            }
        )
        outgoing = {
            (line.target, line.remote_path)
            for line in self.flow_id.active_map_id.line_ids
            if line.direction == "push"
        }
        ours = self.owner_ids.filtered(
            lambda row: (
                sends and row.pushable or (row.target, row.remote_path) in outgoing
            )
        )
        ours.owner = "odoo"
        (self.owner_ids - ours).owner = "remote"

    def _apply_owners(self):
        """Make a version of the flow's map with the owners that were chosen."""
        self.ensure_one()
        active = self.flow_id.active_map_id
        wanted = {(row.target, row.remote_path): row.owner for row in self.owner_ids}

        def changes(line):
            owner = wanted.get((line.target, line.remote_path), line.owner)
            return owner != line.owner

        if not active.line_ids.filtered(changes):
            return
        logs = self.env["connector.log"].sudo()
        if logs.search_count([("flow_id", "=", self.flow_id.id)], limit=1):
            raise UserError(
                self.env._(
                    "%s has run already: who owns its fields is changed by a new"
                    " version of its field map, which somebody else approves.",
                    self.flow_id.name,
                )
            )
        draft = active.browse(active.action_new_draft()["res_id"])
        draft.note = self.env._("Owners as chosen in the set-up.")
        for line in draft.line_ids.filtered(changes):
            line.owner = wanted[line.target, line.remote_path]
        # Nothing has run by the version before: it needs no second person to replace.
        draft._take_effect()


class ConnectorSetupOwner(models.Model):
    """Who is to own one field."""

    _name = "connector.setup.owner"
    _description = "Connector Set-Up Owner"
    _order = "setup_id, sequence, id"

    setup_id = fields.Many2one(
        "connector.setup", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="setup_id.company_id", store=True)
    flow_line_id = fields.Many2one(
        "connector.setup.flow", required=True, index=True, ondelete="cascade"
    )
    flow_name = fields.Char(string="Records", related="flow_line_id.name")
    included = fields.Boolean(related="flow_line_id.included")
    sequence = fields.Integer(readonly=True)
    target = fields.Char(readonly=True)
    label = fields.Char(string="Field", readonly=True)
    remote_path = fields.Char(string="Remote Field", readonly=True)
    shipped = fields.Selection(OWNERS, string="As Shipped", readonly=True)
    owner = fields.Selection(OWNERS, required=True)
    pushable = fields.Boolean(string="Can Go Out", readonly=True)
