from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityCompany(models.AbstractModel):
    _inherit = "connector.entity.customer.company"

    def _entity_fields(self):
        label = self.env._("Monthly Recurring Revenue")
        return [
            *super()._entity_fields(),
            EntityField("mrr", "money", label, "standing_mrr", readonly=True),
        ]
