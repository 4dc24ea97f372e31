from odoo import fields, models

from odoo.addons.connector_standing.models.res_partner import READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    billing_subscription_ids = fields.One2many(
        "connector.subscription", "partner_id", groups=READERS
    )
    billing_subscription_count = fields.Integer(
        compute="_compute_billing_subscription_count", groups=READERS
    )

    def _compute_billing_subscription_count(self):
        """Counts those of the people and branches of a company, too."""
        counts = dict(
            self.env["connector.subscription"]._read_group(
                [("commercial_partner_id", "in", self.commercial_partner_id.ids)],
                ["commercial_partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            own = counts.get(partner.commercial_partner_id, 0)
            partner.billing_subscription_count = own

    def action_open_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_billing.connector_subscription_action"
        )
        action["domain"] = [
            ("commercial_partner_id", "=", self.commercial_partner_id.id)
        ]
        action["context"] = {"create": False}
        return action
