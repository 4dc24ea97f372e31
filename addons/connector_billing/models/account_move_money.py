from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Documents for which payments may wait until they are posted."""

    _inherit = "account.move"

    def _post(self, soft=True):
        """What is posted gets the payments and refunds that wait for it."""
        posted = super()._post(soft)
        posted._apply_waiting_payments()
        return posted

    def _apply_waiting_payments(self):
        """Apply what waits for these documents; one query where nothing does."""
        documents = self.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type in ("out_invoice", "out_refund")
            )
        )
        if not documents:
            return
        applications = self.env["connector.payment.application"].sudo()
        applications.flush_model(["state", "target_entity", "target_remote_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id
                  FROM connector_binding b
                  JOIN connector_payment_application a
                    ON a.connection_id = b.connection_id
                   AND a.target_entity = b.entity
                   AND a.target_remote_id = b.remote_id
                 WHERE b.res_model = 'account.move' AND b.res_id = ANY(%s)
                   AND a.state = 'waiting'
                """,
                documents.ids,
            )
        )
        if rows:
            applications.browse(row[0] for row in rows)._settle()
