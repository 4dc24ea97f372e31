from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityBillingPayout(models.AbstractModel):
    """Money on its way from the payment system to the bank."""

    _name = "connector.entity.billing.payout"
    _inherit = "connector.entity.billing.money"
    _description = "Connector Entity: Payout"

    _entity_model = "connector.payout"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("amount", "money", _("Amount"), "amount", required=True),
            EntityField("currency", "currency", _("Currency"), required=True),
            self._choice_field("status", _("Status"), required=True),
            EntityField("created_at", "datetime", _("Sent"), "created_at"),
            EntityField("arrival_date", "date", _("Arrives"), "arrival_date"),
            EntityField("failed_at", "datetime", _("Failed At"), "failed_at"),
            EntityField("reference", "char", _("Bank Reference"), "reference"),
            EntityField("description", "char", _("Description"), "description"),
            EntityField("automatic", "boolean", _("Sent Automatically"), "automatic"),
        ]

    def _period_field(self):
        return "created_at"
