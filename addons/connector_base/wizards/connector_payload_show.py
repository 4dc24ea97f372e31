import json

from odoo import api, fields, models
from odoo.exceptions import UserError


class ConnectorPayloadShow(models.TransientModel):
    """What a vendor sent, in full, to the one who asked for it and was noted for it."""

    _name = "connector.payload.show"
    _description = "What Came, in Full"
    _inherit = ["connector.guard", "connector.kept.payload"]

    payload_text = fields.Text(string="In Full", compute="_compute_payload_text")

    @api.depends("payload_token")
    def _compute_payload_text(self):
        for shown in self:
            payload = shown.payload
            shown.payload_text = shown.payload_problem or (
                json.dumps(payload, indent=2, ensure_ascii=False, sort_keys=True)
            )


class ConnectorKeptPayload(models.AbstractModel):
    _inherit = "connector.kept.payload"

    def action_show_payload(self):
        """Show what is personal, too; who asks for that is noted."""
        self.ensure_one()
        self.check_access("read")
        self._check_field_access(self._fields["payload"], "read")
        kept = self.sudo()
        if not kept.payload_token:
            raise UserError(self.env._("Nothing is kept of it."))
        self.env["connector.audit"]._note(self, "reveal")
        shown = self.env["connector.payload.show"].sudo()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What Came, in Full"),
            "res_model": shown._name,
            "res_id": shown.create({"payload_token": kept.payload_token}).id,
            "views": [(False, "form")],
            "target": "new",
        }
