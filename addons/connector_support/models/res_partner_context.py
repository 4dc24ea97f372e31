from odoo import api, fields, models

from odoo.addons.connector_standing.models.res_partner import READERS

from .connector_standing_context import ACCOUNT_STATUSES, CONTEXT_FIGURES


def _told(field_type, label, *args):
    """A field that shows what the row of the commercial entity says."""
    return field_type(
        *args, string=label, compute="_compute_support_context", groups=READERS
    )


class ResPartner(models.Model):
    """What agents are told of a company and of its people.

    Not stored here: the row of the company or person that is the customer has it. The
    outbox follows these fields to that row, for all people of the company at once.
    """

    _inherit = "res.partner"

    support_level_id = fields.Many2one(
        "connector.service.level",
        string="Service Level",
        company_dependent=True,
        check_company=True,
        help="Empty: the level that comes with what was bought, or none.",
    )
    support_tier = fields.Char(
        string="Tier", company_dependent=True, help="Empty: that of the service level."
    )
    support_account_tier = _told(fields.Char, "Account Tier")
    support_account_status = _told(fields.Selection, "Account Status", ACCOUNT_STATUSES)
    support_payment_standing = _told(fields.Char, "Payment Standing")
    support_agreements = _told(fields.Text, "Agreements")
    support_subscriptions = _told(fields.Text, "Subscriptions")
    support_products = _told(fields.Text, "Installed Products")
    support_service_level = _told(fields.Char, "Current Service Level")
    support_sla_targets = _told(fields.Text, "Service Level Targets")
    support_account_manager = _told(fields.Char, "Account Manager")
    support_odoo_url = fields.Char(
        string="Address in Odoo", compute="_compute_support_odoo_url", groups=READERS
    )

    @api.depends_context("company")
    @api.depends(
        *(f"commercial_partner_id.standing_ids.{name}" for name in CONTEXT_FIGURES)
    )
    def _compute_support_context(self):
        standings = self.env["connector.customer.standing"].sudo()
        rows = standings.search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        known = {row.partner_id.id: row for row in rows}
        nothing = standings._nothing()
        for partner in self:
            row = known.get(partner.commercial_partner_id.id)
            for name in CONTEXT_FIGURES:
                value = row[name] if row else False
                partner[f"support_{name}"] = value or nothing.get(name, False)

    def _compute_support_odoo_url(self):
        base = self[:1].get_base_url() if self.ids else ""
        for partner in self:
            own = partner._origin.id
            partner.support_odoo_url = own and f"{base}/odoo/res.partner/{own}"
