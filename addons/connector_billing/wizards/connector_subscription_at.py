from odoo import api, fields, models


class ConnectorSubscriptionAt(models.TransientModel):
    """Shows what a subscription was on a date."""

    _name = "connector.subscription.at"
    _description = "Subscription on a Date"

    subscription_id = fields.Many2one(
        "connector.subscription",
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_id"),
        ondelete="cascade",
    )
    date = fields.Date(required=True, default=fields.Date.context_today)
    version_id = fields.Many2one(
        "connector.subscription.version", compute="_compute_version_id"
    )
    kind = fields.Selection(related="version_id.kind")
    effective_from = fields.Datetime(related="version_id.effective_from")
    status = fields.Selection(related="version_id.status")
    summary = fields.Text(related="version_id.summary")
    discount_text = fields.Text(related="version_id.discount_text")
    currency_id = fields.Many2one(related="version_id.currency_id")
    mrr = fields.Monetary(related="version_id.mrr")
    line_ids = fields.One2many(related="version_id.line_ids")

    @api.depends("subscription_id", "date")
    def _compute_version_id(self):
        for wizard in self:
            found = self.env["connector.subscription.version"]
            if wizard.date and wizard.subscription_id:
                found = wizard.subscription_id._at(wizard.date)
            wizard.version_id = found
