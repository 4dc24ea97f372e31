from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: More rows than that aren't counted one by one.
COUNTED = 1_000_000


class ConnectorRetentionSettings(models.TransientModel):
    """How long what is kept, and what a change would delete, before it is saved."""

    _name = "connector.retention.settings"
    _description = "Retention"

    line_ids = fields.One2many("connector.retention.settings.line", "settings_id")

    @api.depends("line_ids")
    def _compute_display_name(self):
        self.display_name = self.env._("Retention")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        retention, seen = self.env["connector.retention"], set()
        lines = []
        for found in retention._classes():
            # What is kept by one setting is one line.
            if found.parameter not in seen:
                seen.add(found.parameter)
                days = retention._days(found)
                lines.append(Command.create({"key": found.key, "days": days}))
        return {**values, "line_ids": lines}

    def action_save(self):
        """Keep what was entered; the vacuum of the night goes by it."""
        self.ensure_one()
        if not self.env.user.has_group("connector_base.group_administrator"):
            raise AccessError(
                self.env._("Only a connector administrator says how long data is kept.")
            )
        for line in self.line_ids:
            found = line._class()
            if line.days < found.least:
                raise UserError(
                    self.env._(
                        "%(what)s: at least %(days)s days. What was booked and decided"
                        " has to be explained that long.",
                        what=found.label,
                        days=found.least,
                    )
                )
        parameters = self.env["ir.config_parameter"].sudo()
        retention = self.env["connector.retention"]
        for line in self.line_ids:
            found = line._class()
            if line.days != retention._days(found):
                parameters.set_param(found.parameter, str(line.days))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Kept; it applies from tonight on."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class ConnectorRetentionSettingsLine(models.TransientModel):
    _name = "connector.retention.settings.line"
    _description = "Retention of a Class of Data"
    _rec_name = "label"

    settings_id = fields.Many2one(
        "connector.retention.settings", required=True, ondelete="cascade"
    )
    key = fields.Char(required=True)
    days = fields.Integer(required=True)
    label = fields.Char(string="Data", compute="_compute_class")
    what = fields.Char(string="What Goes", compute="_compute_class")
    least = fields.Integer(string="At Least", compute="_compute_class")
    rows_text = fields.Char(string="Rows", compute="_compute_rows")
    oldest = fields.Date(compute="_compute_rows")
    due_text = fields.Char(string="What Would Go", compute="_compute_due_text")

    def _class(self):
        return self.env["connector.retention"]._class(self.key)

    @api.depends_context("lang")
    @api.depends("key")
    def _compute_class(self):
        for line in self:
            found = line._class()
            line.label, line.what, line.least = found.label, found.what, found.least

    def _check_administrator(self):
        # Numbers are those of all companies.
        if not self.env.user.has_group("connector_base.group_administrator"):
            raise AccessError(self.env._("Only a connector administrator sees this."))

    @api.depends("key")
    def _compute_rows(self):
        self._check_administrator()
        for line in self:
            found = line._class()
            model = self.env[found.model].sudo()
            model.flush_model()
            condition = SQL("TRUE") if found.due is None else found.due
            line.rows_text = line._number(model, condition)
            [(oldest,)] = self.env.execute_query(
                SQL(
                    "SELECT MIN(%s) FROM %s WHERE %s",
                    SQL.identifier(found.date),
                    SQL.identifier(model._table),
                    condition,
                )
            )
            line.oldest = oldest and oldest.date()

    @api.depends("key", "days")
    def _compute_due_text(self):
        self._check_administrator()
        retention = self.env["connector.retention"]
        for line in self:
            found = line._class()
            model = self.env[found.model].sudo()
            if line.days < found.least:
                line.due_text = self.env._("At least %s days", found.least)
                continue
            if found.due is None:
                limit = retention._limit(line.key, line.days)
                count = self._number_of_seals(model, limit)
            else:
                count = line._number(model, retention._overdue(line.key, line.days))
            line.due_text = (
                self.env._("Nothing would go tonight")
                if count == "0"
                else self.env._("%s rows would go from tonight on", count)
            )

    def _number(self, model, condition):
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM (SELECT FROM %s WHERE %s LIMIT %s) AS counted",
                SQL.identifier(model._table),
                condition,
                COUNTED + 1,
            )
        )
        if count > COUNTED:
            return self.env._("more than %s", f"{COUNTED:,}")
        return f"{count:,}"

    def _number_of_seals(self, model, limit):
        """Rows of the seals that are past their time as a whole."""
        chain = self.env["connector.seal.chain"].sudo()._of(model)
        [(count,)] = self.env.execute_query(
            SQL(
                """
                SELECT COALESCE(SUM(count), 0) FROM connector_seal
                 WHERE chain_id = %s AND expired_at IS NULL AND newest_at < %s
                """,
                chain.id,
                limit,
            )
        )
        return f"{count:,}"
