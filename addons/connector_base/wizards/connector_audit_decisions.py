"""What is audited of what people decide in dialogs."""

from odoo import models

from ..engine.masking import mask_payload
from ..models.connector_audit_decisions import FIXING


class ConnectorFix(models.TransientModel):
    _inherit = "connector.fix"

    def action_apply(self):
        """What was decided, next to what that changed of maps and corrections."""
        fix = self.with_context(**{FIXING: True})
        result = super(ConnectorFix, fix).action_apply()
        if self.kind != "ignore":
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            self.env["connector.audit"]._note(
                self.exception_id,
                "decide",
                {self.env._("Fix"): [None, kinds[self.kind]]},
                self.reason,
            )
        return result


class ConnectorReplay(models.TransientModel):
    _inherit = "connector.replay"

    def action_replay(self):
        again = self._jobs().filtered(lambda job: job.state in ("dead", "cancelled"))
        result = super().action_replay()
        self.env["connector.audit"]._note(again, "replay")
        return result


class ConnectorJobEdit(models.TransientModel):
    _inherit = "connector.job.edit"

    def action_apply(self):
        before = mask_payload(self.job_id.kwargs or {})
        result = super().action_apply()
        after = mask_payload(self.job_id.kwargs or {})
        changes = {
            key: [before.get(key), value]
            for key, value in after.items()
            if before.get(key) != value
        }
        if changes:
            self.env["connector.audit"]._note(self.job_id, "correct", changes)
        return result
