from odoo import fields, models


class ConnectorMapReject(models.TransientModel):
    """Why a submitted version is sent back."""

    _name = "connector.map.reject"
    _description = "Reject Field Map"

    map_id = fields.Many2one("connector.field.map", required=True, ondelete="cascade")
    reason = fields.Text(required=True)

    def action_reject(self):
        self.ensure_one()
        self.map_id._reject(self.reason)
        return {"type": "ir.actions.act_window_close"}


class ConnectorMapSchedule(models.TransientModel):
    """When an approved version takes effect."""

    _name = "connector.map.schedule"
    _description = "Activate Field Map Later"

    map_id = fields.Many2one("connector.field.map", required=True, ondelete="cascade")
    activate_at = fields.Datetime(string="At", required=True)

    def action_schedule(self):
        self.ensure_one()
        self.map_id._schedule(self.activate_at)
        return {"type": "ir.actions.act_window_close"}
