import datetime

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine.errors import ERROR_CLASSES
from ..engine.hashing import fingerprint
from ..engine.masking import mask_payload

#: Hours within which a person should have decided, by error class.
SLA_HOURS = {"authentication": 4, "closed_period": 8, "conflict": 24}
SLA_DEFAULT_HOURS = 48


class ConnectorException(models.Model):
    """One cause that a person must decide on; its items are the records it holds up.

    Ten thousand records of one cause are one exception. It closes itself when a later
    try of all its records succeeds.
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
    flow_id = fields.Many2one(
        "connector.flow", readonly=True, index="btree_not_null", ondelete="cascade"
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
    state = fields.Selection(
        [("open", "Open"), ("resolved", "Resolved"), ("ignored", "Ignored")],
        required=True,
        default="open",
        readonly=True,
        tracking=True,
        index=True,
    )
    user_id = fields.Many2one("res.users", string="Assigned To", tracking=True)
    first_seen_at = fields.Datetime(
        string="First Seen", readonly=True, default=fields.Datetime.now
    )
    last_seen_at = fields.Datetime(
        string="Last Seen", readonly=True, default=fields.Datetime.now
    )
    sla_deadline = fields.Datetime(string="Decide Until", readonly=True, index=True)
    resolved_at = fields.Datetime(readonly=True)
    ignore_reason = fields.Char(tracking=True)
    item_ids = fields.One2many("connector.exception.item", "exception_id")
    open_count = fields.Integer(string="Records", compute="_compute_open_count")
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

    @api.depends("item_ids.state")
    def _compute_open_count(self):
        counts = dict(
            self.env["connector.exception.item"]._read_group(
                [("exception_id", "in", self.ids), ("state", "=", "open")],
                ["exception_id"],
                ["__count"],
            )
        )
        for exception in self:
            exception.open_count = counts.get(exception, 0)

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

    # -- report ---------------------------------------------------------------

    @api.model
    def _report(self, flow, cases):
        """Open or renew the exceptions of records that could not be taken as they came.

        :param cases: list of ``(connector_mapper.Mapped, records.Problem)``
        """
        connection = flow.connection_id
        ignored = self._ignored(flow, cases)
        by_print = {}
        for mapped, problem in cases:
            key = self._fingerprint(flow, problem)
            if (key, mapped.record.remote_id) in ignored:
                continue
            by_print.setdefault(key, []).append((mapped, problem))
        exceptions = self._open_causes(
            connection,
            {
                key: self._cause_vals(flow, group[0][1])
                for key, group in by_print.items()
            },
        )
        self.env["connector.exception.item"]._note(
            flow, [(exceptions[key], group) for key, group in by_print.items()]
        )

    def _ignored(self, flow, cases):
        """``{(fingerprint, remote id)}`` of what people let be and is as it was."""
        payloads = {m.record.remote_id: m.record.values for m, _problem in cases}
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", flow.id),
                ("direction", "=", "pull"),
                ("state", "=", "ignored"),
                ("remote_id", "in", list(payloads)),
            ]
        )
        return {
            (item.exception_id.fingerprint, item.remote_id)
            for item in items
            if item.payload == mask_payload(payloads[item.remote_id])
        }

    def _fingerprint(self, flow, problem):
        # A field of two entities with the same value map is one cause.
        place = (None, None) if problem.shared else (flow.id, problem.field)
        return fingerprint(problem.error_class, *place, problem.code, problem.cause)

    def _cause_vals(self, flow, problem):
        return {
            "name": self._sentence(problem.code, problem.params),
            "connection_id": flow.connection_id.id,
            "flow_id": None if problem.shared else flow.id,
            "error_class": problem.error_class,
            "code": problem.code,
            "field_name": problem.field,
            "cause": problem.cause,
            "blocking": problem.blocking,
            "user_id": flow.owner_id.id or flow.connection_id.owner_id.id,
        }

    def _open_causes(self, connection, vals_by_print):
        """``{fingerprint: open exception}``, made where there is none; one query."""
        found = {
            exception.fingerprint: exception
            for exception in self.search(
                [
                    ("connection_id", "=", connection.id),
                    ("fingerprint", "in", list(vals_by_print)),
                    ("state", "=", "open"),
                ]
            )
        }
        now = fields.Datetime.now()
        self.union(*found.values()).write({"last_seen_at": now})
        missing = [key for key in vals_by_print if key not in found]
        created = self.with_context(mail_create_nolog=True).create(
            [
                {
                    **vals_by_print[key],
                    "fingerprint": key,
                    "sla_deadline": now
                    + datetime.timedelta(
                        hours=SLA_HOURS.get(
                            vals_by_print[key]["error_class"], SLA_DEFAULT_HOURS
                        )
                    ),
                }
                for key in missing
            ]
        )
        return {**found, **dict(zip(missing, created, strict=True))}

    @api.model
    def _report_job(self, job, error_class, code, sentence, error):
        """Open the exception of a job that no retry helps, without a record of its own.

        :param error: the exception that ended it
        """
        params = getattr(error, "params", {})
        key = fingerprint(error_class, "job", job.connection_id.id, code)
        if error_class != "authentication":
            key = fingerprint(error_class, job.flow_id.id, job.method_name, code)
        self._open_causes(
            job.connection_id,
            {
                key: {
                    "name": sentence,
                    "connection_id": job.connection_id.id,
                    "flow_id": None
                    if error_class == "authentication"
                    else job.flow_id.id,
                    "error_class": error_class,
                    "code": code,
                    "cause": params.get("scope"),
                    "direction": "push"
                    if job.model_name == "connector.push"
                    else "pull",
                    "blocking": True,
                    "user_id": job.connection_id.owner_id.id or job.flow_id.owner_id.id,
                }
            },
        )

    # -- settle ---------------------------------------------------------------

    @api.model
    def _settle_items(self, flow, remote_ids, still=()):
        """Close what held these records: they have been taken now.

        :param still: ``{(remote id, fingerprint)}`` of problems that remain
        """
        self._settle_held(flow, "pull", "remote_id", remote_ids, still)

    @api.model
    def _settle_held(self, flow, direction, name, ids, still):
        """Close what held records that are named by one of the items' fields.

        :param name: ``remote_id`` or ``res_id``
        :param still: ``{(id, fingerprint)}`` of problems that remain
        """
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", flow.id),
                ("direction", "=", direction),
                (name, "in", list(ids)),
                ("state", "=", "open"),
            ]
        )
        done = items.filtered(
            lambda item: (item[name], item.exception_id.fingerprint) not in still
        )
        done.state = "resolved"
        done.exception_id._close_if_done()

    @api.model
    def _settle_flow(self, flow, direction="pull"):
        """Close what kept the whole flow from running: it has run now."""
        self.search(
            [
                ("flow_id", "=", flow.id),
                ("direction", "=", direction),
                ("state", "=", "open"),
                ("item_ids", "=", False),
            ]
        )._close_if_done()
        self._settle_connection(flow.connection_id)

    @api.model
    def _settle_connection(self, connections):
        """Close what kept connections from working: they work now."""
        self.search(
            [
                ("connection_id", "in", connections.ids),
                ("flow_id", "=", False),
                ("state", "=", "open"),
                ("item_ids", "=", False),
            ]
        )._close_if_done()

    def _close_if_done(self):
        done = self.sudo().filtered(lambda e: e.state == "open" and not e.open_count)
        done.write({"state": "resolved", "resolved_at": fields.Datetime.now()})
        done.activity_unlink(["mail.mail_activity_data_todo"])

    # -- people ---------------------------------------------------------------

    def _retry(self):
        """Enqueue another try of all records of these causes."""
        without_items = self.filtered(lambda e: e.state == "open" and not e.item_ids)
        outgoing = without_items.filtered(lambda e: e.direction == "push")
        outgoing.flow_id._enqueue_push()
        (without_items - outgoing).flow_id.action_sync()
        self.item_ids.filtered(lambda item: item.state == "open")._retry()

    def action_retry(self):
        self.check_access("write")
        waiting = self.filtered(lambda e: e.error_class == "authentication")
        if waiting:
            if not self.env.user.has_group("connector_base.group_administrator"):
                raise AccessError(
                    self.env._(
                        "Only a connector administrator can reconnect %s.",
                        ", ".join(waiting.connection_id.mapped("name")),
                    )
                )
            waiting.connection_id.action_resume()
        self._retry()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The records are tried again in the background. What succeeds"
                    " closes by itself."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_accept_suggestion(self):
        self.check_access("write")
        self.value_line_id.sudo().action_accept_suggestion()

    def action_assign_to_me(self):
        self.check_access("write")
        self.user_id = self.env.user

    def action_ignore(self):
        """Let the records be as they are; the reason stays with the exception."""
        self.check_access("write")
        if any(not exception.ignore_reason for exception in self):
            raise UserError(self.env._("Say why this may be ignored first."))
        ignored = self.sudo()
        ignored.item_ids.filtered(lambda item: item.state == "open").state = "ignored"
        ignored.write({"state": "ignored", "resolved_at": fields.Datetime.now()})

    def action_open_value_line(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.value.map",
            "res_id": self.value_line_id.map_id.id,
            "views": [(False, "form")],
        }

    def action_open_items(self):
        self.ensure_one()
        action = "connector_base.connector_exception_item_action"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(action),
            "domain": [("exception_id", "=", self.id)],
        }
