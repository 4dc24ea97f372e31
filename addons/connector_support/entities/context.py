from odoo import models


class ConnectorEntitySupportContext(models.AbstractModel):
    """What a desk's agents are told of a customer: it goes out, never in."""

    _name = "connector.entity.support.context"
    _inherit = "connector.entity.customer"
    _description = "Connector Entity: What Agents See"
