import dataclasses

from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntitySupportRequester(models.AbstractModel):
    """A person who asks a desk: several addresses, and the organization's context."""

    _name = "connector.entity.support.requester"
    _inherit = ["connector.entity.support.context", "connector.entity.customer.contact"]
    _description = "Connector Entity: Support Requester"

    _entity_domain = "support"
    _entity_takes_objects = False

    def _entity_fields(self):
        _ = self.env._
        return [
            *(
                dataclasses.replace(
                    field,
                    label=_("Organization"),
                    reference="support.organization",
                )
                if field.name == "company"
                else field
                for field in super()._entity_fields()
            ),
            EntityField("role", "char", _("Role")),
            EntityField("locale", "char", _("Language Code")),
            EntityField("timezone", "char", _("Time Zone")),
            EntityField("suspended", "boolean", _("Suspended at the Desk")),
            EntityField("tags", "structure", _("Tags")),
        ]
