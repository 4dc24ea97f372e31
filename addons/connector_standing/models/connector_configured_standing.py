"""What moves of standings and suspensions: the settings of a company."""

from odoo import api, models

from .connector_audit_standing import SETTINGS


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _config_settings(self):
        own = {name for name in self._fields if name.startswith(SETTINGS)}
        return super()._config_settings() | own
