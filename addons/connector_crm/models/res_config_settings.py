from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    connector_total_tolerance = fields.Float(
        related="company_id.connector_total_tolerance", readonly=False
    )
