from odoo import api, models


class ConnectorConnection(models.Model):
    """The connectors' user works in each company that has a connection."""

    _inherit = "connector.connection"

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        self.env["res.users"]._connectors_work_in(connections.company_id)
        return connections

    def write(self, vals):
        result = super().write(vals)
        if "company_id" in vals:
            self.env["res.users"]._connectors_work_in(self.company_id)
        return result
