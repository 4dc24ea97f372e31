"""Secrets end, and should be replaced now and then: who is told, and when."""

import datetime

from odoo import api, fields, models
from odoo.tools import format_date

#: Days before the end of a secret at which its connection's responsible is told, the
#: earliest first; at last when it is over.
STAGES = (30, 14, 3, 0)
#: Days after which a secret should be replaced, by its age; 0 for never.
AGE_PARAMETER = "connector_base.replace_secrets_after_days"


class ConnectorCredential(models.Model):
    _inherit = "connector.credential"

    reminder_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )
    reminded_days = fields.Integer(
        readonly=True,
        copy=False,
        default=-1,
        help="The last of the days before the end at which somebody was told.",
    )
    due_on = fields.Date(
        string="Replace By",
        compute="_compute_due_on",
        help="When the vendor ends it, or when it gets older than secrets should.",
    )

    @api.depends("expires_on", "changed_at", "hint")
    def _compute_due_on(self):
        parameters = self.env["ir.config_parameter"].sudo()
        days = int(parameters.get_param(AGE_PARAMETER) or 0)
        for credential in self:
            dates = [credential.expires_on] if credential.expires_on else []
            if days > 0 and credential.hint and credential.changed_at:
                aged = credential.changed_at + datetime.timedelta(days=days)
                dates.append(aged.date())
            credential.due_on = min(dates, default=False)

    def write(self, vals):
        entered = "token" in vals
        if vals.get("secret") and "expires_on" not in vals:
            # The date was that of the secret before.
            vals = {**vals, "expires_on": False}
        result = super().write(vals)
        if entered and "changed_at" in vals or "expires_on" in vals:
            self._forget_reminders()
        return result

    def _forget_reminders(self):
        """Another secret, or another date: what was said of the one before is over."""
        told = self.sudo().filtered(lambda c: c.reminder_id or c.reminded_days >= 0)
        told.reminder_id.unlink()
        told.write({"reminder_id": False, "reminded_days": -1})

    # -- remind -------------------------------------------------------------------

    @api.model
    def _cron_expiry(self):
        """Tell those responsible of secrets that end soon, once at each of the stages.

        Some hundred credentials at most: what can't be entered by hand isn't here.
        """
        credentials = self.sudo().search(
            [
                ("token", "!=", False),
                ("connection_id.active", "=", True),
                ("connection_id.state", "!=", "draft"),
            ]
        )
        today = fields.Date.today()
        for credential in credentials:
            if not credential.due_on:
                credential._forget_reminders()
                continue
            left = (credential.due_on - today).days
            stage = min((days for days in STAGES if left <= days), default=None)
            if stage is None:
                credential._forget_reminders()
            elif stage != credential.reminded_days:
                credential._remind(stage, left)

    def _remind(self, stage, left):
        """One to-do on the connection, in place of the one of the stage before."""
        connection = self.connection_id
        self.reminder_id.unlink()
        self.write(
            {
                "reminded_days": stage,
                "reminder_id": connection.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=max(self.due_on, fields.Date.today()),
                    summary=self.env._("Replace %s", self.label),
                    note=self._due_sentence(left),
                    user_id=connection.owner_id.id or self.env.uid,
                ).id,
            }
        )

    def _due_sentence(self, left):
        """What is to be done about it, in one or two sentences.

        :param left: days, negative where it is over
        """
        values = {
            "credential": self.label,
            "connection": self.connection_id.name,
            "date": format_date(self.env, self.due_on),
        }
        if self.due_on != self.expires_on:
            return self.env._(
                "%(credential)s of %(connection)s was entered so long ago that it"
                " should be replaced by %(date)s: make a new one there, enter it on the"
                " connection, and revoke the old one.",
                **values,
            )
        if left < 0:
            return self.env._(
                "%(credential)s of %(connection)s ended on %(date)s: make a new one"
                " there and enter it on the connection.",
                **values,
            )
        return self.env._(
            "%(credential)s of %(connection)s ends on %(date)s, and nothing is synced"
            " from then on: make a new one there and enter it on the connection.",
            **values,
        )


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    secret_due_on = fields.Date(
        string="Replace a Secret By", compute="_compute_secret_due"
    )
    secret_due_text = fields.Char(compute="_compute_secret_due")

    @api.depends_context("lang")
    @api.depends("credential_ids.expires_on", "credential_ids.changed_at")
    def _compute_secret_due(self):
        """The secret that ends first, where that is within the first reminder."""
        today = fields.Date.today()
        for connection in self:
            dated = connection.sudo().credential_ids.filtered(
                lambda c: c.hint and c.due_on
            )
            first = dated.sorted("due_on")[:1]
            left = (first.due_on - today).days if first else STAGES[0] + 1
            connection.secret_due_on = first.due_on if first else False
            connection.secret_due_text = left <= STAGES[0] and connection._due_text(
                first, left
            )

    def _due_text(self, credential, left):
        if left < 0:
            return self.env._("%s is over: enter a new one", credential.label)
        if left == 0:
            return self.env._("%s ends today", credential.label)
        return self.env._(
            "%(credential)s ends in %(days)s days",
            credential=credential.label,
            days=left,
        )
