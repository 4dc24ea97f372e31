"""What moves of how a billing system's documents are booked."""

from odoo import models


class ConnectorBillingPolicy(models.Model):
    """Made with its connection; accounts, journals and products go by their codes."""

    _name = "connector.billing.policy"
    _inherit = ["connector.billing.policy", "connector.configured"]

    _config_file = "rules/billing-policy.json"
    _config_key = ()
    _config_owner = "connection_id"
    _config_stays = True


class ConnectorBillingAccount(models.Model):
    _name = "connector.billing.account"
    _inherit = ["connector.billing.account", "connector.configured"]

    _config_key = ("product_id", "categ_id", "country_id", "fiscal_position_id")
    _config_owner = "policy_id"

    def _config_title(self):
        return self._audit_part() if self else ""
