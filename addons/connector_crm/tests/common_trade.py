"""A vendor with everything that leads to a sale, and builders of its records."""

from odoo.addons.connector_base.engine.records import Stream
from odoo.addons.connector_base.tests.common_vendor import (
    COMPANIES,
    CONTACTS,
    PRODUCTS,
    remote,
    same_names,
)

from .common import DEALS, DealCase


def stream(name, entity, sequence, *targets, **options):
    """A stream whose remote paths are called as the entity's fields."""
    return Stream(
        name=name,
        entity=entity,
        label=name.replace("_", " ").capitalize(),
        default_map=same_names(*targets, **options),
        sequence=sequence,
    )


LEADS = stream(
    "leads",
    "lead",
    45,
    *("first_name", "last_name", "company_name", "email", "phone", "job", "city"),
    *("country", "description", "source", "status", "owner", "is_converted"),
    *("converted_company", "converted_contact", "converted_opportunity"),
)
DEAL_LINES = stream(
    "deal_lines",
    "opportunity.line",
    50,
    *("opportunity", "product", "sku", "name", "quantity", "unit_price", "discount"),
    *("discount_amount", "total", "currency", "recurring_period", "term"),
    *("start_date", "end_date", "sequence"),
)
BOOKS = stream("books", "price.book", 25, "name", "is_standard", "is_active")
PRICES = stream(
    "prices", "price", 30, "price_book", "product", "currency", "price", "is_active"
)
QUOTES = stream(
    "quotes",
    "quote",
    60,
    *("number", "name", "company", "contact", "opportunity", "valid_until"),
    *("currency", "price_book", "status", "payment_terms", "description", "total"),
)
QUOTE_LINES = stream(
    "quote_lines",
    "quote.line",
    65,
    *("quote", "product", "name", "quantity", "unit_price", "discount", "sequence"),
)
ORDERS = stream(
    "orders",
    "order",
    70,
    *("number", "company", "contact", "opportunity", "order_date", "currency"),
    *("status", "total", "price_book", "contract"),
    owner="odoo",
    direction="push",
)
ORDER_LINES = stream(
    "order_lines",
    "order.line",
    75,
    *("order", "product", "name", "quantity", "unit_price", "discount", "total"),
    owner="odoo",
    direction="push",
)
CONTRACTS = stream(
    "contracts",
    "contract",
    68,
    *("number", "company", "opportunity", "start_date", "end_date", "term"),
    *("status", "owner", "description"),
)


class TradeCase(DealCase):
    """Companies, contacts, products and deals, and what a test adds to them."""

    streams = (COMPANIES, CONTACTS, PRODUCTS, DEALS)

    def product(self, remote_id=1, **values):
        """The vendor's product comes; returns Odoo's."""
        values = {"name": "Licence", "sku": f"SKU-{remote_id}", **values}
        self.pull("products", remote(remote_id, **values))
        product = self.taken("products", remote_id)
        product.taxes_id = False
        return product

    def company(self, remote_id=1, **values):
        """The vendor's company comes; returns its partner."""
        self.pull("companies", remote(remote_id, **{"name": "Acme", **values}))
        return self.taken("companies", remote_id)

    def brought(self, stream_name, remote_id=1, at=None, **values):
        """A record of a stream comes; returns Odoo's."""
        self.pull(stream_name, remote(remote_id, at=at, **values))
        return self.taken(stream_name, remote_id)

    def held(self, stream_name, remote_id=1):
        """What holds a record, as ``[(code, message)]``."""
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", self.flow(stream_name).id),
                ("remote_id", "=", str(remote_id)),
                ("state", "=", "open"),
            ],
            order="id",
        )
        return [(item.exception_id.code, item.message) for item in items]

    def codes(self, stream_name, remote_id=1):
        return [code for code, _message in self.held(stream_name, remote_id)]

    def queries_of(self, stream_name, *records):
        """How many queries it takes until a page of records is taken."""
        self.vendor.add_page(stream_name, *records)
        self.flow(stream_name).action_sync()
        before = self.env.cr.sql_log_count
        self.run_jobs()
        return self.env.cr.sql_log_count - before
