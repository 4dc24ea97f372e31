from odoo import models


class ConnectorEntitySupportTicket(models.AbstractModel):
    _inherit = "connector.entity.support.ticket"

    def _to_odoo(self, run, batch):
        """New tickets are about the only subscription of their customer."""
        super()._to_odoo(run, batch)
        new = [
            mapped
            for mapped in batch
            if not mapped.binding
            and mapped.values.get("partner_id")
            and not mapped.values.get("subscription_id")
        ]
        if not new:
            return
        found = self.env["connector.ticket"]._only_subscriptions(
            run.connection.company_id, {mapped.values["partner_id"] for mapped in new}
        )
        for mapped in new:
            subscription_id = found.get(mapped.values["partner_id"])
            if subscription_id:
                # What the desk has left empty isn't said by it.
                mapped.values.pop("subscription_id", None)
                mapped.on_create["subscription_id"] = subscription_id
