from odoo import api, fields, models

#: Causes that one look escalates at the most.
ESCALATE_BATCH = 1000
#: Late causes of one person and connection from which on they share one activity.
MANY = 5


class ConnectorException(models.Model):
    """Causes that nobody decided in time go to whoever is responsible: once."""

    _inherit = "connector.exception"

    def _responsible(self):
        """Who is told when a cause is late: the team's lead, the connection's owner."""
        self.ensure_one()
        for user in (self.team_id.lead_id, self.connection_id.owner_id):
            if user and self._may_be_told(user):
                return user
        return self.env["res.users"]

    def _may_be_told(self, user):
        """Odoo refuses an activity for somebody who may not read what it is about."""
        return user._connector_sees(self.company_id) and user.has_group(
            "connector_base.group_viewer"
        )

    def _escalate(self, user=None, note=None):
        """Tell whoever is responsible that a decision is needed.

        :param user: whom to tell instead; ``note`` is what to tell them
        """
        for exception in self.filtered(lambda e: e.state == "open"):
            told = user or exception._responsible()
            if told:
                exception._tell(told, note or exception._late_note())
            exception.write(
                {"escalated_at": fields.Datetime.now(), "escalated_to_id": told.id}
            )

    def _late_note(self):
        return self.env._("A decision is needed: nobody has made it in time.")

    def _tell(self, user, note):
        # An activity, and no mail: what is late is in the digest, too.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Decide on an exception"),
            note=note,
            user_id=user.id,
        )

    @api.model
    def _cron_escalate(self):
        """Escalate what is late by now; many of one person are one activity."""
        now = fields.Datetime.now()
        late = self.search(
            [
                ("state", "=", "open"),
                ("sla_deadline", "<", now),
                ("escalated_at", "=", False),
                "|",
                ("snoozed_until", "=", False),
                ("snoozed_until", "<=", now),
            ],
            limit=ESCALATE_BATCH,
        )
        groups = late.grouped(lambda e: (e.connection_id, e._responsible()))
        for (connection, user), exceptions in groups.items():
            exceptions.write({"escalated_at": now, "escalated_to_id": user.id})
            if not user:
                continue
            if len(exceptions) < MANY:
                for exception in exceptions:
                    exception._tell(user, exception._late_note())
            else:
                self._tell_of_many(connection, user, len(exceptions))
        rest = len(late) == ESCALATE_BATCH
        self.env["ir.cron"]._commit_progress(len(late), remaining=int(rest))

    def _tell_of_many(self, connection, user, count):
        summary = self.env._("Late exceptions")
        waiting = connection.activity_ids.filtered(
            lambda activity: activity.user_id == user and activity.summary == summary
        )
        note = self.env._("%s more exceptions are late: nobody has decided.", count)
        if waiting:
            waiting[:1].note = note
            return
        connection.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=user.id,
        )
