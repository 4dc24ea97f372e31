from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import errors

#: The steps in order; each may have ``_enter_<step>``, ``_leave_<step>`` and
#: ``_summary_<step>``.
STEPS = [
    ("system", "System"),
    ("credentials", "Credentials"),
    ("company", "Company"),
    ("ownership", "Ownership"),
    ("values", "Values"),
    ("matches", "Matches"),
    ("scope", "First Load"),
    ("start", "Check and Go"),
]
STEP_NAMES = [name for name, _label in STEPS]


class ConnectorSetup(models.Model):
    """The set-up of a connection, step by step, for administrators.

    A regular record: it may be left and gone on with, also after a restart. What is
    chosen is kept here; until the last step's Go the connection is a draft, the vendor
    is only read, and no business record is written.
    """

    _name = "connector.setup"
    _description = "Connector Set-Up"
    _order = "id desc"
    _rec_name = "connection_name"

    step = fields.Selection(STEPS, required=True, default="system", readonly=True)
    reached = fields.Integer(readonly=True, help="Number of the furthest step so far.")
    steps = fields.Json(compute="_compute_steps")
    state = fields.Selection(
        [("open", "In Progress"), ("done", "Running")],
        compute="_compute_state",
        store=True,
    )
    connection_id = fields.Many2one(
        "connector.connection",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    connection_state = fields.Selection(
        related="connection_id.state", string="State of the Connection"
    )
    provider = fields.Selection("_selection_provider", string="System")
    environment = fields.Selection(
        [("production", "Production"), ("sandbox", "Sandbox")], default="sandbox"
    )
    connection_name = fields.Char(string="Name")
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, readonly=False
    )
    currency_id = fields.Many2one(related="connection_id.currency_id", readonly=False)
    tz = fields.Selection(related="connection_id.tz", readonly=False)
    owner_id = fields.Many2one(related="connection_id.owner_id", readonly=False)
    base_url = fields.Char(related="connection_id.base_url", readonly=False)
    api_version = fields.Char(related="connection_id.api_version", readonly=False)
    account_ref = fields.Char(related="connection_id.account_ref")
    credential_ids = fields.One2many(
        related="connection_id.credential_ids", readonly=False
    )
    last_test_at = fields.Datetime(related="connection_id.last_test_at")
    last_test_passed = fields.Boolean(related="connection_id.last_test_passed")
    last_test_result = fields.Text(related="connection_id.last_test_result")
    value_line_ids = fields.One2many(
        related="connection_id.value_line_ids", readonly=False
    )
    unmapped_count = fields.Integer(related="connection_id.unmapped_count")
    suggested_count = fields.Integer(compute="_compute_suggested_count")
    check_ids = fields.One2many(
        "connector.setup.check", "setup_id", domain=[("kind", "=", "check")]
    )
    scope_ids = fields.One2many(
        "connector.setup.check", "setup_id", domain=[("kind", "=", "scope")]
    )

    _connection_uniq = models.Constraint(
        "UNIQUE(connection_id)", "A connection is set up once."
    )

    @api.model
    def _selection_provider(self):
        return self.env["connector.connection"]._selection_provider()

    @api.depends("connection_id.state")
    def _compute_state(self):
        for setup in self:
            connected = setup.connection_id and setup.connection_id.state != "draft"
            setup.state = "done" if connected else "open"

    @api.depends("value_line_ids.state")
    def _compute_suggested_count(self):
        for setup in self:
            lines = setup.value_line_ids
            setup.suggested_count = len(
                lines.filtered(lambda line: line.state == "suggested")
            )

    @api.depends_context("lang")
    @api.depends("step", "reached", "connection_id.state")
    def _compute_steps(self):
        labels = dict(self._fields["step"]._description_selection(self.env))
        for setup in self:
            current = STEP_NAMES.index(setup.step)
            setup.steps = [
                {
                    "key": name,
                    "label": labels[name],
                    "state": "current"
                    if number == current and setup.state != "done"
                    else "done"
                    if number < setup.reached or setup.state == "done"
                    else "open"
                    if number == setup.reached
                    else "later",
                    "summary": setup._summary(name)
                    if number < setup.reached or setup.state == "done"
                    else False,
                }
                for number, name in enumerate(STEP_NAMES)
            ]

    @api.depends("connection_name")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = setup.connection_name or self.env._("New Connection")

    # -- the way through ------------------------------------------------------

    def action_next(self):
        """Check the step, keep what was chosen, go on to the next one."""
        self._check_open()
        getattr(self, f"_leave_{self.step}", lambda: None)()
        following = STEP_NAMES.index(self.step) + 1
        if following < len(STEP_NAMES):
            self._go_to(STEP_NAMES[following])

    def action_back(self):
        self._check_open()
        before = STEP_NAMES.index(self.step) - 1
        if before >= 0:
            self._go_to(STEP_NAMES[before])

    def action_open_step(self, step):
        """Go to a step that was reached before.

        :param step: one of ``STEP_NAMES``
        """
        self._check_open()
        if step not in STEP_NAMES or STEP_NAMES.index(step) > self.reached:
            raise UserError(self.env._("Finish the steps before it first."))
        self._go_to(step)

    def _check_open(self):
        self.ensure_one()
        self.check_access("write")
        # The stored state may be as whoever made the record says.
        if self.connection_id and self.connection_id.state != "draft":
            raise UserError(
                self.env._(
                    "%s runs already: change it in its connection and flows.",
                    self.connection_name,
                )
            )

    def _go_to(self, step):
        getattr(self, f"_enter_{step}", lambda: None)()
        number = STEP_NAMES.index(step)
        self.write({"step": step, "reached": max(self.reached, number)})

    def _need(self, missing):
        """Say what is missing in this step.

        :param missing: list of sentences
        :raises UserError: where there is any
        """
        if missing:
            raise UserError("\n".join(missing))

    def _summary(self, step):
        """What was chosen in a step, in a few words."""
        method = getattr(self, f"_summary_{step}", None)
        return method() if method and self.connection_id else False

    # -- 1 system -------------------------------------------------------------

    def _leave_system(self):
        missing = []
        if not self.provider:
            missing.append(self.env._("Choose the system that is to be connected."))
        if not self.environment:
            missing.append(self.env._("Say whether it is the production or a sandbox."))
        if not self.connection_name:
            missing.append(self.env._("Give the connection a name."))
        self._need(missing)
        vals = {"name": self.connection_name, "environment": self.environment}
        if self.connection_id:
            if self.provider != self.connection_id.provider:
                raise UserError(
                    self.env._(
                        "The system of a connection can't be changed: begin a new"
                        " set-up."
                    )
                )
            self.connection_id.write(vals)
        else:
            self.connection_id = self.env["connector.connection"].create(
                {**vals, "provider": self.provider}
            )

    @api.onchange("provider")
    def _onchange_provider(self):
        if self.provider and not self.connection_name:
            labels = dict(self._selection_provider())
            self.connection_name = labels.get(self.provider)

    def _summary_system(self):
        label = dict(self._selection_provider()).get(self.provider, self.provider)
        environments = self._fields["environment"]._description_selection(self.env)
        return f"{label}, {dict(environments).get(self.environment)}"

    # -- 2 credentials --------------------------------------------------------

    def action_test(self):
        """Sign in and try each right; what is granted stands in a list afterwards."""
        self._check_open()
        self.connection_id.action_test()
        self._note_scopes()

    def _note_scopes(self):
        """Write down which rights are there and which not, by the vendor's names."""
        self.scope_ids.unlink()
        connection = self.connection_id
        access = connection.last_test_access
        if not isinstance(access, dict):
            return
        provider = connection._provider()
        rows = []
        for number, stream in enumerate(connection._streams()):
            denied = access.get(stream.name)
            reads, writes = provider._scopes(stream.name)
            vals = {"setup_id": self.id, "kind": "scope", "sequence": 2 * number}
            rows.append(
                {
                    **vals,
                    "name": ", ".join(reads) or self.env._("read %s", stream.label),
                    "verdict": "error" if denied else "ok",
                    "sentence": denied
                    or self.env._("Granted: %s can be read.", stream.label),
                }
            )
            rows += [
                {
                    **vals,
                    "sequence": 2 * number + 1,
                    "name": scope,
                    "verdict": "note",
                    "sentence": self.env._(
                        "Needed only if %s go out of Odoo. Can't be tried without"
                        " writing.",
                        stream.label,
                    ),
                }
                for scope in writes
            ]
        self.env["connector.setup.check"].create(rows)

    def _leave_credentials(self):
        connection = self.connection_id
        if not connection.last_test_at:
            self._need([self.env._("Enter the credentials and press Test first.")])
        if connection.last_test_passed:
            return
        access = connection.last_test_access
        if not isinstance(access, dict) or all(access.values()):
            self._need(
                [
                    self.env._("The last test failed; correct this and test again:"),
                    connection.last_test_result or "",
                ]
            )

    def _summary_credentials(self):
        if self.last_test_passed:
            return self.env._("Account %s", self.account_ref or "")
        access = self.connection_id.last_test_access
        denied = sum(map(bool, access.values())) if isinstance(access, dict) else 0
        return denied and self.env._("%s rights missing", denied)

    # -- 3 company ------------------------------------------------------------

    def _leave_company(self):
        missing = []
        if not self.company_id:
            missing.append(self.env._("Choose the company whose records are kept."))
        if not self.tz:
            missing.append(self.env._("Choose the time zone of the account."))
        if not self.currency_id:
            missing.append(
                self.env._("Choose the currency of amounts that come without one.")
            )
        if not self.owner_id:
            missing.append(self.env._("Say who is responsible for the connection."))
        self._need(missing)
        # Active flows of a draft run nothing: what they are to do is chosen next.
        self.env["connector.flow"]._ensure_flows(self.connection_id)

    def _summary_company(self):
        parts = [self.company_id.name, self.currency_id.name, self.tz]
        return ", ".join(filter(None, parts))

    # -- 5 values -------------------------------------------------------------

    def _enter_values(self):
        if not self.connection_id.references_read_at:
            self.action_read_values()

    def action_read_values(self):
        """Read the vendor's lists; what can only mean one thing is mapped at once.

        :raises UserError: where the vendor doesn't answer
        """
        self._check_open()
        connection = self.connection_id
        provider = connection._provider()
        try:
            references = provider._asked(
                "_reference_values", provider._client(connection)
            )
        except errors.ConnectorError as error:
            raise UserError(
                self.env["connector.exception"]._sentence_of_error(error)
            ) from error
        connection._take_references(references)

    def action_accept_values(self):
        """Take all suggestions; what has none stays to be decided."""
        self._check_open()
        self.value_line_ids.action_accept_suggestion()

    def action_open_values(self):
        return self.connection_id.action_open_value_lines()

    def _summary_values(self):
        if self.unmapped_count:
            return self.env._("%s to decide", self.unmapped_count)
        return self.env._("All decided")

    # -- screens --------------------------------------------------------------

    @api.model
    def action_begin(self):
        """Go on with what was begun; a new set-up where nothing was."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_base.connector_setup_action"
        )
        if not self.search_count([("state", "=", "open")], limit=1):
            action["views"] = [(False, "form")]
        return action

    def action_open_connection(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.connection",
            "res_id": self.connection_id.id,
            "views": [(False, "form")],
        }
