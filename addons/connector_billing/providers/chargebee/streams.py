"""What Chargebee offers, and the first field map of each.

The maps are files in ``data/field_maps/chargebee``. Paths in them: what ``records.py``
puts under ``billing``, and Chargebee's own keys.
"""

import pathlib

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.records import Stream

MAPS = pathlib.Path(__file__).parents[2] / "data" / "field_maps" / "chargebee"


def _stream(name, entity, label, sequence, lane="finance"):
    lines = shipped_lines(MAPS / f"{name}.json")
    return Stream(name, entity, label, lines, sequence, lane)


STREAMS = (
    _stream("customers", "billing.customer", "Customers", 10, "default"),
    _stream("items", "product", "Items", 20, "default"),
    _stream("item_prices", "billing.price", "Item Prices", 30, "default"),
    _stream("coupons", "billing.coupon", "Coupons", 35, "default"),
    _stream("subscriptions", "billing.subscription", "Subscriptions", 40),
    _stream("invoices", "billing.invoice", "Invoices", 50),
    _stream("credit_notes", "billing.credit.note", "Credit Notes", 60),
    _stream("payments", "billing.payment", "Payments", 70),
    _stream("refunds", "billing.refund", "Refunds", 80),
    _stream("unbilled_charges", "billing.unbilled", "Unbilled Charges", 110),
    _stream("entitlements", "billing.entitlement", "Entitlements", 115, "default"),
    _stream("usage", "billing.usage", "Usage", 120),
)
