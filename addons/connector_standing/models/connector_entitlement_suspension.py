from odoo import api, models

#: What is written of an entitlement that may bring it under a suspension.
CUSTOMER_FIELDS = frozenset({"partner_id", "company_id", "active", "date_until"})


class ConnectorEntitlement(models.Model):
    """Entitlements are suspended as long as their customer is, also new ones."""

    _inherit = "connector.entitlement"

    @api.model_create_multi
    def create(self, vals_list):
        entitlements = super().create(vals_list)
        entitlements.sudo()._find_suspensions()
        return entitlements

    def write(self, vals):
        result = super().write(vals)
        if not CUSTOMER_FIELDS.isdisjoint(vals):
            self.sudo()._find_suspensions()
        return result

    def _find_suspensions(self):
        """Put each under the suspension of its customer, or under none: one query."""
        suspensions = self.env["connector.suspension"].search_fetch(
            [
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "suspended"),
            ],
            ["commercial_partner_id", "company_id"],
        )
        by_customer = {
            (one.commercial_partner_id, one.company_id): one for one in suspensions
        }
        none = suspensions.browse()
        changes = {}
        for one in self:
            key = (one.commercial_partner_id, one.company_id)
            suspension = by_customer.get(key, none)
            if one.suspension_id != suspension:
                changes[suspension] = changes.get(suspension, self.browse()) | one
        for suspension, entitlements in changes.items():
            entitlements.suspension_id = suspension


class ConnectorSuspension(models.Model):
    _inherit = "connector.suspension"

    def _follow_entitlements(self):
        """Suspend what the customers may use, or give it back as it was.

        Their own fields stay as they are: what would have begun or ended meanwhile has.
        """
        entitlements = self.env["connector.entitlement"].sudo()
        found = entitlements.with_context(active_test=False).search(
            [
                "|",
                ("suspension_id", "in", self.ids),
                "&",
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("state", "!=", "ended"),
            ]
        )
        found.with_context(active_test=True)._find_suspensions()
