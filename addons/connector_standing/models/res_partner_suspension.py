from odoo import fields, models

from .connector_suspension import OPEN, STATES
from .res_partner import READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    suspension_state = fields.Selection(
        STATES,
        string="Suspension",
        compute="_compute_suspension_state",
        groups=READERS,
        help="Of the company or person, with the company that is switched on.",
    )

    def _compute_suspension_state(self):
        suspensions = self.env["connector.suspension"].search_fetch(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "in", OPEN),
            ],
            ["commercial_partner_id", "state"],
        )
        states = {one.commercial_partner_id: one.state for one in suspensions}
        for partner in self:
            partner.suspension_state = states.get(partner.commercial_partner_id, False)

    def action_open_suspensions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_standing.connector_suspension_action"
        )
        action["domain"] = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id)
        ]
        action["context"] = {"default_partner_id": self.commercial_partner_id.id}
        return action
