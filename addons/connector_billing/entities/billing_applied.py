from odoo import models

#: Entities of the documents that payments and refunds are applied to.
APPLIED_TO = ("billing.invoice", "billing.credit.note")


class ConnectorEntity(models.AbstractModel):
    """Documents for which money may wait, as they come or change."""

    _inherit = "connector.entity"

    def _after_write(self, run, done):
        super()._after_write(run, done)
        if run.entity_name in APPLIED_TO:
            self.env["connector.payment.application"]._settle_targets(
                run.connection,
                run.entity_name,
                [mapped.record.remote_id for mapped in done],
            )
