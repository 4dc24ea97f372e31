from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityBillingUnbilled(models.AbstractModel):
    """What is charged and not invoiced yet; it goes when it is invoiced."""

    _name = "connector.entity.billing.unbilled"
    _inherit = "connector.entity.billing.terms"
    _description = "Connector Entity: Unbilled Charge"

    _entity_model = "connector.unbilled.charge"
    _partner_field = "partner_id"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "customer",
                "reference",
                _("Customer"),
                "partner_id",
                reference="billing.customer",
            ),
            EntityField(
                "subscription",
                "reference",
                _("Subscription"),
                "subscription_id",
                reference="billing.subscription",
            ),
            EntityField(
                "product", "reference", _("Product"), "product_id", reference="product"
            ),
            EntityField("description", "char", _("Description"), "name"),
            EntityField("quantity", "decimal", _("Quantity"), "quantity"),
            EntityField("amount", "money", _("Amount"), "amount"),
            EntityField("currency", "currency", _("Currency")),
            EntityField("period_start", "date", _("Period From"), "period_start"),
            EntityField("period_end", "date", _("Period To"), "period_end"),
            EntityField("is_voided", "boolean", _("Voided"), "is_voided"),
        ]

    def _label_of(self, mapped):
        return mapped.canonical.get("description")

    def _amount_of(self, mapped):
        amount = mapped.canonical.get("amount")
        return (amount, mapped.canonical.get("currency") or None) if amount else None
