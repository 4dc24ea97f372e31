from odoo import models


class MailActivity(models.Model):
    """What is done of an activity that a ticket has opened is the ticket's outcome."""

    _inherit = "mail.activity"

    def _support_works(self):
        return (
            self.env["connector.support.work"]
            .sudo()
            .search([("activity_id", "in", self.ids), ("state", "=", "open")])
        )

    def _action_done(self, feedback=False, attachment_ids=None):
        # Before: some are deleted with it, which would call their work off.
        self._support_works()._close("done", feedback)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def unlink(self):
        works = self._support_works()
        result = super().unlink()
        works._close("cancelled")
        return result
