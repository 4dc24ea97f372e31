"""What HubSpot offers, and the first field map of each.

The maps are files in ``data/field_maps``. Property names in them: HubSpot's default
properties of companies, contacts, deals, products, line items and quotes,
https://developers.hubspot.com/docs/api-reference/crm-properties-v3

Odoo's contacts have one phone number: it is the mobile one where there is no other, so
that contacts have two lines for it.

What ships beside them, in ``data/field_packs``, is nobody's until it is wanted: lines
that tell HubSpot how a customer stands in Odoo's books.
"""

import pathlib

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.records import MapPack, Stream

DATA = pathlib.Path(__file__).parents[1] / "data"
MAPS, PACKS = DATA / "field_maps", DATA / "field_packs"


def _stream(name, entity, label, sequence, packs=()):
    lines = shipped_lines(MAPS / f"{name}.json")
    return Stream(name, entity, label, lines, sequence, packs=packs)


def _pack(name, label):
    return MapPack(label, shipped_lines(PACKS / f"{name}.json"))


STANDING = _pack("financial_standing", "Financial Standing")
STREAMS = (
    _stream("companies", "customer.company", "Companies", 10, (STANDING,)),
    _stream("contacts", "customer.contact", "Contacts", 20),
    _stream("price_books", "price.book", "Price Books", 25),
    _stream("products", "product", "Products", 30),
    _stream("prices", "price", "Prices by Currency", 35),
    _stream("deals", "opportunity", "Deals", 40),
    _stream("line_items", "opportunity.line", "Line Items", 50),
    _stream("quotes", "quote", "Quotes", 60),
    _stream("quote_line_items", "quote.line", "Lines of Quotes", 70),
)
