import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

SNOOZE_HOURS = {"day": 24, "days": 72, "week": 168}


class ConnectorTriage(models.TransientModel):
    """Assign, snooze, escalate or ignore, one cause or many."""

    _name = "connector.triage"
    _description = "Triage Exceptions"

    kind = fields.Selection(
        [
            ("assign", "Assign"),
            ("snooze", "Snooze"),
            ("escalate", "Escalate"),
            ("ignore", "Ignore"),
        ],
        required=True,
        readonly=True,
    )
    exception_ids = fields.Many2many("connector.exception", string="Causes")
    item_ids = fields.Many2many("connector.exception.item", string="Records")
    summary = fields.Char(compute="_compute_summary")
    user_id = fields.Many2one(
        "res.users", string="Person", domain=[("share", "=", False)]
    )
    team_id = fields.Many2one("connector.team")
    snooze_for = fields.Selection(
        [
            ("day", "One Day"),
            ("days", "Three Days"),
            ("week", "One Week"),
            ("until", "Until a Moment"),
        ],
        default="day",
    )
    until = fields.Datetime()
    reason = fields.Char()

    @api.depends("exception_ids", "item_ids")
    def _compute_summary(self):
        for triage in self:
            if triage.item_ids:
                triage.summary = self.env._("%s records", len(triage.item_ids))
            elif len(triage.exception_ids) == 1:
                triage.summary = triage.exception_ids.name
            else:
                triage.summary = self.env._(
                    "%(causes)s causes, %(records)s records",
                    causes=len(triage.exception_ids),
                    records=triage.exception_ids._in_digits(
                        sum(triage.exception_ids.mapped("open_count"))
                    ),
                )

    def action_apply(self):
        self.ensure_one()
        self.exception_ids.check_access("write")
        self.item_ids.check_access("write")
        getattr(self, f"_{self.kind}")()
        return {"type": "ir.actions.act_window_close"}

    def _assign(self):
        if not self.user_id and not self.team_id:
            raise UserError(self.env._("Choose a person or a team."))
        self.exception_ids._check_assignable(self.user_id, self.team_id)
        vals = {"user_id": self.user_id.id}
        if self.team_id:
            vals["team_id"] = self.team_id.id
        self.exception_ids.write(vals)

    def _snooze(self):
        until = self.until
        if self.snooze_for in SNOOZE_HOURS:
            hours = datetime.timedelta(hours=SNOOZE_HOURS[self.snooze_for])
            until = fields.Datetime.now() + hours
        self.exception_ids.action_snooze(until)

    def _escalate(self):
        user = self.user_id
        if user and not all(e._may_be_told(user) for e in self.exception_ids):
            raise UserError(self.env._("%s may not see exceptions.", user.name))
        self.exception_ids.sudo()._escalate(user, self.reason)

    def _ignore(self):
        if self.item_ids:
            self.item_ids.ignore(self.reason)
        else:
            if not (self.reason or "").strip():
                raise UserError(self.env._("Say why this may be ignored first."))
            self.exception_ids.action_ignore(self.reason)
