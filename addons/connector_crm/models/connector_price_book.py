import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.errors import TransientError
from odoo.addons.connector_base.service_user import as_service, is_engine


class ConnectorPriceBook(models.Model):
    """A vendor's price book: what Odoo keeps as one pricelist for each currency."""

    _name = "connector.price.book"
    _inherit = ["connector.bound.mixin"]
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

    @api.model
    def _pricelists(self, wanted):
        """Find, or make, the pricelists of books in currencies.

        :param wanted: iterable of ``(book id, currency id)``; ``False`` for no book:
            any pricelist of that currency, none where it is the company's own
        :return: ``{(book id, currency id): pricelist id, or False for none}``
        :raises TransientError: another worker is making one of them right now
        """
        wanted = set(wanted)
        own = (False, self.env.company.currency_id.id)
        found = {own: False} if own in wanted else {}
        of_books = {pair for pair in wanted if pair[0]}
        others = wanted - of_books - {own}
        if of_books:
            found |= self._found([("price_book_id", "in", [b for b, _c in of_books])])
        if others:
            found |= self._found(
                Domain("price_book_id", "=", False)
                & Domain("active", "=", True)
                & Domain("currency_id", "in", [c for _book, c in others])
                & Domain("company_id", "in", [False, self.env.company.id])
            )
        missing = sorted(wanted - found.keys())
        if missing:
            found |= self._make_pricelists(missing)
        return {pair: found[pair] for pair in wanted}

    def _found(self, domain):
        pricelists = self.env["product.pricelist"].with_context(active_test=False)
        return {
            (pricelist.price_book_id.id, pricelist.currency_id.id): pricelist.id
            # Of several the first one counts: it comes last here.
            for pricelist in pricelists.search_fetch(
                domain, ["price_book_id", "currency_id"], order="sequence desc, id desc"
            )
        }

    def _make_pricelists(self, missing):
        books = {book.id: book for book in self.browse({b for b, _c in missing if b})}
        currencies = self.env["res.currency"].browse({c for _b, c in missing})
        names = {currency.id: currency.name for currency in currencies}
        try:
            with self.env.cr.savepoint():
                made = as_service(self.env["product.pricelist"]).create(
                    [
                        {
                            "name": books[book_id].name if book_id else names[currency],
                            "active": books[book_id].active if book_id else True,
                            "price_book_id": book_id,
                            "currency_id": currency,
                            "company_id": books[book_id].company_id.id
                            if book_id
                            else self.env.company.id,
                        }
                        for book_id, currency in missing
                    ]
                )
        except psycopg2.errors.UniqueViolation as error:
            raise TransientError(
                "Another worker has just made the pricelist of a price book."
            ) from error
        return dict(zip(missing, made.ids, strict=True))

    def write(self, vals):
        result = super().write(vals)
        shared = {name: vals[name] for name in ("name", "active") if name in vals}
        if shared:
            by_engine = is_engine(self.env)
            pricelists = self.pricelist_ids
            (as_service(pricelists) if by_engine else pricelists).write(shared)
        return result
