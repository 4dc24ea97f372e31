from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    """Customers that become one in Odoo stand in one way with each company, and may
    use what each of them might."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        # Odoo would move a row beside that of the customer who is kept.
        standings = self.env["connector.customer.standing"].sudo()
        rows = standings.search([("partner_id", "in", list(partner_ids))])
        companies = rows.company_id
        rows.unlink()
        result = super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)
        entitlements = self.env["connector.entitlement"].sudo()
        # Odoo moves them past the ORM.
        moved = entitlements.with_context(active_test=False).search(
            [("partner_id", "in", list(partner_ids))]
        )
        field = entitlements._fields["commercial_partner_id"]
        self.env.add_to_compute(field, moved)
        kept = self.env["res.partner"].browse(partner_ids).exists()
        self.env["connector.standing.mark"].sudo()._mark(
            {
                (partner.id, company.id)
                for partner in kept.commercial_partner_id
                for company in companies
            }
        )
        return result
