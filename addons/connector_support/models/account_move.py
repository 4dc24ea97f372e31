from odoo import models


class AccountMove(models.Model):
    """A credit note is the outcome of the credit request on its invoice."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        credits = posted.filtered(
            lambda move: move.move_type == "out_refund" and move.reversed_entry_id
        )
        if credits:
            credits._tell_credit_requests()
        return posted

    def _tell_credit_requests(self):
        works = (
            self.env["connector.support.work"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.reversed_entry_id.ids),
                    ("state", "=", "open"),
                    ("rule_id.action", "=", "credit"),
                ]
            )
        )
        by_invoice = {credit.reversed_entry_id.id: credit for credit in self}
        for work in works:
            credit = by_invoice[work.res_id]
            outcome = self.env._(
                "Credit note %(number)s over %(amount)s is posted.",
                number=credit.name,
                amount=credit.currency_id.format(credit.amount_total),
            )
            if work.activity_id:
                work.activity_id.action_feedback(feedback=outcome)
            work._close("done", outcome)
