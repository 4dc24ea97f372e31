from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityBillingCoupon(models.AbstractModel):
    """A discount that subscriptions and invoices may have."""

    _name = "connector.entity.billing.coupon"
    _inherit = "connector.entity.billing.terms"
    _description = "Connector Entity: Billing Coupon"

    _entity_model = "connector.billing.coupon"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("name", "char", _("Name"), "name"),
            EntityField("percent", "decimal", _("Discount (%)"), "percent"),
            EntityField("amount", "money", _("Discount"), "amount"),
            EntityField("currency", "currency", _("Currency")),
            self._choice_field("duration", _("Duration"), "duration"),
            EntityField("months", "integer", _("Months"), "months"),
            EntityField("is_active", "boolean", _("Active"), "active"),
        ]

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        vals = mapped.values
        if not vals.get("duration"):
            vals.pop("duration", None)
        if mapped.canonical.get("is_active") is None:
            vals.pop("active", None)
        if not mapped.binding and not vals.get("name"):
            vals["name"] = mapped.record.remote_id
