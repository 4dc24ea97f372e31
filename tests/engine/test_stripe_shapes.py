"""What Stripe means by its invoices, taxes and discounts, case by case."""

import pytest

from odoo.addons.connector_billing.providers.stripe import invoices, taxes

from .stripe_look import Look


def invoice(lines=(), **values):
    item = {"id": "in_1", "currency": "eur", "status": "open", "created": 0, **values}
    return invoices.invoice(item, list(lines), Look())


def line(**values):
    item = {"id": "il_1", "amount": 1000, "currency": "eur", "quantity": 1, **values}
    of = {"id": "in_1", "currency": "eur"}
    return invoices.line(item, of, Look())


# -- invoices -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("starting", "ending", "applied"),
    [
        # To the good before, used up.
        (-500, 0, "5.00"),
        # A debt is added to what is due.
        (300, 0, "-3.00"),
        # A negative invoice leaves its amount to the good.
        (0, -1000, "-10.00"),
        # Not finalized yet.
        (-500, None, "0.00"),
    ],
)
def test_what_a_balance_takes_off_an_invoice(starting, ending, applied):
    found = invoice(starting_balance=starting, ending_balance=ending)

    assert found["applied_balance"] == applied


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"status": "open", "attempt_count": 0}, "none"),
        (
            {"status": "open", "attempt_count": 1, "next_payment_attempt": 9},
            "in_progress",
        ),
        ({"status": "open", "attempt_count": 4}, "exhausted"),
        ({"status": "paid", "attempt_count": 1}, "none"),
        ({"status": "paid", "attempt_count": 2}, "success"),
        ({"status": "uncollectible", "attempt_count": 4}, "stopped"),
    ],
)
def test_dunning_is_read_off_its_tries(values, expected):
    found = invoice(collection_method="charge_automatically", **values)

    assert found["dunning"] == expected


def test_the_order_number_of_a_customer_is_found():
    fields = [
        {"name": "Cost Center", "value": "7"},
        {"name": "PO Number", "value": "P1"},
    ]

    assert invoice(custom_fields=fields)["reference"] == "P1"
    assert invoice(custom_fields=fields[:1])["reference"] is None


def test_days_to_pay_are_told_where_the_customer_pays_by_hand():
    assert (
        invoice(due_date=30 * 86400, collection_method="send_invoice")["payment_terms"]
        == "30"
    )
    assert invoice(collection_method="charge_automatically")["payment_terms"] is None


def test_shipping_is_a_line():
    shipping = {"amount_subtotal": 500, "amount_tax": 0, "amount_total": 500}

    [found] = invoice(shipping_cost=shipping)["lines"]

    assert (found["kind"], found["amount"]) == ("shipping", "5.00")


def test_a_line_names_what_it_is_of_in_both_shapes():
    new = line(
        parent={
            "type": "subscription_item_details",
            "subscription_item_details": {
                "subscription": "sub_1",
                "subscription_item": "si_1",
                "proration": False,
            },
        },
        pricing={
            "type": "price_details",
            "price_details": {"price": "price_1", "product": "prod_1"},
            "unit_amount_decimal": "1000",
        },
    )
    old = line(
        type="subscription",
        subscription="sub_1",
        subscription_item="si_1",
        proration=False,
        price={
            "id": "price_1",
            "product": "prod_1",
            "unit_amount": 1000,
            "unit_amount_decimal": "1000",
            "recurring": {"usage_type": "licensed"},
        },
    )

    assert new == old
    assert new["kind"] == "subscription" and new["unit_amount"] == "10.00"


def test_a_proration_has_no_price_of_one():
    found = line(amount=-333, proration=True, price={"id": "p", "unit_amount": 1000})

    assert (found["kind"], found["unit_amount"]) == ("proration", None)
    assert found["amount"] == "-3.33"


def test_usage_is_known_by_its_price():
    details = {"price_details": {"price": "price_metered", "product": "prod_1"}}
    parent = {"type": "subscription_item_details", "subscription_item_details": {}}

    assert line(parent=parent, pricing=details)["kind"] == "usage"


def test_a_moment_is_no_period():
    assert line(period={"start": 5, "end": 5})["period_start"] is None
    assert line(period={"start": 5, "end": 6})["period_end"]


# -- taxes and discounts ------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {
            "taxes": [
                {
                    "amount": 190,
                    "tax_behavior": "exclusive",
                    "tax_rate_details": {"tax_rate": "txr_de"},
                    "taxable_amount": 1000,
                    "type": "tax_rate_details",
                }
            ]
        },
        {
            "tax_amounts": [
                {
                    "amount": 190,
                    "inclusive": False,
                    "tax_rate": "txr_de",
                    "taxable_amount": 1000,
                }
            ],
            "tax_rates": [],
        },
    ],
)
def test_a_tax_is_named_by_its_rate_in_both_shapes(told):
    assert line(**told)["taxes"] == [
        {
            "tax": "txr_de",
            "label": "VAT 19 % (DE)",
            "rate": "19",
            "amount": "1.90",
            "base": "10.00",
            "inclusive": False,
        }
    ]


def test_a_rate_that_is_in_its_name_is_not_said_twice():
    rate = {"id": "t", "display_name": "GST 10 %", "percentage": 10, "country": "AU"}

    assert taxes.rate_label(rate) == "GST 10 % (AU)"


def test_a_tax_without_a_rate_of_its_own_has_a_name():
    told = {"amount": 0, "taxability_reason": "reverse_charge", "type": "other"}

    [found] = line(taxes=[told])["taxes"]

    assert (found["tax"], found["rate"]) == ("reverse_charge", None)


def test_billing_credits_are_taken_off_as_a_discount():
    credits = [
        {"type": "discount", "amount": 50},
        {"type": "credit_balance_transaction", "amount": 100},
    ]

    [found] = line(pretax_credit_amounts=credits)["discounts"]

    assert (found["coupon"], found["amount"]) == (None, "1.00")
