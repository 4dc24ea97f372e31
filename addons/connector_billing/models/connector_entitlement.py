from odoo import fields, models


class ConnectorEntitlement(models.Model):
    _inherit = "connector.entitlement"

    subscription_id = fields.Many2one(
        "connector.subscription",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        help="The subscription that gives access.",
    )


class ConnectorSubscription(models.Model):
    _inherit = "connector.subscription"

    entitlement_ids = fields.One2many(
        "connector.entitlement", "subscription_id", string="Entitlements"
    )
