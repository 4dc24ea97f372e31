from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.entities.entity import OPTIONS_MODEL


class ConnectorEntityOpportunity(models.AbstractModel):
    """What a deal changes of earlier ones, its prices, and the order it has become."""

    _inherit = "connector.entity.opportunity"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("probability", "decimal", _("Probability (%)"), "probability"),
            EntityField(
                "kind",
                "choice",
                _("Kind of Deal"),
                "deal_kind",
                value_map="odoo.crm.lead.deal_kind",
                relation=OPTIONS_MODEL,
            ),
            EntityField(
                "previous",
                "reference",
                _("Amends"),
                "previous_deal_id",
                reference="opportunity",
            ),
            EntityField(
                "price_book",
                "reference",
                _("Price Book"),
                "deal_price_book_id",
                reference="price.book",
            ),
            EntityField(
                "order_number",
                "char",
                _("Order Number"),
                "deal_order_number",
                readonly=True,
            ),
            EntityField(
                "order_status",
                "char",
                _("Order Status"),
                "deal_order_status",
                readonly=True,
            ),
        ]

    def _convert_plain(self, mapped, field, value):
        if field.name == "probability":
            # Odoo counts it from nothing to all; vendors let people type more.
            return float(min(max(value, 0), 100))
        return super()._convert_plain(mapped, field, value)
