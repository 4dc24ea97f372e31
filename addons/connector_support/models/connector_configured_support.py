"""What moves of desks: policies, rules, and service levels with their targets."""

from odoo import api, models


class ConnectorSupportPolicy(models.Model):
    """Made with its connection."""

    _name = "connector.support.policy"
    _inherit = ["connector.support.policy", "connector.configured"]

    _config_file = "rules/support-policy.json"
    _config_key = ()
    _config_owner = "connection_id"
    _config_stays = True


class ConnectorSupportRule(models.Model):
    _name = "connector.support.rule"
    _inherit = ["connector.support.rule", "connector.configured"]

    _config_file = "rules/support-rules.json"
    _config_key = ("company_id", "name")

    @api.model
    def _config_left_out(self):
        return super()._config_left_out() | {"work_ids": "what it has opened is data"}


class ConnectorServiceLevel(models.Model):
    _name = "connector.service.level"
    _inherit = ["connector.service.level", "connector.configured"]

    _config_file = "rules/service-levels.json"
    _config_key = ("company_id", "name")
    _config_order = 5


class ConnectorServiceTarget(models.Model):
    _name = "connector.service.target"
    _inherit = ["connector.service.target", "connector.configured"]

    _config_key = ("priority",)
    _config_owner = "level_id"
