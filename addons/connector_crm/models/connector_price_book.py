from odoo import api, fields, models


class ConnectorPriceBook(models.Model):
    """A vendor's price book: what Odoo keeps as one pricelist for each currency."""

    _name = "connector.price.book"
    _description = "Price Book"
    _order = "is_standard desc, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    is_standard = fields.Boolean(
        string="Standard Prices",
        help="Holds the list price of each product; other books differ from it.",
    )
    description = fields.Text()
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    pricelist_ids = fields.One2many(
        "product.pricelist",
        "price_book_id",
        string="Pricelists",
        check_company=True,
        context={"active_test": False},
        help="One for each currency.",
    )
    currency_ids = fields.Many2many(
        "res.currency", string="Currencies", compute="_compute_currency_ids"
    )

    @api.depends("pricelist_ids.currency_id")
    def _compute_currency_ids(self):
        for book in self:
            book.currency_ids = book.pricelist_ids.currency_id

    def _pricelists(self, wanted):
        """Find, or make, the pricelists of books in currencies.

        :param wanted: iterable of ``(book id, currency id)``
        :return: ``{(book id, currency id): pricelist id}``
        """
        wanted = set(wanted)
        if not wanted:
            return {}
        pricelists = self.env["product.pricelist"].with_context(active_test=False)
        found = {
            (pricelist.price_book_id.id, pricelist.currency_id.id): pricelist.id
            for pricelist in pricelists.search_fetch(
                [("price_book_id", "in", [book_id for book_id, _currency in wanted])],
                ["price_book_id", "currency_id"],
            )
        }
        missing = sorted(wanted - found.keys())
        books = {book.id: book for book in self.browse({b for b, _c in missing})}
        made = pricelists.create(
            [
                {
                    "name": books[book_id].name,
                    "active": books[book_id].active,
                    "price_book_id": book_id,
                    "currency_id": currency_id,
                    "company_id": books[book_id].company_id.id,
                }
                for book_id, currency_id in missing
            ]
        )
        found.update(zip(missing, made.ids, strict=True))
        return {pair: found[pair] for pair in wanted}

    def write(self, vals):
        result = super().write(vals)
        shared = {name: vals[name] for name in ("name", "active") if name in vals}
        if shared:
            self.pricelist_ids.write(shared)
        return result
