from odoo import models


class ConnectorPush(models.AbstractModel):
    _inherit = "connector.push"

    def _wanted_references(self, run, batch):
        """Send first, too, what the structures of a record refer to."""
        wanted, known = super()._wanted_references(run, batch)
        nested = getattr(run.entity, "_nested_referred", None)
        for out in batch if nested else ():
            for entity, ids in nested(out).items():
                wanted[entity].update(ids)
                known[entity].update(ids)
        return wanted, known
