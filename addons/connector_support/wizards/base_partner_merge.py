from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """Tickets and aliases of customers that become one in Odoo are the one's."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # Odoo would drop all aliases of one where the other has one of them.
        self.env["connector.partner.alias"].sudo()._drop_doubled(partner_ids)
        result = super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)
        # Odoo moves them past the ORM.
        tickets = self.env["connector.ticket"].sudo().with_context(active_test=False)
        moved = tickets.search([("partner_id", "in", list(partner_ids))])
        self.env.add_to_compute(tickets._fields["commercial_partner_id"], moved)
        return result
