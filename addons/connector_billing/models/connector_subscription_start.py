from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Who may look again whether a subscription can start.
CHECKING = (
    "sales_team.group_sale_manager,connector_base.group_operator,"
    "connector_base.group_finance_approver"
)


class ConnectorSubscription(models.Model):
    """How a subscription begins that an order of Odoo asks for.

    It is to be started until the billing system has made it, under our own key: once,
    whatever dies meanwhile. What can't be started says why.
    """

    _inherit = "connector.subscription"

    start_state = fields.Selection(
        [
            ("held", "Something Is Missing"),
            ("approval", "To Be Approved"),
            ("ready", "Ready"),
            ("stopped", "Not to Be Started"),
        ],
        string="Start",
        readonly=True,
        copy=False,
        index="btree_not_null",
        tracking=True,
    )
    start_problem = fields.Text(string="What Is Missing", readonly=True, copy=False)
    order_line_ids = fields.One2many(
        "sale.order.line", "billing_subscription_id", string="Order Lines"
    )

    def _check_approver(self):
        if not self.env.user.has_group("connector_base.group_finance_approver"):
            raise AccessError(
                self.env._("Subscriptions are approved by finance approvers.")
            )

    def action_approve_start(self):
        """Let it be started, by somebody who may approve."""
        self._check_approver()
        self.check_access("read")
        waiting = self.sudo().filtered(lambda s: s.start_state == "approval")
        waiting.start_state = "ready"
        for one in waiting:
            one.message_post(body=self.env._("Approved to be started."))

    def action_stop_start(self):
        """Don't start it; its lines are Odoo's to invoice again."""
        self._check_approver()
        self.check_access("read")
        if any(one.status != "draft" or one._is_known() for one in self):
            raise UserError(
                self.env._(
                    "The billing system has it already: cancel the subscription"
                    " instead."
                )
            )
        self.sudo().start_state = "stopped"

    def action_check_start(self):
        """Look again whether all is there to start it."""
        if not self.env.user.has_groups(CHECKING):
            raise AccessError(
                self.env._(
                    "Sales managers, operators and finance approvers look again whether"
                    " a subscription can start."
                )
            )
        self.check_access("read")
        self.sudo().filtered(lambda s: s.start_state == "held")._prepare_start()

    def _is_known(self):
        """Whether the billing system has it, or is about to make it."""
        return bool(
            self.env["connector.binding"]
            .sudo()
            .search_count(
                [
                    ("entity", "=", "billing.subscription"),
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                ],
                limit=1,
            )
        )

    def _prepare_start(self):
        """Make the terms of the order's lines; say what is missing."""
        policies = {
            policy.connection_id: policy
            for policy in self.env["connector.billing.policy"].search(
                [("connection_id", "in", self.connection_id.ids)]
            )
        }
        products = self.order_line_ids.product_id
        prices = products._billing_prices(self.connection_id)
        none = self.env["connector.billing.price"]
        for one in self:
            problems, items = [], []
            for line in one.order_line_ids:
                of_product = prices.get(line.product_id.id, none)
                price, problem = line._billing_price(
                    of_product.filtered(
                        lambda p, c=one.connection_id: p.connection_id == c
                    )
                )
                if problem:
                    problems.append(problem)
                else:
                    items.append(line._subscription_item(price))
            policy = policies.get(one.connection_id)
            after = policy and policy.order_subscriptions == "approval"
            state = "held" if problems else "approval" if after else "ready"
            one.write(
                {
                    "start_problem": "\n".join(problems) or False,
                    "start_state": state,
                    "terms": {"items": items, "discounts": [], "phases": []},
                }
            )


class SaleOrder(models.Model):
    """Confirmed orders begin subscriptions, where a policy says so."""

    _inherit = "sale.order"

    billing_connection_id = fields.Many2one(
        "connector.connection",
        string="Billed By",
        domain="[('id', 'in', billing_connection_ids)]",
        check_company=True,
        copy=False,
        help="Which billing account the subscriptions begin in; the only one whose"
        " prices fit if empty.",
    )
    billing_connection_ids = fields.Many2many(
        "connector.connection", compute="_compute_billing_connection_ids"
    )
    billing_subscription_ids = fields.One2many(
        "connector.subscription", "sale_order_id", string="Subscriptions"
    )
    billing_subscription_count = fields.Integer(
        compute="_compute_billing_subscription_count"
    )

    @api.depends("company_id")
    def _compute_billing_connection_ids(self):
        for company, orders in self.grouped("company_id").items():
            policies = self.env["connector.billing.policy"]._starting(company)
            orders.billing_connection_ids = policies.connection_id

    @api.depends("billing_subscription_ids")
    def _compute_billing_subscription_count(self):
        for order in self:
            order.billing_subscription_count = len(order.billing_subscription_ids)

    def _action_confirm(self):
        result = super()._action_confirm()
        self.sudo()._begin_subscriptions()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        started = self.sudo().billing_subscription_ids
        for one in started.filtered(lambda s: s.start_state and s.status == "draft"):
            if not one._is_known():
                one.start_state = "stopped"
        return result

    def _begin_subscriptions(self):
        """Make subscriptions to be started of the lines with a recurring price.

        One for each order, billing account and interval: a second confirmation finds
        its lines taken.
        """
        for company, orders in self.grouped("company_id").items():
            policies = self.env["connector.billing.policy"]._starting(company)
            if policies:
                orders._begin_subscriptions_with(policies)

    def _begin_subscriptions_with(self, policies):
        lines = self.order_line.filtered(
            lambda line: (
                line.product_id
                and not line.display_type
                and not line.is_downpayment
                and not line.billing_subscription_id
            )
        )
        by_product = lines.product_id._billing_prices(policies.connection_id)
        groups = {}
        for line in lines:
            prices = by_product.get(line.product_id.id)
            connection = prices and line._billing_connection(prices)
            if connection:
                own = prices.filtered(lambda p, c=connection: p.connection_id == c)
                chosen, _problem = line._billing_price(own)
                every = (chosen.interval, chosen.interval_count)
                key = (line.order_id, connection, every)
                groups.setdefault(key, self.env["sale.order.line"])
                groups[key] |= line
        subscriptions = self.env["connector.subscription"].create(
            [
                {
                    "connection_id": connection.id,
                    "partner_id": order._billing_partner(connection).id,
                    "sale_order_id": order.id,
                    "currency_id": order.currency_id.id,
                    "order_key": order._subscription_key(lines),
                    "start_state": "held",
                }
                for (order, connection, _every), lines in groups.items()
            ]
        )
        for one, lines in zip(subscriptions, groups.values(), strict=True):
            lines.billing_subscription_id = one
        subscriptions._prepare_start()

    def _subscription_key(self, lines):
        """Our key of what lines of the order begin: the same at every try."""
        key = self.env["connector.binding"]._external_key(self._name, self.id)
        return f"{key}-{min(lines.ids)}"

    def _billing_partner(self, connection):
        """Who is billed: the invoice address where it has an account of its own."""
        address = self.partner_invoice_id or self.partner_id
        known = self.env["connector.binding"]._remote_ids(
            connection, {"billing.customer": address.ids}
        )
        return address if known else address.commercial_partner_id

    def action_open_subscriptions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "connector_billing.connector_subscription_action"
        )
        action["domain"] = [("sale_order_id", "=", self.id)]
        action["context"] = {"create": False}
        return action


class ConnectorBillingPolicy(models.Model):
    _inherit = "connector.billing.policy"

    @api.model
    def _starting(self, company):
        """The policies of a company by which orders begin subscriptions."""
        return self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("order_subscriptions", "!=", "never"),
                ("connection_id.active", "=", True),
            ],
            order="connection_id",
        )
