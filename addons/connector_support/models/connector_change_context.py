import dataclasses

from odoo import api, models

from odoo.addons.connector_base.engine.outbox import WRITE

from .connector_connection import SUPPORT_PREFIX
from .connector_standing_context import CONTEXT_FIGURES

#: Fields of a partner that say how the customer stands, and how others of them begin.
CONTEXT_FIELDS = frozenset(f"support_{name}" for name in CONTEXT_FIGURES)
STANDING = "standing_"


class ConnectorChange(models.Model):
    """What is told of a customer goes to those whom a desk knows.

    A payment makes nobody at the desk: the people of a company become requesters there
    when they are made or changed themselves.
    """

    _inherit = "connector.change"

    @api.model
    def _rows(self, flow, operation, names, ids):
        of_desk = flow.entity.startswith(SUPPORT_PREFIX) and operation == WRITE
        if of_desk and names and all(map(self._is_context, names)):
            flow = dataclasses.replace(flow, domain=None)
        return super()._rows(flow, operation, names, ids)

    @api.model
    def _is_context(self, name):
        return name in CONTEXT_FIELDS or name.startswith(STANDING)
