from odoo import fields, models

from .res_partner import READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    entitlement_count = fields.Integer(
        compute="_compute_entitlement_count", groups=READERS
    )

    def _compute_entitlement_count(self):
        """Counts those of the people and branches of a company, too."""
        counts = dict(
            self.env["connector.entitlement"]._read_group(
                [
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("state", "in", ("active", "suspended")),
                ],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            own = counts.get(partner.commercial_partner_id, 0)
            partner.entitlement_count = own

    def action_open_entitlements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_standing.connector_entitlement_action"
        )
        action["domain"] = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id)
        ]
        action["context"] = {
            "default_partner_id": self.id,
            "search_default_active": 1,
            "search_default_suspended": 1,
        }
        return action
