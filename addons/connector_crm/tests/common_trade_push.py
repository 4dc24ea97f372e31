"""Flows of a sale that go both ways."""

import dataclasses

from odoo.addons.connector_base.tests.common_push import PushCase, owned
from odoo.addons.connector_base.tests.common_vendor import (
    COMPANIES,
    CONTACTS,
    PRODUCTS,
)

from .common import DEALS
from .common_trade import (
    BOOKS,
    CONTRACTS,
    DEAL_LINES,
    LEADS,
    ORDER_LINES,
    ORDERS,
    PRICES,
    QUOTE_LINES,
    QUOTES,
    TradeCase,
)

#: Of which the vendor tells only and is told nothing.
ONE_WAY = ("is_closed", "is_won", "total", "discount_amount", "pipeline")


def both_ways(stream):
    lines = tuple(
        dataclasses.replace(
            line, direction="pull" if line.target in ONE_WAY else "both"
        )
        for line in owned(stream, "newest").default_map
    )
    return dataclasses.replace(stream, default_map=lines)


class TradePushCase(PushCase, TradeCase):
    streams = tuple(
        map(
            both_ways,
            (COMPANIES, CONTACTS, PRODUCTS, DEALS, BOOKS, PRICES, LEADS)
            + (DEAL_LINES, QUOTES, QUOTE_LINES, CONTRACTS),
        )
    ) + (ORDERS, ORDER_LINES)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("products", "deals", "books", "prices", "leads", "deal_lines"):
            cls.send(cls.connection, name)
        for name in ("quotes", "quote_lines", "contracts"):
            cls.send(cls.connection, name)
        for name in ("orders", "order_lines"):
            cls.send(cls.connection, name, direction="push")
        for value, record in (("s1", cls.first), ("won", cls.won)):
            cls.stage_line(cls, value).res_id = record.id

    def setUp(self):
        super().setUp()
        self.acme = self.company()
        self.licence = self.product()
        self.euro = self.connection.company_id.currency_id
        self.quiet()

    def quiet(self):
        """As if all that happened so far had been sent."""
        self.forget()
        self.vendor.sent.clear()

    def of(self, stream_name, operation=None):
        """Values of the rows that were sent to a stream."""
        return [
            row.values
            for done, name, rows in self.vendor.sent
            if name == stream_name and operation in (None, done)
            for row in rows
        ]

    def order(self, **vals):
        """A quotation for ten licences."""
        return self.env["sale.order"].create(
            {
                "partner_id": self.acme.id,
                "user_id": False,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.licence.id,
                            "name": "Licences",
                            "product_uom_qty": 10,
                            "price_unit": 100,
                        },
                    )
                ],
                **vals,
            }
        )
