from odoo import api, fields, models

INTERVALS = [
    ("day", "Day"),
    ("week", "Week"),
    ("month", "Month"),
    ("year", "Year"),
]
BILLING_SCHEMES = [
    ("per_unit", "Per Unit"),
    ("flat", "Flat"),
    ("tiered", "Graduated Tiers"),
    ("volume", "Volume"),
    ("package", "Package"),
]
AGGREGATIONS = [
    ("sum", "Sum of All"),
    ("max", "Highest"),
    ("last", "Latest"),
]


class ConnectorBillingPrice(models.Model):
    """A price of a product in a billing system, once or again in each interval."""

    _name = "connector.billing.price"
    _description = "Billing Price"
    _inherit = ["connector.guard", "connector.bound.mixin"]
    _order = "product_id, currency_id, id"
    _check_company_auto = True

    connection_id = fields.Many2one(
        "connector.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    active = fields.Boolean(default=True)
    name = fields.Char()
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    # Vendors' prices of usage have more decimals than Odoo's.
    amount = fields.Float(
        string="Unit Price",
        min_display_digits="Product Price",
        help="Of one in each interval; nothing where it depends on the quantity.",
    )
    interval = fields.Selection(
        INTERVALS, string="Billed Every", help="Empty for what is billed once."
    )
    interval_count = fields.Integer(string="Intervals", default=1)
    metered = fields.Boolean(
        string="By Usage", help="Billed afterwards by what was used."
    )
    meter = fields.Char(help="The name under which usage is told to the vendor.")
    aggregation = fields.Selection(
        AGGREGATIONS,
        string="Usage Counts As",
        default="sum",
        required=True,
        help="What of all the usage of a period is billed.",
    )
    billing_scheme = fields.Selection(
        BILLING_SCHEMES, string="Scheme", default="per_unit", required=True
    )
    tier_data = fields.Json(readonly=True, copy=False)
    tier_text = fields.Text(string="Tiers", compute="_compute_tier_text")

    _interval_count_positive = models.Constraint(
        "CHECK (interval_count > 0)", "A price is billed every one or more intervals."
    )
    _product_idx = models.Index("(product_id, connection_id) WHERE active")

    def _tiers(self):
        """:return: list of ``shapes.Tier``, the first one first"""
        return (self.tier_data or {}).get("tiers") or []

    @api.depends("tier_data", "currency_id")
    def _compute_tier_text(self):
        _ = self.env._
        for price in self:
            lines, start = [], 0
            for tier in price._tiers():
                unit = tier.get("unit_amount") or "0"
                flat = tier.get("flat_amount")
                end = tier.get("up_to")
                span = _("%(start)s to %(end)s", start=start + 1, end=end)
                if not end:
                    span = _("from %s on", start + 1)
                each = _("%(amount)s each", amount=unit)
                plus = _("%(each)s and %(flat)s once", each=each, flat=flat)
                lines.append(f"{span}: {plus if flat else each}")
                start = int(float(end)) if end else start
            price.tier_text = "\n".join(lines) or False

    @api.depends("name", "product_id", "amount", "currency_id", "interval")
    def _compute_display_name(self):
        _ = self.env._
        intervals = dict(self._fields["interval"]._description_selection(self.env))
        for price in self:
            what = price.name or price.product_id.display_name
            text = f"{price.amount:g} {price.currency_id.name}"
            if price.interval and price.interval_count == 1:
                text = _(
                    "%(price)s per %(interval)s",
                    price=text,
                    interval=intervals[price.interval].lower(),
                )
            elif price.interval:
                text = _(
                    "%(price)s per %(count)s %(interval)ss",
                    price=text,
                    count=price.interval_count,
                    interval=intervals[price.interval].lower(),
                )
            price.display_name = _("tiers") if price.tier_data else text
            price.display_name = f"{what} ({price.display_name})"
