from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntitySupportTicket(models.AbstractModel):
    """A ticket of a desk, whatever the desk."""

    _name = "connector.entity.support.ticket"
    _inherit = "connector.entity"
    _description = "Connector Entity: Ticket"

    _entity_model = "connector.ticket"
    _entity_domain = "support"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("number", "char", _("Number"), "number"),
            EntityField("subject", "char", _("Subject"), "name", pii=True),
            EntityField("status", "choice", _("Status"), "status"),
        ]
