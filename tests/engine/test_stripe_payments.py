"""What Stripe means by what moves money, case by case."""

import pytest

from odoo.addons.connector_billing.providers.stripe import (
    balance,
    credit_notes,
    payments,
)

from .stripe_look import Look

# -- money --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "status", "amount"),
    [
        ({"status": "succeeded", "captured": True}, "succeeded", "10.00"),
        (
            {"status": "succeeded", "captured": True, "amount_captured": 600},
            "succeeded",
            "6.00",
        ),
        ({"status": "succeeded", "captured": False}, "pending", "10.00"),
        (
            {"status": "succeeded", "captured": False, "refunded": True},
            "cancelled",
            "10.00",
        ),
        ({"status": "pending", "captured": True}, "pending", "10.00"),
        ({"status": "failed", "captured": False}, "failed", "10.00"),
    ],
)
def test_a_charge_is_a_payment_once_it_is_captured(values, status, amount):
    item = {"id": "ch_1", "amount": 1000, "currency": "eur", "created": 0, **values}

    found = payments.payment(item, [])

    assert (found["status"], found["amount"]) == (status, amount)


def test_a_payment_is_of_the_day_on_which_the_balance_has_it():
    item = {"id": "ch_1", "amount": 1000, "currency": "eur", "created": 0}
    item |= {"status": "succeeded", "captured": True, "balance_transaction": "txn_1"}
    assert payments.payment(item, [])["paid_at"].startswith("1970-01-01")

    item["balance_transaction"] = {"id": "txn_1", "created": 4 * 86_400}
    assert payments.payment(item, [])["paid_at"].startswith("1970-01-05")


def test_only_what_was_paid_is_applied():
    def part(status, amount):
        return {
            "invoice": "in_1",
            "amount_paid": amount,
            "currency": "eur",
            "status": status,
            "status_transitions": {"paid_at": 5},
        }

    item = {"id": "ch_1", "amount": 1000, "currency": "eur"}
    item |= {"status": "succeeded", "captured": True}

    found = payments.payment(item, [part("paid", 400), part("open", None)])

    assert [each["amount"] for each in found["applications"]] == ["4.00"]


def test_a_refund_of_what_was_never_captured_moves_nothing():
    item = {"id": "re_1", "amount": 100, "currency": "eur", "status": "succeeded"}

    assert payments.refund(item)["status"] == "succeeded"
    released = {**item, "reason": "expired_uncaptured_charge"}
    assert payments.refund(released)["status"] == "cancelled"


@pytest.mark.parametrize(
    ("kind", "category", "expected"),
    [
        ("charge", "charge", "charge"),
        ("payment", "charge", "charge"),
        ("adjustment", "dispute", "dispute"),
        ("adjustment", "dispute_reversal", "dispute_reversal"),
        ("adjustment", "other_adjustment", "adjustment"),
        ("stripe_fee", "fee", "fee"),
        ("payout_failure", "payout_reversal", "payout_failure"),
        ("topup", "topup", "other"),
    ],
)
def test_each_transaction_has_its_kind(kind, category, expected):
    item = {
        "amount": 1,
        "currency": "eur",
        "type": kind,
        "reporting_category": category,
    }

    assert balance.balance(item)["kind"] == expected


def test_what_was_converted_says_from_what():
    item = {
        "amount": 880,
        "currency": "eur",
        "type": "charge",
        "exchange_rate": "0.88",
        "source": {
            "id": "ch_1",
            "object": "charge",
            "amount": 1000,
            "currency": "usd",
            "captured": True,
            "amount_captured": 1000,
        },
    }

    found = balance.balance(item)

    assert (found["source_amount"], found["source_currency"]) == ("10.00", "USD")
    assert (found["payment"], found["exchange_rate"]) == ("ch_1", "0.88")


def test_a_payout_that_is_unknown_is_left_out_rather_than_emptied():
    item = {"amount": 1, "currency": "eur", "type": "charge"}

    assert "payout" not in balance.balance(item)
    assert balance.balance(item, "po_1")["payout"] == "po_1"


def test_a_payout_that_came_back_is_another_than_the_one_that_pays_it_out():
    item = {"amount": 100, "currency": "eur", "type": "payout_failure"}
    item["source"] = {"id": "po_1", "object": "payout", "currency": "eur"}

    found = balance.balance(item, "po_2")

    assert (found["failed_payout"], found["payout"]) == ("po_1", "po_2")


def credit_note(**values):
    item = {"id": "cn_1", "currency": "eur", "amount": 1000, "created": 0, **values}
    return credit_notes.credit_note({"invoice": "in_1", **item}, [], Look())


def test_before_it_is_paid_a_credit_note_lowers_its_invoice():
    new = credit_note(pre_payment_amount=1000, post_payment_amount=0)
    old = credit_note(type="pre_payment")

    assert new["applications"] == old["applications"]
    assert new["applications"][0]["amount"] == "10.00"


def test_what_is_neither_refunded_nor_paid_outside_goes_to_the_balance():
    new = credit_note(
        pre_payment_amount=0,
        post_payment_amount=1000,
        refunds=[{"refund": "re_1", "amount_refunded": 300}],
        out_of_band_amount=200,
        customer_balance_transaction="cbtxn_1",
    )
    old = credit_note(
        type="post_payment",
        refund={"id": "re_1", "amount": 300},
        out_of_band_amount=200,
        customer_balance_transaction="cbtxn_1",
    )

    assert new["to_balance"] == old["to_balance"] == "5.00"
    assert new["refunds"] == old["refunds"] == ["re_1"]
    assert new["applications"] == []
