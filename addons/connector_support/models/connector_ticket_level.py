from odoo import api, fields, models


class ConnectorTicket(models.Model):
    """What its customer was promised when a ticket came, for statistics."""

    _inherit = "connector.ticket"

    service_level_id = fields.Many2one(
        "connector.service.level",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="That of the customer when Odoo got the ticket.",
    )
    account_tier = fields.Char(
        string="Customer Tier",
        readonly=True,
        help="That of the customer when Odoo got the ticket.",
    )

    @api.model
    def _level_vals(self, company, partner_ids):
        """``{partner id: values of a ticket that the partner asks}``, in one go."""
        partners = self.env["res.partner"].sudo().with_company(company)
        partners = partners.browse(partner_ids).exists()
        customers = partners.commercial_partner_id
        levels = self.env["connector.service.level"]._levels_of(company, customers)
        found = {}
        for partner in partners:
            customer = partner.commercial_partner_id
            level = levels.get(customer.id, self.env["connector.service.level"])
            found[partner.id] = {
                "service_level_id": level.id,
                "account_tier": customer.support_tier or level.tier or False,
            }
        return found

    def _assign_partner(self, partner_id):
        """Who had nobody before has the level of the customer from now on."""
        super()._assign_partner(partner_id)
        for company, tickets in self.grouped("company_id").items():
            tickets = tickets.filtered(lambda t: not t.service_level_id)
            vals = self._level_vals(company, [partner_id]).get(partner_id)
            if tickets and vals:
                tickets.write(vals)


class ConnectorTicketReport(models.Model):
    _inherit = "connector.ticket.report"

    service_level_id = fields.Many2one("connector.service.level", readonly=True)
    account_tier = fields.Char(string="Customer Tier", readonly=True)

    def _copied(self):
        return [*super()._copied(), "service_level_id", "account_tier"]
