from odoo import api, fields, models


class ConnectorUnbilledCharge(models.Model):
    """What the billing system has charged and not invoiced yet."""

    _name = "connector.unbilled.charge"
    _description = "Unbilled Charge"
    _inherit = ["connector.bound.mixin"]
    _order = "id desc"

    connection_id = fields.Many2one(
        "connector.connection",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    active = fields.Boolean(
        default=True, readonly=True, help="Not invoiced, or voided, by now."
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, ondelete="restrict"
    )
    subscription_id = fields.Many2one(
        "connector.subscription",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    product_id = fields.Many2one("product.product", readonly=True, ondelete="restrict")
    name = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(readonly=True, min_display_digits="Product Unit")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True)
    period_start = fields.Date(string="Period From", readonly=True)
    period_end = fields.Date(string="Period To", readonly=True)
    is_voided = fields.Boolean(string="Voided", readonly=True)


class ConnectorSubscription(models.Model):
    _inherit = "connector.subscription"

    unbilled_ids = fields.One2many(
        "connector.unbilled.charge",
        "subscription_id",
        string="Unbilled Charges",
        domain=[("is_voided", "=", False)],
    )
    unbilled_amount = fields.Monetary(
        string="Not Billed Yet", compute="_compute_unbilled_amount"
    )
    usage_total_ids = fields.One2many("connector.usage.total", "subscription_id")
    usage_item_ids = fields.One2many(
        "connector.subscription.item",
        "subscription_id",
        string="Metered Items",
        domain=[("metered", "=", True)],
    )

    @api.depends("unbilled_ids.amount")
    def _compute_unbilled_amount(self):
        for one in self:
            # Charges are in the subscription's currency.
            one.unbilled_amount = sum(one.unbilled_ids.mapped("amount"))
