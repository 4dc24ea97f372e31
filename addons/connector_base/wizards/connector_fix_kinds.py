from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..engine import values
from ..engine.masking import MASK
from ..engine.paths import getter
from ..models.connector_exception_item import RETRY_BATCH


class ConnectorFix(models.TransientModel):
    """The kinds of fixes that every vendor and every entity has."""

    _inherit = "connector.fix"

    # -- say what the value means ---------------------------------------------

    value_line_id = fields.Many2one(
        related="exception_id.value_line_id", related_sudo=False
    )
    value_model = fields.Char(related="value_line_id.res_model", related_sudo=False)
    value_suggestion = fields.Char(
        related="value_line_id.suggestion", related_sudo=False
    )
    value_res_id = fields.Many2oneReference(
        string="Means in Odoo",
        model_field="value_model",
        compute="_compute_value_res_id",
        store=True,
        readonly=False,
    )
    leave_empty = fields.Boolean(
        help="Records with this value are taken without it, and nobody is asked again."
    )

    @api.depends("exception_id")
    def _compute_value_res_id(self):
        for fix in self:
            line = fix.value_line_id
            fix.value_res_id = line.res_id or line.suggested_id

    def _explain_map_value(self):
        return self.env._("Holds for every record that has this value, now and later.")

    def _check_map_value(self):
        if not self.value_res_id and not self.leave_empty:
            raise UserError(self.env._("Choose what the value means in Odoo."))
        self.value_line_id.check_access("write")

    def _decide_map_value(self):
        record_id = False if self.leave_empty else self.value_res_id
        line = self.value_line_id.with_context(connector_release_later=True)
        line.write({"res_id": record_id, "skip": self.leave_empty})

    def _go_on_map_value(self):
        self.value_line_id._release_held()

    # -- create what is missing -----------------------------------------------

    code = fields.Char(related="exception_id.code", related_sudo=False)
    missing_currency = fields.Char(compute="_compute_missing_currency")
    company_currency = fields.Char(
        related="exception_id.currency_id.name", related_sudo=False
    )
    rate = fields.Float(digits=(16, 6))

    @api.depends("exception_id")
    def _compute_missing_currency(self):
        for fix in self:
            missing = fix.code == "no_rate"
            fix.missing_currency = missing and fix.exception_id.cause

    def _currency(self):
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        return currencies.search([("name", "=", self.missing_currency)], limit=1)

    def _explain_create_missing(self):
        if self.code == "no_rate":
            return self.env._(
                "Activates %(currency)s and enters today's rate for %(company)s.",
                currency=self.missing_currency,
                company=self.exception_id.company_id.name,
            )
        if self.code == "create_not_allowed":
            return self.env._(
                "Lets “%s” create records in Odoo, these and those that come later.",
                self._flow().name,
            )
        return self.env._(
            "Fetches the records that these belong to; these follow by themselves."
        )

    def _check_create_missing(self):
        if self.code == "create_not_allowed":
            self._flow().check_access("write")
        elif self.code == "no_rate":
            self._check_currency()
        elif not self._parents():
            raise UserError(
                self.env._("No flow of the connection fetches what is missing.")
            )

    def _check_currency(self):
        if not self.env["res.currency"].has_access("write"):
            raise AccessError(
                self.env._(
                    "Ask whoever keeps the currencies in Odoo to activate %s and to"
                    " enter a rate.",
                    self.missing_currency,
                )
            )
        if not self._currency():
            raise UserError(
                self.env._("Odoo doesn't know a currency %s.", self.missing_currency)
            )
        if self.rate <= 0:
            raise UserError(self.env._("Enter a rate."))

    def _decide_create_missing(self):
        if self.code == "create_not_allowed":
            self._flow().sudo().may_create = True
        elif self.code == "no_rate":
            currency = self._currency()
            currency.active = True
            self.env["res.currency.rate"].sudo().create(
                {
                    "currency_id": currency.id,
                    "company_id": self.exception_id.company_id.root_id.id,
                    "company_rate": self.rate,
                }
            )

    def _go_on_create_missing(self):
        for flow, remote_ids in self._parents().items():
            for start in range(0, len(remote_ids), RETRY_BATCH):
                self.env["connector.pull"]._enqueue_ids(
                    flow, remote_ids[start : start + RETRY_BATCH]
                )
        # Those whose parent is there by now, without being told of it, go at once.
        self._retry_chosen()

    def _parents(self):
        """``{flow that feeds them: [remote ids]}`` of what the records belong to."""
        items = self._items()
        if not items:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT depends_entity, array_agg(DISTINCT depends_remote_id)
                  FROM connector_exception_item
                 WHERE id = ANY(%s) AND depends_remote_id IS NOT NULL
                 GROUP BY depends_entity
                """,
                items.ids,
            )
        )
        flows = self.connection_id.sudo().flow_ids.filtered("active")
        return {
            flow: remote_ids
            for entity, remote_ids in rows
            if (flow := flows.filtered(lambda f, name=entity: f.entity == name)[:1])
        }

    # -- correct the value ----------------------------------------------------

    map_line_id = fields.Many2one(
        "connector.field.map.line",
        string="Field",
        compute="_compute_map_line_id",
        store=True,
        readonly=False,
    )
    map_line_ids = fields.Many2many(
        "connector.field.map.line", compute="_compute_map_line_ids"
    )
    wrong_value = fields.Char(
        string="What Came",
        compute="_compute_wrong_value",
        groups="connector_base.group_operator",
    )
    right_value = fields.Char()
    reach = fields.Selection(
        [
            ("record", "Of These Records"),
            ("value", "Of Every Record With This Same Value, Now and Later"),
        ],
        default="record",
        required=True,
        string="Corrects It",
    )

    def _field_lines(self):
        """Lines of the active map by which a value comes into Odoo."""
        lines = self._flow().active_map_id.line_ids
        return lines.filtered(lambda line: line.direction != "push")

    @api.depends("exception_id", "kind")
    def _compute_map_line_ids(self):
        for fix in self:
            fix.map_line_ids = fix._field_lines() if fix.exception_id else False

    @api.depends("exception_id")
    def _compute_map_line_id(self):
        for fix in self:
            name = fix._corrected_field()
            lines = fix.map_line_ids.filtered(lambda li, n=name: li.target == n)
            fix.map_line_id = lines[:1]

    def _corrected_field(self):
        if self.kind == "open_period":
            return self.exception_id._period_field()
        return self.exception_id.field_name

    @api.depends("map_line_id", "exception_id", "item_ids", "scope")
    def _compute_wrong_value(self):
        for fix in self:
            item = fix._items(limit=1).sudo() if fix.map_line_id else None
            fix.wrong_value = False
            if item:
                field = fix._entity_field()
                raw = getter(fix.map_line_id.remote_path)(item.payload or {})
                shown = self.env["connector.correction"]._shown(field, raw)
                fix.wrong_value = shown or self.env._("Nothing")

    def _entity_field(self):
        return self._flow()._entity_model()._entity_field(self.map_line_id.target)

    def _explain_correct_value(self):
        return self.env._(
            "Takes your value instead of what came, until %s sends another one. Nothing"
            " is written there.",
            self.connection_id.name,
        )

    def _check_correct_value(self):
        if not self.map_line_id:
            raise UserError(self.env._("Choose the field to correct."))
        if self.map_line_id not in self._field_lines():
            raise UserError(self.env._("The field isn't one of these records."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why this is the right value."))
        self._check_readable(self.right_value)

    def _check_readable(self, text):
        field = self._entity_field()
        zone = self.connection_id.tz or "UTC"
        try:
            # A transform may make something else of it; the preview shows that.
            if text and not self._is_transformed():
                values.read_value(field.kind, text, zone)
        except values.ValueProblem:
            raise UserError(
                self.env._(
                    "“%(value)s” can't be read as %(label)s.",
                    value=text,
                    label=field.label,
                )
            ) from None

    def _is_transformed(self):
        return bool(self.map_line_id.step_ids)

    def _decide_correct_value(self):
        self._correct(self.right_value)

    def _correct(self, text):
        """Note the right value for the records, or for the wrong value of the first."""
        line = self.map_line_id
        read = getter(line.remote_path)
        corrections = self.env["connector.correction"].sudo()
        for flow, payloads in self._payloads():
            wrong = [(remote_id, read(payload)) for remote_id, payload in payloads]
            if self.reach == "value":
                wrong = [(None, raw) for _remote_id, raw in wrong[:1]]
            if any(MASK in str(raw) for _remote_id, raw in wrong):
                raise UserError(
                    self.env._(
                        "What came looks like a secret and isn't kept: correct it at"
                        " %s.",
                        self.connection_id.name,
                    )
                )
            corrections._correct(
                flow, line.target, wrong, text, self.reason, self.exception_id
            )
            if self.reach == "value":
                break

    # -- choose a date in an open period --------------------------------------

    period_date = fields.Date(string="Date", default=fields.Date.context_today)

    def _explain_open_period(self):
        return self.env._("Books the records on a date whose period is still open.")

    def _check_open_period(self):
        name = self.exception_id._period_field()
        line = self._field_lines().filtered(lambda li: li.target == name)[:1]
        if not self.period_date:
            raise UserError(self.env._("Choose a date."))
        if not line:
            raise UserError(self.env._("The field map doesn't fill the date."))
        closed = (
            self._flow()
            ._entity_model()
            ._closed_period(self.exception_id.company_id, self.period_date)
        )
        if closed:
            raise UserError(closed)

    def _decide_open_period(self):
        name = self.exception_id._period_field()
        line = self._field_lines().filtered(lambda li: li.target == name)[:1]
        # Each record's own date: another record of that date may be booked already.
        self.write({"map_line_id": line.id, "reach": "record"})
        self._correct(fields.Date.to_string(self.period_date))

    # -- reconnect ------------------------------------------------------------

    def _may_reconnect(self):
        return self.env.user.has_group("connector_base.group_administrator")

    def _explain_reconnect(self):
        if self._may_reconnect():
            return self.env._(
                "Enter a valid credential on the connection, test it, and resume: all"
                " that waits goes on by itself."
            )
        owner = self.connection_id.owner_id.name
        return self.env._(
            "Ask %s to reconnect it: only connector administrators may.",
            owner or self.env._("a connector administrator"),
        )

    def _check_reconnect(self):
        if not self._may_reconnect():
            raise AccessError(self._explain_reconnect())

    def _go_on_reconnect(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.connection",
            "res_id": self.connection_id.id,
            "views": [(False, "form")],
        }

    # -- fetch again, ignore --------------------------------------------------

    def _explain_fetch_again(self):
        if self.exception_id.process_kind:
            return self.env._("Lets the processes go on from the step that failed.")
        if self.exception_id.direction == "push":
            return self.env._("Sends the records again as they are in Odoo now.")
        return self.env._(
            "Reads the records at %s again as they are there now.",
            self.connection_id.name,
        )

    def _explain_ignore(self):
        return self.env._(
            "Leaves the records as they are. Each comes back when it changes."
        )

    def _check_ignore(self):
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why this may be ignored."))

    def _go_on_ignore(self):
        if self.scope == "chosen":
            self._items().ignore(self.reason)
        else:
            self.exception_id.action_ignore(self.reason)
        return self.env._("Ignored. What changes comes back.")


class ConnectorFieldMapLine(models.Model):
    _inherit = "connector.field.map.line"

    @api.depends("target", "remote_path")
    @api.depends_context("connector_show_target", "lang")
    def _compute_display_name(self):
        """Where a person chooses a field, it is called as it is in Odoo."""
        super()._compute_display_name()
        if self.env.context.get("connector_show_target"):
            for line in self.filtered("target_label"):
                line.display_name = f"{line.target_label} ({line.remote_path})"
