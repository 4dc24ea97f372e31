import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.errors import ERROR_CLASSES

#: Share of the time to decide that is left when a cause begins to count as soon late.
SOON = 0.25
#: Records that the form of a cause shows.
SAMPLES = 20


class ConnectorException(models.Model):
    """One cause that a person must decide on; its items are the records it holds up.

    Ten thousand records of one cause are one exception. It closes itself when a later
    try of all its records succeeds. What it counts is stored and kept by the engine, so
    that the inbox opens as fast with a million records as with ten:
    ``connector_exception_count``. ``connector_exception_report`` has how causes open
    and close, ``connector_exception_retry`` how their records are tried again,
    ``connector_exception_people`` what people do.
    """

    _name = "connector.exception"
    _description = "Connector Exception"
    _inherit = ["connector.guard", "mail.thread", "mail.activity.mixin"]
    _order = "sla_deadline, id"
    _mail_post_access = "read"

    name = fields.Char(string="What Happened", required=True, readonly=True)
    connection_id = fields.Many2one(
        "connector.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id", store=True)
    flow_id = fields.Many2one(
        "connector.flow", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    domain = fields.Selection(
        "_selection_domain",
        string="Area",
        readonly=True,
        default="general",
        required=True,
    )
    error_class = fields.Selection("_selection_error_class", readonly=True)
    code = fields.Char(readonly=True)
    field_name = fields.Char(string="Field", readonly=True)
    cause = fields.Char(readonly=True)
    fingerprint = fields.Char(required=True, readonly=True)
    direction = fields.Selection(
        [("pull", "Into Odoo"), ("push", "Out of Odoo")],
        required=True,
        readonly=True,
        default="pull",
    )
    blocking = fields.Boolean(
        readonly=True,
        help="Its records are held; otherwise they were taken without the value.",
    )
    blocks_closing = fields.Boolean(
        readonly=True, help="The books can't be closed as long as it is open."
    )
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        required=True,
        default="open",
        readonly=True,
        tracking=True,
    )
    user_id = fields.Many2one("res.users", string="Assigned To", tracking=True)
    team_id = fields.Many2one(
        "connector.team", tracking=True, index="btree_not_null", ondelete="set null"
    )
    first_seen_at = fields.Datetime(
        string="First Seen", readonly=True, default=fields.Datetime.now
    )
    last_seen_at = fields.Datetime(
        string="Last Seen", readonly=True, default=fields.Datetime.now
    )
    age = fields.Char(compute="_compute_age")
    sla_deadline = fields.Datetime(string="Decide Until", readonly=True)
    sla_state = fields.Selection(
        [("on_time", "On Time"), ("soon", "Soon Late"), ("late", "Late")],
        string="SLA",
        compute="_compute_sla_state",
    )
    snoozed_until = fields.Datetime(readonly=True, tracking=True)
    is_snoozed = fields.Boolean(compute="_compute_is_snoozed")
    escalated_at = fields.Datetime(readonly=True)
    escalated_to_id = fields.Many2one("res.users", readonly=True, tracking=True)
    resolved_at = fields.Datetime(readonly=True)
    ignore_reason = fields.Char(tracking=True)
    item_ids = fields.One2many("connector.exception.item", "exception_id")
    has_items = fields.Boolean(
        readonly=True, help="Records are held up, not the flow or the whole connection."
    )
    open_count = fields.Integer(string="Records", readonly=True)
    amount = fields.Monetary(
        string="At Stake",
        readonly=True,
        help="Sum of the records' amounts in the company's currency, where they have"
        " one.",
    )
    document = fields.Char(
        compute="_compute_document",
        # A viewer sees what waits, not whose data it is.
        groups="connector_base.group_operator",
    )
    partner_label = fields.Char(
        string="Customer",
        compute="_compute_document",
        groups="connector_base.group_operator",
    )
    sample_item_ids = fields.Many2many(
        "connector.exception.item",
        string="First Records",
        compute="_compute_sample_item_ids",
    )
    next_try_at = fields.Datetime(string="Next Try", compute="_compute_next_try_at")
    advice = fields.Char(string="What To Do", compute="_compute_advice")
    value_line_id = fields.Many2one(
        "connector.value.map.line",
        compute="_compute_value_line_id",
        store=True,
        ondelete="set null",
    )
    value_model = fields.Char(related="value_line_id.res_model")
    value_res_id = fields.Many2oneReference(
        related="value_line_id.res_id",
        model_field="value_model",
        readonly=False,
        string="Means in Odoo",
    )
    value_suggestion = fields.Char(related="value_line_id.suggestion")

    _open_uniq = models.UniqueIndex(
        "(connection_id, fingerprint) WHERE state = 'open'",
        "A cause is open once per connection.",
    )
    # The inbox as it opens, its filters, and what is about to be late.
    _inbox_idx = models.Index("(sla_deadline, id) WHERE state = 'open'")
    _user_idx = models.Index("(user_id, sla_deadline, id) WHERE state = 'open'")
    _state_idx = models.Index("(state, sla_deadline, id)")

    @api.model
    def _selection_domain(self):
        return [
            ("general", self.env._("General")),
            ("crm", self.env._("CRM")),
            ("billing", self.env._("Billing")),
            ("support", self.env._("Support")),
        ]

    @api.model
    def _selection_error_class(self):
        labels = {
            "transient": self.env._("Passing Trouble"),
            "timeout": self.env._("No Answer in Time"),
            "remote_down": self.env._("Remote System Down"),
            "rate_limited": self.env._("Rate Limit"),
            "authentication": self.env._("Sign-in"),
            "validation": self.env._("Invalid Value"),
            "mapping": self.env._("Not Mapped"),
            "missing_dependency": self.env._("Missing Record"),
            "ambiguous_match": self.env._("Several Matches"),
            "conflict": self.env._("Conflict"),
            "closed_period": self.env._("Closed Period"),
            "not_found": self.env._("Not Found"),
            "bug": self.env._("Program Error"),
        }
        return [(name, labels[name]) for name in ERROR_CLASSES]

    @api.depends_context("lang")
    @api.depends("first_seen_at")
    def _compute_age(self):
        now = fields.Datetime.now()
        flows = self.env["connector.flow"]
        for exception in self:
            seen = exception.first_seen_at or now
            exception.age = flows._duration_text(
                int((now - seen).total_seconds()) // 60
            )

    @api.depends("sla_deadline", "first_seen_at", "state")
    def _compute_sla_state(self):
        now = fields.Datetime.now()
        for exception in self:
            deadline = exception.sla_deadline
            if exception.state != "open" or not deadline:
                exception.sla_state = False
                continue
            whole = deadline - (exception.first_seen_at or now)
            left = deadline - now
            late = left <= datetime.timedelta()
            soon = left < whole * SOON
            exception.sla_state = "late" if late else "soon" if soon else "on_time"

    @api.depends("snoozed_until")
    def _compute_is_snoozed(self):
        now = fields.Datetime.now()
        for exception in self:
            until = exception.snoozed_until
            exception.is_snoozed = bool(until and until > now)

    @api.depends("open_count", "state")
    def _compute_document(self):
        """One of the records by name, and how many there are besides it."""
        first = self._first_items()
        for exception in self:
            label, partner = first.get(exception.id, (None, None))
            others = exception.open_count - 1
            if not label:
                exception.document = exception.flow_id.name or False
            elif others > 0:
                exception.document = self.env._(
                    "%(record)s and %(count)s more",
                    record=label,
                    count=self._in_digits(others),
                )
            else:
                exception.document = label
            exception.partner_label = partner if others <= 0 else False

    def _first_items(self):
        """``{id: (label, customer)}`` of one record each, by one look at an index."""
        if not self.ids:
            return {}
        self.env["connector.exception.item"].flush_model()
        return {
            exception_id: (label or remote_id, partner)
            for exception_id, label, remote_id, partner in self.env.execute_query(
                SQL(
                    """
                    SELECT e.id, i.label, i.remote_id, i.partner_label
                      FROM connector_exception e
                     CROSS JOIN LATERAL (
                            SELECT label, remote_id, partner_label
                              FROM connector_exception_item
                             WHERE exception_id = e.id AND state = e.state LIMIT 1) i
                     WHERE e.id IN %s
                    """,
                    tuple(self.ids),
                )
            )
        }

    def _in_digits(self, number):
        """A whole number as people of the user's language write it."""
        return (
            self.env["res.lang"]
            ._lang_get(self.env.lang or "en_US")
            .format("%d", number, grouping=True)
        )

    @api.depends("open_count", "state")
    def _compute_sample_item_ids(self):
        """The first records: a form never reads all of a million."""
        items = self.env["connector.exception.item"]
        for exception in self:
            exception.sample_item_ids = items.search(
                [("exception_id", "=", exception.id), ("state", "=", exception.state)],
                order="flow_id.id, id",
                limit=SAMPLES,
            )

    @api.depends("has_items", "retry_left", "flow_id.next_run_at")
    def _compute_next_try_at(self):
        """When it is tried again; what holds records up waits for a decision."""
        for exception in self:
            if exception.state != "open":
                exception.next_try_at = False
            elif exception.retry_left:
                exception.next_try_at = exception.retry_at
            else:
                exception.next_try_at = (
                    not exception.has_items and exception.flow_id.next_run_at
                )

    @api.depends("code", "error_class")
    def _compute_advice(self):
        for exception in self:
            exception.advice = exception._advice(exception.code, exception.error_class)

    @api.depends("code", "cause")
    def _compute_value_line_id(self):
        for exception in self:
            kind, _sep, value = (exception.cause or "").partition("=")
            exception.value_line_id = (
                self.env["connector.value.map.line"].search(
                    [
                        ("map_id.connection_id", "=", exception.connection_id.id),
                        ("map_id.name", "=", kind),
                        ("remote_value", "=", value),
                    ],
                    limit=1,
                )
                if (exception.code or "").startswith("unmapped_value")
                else False
            )

    def _message_auto_subscribe_notify(self, partner_ids, template):
        """No mail for each: people get one digest a day."""
