"""What the read API takes for a question, and how often it may be asked."""

import datetime
import decimal

import pytest

from odoo.addons.connector_support.engine import context_api


class Watch:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize(
    ("arguments", "kind", "value"),
    [
        ({"email": [" Ada@ACME.example "]}, "email", "ada@acme.example"),
        ({"external_id": ["35436"]}, "external_id", "35436"),
        ({"ticket": ["5001"]}, "ticket", "5001"),
    ],
)
def test_a_question_has_one_key(arguments, kind, value):
    assert context_api.read_question(arguments) == (kind, value)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"phone": ["1"]},
        {"email": ["a@b.example"], "phone": ["1"]},
        {"email": ["a@b.example", "c@d.example"]},
        {"email": ["ada"]},
        {"email": ["a@b@c.example"]},
        {"ticket": [""]},
        {"ticket": ["1\n2"]},
        {"ticket": ["1" * 255]},
    ],
)
def test_all_else_is_no_question(arguments):
    with pytest.raises(ValueError):
        context_api.read_question(arguments)


def test_an_answer_has_what_is_released_and_nothing_else():
    figures = {
        "overdue_balance": decimal.Decimal("1200.5"),
        "renewal_date": datetime.date(2027, 1, 31),
        "products": "",
        "account_manager": "Jo",
        "as_of": datetime.datetime(2026, 11, 27, 10, 0, 0, 5),
    }
    released = {"overdue_balance", "renewal_date", "products", "account_status"}
    assert context_api.answer(figures, released, 2) == {
        "version": 1,
        "found": True,
        "as_of": "2026-11-27T10:00:00Z",
        "customer": {
            "overdue_balance": "1200.50",
            "renewal_date": "2027-01-31",
            "products": None,
            "account_status": "none",
        },
    }


def test_amounts_have_as_many_places_as_their_currency():
    figures = {"open_balance": decimal.Decimal("1200")}
    answer = context_api.answer(figures, {"open_balance"}, 0)
    assert answer["customer"] == {"open_balance": "1200"}


def test_who_knocks_too_often_waits_until_the_bucket_fills_again():
    watch = Watch()
    allowance = context_api.Allowance(3, 60, clock=watch)
    assert [allowance.take("a") for _n in range(4)] == [True, True, True, False]
    assert allowance.take("b")
    watch.now = 19.0
    assert not allowance.take("a")
    watch.now = 21.0
    assert allowance.take("a")
    assert not allowance.take("a")


def test_inventing_callers_fills_no_memory():
    allowance = context_api.Allowance(3, 60, callers=10, clock=Watch())
    for number in range(1000):
        allowance.take(number)
    assert len(allowance._buckets) == 10
