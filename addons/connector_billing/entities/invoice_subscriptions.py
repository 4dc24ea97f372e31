import dataclasses

from odoo import Command, models

from odoo.addons.connector_base.service_user import as_service

SUBSCRIPTION = "billing.subscription"


class ConnectorEntityBillingInvoice(models.AbstractModel):
    """Which subscriptions an invoice is of: as it says itself, and as its lines say."""

    _inherit = "connector.entity.billing.invoice"

    def _entity_fields(self):
        return [
            dataclasses.replace(field, odoo_field="subscription_ids")
            if field.name == "subscriptions"
            else field
            for field in super()._entity_fields()
        ]

    def _to_odoo(self, run, batch):
        taken = self._takes_subscriptions(run)
        for mapped in batch:
            named = mapped.canonical.pop("subscriptions", None) or ()
            lines = mapped.canonical.get("lines") or ()
            of_lines = [li["subscription"] for li in lines if li.get("subscription")]
            if taken and (named or of_lines):
                found = tuple(dict.fromkeys((*named, *of_lines)))
                mapped.canonical["subscriptions"] = found
        return super()._to_odoo(run, batch)

    def _takes_subscriptions(self, run):
        """Whether the connection brings subscriptions at all: else none is missing."""
        if "takes_subscriptions" not in run.tables:
            run.tables["takes_subscriptions"] = any(
                flow.entity == SUBSCRIPTION and flow.active
                for flow in run.connection.flow_ids
            )
        return run.tables["takes_subscriptions"]

    def _book_anew(self, run, mapped, move):
        subscriptions = move.subscription_ids
        result = super()._book_anew(run, mapped, move)
        if "subscription_ids" not in mapped.values:
            as_service(self.env["account.move"]).browse(mapped.record_id).write(
                {"subscription_ids": [Command.set(subscriptions.ids)]}
            )
        return result
