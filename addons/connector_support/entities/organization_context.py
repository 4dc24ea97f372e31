from odoo import models


class ConnectorEntitySupportOrganization(models.AbstractModel):
    """What an organization's page says of the customer: all that there is."""

    _inherit = "connector.entity.support.organization"

    def _context_fields(self):
        _ = self.env._
        return [
            *super()._context_fields(),
            ("agreements", "text", _("Agreements")),
            ("subscriptions", "text", _("Subscriptions")),
            ("products", "text", _("Installed Products")),
            ("sla_targets", "text", _("Service Level Targets")),
            ("account_manager", "char", _("Account Manager")),
        ]
