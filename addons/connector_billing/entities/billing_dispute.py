from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityBillingDispute(models.AbstractModel):
    """A payment that a customer disputes at the bank."""

    _name = "connector.entity.billing.dispute"
    _inherit = "connector.entity.billing.money"
    _description = "Connector Entity: Dispute"

    _entity_model = "connector.dispute"
    _partner_field = "partner_id"
    _kept_refs = {"payment": "payment_ref"}

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "payment", "reference", _("Payment"), reference="billing.payment"
            ),
            EntityField("amount", "money", _("Amount"), "amount", required=True),
            EntityField("currency", "currency", _("Currency"), required=True),
            self._choice_field("status", _("Status"), required=True),
            EntityField("reason", "char", _("Reason"), "reason"),
            EntityField("opened_at", "datetime", _("Opened At"), "opened_at"),
            EntityField("closed_at", "datetime", _("Closed At"), "closed_at"),
            EntityField("due_by", "datetime", _("Answer Until"), "due_by"),
        ]

    def _period_field(self):
        return "opened_at"
