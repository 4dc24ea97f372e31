from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import recurring, versions

CHANGE_KINDS = [
    ("quantity", "Other Quantity"),
    ("cancel", "Cancellation"),
    ("keep", "Take a Cancellation Back"),
]
PRORATIONS = [
    ("create_prorations", "With the Next Invoice"),
    ("always_invoice", "Invoice It at Once"),
    ("none", "Don't Bill It"),
]
#: Who may ask for changes.
ASKING = ("sales_team.group_sale_manager", "connector_base.group_operator")


class ConnectorSubscription(models.Model):
    """What people ask of the billing system; it decides, and the next pull tells."""

    _inherit = "connector.subscription"

    wanted = fields.Json(readonly=True, copy=False)
    change_ids = fields.One2many("connector.subscription.change", "subscription_id")
    waiting_change_id = fields.Many2one(
        "connector.subscription.change", compute="_compute_waiting_change_id"
    )

    @api.depends("change_ids.state")
    def _compute_waiting_change_id(self):
        for one in self:
            waiting = one.change_ids.filtered(lambda c: c.state == "waiting")
            one.waiting_change_id = waiting[:1]

    def action_change(self):
        self.ensure_one()
        self._check_asking()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Subscription"),
            "res_model": "connector.subscription.change.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_subscription_id": self.id},
        }

    def _check_asking(self):
        if not any(self.env.user.has_group(group) for group in ASKING):
            raise AccessError(
                self.env._("Subscriptions are changed by sales managers and operators.")
            )
        self.check_access("read")

    def _ask_change(self, vals):
        """Ask for a change; what was asked before and isn't done yet is replaced.

        It goes out by the outbox with the subscription, under the key of the change.

        :param vals: values of ``connector.subscription.change``
        :return: the change
        :raises UserError: where the subscription is over, or not begun
        """
        self.ensure_one()
        self._check_asking()
        if self.status == "draft" or self.status in versions.OVER:
            raise UserError(
                self.env._("Only a subscription that has begun can be changed.")
            )
        subscription = self.sudo()
        subscription.change_ids.filtered(lambda c: c.state == "waiting").write(
            {"state": "replaced"}
        )
        change = subscription.change_ids.create(
            {**vals, "subscription_id": self.id, "user_id": self.env.uid}
        )
        subscription.wanted = change._wanted()
        subscription.message_post(
            body=self.env._("Asked for: %s", change.summary),
            author_id=self.env.user.partner_id.id,
        )
        return change

    def _make_versions(self):
        result = super()._make_versions()
        waiting = self.change_ids.filtered(lambda c: c.state == "waiting")
        done = waiting.filtered(lambda change: change._is_done())
        if done:
            done.state = "done"
        return result


class ConnectorSubscriptionChange(models.Model):
    """What somebody asked of the billing system for a subscription."""

    _name = "connector.subscription.change"
    _description = "Subscription Change"
    _order = "id desc"
    _rec_name = "summary"

    subscription_id = fields.Many2one(
        "connector.subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, index=True
    )
    kind = fields.Selection(CHANGE_KINDS, required=True, readonly=True)
    proration = fields.Selection(PRORATIONS, required=True, readonly=True)
    summary = fields.Char(required=True, readonly=True)
    quantities = fields.Json(readonly=True)
    cancel_at = fields.Datetime(readonly=True)
    at_once = fields.Boolean(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Asked By", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(
        [
            ("waiting", "On Its Way"),
            ("done", "Done"),
            ("replaced", "Replaced"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )

    def _wanted(self):
        """The change as ``shapes.Change``."""
        self.ensure_one()
        key = self.env["connector.binding"]._external_key(self._name, self.id)
        moment = self.cancel_at and f"{fields.Datetime.to_string(self.cancel_at)}Z"
        return {
            "key": key,
            "kind": self.kind,
            "proration": self.proration,
            "items": [
                {"item": ref, "quantity": quantity}
                for ref, quantity in (self.quantities or {}).items()
            ],
            "cancel_at": moment and moment.replace(" ", "T"),
            "now": self.at_once,
        }

    def _is_done(self):
        """Whether the subscription has become what was asked for."""
        self.ensure_one()
        subscription = self.subscription_id
        if self.kind == "quantity":
            now = {
                i["id"]: recurring.number(i["quantity"]) for i in subscription._items()
            }
            return all(
                now.get(ref, recurring.ZERO) == recurring.number(quantity)
                for ref, quantity in self.quantities.items()
            )
        if self.kind == "cancel":
            over = subscription.status in versions.OVER
            return over or bool(subscription.cancel_at and not self.at_once)
        return not subscription.cancel_at
