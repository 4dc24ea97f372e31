"""What Stripe offers, and the first field map of each.

The maps are files in ``data/field_maps/stripe``. Paths in them: what ``records.py``
puts under ``billing``, and Stripe's own keys (OpenAPI [S]).
"""

import pathlib

from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.records import Stream

MAPS = pathlib.Path(__file__).parents[2] / "data" / "field_maps" / "stripe"


def _stream(name, entity, label, sequence, lane="finance"):
    lines = shipped_lines(MAPS / f"{name}.json")
    return Stream(name, entity, label, lines, sequence, lane)


STREAMS = (
    _stream("customers", "billing.customer", "Customers", 10, "default"),
    _stream("products", "product", "Products", 20, "default"),
    _stream("prices", "billing.price", "Prices", 30, "default"),
    _stream("coupons", "billing.coupon", "Coupons", 35, "default"),
    _stream("subscriptions", "billing.subscription", "Subscriptions", 40),
    _stream("invoices", "billing.invoice", "Invoices", 50),
    _stream("credit_notes", "billing.credit.note", "Credit Notes", 60),
    _stream("payments", "billing.payment", "Payments", 70),
    _stream("refunds", "billing.refund", "Refunds", 80),
    _stream("disputes", "billing.dispute", "Disputes", 90),
    _stream("payouts", "billing.payout", "Payouts", 95),
    _stream("balance_transactions", "billing.balance", "Balance Transactions", 100),
    _stream("unbilled_charges", "billing.unbilled", "Pending Invoice Items", 110),
    _stream("usage", "billing.usage", "Usage", 120),
)
