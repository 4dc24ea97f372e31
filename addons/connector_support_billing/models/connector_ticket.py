from odoo import api, fields, models

from odoo.addons.connector_billing.models.connector_subscription import RENEWING


class ConnectorTicket(models.Model):
    """The subscription that a ticket is about.

    A field map may fill it from a field of the desk. Otherwise it is the only one that
    the customer has: of several none is guessed.
    """

    _inherit = "connector.ticket"

    subscription_id = fields.Many2one(
        "connector.subscription",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.model
    def _only_subscriptions(self, company, partner_ids):
        """``{partner id: subscription id}`` of those whose customer has just one."""
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        groups = self.env["connector.subscription"]._read_group(
            [
                ("commercial_partner_id", "in", partners.commercial_partner_id.ids),
                ("company_id", "=", company.id),
                ("status", "in", RENEWING),
            ],
            ["commercial_partner_id"],
            ["id:array_agg"],
        )
        only = {customer: ids[0] for customer, ids in groups if len(ids) == 1}
        return {
            partner.id: only[partner.commercial_partner_id]
            for partner in partners
            if partner.commercial_partner_id in only
        }

    def _assign_partner(self, partner_id):
        super()._assign_partner(partner_id)
        for company, tickets in self.grouped("company_id").items():
            found = self._only_subscriptions(company, [partner_id])
            if found:
                tickets.filtered(lambda t: not t.subscription_id).write(
                    {"subscription_id": found[partner_id]}
                )
