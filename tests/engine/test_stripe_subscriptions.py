"""What Stripe means by its subscriptions and prices, case by case."""

import pytest

from odoo.addons.connector_billing.providers.stripe import catalog, subscriptions

from .stripe_look import Look

# -- subscriptions ------------------------------------------------------------


def price(**values):
    return {
        "id": "price_1",
        "currency": "usd",
        "product": "prod_1",
        "recurring": {"interval": "month", "interval_count": 1},
        **values,
    }


TIERS = [
    {"up_to": 10, "unit_amount": 500, "flat_amount": 1000},
    {"up_to": None, "unit_amount": 300},
]


@pytest.mark.parametrize(
    ("values", "quantity", "amount"),
    [
        ({"unit_amount": 1999}, 3, "59.97"),
        ({"unit_amount_decimal": "0.5"}, 3, "0.02"),
        ({"billing_scheme": "tiered", "tiers_mode": "graduated"}, 4, "30.00"),
        ({"billing_scheme": "tiered", "tiers_mode": "graduated"}, 12, "66.00"),
        ({"billing_scheme": "tiered", "tiers_mode": "volume"}, 10, "60.00"),
        ({"billing_scheme": "tiered", "tiers_mode": "volume"}, 12, "36.00"),
        (
            {"unit_amount": 700, "transform_quantity": {"divide_by": 5, "round": "up"}},
            11,
            "21.00",
        ),
        (
            {
                "unit_amount": 700,
                "transform_quantity": {"divide_by": 5, "round": "down"},
            },
            11,
            "14.00",
        ),
    ],
)
def test_an_item_costs_what_its_scheme_makes_of_its_quantity(values, quantity, amount):
    tiers = {"tiers": TIERS} if "billing_scheme" in values else {}

    found = subscriptions.priced(price(**values, **tiers), quantity, Look())

    assert found["amount"] == amount


def test_usage_is_worth_nothing_before_it_is_used():
    recurring = {"interval": "month", "interval_count": 1, "usage_type": "metered"}

    found = subscriptions.priced(price(unit_amount=5, recurring=recurring), 1, Look())

    assert (found["metered"], found["amount"]) == (True, "0.00")


def subscription(**values):
    item = {
        "id": "sub_1",
        "currency": "usd",
        "status": "active",
        "current_period_start": 0,
        "current_period_end": 86400,
        **values,
    }
    return subscriptions.subscription(item, [], Look())


@pytest.mark.parametrize(
    ("values", "status", "renews"),
    [
        ({}, "active", True),
        ({"status": "trialing"}, "trial", True),
        ({"status": "unpaid"}, "suspended", False),
        ({"status": "incomplete_expired"}, "expired", False),
        ({"status": "canceled"}, "cancelled", False),
        ({"cancel_at_period_end": True}, "active", False),
        ({"cancel_at": 86400}, "active", False),
        ({"cancel_at": 86401}, "active", True),
        ({"pause_collection": {"behavior": "void"}}, "paused", False),
        # What comes next is unknown: better told as unfinished than as active.
        ({"status": "something_new"}, "incomplete", False),
    ],
)
def test_status_and_renewal(values, status, renews):
    found = subscription(**values)

    assert (found["status"], bool(found["renewal_at"])) == (status, renews)


def test_since_basil_the_next_period_to_end_is_the_subscription_s():
    items = [
        {"current_period_start": 0, "current_period_end": 900, "id": "a"},
        {"current_period_start": 0, "current_period_end": 300, "id": "b"},
    ]
    item = {"id": "sub_1", "currency": "usd", "status": "active"}

    assert subscriptions._period(item, items) == (0, 300)


# -- prices -------------------------------------------------------------------


def test_a_meter_is_known_by_the_name_of_its_events():
    recurring = {"interval": "month", "usage_type": "metered", "meter": "mtr_1"}

    found = catalog.price(price(recurring=recurring, unit_amount=1), Look())

    assert (found["meter"], found["aggregation"]) == ("calls", "last")
