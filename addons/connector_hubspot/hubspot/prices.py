"""Prices of products in each currency, where an account has several.

An account with several currencies keeps a price of each product for each of them, in
properties that are called ``hs_price_<currency>`` [M]. They become records of their
own, ``{"id": "4711:EUR", "product", "currency", "price", "price_book"}``, all of the
one price book that HubSpot has without a name. A price that is empty is none.
"""

import datetime
import re

from odoo.addons.connector_base.engine.records import Page, RemoteField, RemoteRecord
from odoo.addons.connector_base.engine.values import UTC

from . import ask
from .endpoints import path
from .reader import HubSpotReader

PRICE = re.compile(r"hs_price_([a-z]{3})")
BOOK = "standard"
BOOK_NAME = "HubSpot"
#: Seconds after which the account is asked again in which currencies it has prices.
ASK_SECONDS = 3600

#: Stream -> what its records hold.
FIELDS = {
    "price_books": (
        RemoteField("id", "Record ID", "text", "id", writable=False, unique=True),
        RemoteField("name", "Name", "text", writable=False),
        RemoteField("is_standard", "Standard", "boolean", writable=False),
    ),
    "prices": (
        RemoteField("id", "Record ID", "text", "id", writable=False, unique=True),
        RemoteField("product", "Product", "reference", references="products"),
        RemoteField("price_book", "Price Book", "reference", references="price_books"),
        RemoteField("currency", "Currency", "text"),
        RemoteField("price", "Price", "money"),
    ),
}


def property_of(currency):
    """The property that holds the price in a currency: ``EUR`` -> ``hs_price_eur``"""
    return f"hs_price_{currency.lower()}"


def price_id(product, currency):
    """The id of a price: it is the product's, and there is one in each currency."""
    return f"{product}:{currency}"


class Currencies:
    """The properties that hold prices, kept with the cursor and asked for hourly."""

    def __init__(self, client, cursor):
        self.client = client
        cursor = dict(cursor or {})
        self.known = cursor.pop("currencies", None)
        #: What is left is the reader's own.
        self.cursor = cursor or None

    def names(self):
        """Names of the properties, sorted; none where there is one currency only."""
        now = datetime.datetime.now(UTC).timestamp()
        if self.known is None or now - self.known["at"] > ASK_SECONDS:
            where = path("properties", self.client.api_version, "products")
            found = ask.results(self.client.get(where).data)
            names = [each["name"] for each in found if not each.get("archived")]
            names = sorted(filter(PRICE.fullmatch, names))
            if self.known is not None and self.known["names"] != names:
                # Of another currency all prices are new.
                self.cursor = None
            self.known = {"at": now, "names": names}
        return self.known["names"]

    def kept(self, cursor):
        return {**cursor, "currencies": self.known}


class PriceReader(HubSpotReader):
    """Reads products and gives a record for each of their prices."""

    def __init__(self, client, stream, paths):
        super().__init__(client, "products", ())
        self._own = list(self.properties)

    def fetch_page(self, cursor):
        currencies = Currencies(self.client, cursor)
        names = currencies.names()
        if not names:
            return Page([], currencies.kept({}), True)
        self.properties = sorted({*self._own, *names})
        page = super().fetch_page(currencies.cursor)
        page.records = self._prices(page.records, names)
        page.next_cursor = currencies.kept(page.next_cursor)
        return page

    def fetch_by_ids(self, ids):
        """The prices of these ids, and all of the products among them."""
        names = Currencies(self.client, None).names()
        self.properties = sorted({*self._own, *names})
        products = list(dict.fromkeys(each.partition(":")[0] for each in ids))
        return self._prices(super().fetch_by_ids(products), names)

    def _prices(self, products, names):
        return [
            RemoteRecord(
                remote_id=price_id(product.remote_id, currency),
                values={
                    "id": price_id(product.remote_id, currency),
                    "product": product.remote_id,
                    "price_book": BOOK,
                    "currency": currency,
                    "price": price,
                },
                updated_at=product.updated_at,
                archived=product.archived or price in (None, ""),
            )
            for product in products
            for name in names
            for currency in [PRICE.fullmatch(name)[1].upper()]
            for price in [product.values["properties"].get(name)]
        ]


class PriceBookReader:
    """The one book that all prices are of, where there are prices by currency."""

    def __init__(self, client, stream, paths):
        self.client = client

    def fetch_page(self, cursor):
        currencies = Currencies(self.client, cursor)
        records = [_book()] if currencies.names() else []
        return Page(records, currencies.kept({}), True)

    def fetch_by_ids(self, ids):
        return [_book()] if BOOK in ids else []


def _book():
    values = {"id": BOOK, "name": BOOK_NAME, "is_standard": True}
    return RemoteRecord(BOOK, values)
