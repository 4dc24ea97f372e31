from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .connector_process import OVER, RESUMABLE

UNFINISHED = ("waiting", "pending")


class ConnectorProcess(models.Model):
    """What people do with processes; each checks on the server who may."""

    _inherit = "connector.process"

    # -- resume ---------------------------------------------------------------

    def action_resume(self):
        """Let processes go on from the step that they stopped at."""
        self.check_access("write")
        held = self.filtered(
            lambda p: p.state in RESUMABLE and not (p.needs_approval and p.step_id)
        )
        if not held:
            raise UserError(
                self.env._("Nothing to resume: no step has failed or waits.")
            )
        held.sudo()._resume()
        held._say(self.env._("Resumed."))

    def _resume(self):
        """Try the step again at which each process stopped, in one statement.

        What was undone begins anew, unless another process of its key has begun
        meanwhile. One that waits for an approval goes on waiting: the step says so
        again.
        """
        for process in self.filtered(lambda process: process.state == "done"):
            process._kind_model()._look_again(process)
        self = self.filtered(lambda process: process.state in RESUMABLE)
        if not self:
            return
        self._hold_rows()
        followed = self._followed()
        followed._settle_exceptions()
        undoing = self.filtered(lambda process: process.state == "failed")
        undoing._compensate()
        onward = self - followed - undoing
        onward.step_ids.filtered(lambda step: step.state == "compensated").write(
            {"state": "pending"}
        )
        for process in onward:
            process._kind_model()._resumed(process, self.env.user)
        onward._go_on()

    def _followed(self):
        """Those that were undone and whose key another process has by now."""
        undone = self.filtered(lambda process: process.state in OVER)
        if not undone:
            return undone
        taken = {
            (other.kind, other.company_id, other.key)
            for other in self.search(
                [("key", "in", undone.mapped("key")), ("state", "not in", OVER)]
            )
        }
        return undone.filtered(lambda p: (p.kind, p.company_id, p.key) in taken)

    # -- approve --------------------------------------------------------------

    def action_approve(self):
        """Approve what the process waits for, by another than who asked for it.

        :raises AccessError: where the user may not
        """
        self.check_access("read")
        for process in self.sudo():
            if not process.needs_approval:
                raise UserError(self.env._("It doesn't wait for an approval."))
            refusal = process._kind_model()._why_not_approve(process, self.env.user)
            if refusal:
                raise AccessError(refusal)
        processes = self.sudo()
        processes._hold_rows()
        processes.needs_approval = False
        processes.step_id.write(
            {"approved_by_id": self.env.user.id, "approved_at": fields.Datetime.now()}
        )
        processes._settle_exceptions()
        self._say(self.env._("Approved."))
        processes._go_on()

    # -- undo, cancel, do by hand ---------------------------------------------

    def action_decide(self):
        """Undo, cancel or do a step by hand: all want a reason; the context says what.

        :return: the dialog that asks for it
        """
        titles = {
            "undo": self.env._("Undo"),
            "cancel": self.env._("Cancel Process"),
            "skip": self.env._("Done by Hand"),
        }
        decision = self.env.context.get("decision", "cancel")
        return {
            "type": "ir.actions.act_window",
            "name": titles[decision],
            "res_model": "connector.process.decide",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_decision": decision,
                "default_process_ids": self.ids,
            },
        }

    @api.private
    def decide(self, decision, reason):
        """Carry out what :meth:`action_decide` asked for.

        :param decision: ``undo``, ``cancel`` or ``skip``
        :raises UserError: where no reason is given or it is too late for it
        """
        self.check_access("write")
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why."))
        processes = self.sudo()
        processes._hold_rows()
        for process in processes:
            if process.state in (*OVER, "compensating"):
                raise UserError(self.env._("%s is over already.", process.display_name))
        getattr(processes, f"_decide_{decision}")(reason)

    def _decide_undo(self, reason):
        self._say(self.env._("Undone: %s", reason))
        self.reason = reason
        self._drop_jobs()
        self._settle_exceptions()
        self._compensate()

    def _decide_cancel(self, reason):
        """End it where it stands; what was done stays."""
        if any(process.state == "done" for process in self):
            raise UserError(self.env._("What is done can't be cancelled, only undone."))
        self._say(self.env._("Cancelled: %s", reason))
        self._drop_jobs()
        self._settle_exceptions()
        self.write(
            {
                "state": "cancelled",
                "reason": reason,
                "needs_approval": False,
                "finished_at": fields.Datetime.now(),
            }
        )

    def _decide_skip(self, reason):
        """Somebody has done the step by hand: go on with the one after it."""
        stopped = self.filtered(lambda p: p.state == "parked" and p.step_id)
        if stopped != self:
            raise UserError(self.env._("Only a step that failed is done by hand."))
        for process in self:
            step = process.step_id
            process._say(
                self.env._(
                    "“%(step)s” done by hand: %(reason)s",
                    step=step.label,
                    reason=reason,
                )
            )
            step.write(
                {
                    "state": "skipped",
                    "message": reason,
                    "finished_at": fields.Datetime.now(),
                }
            )
        self._settle_exceptions()
        self._go_on()

    def _drop_jobs(self):
        """What its steps still had to do isn't done any more."""
        keys = [
            f"process-step:{step.id}:{method}"
            for step in self.step_ids
            for method in ("_job_run", "_job_undo")
        ]
        self.env["connector.job"].sudo().search(
            [("identity_key", "in", keys), ("state", "in", (*UNFINISHED, "dead"))]
        )._finish({"state": "cancelled"})

    def _say(self, text):
        """Who did what, in the history."""
        author = self.env.user.partner_id.id
        for process in self.sudo():
            process._message_log(body=text, author_id=author)

    # -- open -----------------------------------------------------------------

    def _open(self):
        """The action that shows one process, or the list of several."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_base.connector_process_action"
        )
        if len(self) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.id}
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def action_open_exceptions(self):
        self.ensure_one()
        causes = self.exception_item_ids.exception_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_base.connector_exception_action"
        )
        if len(causes) == 1:
            return {**action, "views": [(False, "form")], "res_id": causes.id}
        return {**action, "domain": [("id", "in", causes.ids)], "context": {}}

    def action_open_jobs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_base.connector_job_action"
        )
        return {
            **action,
            "domain": [("correlation_id", "=", self.correlation_id)],
            "context": {},
        }
