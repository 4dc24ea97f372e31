"""What Salesforce offers, and the first field map of each object.

The maps are files in ``data/field_maps``. Field names in them: object reference,
https://developer.salesforce.com/docs/platform/object-reference/guide. Optional lines
are for fields that not every org has: ``CurrencyIsoCode`` with several currencies,
``…Code`` of addresses with lists of states and countries, ``RecordTypeId`` where there
are record types, and fields of a company's own.

Streams are called as their objects. Parents come before children: a first load needs
to fetch few of them one by one.
"""

import pathlib

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.records import Stream

MAPS = pathlib.Path(__file__).parents[1] / "data" / "field_maps"


def _stream(name, entity, label, file, sequence, lane="default"):
    lines = shipped_lines(MAPS / f"{file}.json")
    return Stream(name, entity, label, lines, sequence, lane)


STREAMS = (
    _stream("Account", "customer.company", "Accounts", "accounts", 10),
    _stream("Contact", "customer.contact", "Contacts", "contacts", 20),
    _stream("Product2", "product", "Products", "products", 30),
    _stream("Pricebook2", "price.book", "Price Books", "price_books", 32),
    _stream("PricebookEntry", "price", "Prices", "prices", 34),
    _stream("Opportunity", "opportunity", "Opportunities", "opportunities", 40),
    _stream(
        "OpportunityLineItem",
        "opportunity.line",
        "Opportunity Products",
        "opportunity_lines",
        42,
    ),
    _stream("Lead", "lead", "Leads", "leads", 45),
    _stream("Quote", "quote", "Quotes", "quotes", 50),
    _stream("QuoteLineItem", "quote.line", "Quote Lines", "quote_lines", 52),
    _stream("Contract", "contract", "Contracts", "contracts", 60),
    _stream("Order", "order", "Orders", "orders", 70),
    _stream("OrderItem", "order.line", "Order Products", "order_lines", 72),
)
