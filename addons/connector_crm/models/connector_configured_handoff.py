"""What moves of won deals: policies with their milestones, and tolerances."""

from odoo import api, models


class ConnectorHandoffPolicy(models.Model):
    _name = "connector.handoff.policy"
    _inherit = ["connector.handoff.policy", "connector.configured"]

    _config_file = "rules/closed-won-policies.json"
    _config_key = ("company_id", "connection_id")


class ConnectorHandoffMilestone(models.Model):
    _name = "connector.handoff.milestone"
    _inherit = ["connector.handoff.milestone", "connector.configured"]

    _config_key = ("name",)
    _config_owner = "policy_id"


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _config_settings(self):
        return super()._config_settings() | {"connector_total_tolerance"}
