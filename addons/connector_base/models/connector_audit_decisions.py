"""What is audited of what people decide about records, causes, jobs and events."""

from odoo import api, models

from ..engine.masking import mask_personal

#: Key of the context of a fix: trying again is a part of it.
FIXING = "connector_audit_fixing"


class ConnectorCorrection(models.Model):
    """A right value for a wrong one; an override of what the vendor sends."""

    _name = "connector.correction"
    _inherit = ["connector.correction", "connector.audited"]

    _audit_deleted = False

    def _audited_fields(self):
        return {"active"}

    def _audit_action(self, vals, before, after):
        return (
            "revoke" if before["active"] and not after["active"] else "update"
        ), None

    def _audit_made_now(self):
        audit = self.env["connector.audit"]
        for correction in self.sudo():
            field = correction.flow_id._entity_model()._entity_field(
                correction.field_name
            )
            personal = field is not None and field.pii
            value = correction.value or None
            after = mask_personal(value) if personal else value
            audit._note(
                correction.sudo(False),
                "correct",
                {correction.field_label: [correction.wrong_value or None, after]},
                correction.reason,
            )


class ConnectorConflict(models.Model):
    """Which side wins, as a person decided; that the engine asks again is no news."""

    _name = "connector.conflict"
    _inherit = ["connector.conflict", "connector.audited"]

    _audit_made = _audit_deleted = False

    def _audited_fields(self):
        return {"choice"}

    def _audit_action(self, vals, before, after):
        return ("decide" if after["choice"] else None), None


class ConnectorMatchDecision(models.Model):
    """Which Odoo record a remote one is; it goes once it has been carried out."""

    _name = "connector.match.decision"
    _inherit = ["connector.match.decision", "connector.audited"]

    _audit_deleted = False

    def _audited_fields(self):
        return set()

    def _audit_made_now(self):
        audit = self.env["connector.audit"]
        actions = dict(self._fields["action"]._description_selection(self.env))
        for decision in self:
            chosen = [actions[decision.action]]
            if decision.res_id:
                chosen.append(f"{decision.res_model} {decision.res_id}")
            audit._note(decision, "decide", {"res_id": [None, " · ".join(chosen)]})


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def action_retry(self):
        result = super().action_retry()
        if not self.env.context.get(FIXING):
            self.env["connector.audit"]._note(self, "retry")
        return result

    def action_ignore(self, reason=None):
        todo = self.filtered(lambda e: e.state == "open")
        reasons = {e.id: reason or e.ignore_reason for e in todo}
        counts = {e.id: e.open_count for e in todo}
        result = super().action_ignore(reason)
        for exception in todo:
            self.env["connector.audit"]._note(
                exception,
                "ignore",
                {"open_count": [counts[exception.id], exception.open_count]},
                reasons[exception.id],
            )
        return result

    def action_stop_ignoring(self):
        ignored = self.filtered(lambda e: e.state == "ignored")
        result = super().action_stop_ignoring()
        self.env["connector.audit"]._note(ignored, "reopen")
        return result


class ConnectorExceptionItem(models.Model):
    _inherit = "connector.exception.item"

    @api.private
    def ignore(self, reason):
        todo = self.filtered(lambda item: item.state == "open")
        result = super().ignore(reason)
        for exception, items in todo.grouped("exception_id").items():
            said = ", ".join(item.remote_id or str(item.res_id) for item in items[:50])
            self.env["connector.audit"]._note(
                exception,
                "ignore",
                {self.env._("Records"): [None, f"{len(items)}: {said}"]},
                reason,
            )
        return result

    def action_retry(self):
        result = super().action_retry()
        if not self.env.context.get(FIXING):
            self.env["connector.audit"]._note(self.exception_id, "retry")
        return result


class ConnectorProcess(models.Model):
    _inherit = "connector.process"

    def action_resume(self):
        result = super().action_resume()
        self.env["connector.audit"]._note(self, "retry")
        return result

    def action_approve(self):
        result = super().action_approve()
        self.env["connector.audit"]._note(self, "approve")
        return result

    @api.private
    def decide(self, decision, reason):
        result = super().decide(decision, reason)
        self.env["connector.audit"]._note(
            self, "decide", {self.env._("Decision"): [None, decision]}, reason
        )
        return result


class ConnectorBinding(models.Model):
    _inherit = "connector.binding"

    def _log_lock(self, action, reason):
        super()._log_lock(action, reason)
        self.env["connector.audit"]._note(self, action, note=reason)


class ConnectorJob(models.Model):
    """What people do with jobs; what the engine does stands in the jobs themselves."""

    _inherit = "connector.job"

    def action_retry(self):
        again = self.filtered(lambda job: job.state in ("dead", "cancelled"))
        result = super().action_retry()
        self.env["connector.audit"]._note(again, "replay")
        return result

    def action_cancel(self):
        states = {job: job.state for job in self}
        result = super().action_cancel()
        cancelled = self.filtered(
            lambda job: job.state == "cancelled" and states[job] != "cancelled"
        )
        self.env["connector.audit"]._note(cancelled, "cancel")
        return result

    def action_run_anyway(self):
        waiting = self.filtered(lambda job: job.state == "waiting")
        result = super().action_run_anyway()
        self.env["connector.audit"]._note(waiting, "override")
        return result


class ConnectorEvent(models.Model):
    _inherit = "connector.event"

    def action_process_again(self):
        done = self.filtered(lambda event: event.state != "pending")
        result = super().action_process_again()
        again = done.filtered(lambda event: event.state == "pending")
        self.env["connector.audit"]._note(again, "replay")
        return result
