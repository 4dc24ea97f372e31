from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    deal_currency_id = fields.Many2one(
        "res.currency",
        string="Trading Currency",
        help="The currency in which deals with this customer are made.",
    )
    agreement_ids = fields.One2many(
        "connector.agreement", "partner_id", string="Contracts"
    )
    agreement_count = fields.Integer(
        string="Number of Contracts",
        compute="_compute_agreement_count",
        groups="sales_team.group_sale_salesman",
    )

    @api.depends("agreement_ids")
    def _compute_agreement_count(self):
        """Counts those of the people and branches of a company, too."""
        everybody = self.with_context(active_test=False).search_fetch(
            [("id", "child_of", self.ids)], ["parent_id"]
        )
        counts = self.env["connector.agreement"]._read_group(
            [("partner_id", "in", everybody.ids)], ["partner_id"], ["__count"]
        )
        self.agreement_count = 0
        for partner, count in counts:
            while partner:
                if partner in self:
                    partner.agreement_count += count
                partner = partner.parent_id

    def action_view_agreements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_crm.connector_agreement_action"
        )
        action["domain"] = [("partner_id", "child_of", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action
