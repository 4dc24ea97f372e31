import itertools

from odoo import api, models

from odoo.addons.connector_standing.models.connector_standing_words import MOST_LINES


class ConnectorCustomerStanding(models.Model):
    """Words about contracts: they say more than orders."""

    _inherit = "connector.customer.standing"

    @api.model
    def _agreement_words(self, company, found):
        """Active contracts; of customers without one what is known otherwise."""
        agreements = (
            self.env["connector.agreement"]
            .sudo()
            .search(
                [
                    ("partner_id.commercial_partner_id", "in", list(found)),
                    ("company_id", "=", company.id),
                    ("state", "=", "active"),
                ]
            )
        )
        by_customer = agreements.grouped(
            lambda one: one.partner_id.commercial_partner_id
        )
        words = {
            partner.id: self._at_most(
                [
                    self._agreement_in_words(one)
                    for one in itertools.islice(contracts, MOST_LINES)
                ],
                len(contracts),
            )
            for partner, contracts in by_customer.items()
        }
        others = {key: vals for key, vals in found.items() if key not in words}
        return words | super()._agreement_words(company, others)

    def _agreement_in_words(self, agreement):
        _ = self.env._
        text = agreement.number or _("Contract")
        if agreement.date_end:
            end = self._day_in_words(agreement.company_id, agreement.date_end)
            text = _("%(contract)s until %(date)s", contract=text, date=end)
        if agreement.currency_id:
            amount = self._amount_in_words(agreement.amount, agreement.currency_id)
            text = f"{text}: {amount}"
        return text
