from odoo import models
from odoo.fields import Domain


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    def _push_domain(self):
        """What is of one billing account goes to no other."""
        domain = super()._push_domain()
        model = self.env.get(self.res_model or "")
        own = model is not None and "connection_id" in model._fields
        if own and self.entity.startswith("billing."):
            domain &= Domain("connection_id", "=", self.connection_id.id)
        return domain
