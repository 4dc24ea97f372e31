from odoo import api, fields, models
from odoo.exceptions import UserError


class ConnectorConnection(models.Model):
    _inherit = "connector.connection"

    setup_ids = fields.One2many(
        "connector.setup",
        "connection_id",
        groups="connector_base.group_administrator",
    )
    has_setup = fields.Boolean(compute="_compute_has_setup", compute_sudo=True)

    @api.depends("setup_ids")
    def _compute_has_setup(self):
        for connection in self:
            connection.has_setup = bool(connection.setup_ids)

    def action_connect(self):
        self.check_access("write")
        # What was chosen in the set-up would be passed over.
        for connection in self:
            if connection.state == "draft" and connection.has_setup:
                raise UserError(
                    self.env._(
                        "%s is being set up: go on with that, its last step connects.",
                        connection.name,
                    )
                )
        return super().action_connect()

    def action_open_setup(self):
        """Go on with the set-up that made this connection."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.setup",
            "res_id": self.setup_ids[:1].id,
            "views": [(False, "form")],
        }


class ConnectorValueMapLine(models.Model):
    _inherit = "connector.value.map.line"

    list_label = fields.Char(string="List", related="map_id.label")
