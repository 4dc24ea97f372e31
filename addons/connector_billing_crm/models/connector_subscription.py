from odoo import api, fields, models


class ConnectorSubscription(models.Model):
    """A subscription knows its deal."""

    _inherit = "connector.subscription"

    opportunity_id = fields.Many2one(
        related="sale_order_id.opportunity_id",
        store=True,
        index="btree_not_null",
        string="Opportunity",
    )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    billing_subscription_ids = fields.One2many(
        "connector.subscription",
        "opportunity_id",
        string="Subscriptions",
        groups="connector_base.group_viewer,sales_team.group_sale_salesman",
    )
    billing_subscription_count = fields.Integer(
        compute="_compute_billing_subscription_count",
        groups="connector_base.group_viewer,sales_team.group_sale_salesman",
    )

    @api.depends("billing_subscription_ids")
    def _compute_billing_subscription_count(self):
        for lead in self:
            lead.billing_subscription_count = len(lead.billing_subscription_ids)

    def action_open_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_billing.connector_subscription_action"
        )
        action["domain"] = [("opportunity_id", "=", self.id)]
        action["context"] = {"create": False}
        return action
