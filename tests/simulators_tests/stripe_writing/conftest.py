"""A customer at Stripe, prices and subscriptions of it."""

import pytest


@pytest.fixture
def post(stripe_client):
    """What a write makes."""
    return stripe_client.made


@pytest.fixture
def customer(post):
    """The id of a customer with a card."""
    return post("/v1/customers", {"name": "Acme", "email": "a@acme.example"})["id"]


@pytest.fixture
def price_of(post):
    """The id of a new monthly price with a product of its own."""

    def make(amount=1000, currency="usd", **recurring):
        body = {
            "currency": currency,
            "unit_amount": amount,
            "product_data": {"name": "Team"},
            "recurring": {"interval": "month", **recurring},
        }
        return post("/v1/prices", body)["id"]

    return make


@pytest.fixture
def subscribe(post, customer):
    """A new subscription of a price."""

    def make(price, quantity=1, **more):
        items = [{"price": price, "quantity": quantity}]
        body = {"customer": customer, "items": items, **more}
        return post("/v1/subscriptions", body)

    return make
