import dataclasses

from odoo import api, models

from odoo.addons.connector_base.engine.outbox import WRITE

from .connector_connection import SUPPORT_PREFIX

#: How fields of a partner begin that say how the customer stands.
CONTEXT_PREFIXES = ("standing_", "support_")


class ConnectorChange(models.Model):
    """What is told of a customer goes to those whom a desk knows.

    A payment makes nobody at the desk: the people of a company become requesters there
    when they are made or changed themselves.
    """

    _inherit = "connector.change"

    @api.model
    def _rows(self, flow, operation, names, ids):
        of_desk = flow.entity.startswith(SUPPORT_PREFIX)
        if of_desk and operation == WRITE and names:
            if all(name.startswith(CONTEXT_PREFIXES) for name in names):
                flow = dataclasses.replace(flow, domain=None)
        return super()._rows(flow, operation, names, ids)
