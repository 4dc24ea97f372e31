from odoo import api, fields, models

#: How often something is charged, as vendors' deals say; months of each, where it is a
#: number of them.
RECURRING_PERIODS = [
    ("one_time", "One Time"),
    ("weekly", "Weekly"),
    ("biweekly", "Every Two Weeks"),
    ("monthly", "Monthly"),
    ("quarterly", "Quarterly"),
    ("half_yearly", "Half-Yearly"),
    ("yearly", "Yearly"),
    ("two_yearly", "Every Two Years"),
    ("three_yearly", "Every Three Years"),
    ("four_yearly", "Every Four Years"),
    ("five_yearly", "Every Five Years"),
]


class ConnectorDealLine(models.Model):
    """What is sold by a deal: a line of an opportunity, in the deal's own currency."""

    _name = "connector.deal.line"
    _description = "Deal Line"
    _inherit = ["connector.guard"]
    _order = "lead_id, sequence, id"
    _check_company_auto = True

    lead_id = fields.Many2one(
        "crm.lead",
        string="Opportunity",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="lead_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('sale_ok', '=', True)]",
        check_company=True,
    )
    name = fields.Char(
        string="Title",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    description = fields.Text()
    # Vendors' prices have more decimals than Odoo's: what was rounded would look as if
    # somebody had changed it.
    quantity = fields.Float(default=1.0, min_display_digits="Product Unit")
    price_unit = fields.Float(
        string="Unit Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
        min_display_digits="Product Price",
    )
    discount = fields.Float(string="Discount (%)", min_display_digits="Discount")
    discount_amount = fields.Monetary(
        string="Discount",
        compute="_compute_discount_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What is taken off the whole line.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    price_subtotal = fields.Monetary(
        string="Subtotal", compute="_compute_price_subtotal", store=True
    )
    remote_total = fields.Monetary(
        string="Total Over There",
        readonly=True,
        copy=False,
        help="What the other system counts for this line.",
    )
    total_differs = fields.Boolean(compute="_compute_total_differs")
    recurring_period = fields.Selection(RECURRING_PERIODS, string="Charged")
    term_months = fields.Integer(string="Term (Months)")
    date_start = fields.Date(string="Starts On")
    date_end = fields.Date(string="Ends On")

    @api.depends("product_id")
    def _compute_name(self):
        for line in self:
            line.name = line.name or line.product_id.display_name or False

    @api.depends("product_id")
    def _compute_price_unit(self):
        for line in self:
            own = line.product_id.currency_id
            # A price in another currency is nothing to start from.
            if line.product_id and not line.price_unit and own == line.currency_id:
                line.price_unit = line.product_id.lst_price
            else:
                line.price_unit = line.price_unit

    @api.depends("lead_id")
    def _compute_currency_id(self):
        for line in self:
            line.currency_id = (
                line.currency_id
                or line.lead_id.deal_currency_id
                or line.lead_id.company_id.currency_id
                or self.env.company.currency_id
            )

    @api.depends("quantity", "price_unit", "discount", "currency_id")
    def _compute_discount_amount(self):
        for line in self:
            whole = line.quantity * line.price_unit
            amount = whole * line.discount / 100
            currency = line.currency_id
            line.discount_amount = currency.round(amount) if currency else amount

    @api.onchange("discount_amount")
    def _onchange_discount_amount(self):
        whole = self.quantity * self.price_unit
        self.discount = self.discount_amount * 100 / whole if whole else 0.0

    @api.depends("quantity", "price_unit", "discount_amount", "currency_id")
    def _compute_price_subtotal(self):
        for line in self:
            total = line.quantity * line.price_unit - line.discount_amount
            currency = line.currency_id
            line.price_subtotal = currency.round(total) if currency else total

    @api.depends("price_subtotal", "remote_total")
    def _compute_total_differs(self):
        for line in self:
            differs = line.currency_id.compare_amounts(
                line.remote_total, line.price_subtotal
            )
            line.total_differs = bool(line.remote_total and differs)
