from odoo import models

#: Entities of the documents that payments and refunds are applied to.
APPLIED_TO = ("billing.invoice", "billing.credit.note")


class ConnectorEntity(models.AbstractModel):
    """Documents for which money may wait, as they come or change."""

    _inherit = "connector.entity"

    def _after_write(self, run, done):
        super()._after_write(run, done)
        if run.entity_name not in APPLIED_TO:
            return
        applications = self.env["connector.payment.application"]
        if run.entity_name == "billing.credit.note":
            applications._note_refunds(run.connection, self._refunds_of(done))
        applications._settle_targets(
            run.connection,
            run.entity_name,
            [mapped.record.remote_id for mapped in done],
        )

    def _refunds_of(self, done):
        """By which refunds credit notes were paid out, where the vendor says it."""
        moves = self.env["account.move"].browse(m.record_id for m in done)
        return {
            (mapped.record.remote_id, move): mapped.canonical["refunds"] or ()
            for mapped, move in zip(done, moves, strict=True)
            if "refunds" in mapped.canonical
        }
