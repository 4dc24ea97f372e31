from odoo import api, fields, models

from odoo.addons.connector_standing.models.connector_customer_standing import (
    ORDER_STATUSES,
)

#: What a deal does to what was agreed before.
DEAL_KINDS = [
    ("new", "New Business"),
    ("renewal", "Renewal"),
    ("upsell", "Upsell"),
    ("downgrade", "Downgrade"),
    ("cancellation", "Cancellation"),
]
#: Of several orders of a deal the one that tells most of it.
ORDER_RANKS = {"sale": 3, "sent": 2, "draft": 1, "cancel": 0}


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
    deal_kind = fields.Selection(DEAL_KINDS, string="Kind of Deal", index=True)
    previous_deal_id = fields.Many2one(
        "crm.lead",
        string="Amends",
        index="btree_not_null",
        check_company=True,
        domain="[('type', '=', 'opportunity'), ('id', '!=', id)]",
        help="The deal that this one renews, extends, reduces or ends.",
    )
    deal_price_book_id = fields.Many2one(
        "connector.price.book", string="Price Book", check_company=True
    )
    converted_elsewhere = fields.Boolean(
        readonly=True,
        copy=False,
        help="The lead became a customer in the system that it came from.",
    )
    deal_line_ids = fields.One2many(
        "connector.deal.line", "lead_id", string="Deal Lines", copy=True
    )
    agreement_ids = fields.One2many(
        "connector.agreement", "opportunity_id", string="Contracts"
    )
    agreement_count = fields.Integer(
        string="Number of Contracts", compute="_compute_agreement_count"
    )
    deal_order_number = fields.Char(
        string="Order Number", compute="_compute_deal_order", store=True
    )
    deal_order_status = fields.Char(
        string="Order Status", compute="_compute_deal_order", store=True
    )

    @api.depends("order_ids.name", "order_ids.state")
    def _compute_deal_order(self):
        """What other systems are told of the order that a deal has become."""
        for lead in self:
            order = lead.order_ids.sorted(
                lambda order: (ORDER_RANKS.get(order.state, 0), order.id)
            )[-1:]
            lead.deal_order_number = order.name
            lead.deal_order_status = ORDER_STATUSES.get(order.state, order.state)

    @api.depends("agreement_ids")
    def _compute_agreement_count(self):
        for lead in self:
            lead.agreement_count = len(lead.agreement_ids)

    def action_view_agreements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_crm.connector_agreement_action"
        )
        action["domain"] = [("opportunity_id", "=", self.id)]
        action["context"] = {
            "default_opportunity_id": self.id,
            "default_partner_id": self.partner_id.commercial_partner_id.id,
        }
        return action

    def _merge_dependences(self, opportunities):
        # Before Odoo deletes them.
        self._connector_absorb(opportunities)
        opportunities.deal_line_ids.lead_id = self
        opportunities.agreement_ids.opportunity_id = self
        return super()._merge_dependences(opportunities)
