from odoo import api, models
from odoo.fields import Domain

#: Entity -> how its flows are made: customers feel at once whether their subscription
#: begins, ends, or could not be paid for.
REAL_TIME = {"lane": "realtime", "criticality": "high", "latency_target": 2}
REAL_TIME_ENTITIES = ("billing.subscription",)


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

    @api.model
    def _ensure_flows(self, connection, active=True):
        new = super()._ensure_flows(connection, active)
        new.filtered(lambda f: f.entity in REAL_TIME_ENTITIES).write(REAL_TIME)
        return new
