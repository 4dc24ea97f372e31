from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """Subscriptions of customers that become one in Odoo are the one customer's."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        result = super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)
        # Odoo moves them past the ORM.
        subscriptions = self.env["connector.subscription"].sudo()
        moved = subscriptions.search([("partner_id", "in", list(partner_ids))])
        field = subscriptions._fields["commercial_partner_id"]
        self.env.add_to_compute(field, moved)
        return result
