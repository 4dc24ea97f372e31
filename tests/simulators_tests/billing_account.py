"""Builders of the billing engine's tests."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from simulators import Clock
from simulators.billing import CHARGEBEE, STRIPE, BillingEngine
from simulators.billing.model import (
    Customer,
    Invoice,
    Price,
    Product,
    TaxRate,
)

START = "2025-01-31T10:00:00Z"
RULES = pytest.mark.parametrize(
    "rules", [STRIPE, CHARGEBEE], ids=["stripe", "chargebee"]
)


class Account:
    """An engine with one customer in it, and words to set up more."""

    def __init__(self, rules=STRIPE, currency="USD", percents=("20",), **customer):
        self.engine = BillingEngine(Clock(START), rules)
        self.currency = currency
        self.product = self.engine.create(Product, name="Team")
        self.taxes = [
            self.engine.create(
                TaxRate, name=f"Tax {each}", kind="vat", percent=Decimal(each)
            )
            for each in percents
        ]
        self.customer = self.engine.create(
            Customer,
            name="Alder Labs",
            currency=currency,
            tax_rates=tuple(each.id for each in self.taxes),
            **customer,
        )

    def price(self, amount=3_000, interval="month", **values):
        return self.engine.create(
            Price,
            product=self.product.id,
            currency=self.currency,
            amount=amount,
            interval=interval,
            **values,
        )

    def subscribe(self, quantity=1, price=None, **values):
        price = price or self.price()
        return self.engine.subscriptions.subscribe(
            self.customer, [(price, quantity)], **values
        )

    def invoices(self):
        return self.engine.store.rows(Invoice)

    def invoice(self, amount=1_000):
        self.engine.invoices.add_item(self.customer, amount, quantity=1)
        return self.engine.invoices.bill_now(self.customer)


def seconds(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def failing(account, *codes):
    left = list(codes)
    account.engine.decline = lambda payment: left.pop(0) if left else None
