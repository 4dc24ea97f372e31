from odoo import api, models


class ConnectorCustomerStanding(models.Model):
    """A standing knows whether the customer is suspended, and ends what is paid."""

    _inherit = "connector.customer.standing"

    @api.model
    def _refresh(self, company, partners, now):
        # Before the figures: they say how it is after that.
        self.env["connector.suspension"]._settle_paid(company, partners.ids)
        return super()._refresh(company, partners, now)

    @api.model
    def _overdue_of(self, company, partner_ids):
        """What customers owe right now, whenever their standing was worked out.

        :return: ``{partner id: overdue amount in the company's currency}``
        """
        found = {partner_id: {} for partner_id in partner_ids}
        self.env.flush_all()
        self._add_balances(company, found)
        return {
            partner_id: vals.get("overdue_balance", 0.0)
            for partner_id, vals in found.items()
        }

    def _add_suspensions(self, company, found):
        suspended = (
            self.env["connector.suspension"]
            .sudo()
            .search_fetch(
                [
                    ("commercial_partner_id", "in", list(found)),
                    ("company_id", "=", company.id),
                    ("state", "=", "suspended"),
                ],
                ["commercial_partner_id"],
            )
        )
        for partner in suspended.commercial_partner_id:
            found[partner.id]["is_suspended"] = True
