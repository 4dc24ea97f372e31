from odoo import models

from ..models.connector_suspension import OPEN


class MergePartnerAutomatic(models.TransientModel):
    """Customers that become one have one suspension: that which is the furthest."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        suspensions = self.env["connector.suspension"].sudo()
        affected = suspensions.search(
            [
                "|",
                ("partner_id", "in", list(partner_ids)),
                ("commercial_partner_id", "in", list(partner_ids)),
                ("state", "in", OPEN),
            ]
        )
        for of_company in affected.grouped("company_id").values():
            kept = of_company.sorted(lambda one: OPEN.index(one.state))[-1:]
            (of_company - kept)._close(
                "cancelled", self.env._("Its customer became one with another.")
            )
        result = super()._merge(partner_ids, dst_partner, extra_checks=extra_checks)
        # Odoo moves them past the ORM.
        affected.invalidate_recordset()
        field = affected._fields["commercial_partner_id"]
        self.env.add_to_compute(field, affected)
        affected.filtered(lambda one: one.state == "suspended")._follow_entitlements()
        return result
