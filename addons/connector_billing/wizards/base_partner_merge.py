from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """Customers that become one in Odoo have one standing, of all subscriptions."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # Odoo would move a row beside that of the customer who is kept.
        standings = self.env["connector.billing.standing"].sudo()
        standings.search([("partner_id", "in", list(partner_ids))]).unlink()
        result = super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)
        subscriptions = self.env["connector.subscription"].sudo()
        moved = subscriptions.search([("partner_id", "in", list(partner_ids))])
        field = subscriptions._fields["commercial_partner_id"]
        self.env.add_to_compute(field, moved)
        moved._refresh_standing()
        return result
