import datetime

from odoo import api, fields, models

from ..engine import recurring
from .connector_billing_price import INTERVALS


class ConnectorSubscriptionItem(models.Model):
    """An item of a subscription as it is now; what it was stands in its versions."""

    _name = "connector.subscription.item"
    _description = "Subscription Item"
    _order = "subscription_id, sequence, id"
    _check_company_auto = True

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
    currency_id = fields.Many2one(related="subscription_id.currency_id", store=True)
    active = fields.Boolean(default=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    remote_ref = fields.Char(string="Remote ID", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    price_id = fields.Many2one(
        "connector.billing.price",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(readonly=True, min_display_digits="Product Unit")
    unit_amount = fields.Float(
        string="Unit Price",
        readonly=True,
        min_display_digits="Product Price",
        aggregator=None,
    )
    amount = fields.Float(
        readonly=True, min_display_digits="Product Price", help="In one interval."
    )
    interval = fields.Selection(INTERVALS, string="Billed Every", readonly=True)
    interval_count = fields.Integer(string="Intervals", readonly=True, aggregator=None)
    metered = fields.Boolean(string="By Usage", readonly=True)
    charge = fields.Boolean(string="Once", readonly=True)
    mrr = fields.Monetary(
        string="MRR",
        compute="_compute_mrr",
        store=True,
        help="Its part of the subscription's, discounts taken off.",
    )

    _remote_uniq = models.UniqueIndex(
        "(subscription_id, remote_ref)", "An item stands once in its subscription."
    )

    @api.depends("subscription_id.terms", "subscription_id.status")
    def _compute_mrr(self):
        now = fields.Datetime.now().replace(tzinfo=datetime.UTC)
        for subscription, items in self.grouped("subscription_id").items():
            found = subscription._items()
            months = recurring.item_months(found, subscription._discounts(), now)
            if subscription.status not in recurring.COUNTS:
                months = [recurring.ZERO] * len(found)
            worth = dict(zip([i["id"] for i in found], months, strict=True))
            places = subscription.currency_id.decimal_places
            for item in items:
                month = worth.get(item.remote_ref, recurring.ZERO)
                item.mrr = float(recurring.rounded(month, places))

    @api.model
    def _vals_of(self, item, sequence):
        """Values of the row for a ``shapes.Item``."""
        return {
            "sequence": sequence,
            "active": True,
            "remote_ref": item["id"],
            "product_id": item.get("product_id") or False,
            "price_id": item.get("price_id") or False,
            "name": item.get("description") or False,
            "quantity": float(recurring.number(item.get("quantity"))),
            "unit_amount": float(recurring.number(item.get("unit_amount"))),
            "amount": float(recurring.item_amount(item)),
            "interval": item.get("interval") or False,
            "interval_count": item.get("interval_count") or 1,
            "metered": bool(item.get("metered")),
            "charge": bool(item.get("charge")),
        }

    def _write_changed(self, vals):
        changed = {
            name: value
            for name, value in vals.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)

    @api.depends("name", "product_id", "subscription_id")
    def _compute_display_name(self):
        for item in self:
            what = item.product_id.display_name or item.name or item.remote_ref
            item.display_name = f"{item.subscription_id.number or ''}: {what}"
