from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_ids = fields.Many2many(
        "connector.subscription",
        "account_move_connector_subscription_rel",
        string="Subscriptions",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice,"
        "connector_base.group_viewer",
    )
    subscription_count = fields.Integer(
        compute="_compute_subscription_count",
        groups="account.group_account_readonly,account.group_account_invoice,"
        "connector_base.group_viewer",
    )

    @api.depends("subscription_ids")
    def _compute_subscription_count(self):
        for move in self:
            move.subscription_count = len(move.subscription_ids)

    def action_open_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_billing.connector_subscription_action"
        )
        action["domain"] = [("id", "in", self.subscription_ids.ids)]
        action["context"] = {"create": False}
        return action
