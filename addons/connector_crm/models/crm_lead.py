from odoo import fields, models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "connector.bound.mixin"]

    # Expected revenue is in the company's currency; what was agreed with the customer
    # stays beside it.
    deal_currency_id = fields.Many2one("res.currency")
    deal_amount = fields.Monetary(currency_field="deal_currency_id")
    deal_contact_ids = fields.Many2many(
        "res.partner",
        "connector_crm_lead_contact_rel",
        "lead_id",
        "partner_id",
        string="Deal Contacts",
        help="Everybody at the customer who takes part in the deal.",
    )

    def _merge_dependences(self, opportunities):
        # Before Odoo deletes them.
        self._connector_absorb(opportunities)
        return super()._merge_dependences(opportunities)
