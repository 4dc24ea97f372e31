"""What is audited of how deals that are won are handed over."""

from odoo import api, models


class ConnectorHandoffPolicy(models.Model):
    _name = "connector.handoff.policy"
    _inherit = ["connector.handoff.policy", "connector.audited"]


class ConnectorAudit(models.Model):
    _inherit = "connector.audit"

    @api.model
    def _areas(self):
        return {**super()._areas(), "connector.handoff.policy": "rule"}
