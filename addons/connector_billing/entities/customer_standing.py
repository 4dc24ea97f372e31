from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityCompany(models.AbstractModel):
    """What other systems are told of a subscriber: it goes out, never in.

    The figures are those of the connection's company, in its currency.
    """

    _inherit = "connector.entity.customer.company"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            *(
                EntityField(name, kind, label, name, readonly=True)
                for name, kind, label in (
                    ("billing_state", "char", _("Subscription Status")),
                    ("billing_mrr", "money", _("Subscription MRR")),
                    ("billing_renewal_at", "datetime", _("Next Renewal")),
                )
            ),
        ]
