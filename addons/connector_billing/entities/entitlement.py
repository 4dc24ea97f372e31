from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.entities.entity import OPTIONS_MODEL


class ConnectorEntityBillingEntitlement(models.AbstractModel):
    """What a customer may use by a subscription; the billing system grants it.

    What is granted no more is archived.
    """

    _name = "connector.entity.billing.entitlement"
    _inherit = "connector.entity"
    _description = "Connector Entity: Entitlement"

    _entity_model = "connector.entitlement"
    _entity_domain = "billing"
    _entity_area = "billing"
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
                required=True,
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
            EntityField("feature", "char", _("Feature Code"), "feature", required=True),
            EntityField("name", "char", _("Feature"), "name"),
            EntityField(
                "kind",
                "choice",
                _("Kind"),
                "kind",
                value_map="odoo.connector.entitlement.kind",
                relation=OPTIONS_MODEL,
            ),
            EntityField("value", "char", _("Level"), "value"),
            EntityField("quantity", "decimal", _("Quantity"), "quantity"),
            EntityField("is_unlimited", "boolean", _("Unlimited"), "is_unlimited"),
            EntityField("is_active", "boolean", _("Active"), "active"),
            EntityField("date_from", "date", _("From"), "date_from"),
            EntityField("date_until", "date", _("Until"), "date_until"),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        if "subscription" in owner_by_field:
            owners.setdefault("source_ref", owner_by_field["subscription"])
        return owners

    def _label_of(self, mapped):
        return mapped.canonical.get("name") or mapped.canonical.get("feature")

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        mapped.on_create["connection_id"] = run.connection.id
        mapped.on_create["company_id"] = run.connection.company_id.id
        if "subscription" in canonical:
            vals["source_ref"] = canonical["subscription"] or False
        if not vals.get("name"):
            # Nothing told: it stays what it was, or is called by its code.
            vals.pop("name", None)
            mapped.on_create["name"] = canonical.get("feature")
        if not vals.get("kind"):
            vals.pop("kind", None)
        if canonical.get("is_active") is None:
            vals.pop("active", None)
