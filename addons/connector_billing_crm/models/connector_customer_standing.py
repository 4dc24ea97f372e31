import datetime

from odoo import api, fields, models

from odoo.addons.connector_standing.models.res_partner import READERS


class ConnectorCustomerStanding(models.Model):
    """Status, renewal and MRR come from subscriptions, where a customer has some."""

    _inherit = "connector.customer.standing"

    mrr = fields.Monetary(
        string="MRR",
        readonly=True,
        help="What its subscriptions bill in one month, without taxes and usage.",
    )

    def _work_out(self, company, partner_ids):
        found = super()._work_out(company, partner_ids)
        for vals in found.values():
            vals["mrr"] = 0.0
        rows = self.env["connector.billing.standing"].sudo()
        for row in rows.search_fetch(
            [("company_id", "=", company.id), ("partner_id", "in", partner_ids)],
            ["partner_id", "state", "mrr", "renewal_at"],
        ):
            if row.state:
                found[row.partner_id.id].update(
                    subscription_state=row.state,
                    renewal_date=self._day_of(company, row.renewal_at),
                    mrr=row.mrr,
                )
        return found

    def _day_of(self, company, moment):
        """The day that a moment is in the company's time zone, or ``False``."""
        if not moment:
            return False
        zone = self.with_context(tz=company.partner_id.tz or "UTC").env.tz
        return moment.replace(tzinfo=datetime.UTC).astimezone(zone).date()


class ResPartner(models.Model):
    _inherit = "res.partner"

    standing_mrr = fields.Monetary(
        string="Monthly Recurring Revenue",
        currency_field="standing_currency_id",
        compute="_compute_standing_mrr",
        groups=READERS,
    )

    @api.depends_context("company")
    @api.depends("standing_ids.mrr")
    def _compute_standing_mrr(self):
        rows = self.env["connector.customer.standing"].sudo()
        domain = [
            ("partner_id", "in", self.ids),
            ("company_id", "=", self.env.company.id),
        ]
        known = {row.partner_id.id: row.mrr for row in rows.search(domain)}
        for partner in self:
            partner.standing_mrr = known.get(partner._origin.id, 0.0)
