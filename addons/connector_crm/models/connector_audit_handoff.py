"""What is audited of how quotes are taken and deals that are won handed over."""

from odoo import api, models


class ConnectorHandoffPolicy(models.Model):
    _name = "connector.handoff.policy"
    _inherit = ["connector.handoff.policy", "connector.audited"]


class ResCompany(models.Model):
    _inherit = "res.company"

    def _audited_fields(self):
        return super()._audited_fields() | {"connector_total_tolerance"}


class ConnectorAudit(models.Model):
    _inherit = "connector.audit"

    @api.model
    def _areas(self):
        return {**super()._areas(), "connector.handoff.policy": "rule"}
