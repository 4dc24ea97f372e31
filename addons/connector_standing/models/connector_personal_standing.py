from odoo import models


class ConnectorSuspension(models.Model):
    _name = "connector.suspension"
    _inherit = ["connector.suspension", "connector.personal"]

    _personal_texts = ("reason",)
