from odoo import fields, models
from odoo.exceptions import AccessError, UserError

FINANCE = "connector_base.group_finance_approver"


class ConnectorSuspension(models.Model):
    """What people do with suspensions; each checks on the server who may."""

    _inherit = "connector.suspension"

    def action_submit(self):
        """Let it take its course: to its approval, or into the grace period."""
        suspensions = self._held("proposed")
        suspensions._note_overdue()
        suspensions.submitted_by_id = self.env.user
        asking = suspensions.filtered("needs_approval")
        asking._ask()
        (suspensions - asking)._grant()

    def action_approve(self):
        """Approve it, as a finance approver who didn't ask for it.

        :raises AccessError: where the user may not
        """
        suspensions = self._held("waiting")
        suspensions._check_approver()
        suspensions.write(
            {"approved_by_id": self.env.uid, "approved_at": fields.Datetime.now()}
        )
        suspensions._say(self.env._("Approved."))
        suspensions._grant()

    def action_reject(self):
        """:raises AccessError: where the user may not approve it, either"""
        suspensions = self._held("waiting")
        suspensions._check_approver()
        suspensions._close("cancelled", self.env._("Rejected."), self.env.user)

    def action_cancel(self):
        suspensions = self._held("proposed", "waiting", "grace")
        suspensions._close("cancelled", self.env._("Cancelled."), self.env.user)

    def action_lift(self):
        """Give back what the customer might use before."""
        suspensions = self._held("suspended")
        suspensions._close("lifted", self.env._("Lifted."), self.env.user)

    def _held(self, *states):
        """These, with all rights and locked.

        :raises AccessError: where the user may not change them
        :raises UserError: where one is in another state
        """
        self.check_access("write")
        suspensions = self.sudo()
        suspensions._hold_rows()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for one in suspensions:
            if one.state not in states:
                raise UserError(
                    self.env._(
                        "The suspension of %(customer)s is “%(state)s” by now: this is"
                        " not possible any more.",
                        customer=one.display_name,
                        state=labels[one.state],
                    )
                )
        return suspensions

    def _check_approver(self):
        user = self.env.user
        if not user.has_group(FINANCE):
            raise AccessError(self.env._("Only a finance approver can decide on this."))
        for one in self:
            if user in one.proposed_by_id | one.submitted_by_id:
                raise AccessError(
                    self.env._("Somebody else than who asked for it has to approve it.")
                )

    # -- course ---------------------------------------------------------------

    def _ask(self):
        """Wait for an approval, and tell who may give it."""
        self._come_to("waiting")
        for (company, askers), suspensions in self.grouped(
            lambda one: (one.company_id, one.proposed_by_id | one.submitted_by_id)
        ).items():
            approver = self._approver(company, askers)
            if not approver:
                suspensions._say(
                    self.env._(
                        "Nobody may approve it: give the role of a finance approver to"
                        " somebody else."
                    )
                )
                continue
            suspensions._give_task(
                approver,
                self.env._("Approve a suspension"),
                self.env._("Nothing happens before it is approved."),
            )

    def _give_task(self, user, summary, note):
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=note,
            user_id=user.id,
        )

    def _approver(self, company, askers):
        """Who is asked: the company's choice, else any other finance approver."""
        chosen = company.suspension_approver_id
        if chosen and chosen not in askers and self._may_approve(chosen, company):
            return chosen
        group = self.env.ref(FINANCE)
        return self.env["res.users"].search(
            [
                ("all_group_ids", "in", group.ids),
                ("company_ids", "in", company.ids),
                ("id", "not in", askers.ids),
                ("share", "=", False),
            ],
            order="id",
            limit=1,
        )

    def _may_approve(self, user, company):
        return user._connector_sees(company) and user.has_group(FINANCE)
