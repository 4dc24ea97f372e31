from odoo import fields, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    price_book_id = fields.Many2one(
        "connector.price.book",
        readonly=True,
        copy=False,
        ondelete="restrict",
        check_company=True,
        help="The price book of another system whose prices in this currency it holds.",
    )

    _price_book_uniq = models.UniqueIndex(
        "(price_book_id, currency_id) WHERE price_book_id IS NOT NULL",
        "A price book has one pricelist for each currency.",
    )
