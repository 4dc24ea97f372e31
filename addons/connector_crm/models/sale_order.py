from odoo import api, fields, models

QUOTE_STATUSES = [
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("expired", "Expired"),
]


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "connector.bound.mixin"]

    remote_title = fields.Char(
        string="Title",
        copy=False,
        help="What the quote is called in the system that it was made in.",
    )
    remote_total = fields.Monetary(
        string="Total Over There",
        readonly=True,
        copy=False,
        help="What the quote comes to in the system that it was made in.",
    )
    remote_status = fields.Selection(
        QUOTE_STATUSES,
        string="Status Over There",
        readonly=True,
        copy=False,
        help="What the quote is in the system that it was made in.",
    )
    price_book_id = fields.Many2one(related="pricelist_id.price_book_id")
    agreement_ids = fields.One2many("connector.agreement", "sale_order_id")
    agreement_version_ids = fields.One2many(
        "connector.agreement.version", "sale_order_id"
    )
    agreement_id = fields.Many2one(
        "connector.agreement",
        string="Contract",
        compute="_compute_agreement_id",
        store=True,
        index="btree_not_null",
        help="The contract that the order began, or that it is a version of.",
    )

    @api.depends("agreement_ids", "agreement_version_ids.agreement_id")
    def _compute_agreement_id(self):
        for order in self:
            of_versions = order.agreement_version_ids.agreement_id
            order.agreement_id = (of_versions or order.agreement_ids)[:1]
