from odoo import models


class ConnectorSupportHelpdeskStage(models.Model):
    """Moves with the policy that it is of."""

    _name = "connector.support.helpdesk.stage"
    _inherit = ["connector.support.helpdesk.stage", "connector.configured"]

    _config_key = ("status",)
    _config_owner = "policy_id"
