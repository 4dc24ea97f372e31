from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: Items that are closed by one statement.
CLOSE_BATCH = 5000


class ConnectorException(models.Model):
    """What people do with causes; each checks on the server who may."""

    _inherit = "connector.exception"

    # -- retry ----------------------------------------------------------------

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
        return self._notify(
            self.env._(
                "The records are tried again in the background. What succeeds closes by"
                " itself."
            )
        )

    def _notify(self, message, kind="info"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_accept_suggestion(self):
        self.check_access("write")
        self.value_line_id.sudo().action_accept_suggestion()

    # -- assign, snooze, escalate ---------------------------------------------

    def write(self, vals):
        if not self.env.su and (vals.get("user_id") or vals.get("team_id")):
            users, teams = self.env["res.users"], self.env["connector.team"]
            self._check_assignable(
                users.browse(vals.get("user_id") or []),
                teams.browse(vals.get("team_id") or []),
            )
        return super().write(vals)

    def _check_assignable(self, user, team):
        """:raises UserError: where those to whom causes go may not decide them"""
        if user and not user.has_group("connector_base.group_operator"):
            raise UserError(
                self.env._("%s may not decide about exceptions.", user.name)
            )
        for company in self.company_id:
            strangers = [
                who.name
                for who, works in (
                    (user, user and user._connector_sees(company)),
                    (team, team and team._serves(company)),
                )
                if who and not works
            ]
            if strangers:
                raise UserError(
                    self.env._(
                        "%(user)s doesn't work for %(company)s.",
                        user=strangers[0],
                        company=company.name,
                    )
                )

    def action_assign_to_me(self):
        self.check_access("write")
        self.user_id = self.env.user

    @api.private
    def action_snooze(self, until):
        """Hide causes from the inbox until a moment; what comes meanwhile counts.

        :param until: naive UTC
        """
        self.check_access("write")
        until = fields.Datetime.to_datetime(until)
        if not until or until <= fields.Datetime.now():
            raise UserError(self.env._("Choose a moment that is still to come."))
        self.sudo().filtered(lambda e: e.state == "open").snoozed_until = until

    def action_wake(self):
        self.check_access("write")
        self.sudo().snoozed_until = False

    # -- ignore ---------------------------------------------------------------

    def action_ignore(self, reason=None):
        """Let the records be as they are; the reason stays with the exception.

        A record comes back when the vendor changes it.

        :raises UserError: where no reason is given
        """
        self.check_access("write")
        if any(not (reason or e.ignore_reason or "").strip() for e in self):
            raise UserError(self.env._("Say why this may be ignored first."))
        ignored = self.sudo().filtered(lambda e: e.state == "open")
        items = self.env["connector.exception.item"].sudo()
        while batch := items.search(
            [("exception_id", "in", ignored.ids), ("state", "=", "open")],
            limit=CLOSE_BATCH,
        ):
            ignored._ignored_now(batch)
            batch._close("ignored")
        vals = {"state": "ignored", "resolved_at": fields.Datetime.now()}
        if reason:
            vals["ignore_reason"] = reason.strip()
        ignored.write({**vals, "retry_left": 0})
        ignored.activity_unlink(["mail.mail_activity_data_todo"])

    def _ignored_now(self, items):
        """These items are about to be ignored; extend it."""

    def action_stop_ignoring(self):
        """Open what was ignored again, and try it at once."""
        self.check_access("write")
        for exception in self.sudo().filtered(lambda e: e.state == "ignored"):
            exception._reopen()._retry()

    def _reopen(self):
        """:return: the cause that is open now; another, where it had come back"""
        self.ensure_one()
        twin = self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("fingerprint", "=", self.fingerprint),
                ("state", "=", "open"),
            ]
        )
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_exception_item i
                   SET state = 'open', exception_id = %(target)s
                 WHERE i.exception_id = %(source)s AND i.state = 'ignored'
                   AND (%(target)s = %(source)s OR NOT EXISTS (
                        SELECT FROM connector_exception_item t
                         WHERE t.exception_id = %(target)s AND t.flow_id = i.flow_id
                           AND (t.remote_id = i.remote_id
                                OR i.direction = 'push' AND t.res_id = i.res_id)))
                RETURNING i.id
                """,
                target=(twin or self).id,
                source=self.id,
            )
        )
        self.env["connector.exception.item"].invalidate_model(flush=False)
        if twin:
            self.state = "resolved"
        else:
            self.write({"state": "open", "resolved_at": False, "ignore_reason": False})
        target = twin or self
        self._recount(SQL("x.id = %s", target.id))
        return target

    # -- open -----------------------------------------------------------------

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

    def action_fix(self):
        """Choose how to settle the cause, with a look at what that would change."""
        self.ensure_one()
        context = {"default_exception_id": self.id}
        if self.env.context.get("fix_kind"):
            context["default_kind"] = self.env.context["fix_kind"]
        return self._open_wizard("connector.fix", self.env._("Fix"), context)

    def action_preview(self):
        """The fix that fits best, and what it would change, where that is clear."""
        self.ensure_one()
        # Nothing is written as long as the vendor is asked.
        fix = self.env["connector.fix"].new({"exception_id": self.id})
        found = fix._preview() if fix._is_complete() else {"lines": [], "text": False}
        return self.env["connector.fix"].create(fix._values())._show(found)

    def _open_wizard(self, model, name, context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def action_triage(self):
        """Assign, snooze, escalate or ignore; which one the button's context says."""
        titles = {
            "assign": self.env._("Assign"),
            "snooze": self.env._("Snooze"),
            "escalate": self.env._("Escalate"),
            "ignore": self.env._("Ignore"),
        }
        kind = self.env.context.get("triage", "assign")
        return self._open_wizard(
            "connector.triage",
            titles[kind],
            {"default_kind": kind, "default_exception_ids": self.ids},
        )


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    @api.private
    def ignore(self, reason):
        """Let some records of a cause be as they are.

        :raises UserError: where no reason is given
        """
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why this may be ignored first."))
        items = self.sudo().filtered(lambda item: item.state == "open")
        causes = items.exception_id
        items.write({"ignore_reason": reason.strip()})
        causes._ignored_now(items)
        items._close("ignored")
        for cause in causes:
            # A cause of which nothing but what is ignored is left is ignored.
            if cause.state == "resolved":
                cause.write({"state": "ignored", "ignore_reason": reason.strip()})

    def action_ignore(self):
        return self.exception_id._open_wizard(
            "connector.triage",
            self.env._("Ignore"),
            {"default_kind": "ignore", "default_item_ids": self.ids},
        )

    def action_fix(self):
        """Fix these records, or with them all of their cause."""
        if len(self.exception_id) > 1:
            raise UserError(self.env._("Choose records of one cause."))
        return self.exception_id._open_wizard(
            "connector.fix",
            self.env._("Fix"),
            {
                "default_exception_id": self.exception_id.id,
                "default_item_ids": self.ids,
                "default_scope": "chosen",
            },
        )
