from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityPriceBook(models.AbstractModel):
    """A price book: what Odoo keeps as one pricelist for each currency."""

    _name = "connector.entity.price.book"
    _inherit = "connector.entity.trade"
    _description = "Connector Entity: Price Book"

    _entity_model = "connector.price.book"
    _entity_area = "billing"
    _match_column = "name"
    _match_target = "name"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("name", "char", _("Price Book"), "name", required=True),
            EntityField("is_standard", "boolean", _("Standard Prices"), "is_standard"),
            EntityField("is_active", "boolean", _("Active"), "active"),
            EntityField("description", "text", _("Description"), "description"),
        ]

    def _is_archived(self, row):
        # Goes out as a book that isn't active; see ``_entity_fields``.
        return False
