from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntitySupportOrganization(models.AbstractModel):
    """A company at a desk: several domains, and what its agents are told of it."""

    _name = "connector.entity.support.organization"
    _inherit = ["connector.entity.support.context", "connector.entity.customer.company"]
    _description = "Connector Entity: Support Organization"

    _entity_domain = "support"
    _entity_takes_objects = False

    def _entity_fields(self):
        _ = self.env._
        return [
            # Desks know no company above another.
            *(f for f in super()._entity_fields() if f.name != "parent"),
            EntityField("domains", "structure", _("Domains")),
            EntityField("details", "text", _("Details")),
            EntityField("notes", "text", _("Notes of the Desk")),
            EntityField("tags", "structure", _("Tags")),
        ]
