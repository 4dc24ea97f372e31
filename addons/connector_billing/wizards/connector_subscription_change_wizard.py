from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.connector_base.engine.render import decimal_of, plain_number

from ..models.connector_subscription_change import CHANGE_KINDS, PRORATIONS


class ConnectorSubscriptionChangeWizard(models.TransientModel):
    """Asks the billing system for other quantities, or for an end."""

    _name = "connector.subscription.change.wizard"
    _description = "Change Subscription"

    subscription_id = fields.Many2one(
        "connector.subscription", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(CHANGE_KINDS, string="Change", required=True)
    proration = fields.Selection(
        PRORATIONS,
        string="Time That Has Begun",
        required=True,
        help="What is billed, or credited, for the rest of the period.",
    )
    end = fields.Selection(
        [
            ("period", "At the End of the Period"),
            ("date", "On a Date"),
            ("now", "At Once"),
        ],
        default="period",
        required=True,
    )
    end_date = fields.Date()
    line_ids = fields.One2many(
        "connector.subscription.change.wizard.line", "wizard_id", string="Items"
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        subscription = self.env["connector.subscription"].browse(
            values.get("subscription_id") or self.env.context.get("active_id")
        )
        policy = (
            self.env["connector.billing.policy"]
            .sudo()
            .search([("connection_id", "=", subscription.connection_id.id)])
        )
        values |= {
            "subscription_id": subscription.id,
            "kind": "keep" if subscription.cancel_at else "quantity",
            "proration": policy.proration or "create_prorations",
            "line_ids": [
                fields.Command.create({"item_id": item.id, "quantity": item.quantity})
                for item in subscription.item_ids
                if not item.metered and not item.charge
            ],
        }
        return values

    def action_ask(self):
        self.ensure_one()
        vals = {"kind": self.kind, "proration": self.proration}
        vals |= getattr(self, f"_vals_{self.kind}")()
        self.subscription_id._ask_change(vals)
        return {"type": "ir.actions.act_window_close"}

    def _vals_quantity(self):
        changed = self.line_ids.filtered(lambda li: li.quantity != li.item_id.quantity)
        if not changed or any(line.quantity < 0 for line in changed):
            raise UserError(
                self.env._("Give at least one item another quantity, 0 or more.")
            )
        texts = [
            self.env._(
                "%(item)s: %(before)s → %(after)s",
                item=line.item_id.product_id.display_name or line.item_id.name,
                before=plain_number(decimal_of(line.item_id.quantity)),
                after=plain_number(decimal_of(line.quantity)),
            )
            for line in changed
        ]
        return {
            "summary": "; ".join(texts),
            "quantities": {
                line.item_id.remote_ref: plain_number(decimal_of(line.quantity))
                for line in changed
            },
        }

    def _vals_cancel(self):
        _ = self.env._
        if self.end == "now":
            return {"summary": _("Cancelled at once"), "at_once": True}
        if self.end == "period":
            return {"summary": _("Cancelled at the end of the period")}
        if not self.end_date or self.end_date <= fields.Date.context_today(self):
            raise UserError(_("Choose a day that is still to come."))
        return {
            "summary": _("Cancelled on %s", fields.Date.to_string(self.end_date)),
            "cancel_at": fields.Datetime.to_datetime(self.end_date),
        }

    def _vals_keep(self):
        if not self.subscription_id.cancel_at:
            raise UserError(self.env._("The subscription isn't about to end."))
        return {"summary": self.env._("The cancellation is taken back")}


class ConnectorSubscriptionChangeWizardLine(models.TransientModel):
    _name = "connector.subscription.change.wizard.line"
    _description = "Change Subscription: Item"

    wizard_id = fields.Many2one(
        "connector.subscription.change.wizard", required=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "connector.subscription.item", required=True, readonly=True, ondelete="cascade"
    )
    product_id = fields.Many2one(related="item_id.product_id")
    present_quantity = fields.Float(related="item_id.quantity", string="Now")
    quantity = fields.Float(
        string="New Quantity", min_display_digits="Product Unit", required=True
    )
