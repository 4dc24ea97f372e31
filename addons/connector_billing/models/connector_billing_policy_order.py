from odoo import fields, models


class ConnectorBillingPolicy(models.Model):
    """Which orders of Odoo begin subscriptions in the billing system."""

    _inherit = "connector.billing.policy"

    order_subscriptions = fields.Selection(
        [
            ("never", "Never"),
            ("always", "When the Order Is Confirmed"),
            ("approval", "After Approval"),
        ],
        string="Begin Subscriptions",
        default="never",
        required=True,
        tracking=True,
        help="Of the lines of confirmed orders whose products have a recurring price"
        " of this connection. The billing system bills them then, and Odoo doesn't.",
    )
    proration = fields.Selection(
        [
            ("create_prorations", "With the Next Invoice"),
            ("always_invoice", "Invoice It at Once"),
            ("none", "Don't Bill It"),
        ],
        string="Time That Has Begun",
        default="create_prorations",
        required=True,
        tracking=True,
        help="What is suggested when a subscription is changed in Odoo.",
    )
