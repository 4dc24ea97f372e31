"""What HubSpot offers, and the first field map of each.

The maps are files in ``data/field_maps``. Property names in them: HubSpot's default
properties of companies, contacts, deals, products,
https://developers.hubspot.com/docs/api-reference/crm-properties-v3

Odoo's contacts have one phone number: it is the mobile one where there is no other, so
that contacts have two lines for it.
"""

import pathlib

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.records import Stream

MAPS = pathlib.Path(__file__).parents[1] / "data" / "field_maps"


def _stream(name, entity, label, sequence):
    lines = shipped_lines(MAPS / f"{name}.json")
    return Stream(name, entity, label, lines, sequence)


STREAMS = (
    _stream("companies", "customer.company", "Companies", 10),
    _stream("contacts", "customer.contact", "Contacts", 20),
    _stream("products", "product", "Products", 30),
    _stream("deals", "opportunity", "Deals", 40),
)
