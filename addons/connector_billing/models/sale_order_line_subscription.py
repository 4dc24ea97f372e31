from odoo import api, fields, models
from odoo.tools import float_compare

from odoo.addons.connector_base.engine.render import decimal_of, plain_number


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _billing_prices(self, connections):
        """``{product id: recurring prices of these connections}``, in one query."""
        prices = self.env["connector.billing.price"].search(
            [
                ("product_id", "in", self.ids),
                ("connection_id", "in", connections.ids),
                ("interval", "!=", False),
            ]
        )
        return {
            product.id: found for product, found in prices.grouped("product_id").items()
        }


class SaleOrderLine(models.Model):
    """A line that the billing system bills, again and again, and Odoo doesn't."""

    _inherit = "sale.order.line"

    billing_subscription_id = fields.Many2one(
        "connector.subscription",
        string="Subscription",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    billing_price_id = fields.Many2one(
        "connector.billing.price",
        string="Recurring Price",
        copy=False,
        domain="[('product_id', '=', product_id), ('interval', '!=', False)]",
        help="The price of the billing system; the only one that fits if empty.",
    )

    def _is_billed_elsewhere(self):
        self.ensure_one()
        subscription = self.sudo().billing_subscription_id
        return bool(subscription) and subscription.start_state != "stopped"

    @api.depends("billing_subscription_id.start_state")
    def _compute_qty_to_invoice(self):
        """What becomes a subscription is never invoiced by Odoo, too."""
        super()._compute_qty_to_invoice()
        for line in self:
            if line._is_billed_elsewhere():
                line.qty_to_invoice = 0

    @api.depends("billing_subscription_id.start_state")
    def _compute_invoice_status(self):
        super()._compute_invoice_status()
        for line in self:
            if line.state == "sale" and line._is_billed_elsewhere():
                line.invoice_status = "no"

    def _billing_every(self):
        """How often the line is to be billed, as ``(interval, count)``; extend it.

        :return: ``None`` where the line doesn't say
        """
        return None

    def _billing_connection(self, prices):
        """The billing account that the line's subscription begins in.

        :param prices: recurring prices of its product
        """
        chosen = (
            self.billing_price_id.connection_id or self.order_id.billing_connection_id
        )
        connections = prices.connection_id
        if chosen:
            return chosen & connections
        return connections.sorted("id")[:1]

    def _billing_price(self, prices):
        """The price that the line is billed by: exactly one, or why not.

        :param prices: the recurring ones of its product in one billing account
        :return: ``(price, None)``, or ``(no price, sentence)``
        """
        self.ensure_one()
        _ = self.env._
        none = self.env["connector.billing.price"]
        every = self._billing_every()
        fitting = prices.filtered(
            lambda price: (
                price.currency_id == self.order_id.currency_id
                and (not every or every == (price.interval, price.interval_count))
            )
        )
        if self.billing_price_id:
            fitting = self.billing_price_id & fitting
        costing = fitting.filtered(self._costs)
        found = costing if len(costing) == 1 else fitting if not costing else costing
        line = self.name.splitlines()[0] if self.name else self.product_id.display_name
        if len(found) != 1:
            if not found:
                return none, _(
                    "“%(line)s”: the product has no recurring price in %(currency)s"
                    " that fits. Make one under Billing, Prices, then check again.",
                    line=line,
                    currency=self.order_id.currency_id.name,
                )
            return none, _(
                "“%(line)s”: %(count)s recurring prices fit. Choose one on the order's"
                " line, then check again.",
                line=line,
                count=len(found),
            )
        if not self._costs(found):
            return none, _(
                "“%(line)s” was sold for %(sold)s, and the price “%(price)s” is another"
                " one. Make a price for it under Billing, Prices, then check again.",
                line=line,
                sold=plain_number(decimal_of(self._price_after_discount())),
                price=found.display_name,
            )
        return found, None

    def _price_after_discount(self):
        return round(self.price_unit * (1 - (self.discount or 0.0) / 100), 6)

    def _costs(self, price):
        """Whether the line was sold at a price; of tiers and usage nobody can tell."""
        if price.metered or price.tier_data:
            return True
        sold = self._price_after_discount()
        return not float_compare(sold, price.amount, precision_digits=6)

    def _subscription_item(self, price):
        """The line as a ``shapes.Item`` with Odoo's ids, for the terms."""
        tiered = price.metered or price.tier_data
        return {
            "id": f"line-{self.id}",
            "product": None,
            "price": None,
            "product_id": self.product_id.id,
            "price_id": price.id,
            "description": self.product_id.display_name,
            "quantity": plain_number(decimal_of(self.product_uom_qty)),
            "unit_amount": None if tiered else plain_number(decimal_of(price.amount)),
            "amount": None,
            "interval": price.interval,
            "interval_count": price.interval_count,
            "metered": price.metered,
            "charge": False,
        }
