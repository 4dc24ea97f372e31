"""What subscriptions are worth a month, whatever they are made of."""

import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_billing.engine import recurring, versions

NOW = datetime.datetime(2026, 6, 15, tzinfo=datetime.UTC)
amounts = st.decimals(0, 10**6, places=2)
quantities = st.integers(0, 10_000)
intervals = st.sampled_from(list(recurring.MONTHS))
counts = st.integers(1, 24)
percents = st.decimals(0, 100, places=2)


def item(unit="10", quantity=1, interval="month", count=1, **values):
    return {
        "id": values.pop("id", "si_1"),
        "unit_amount": str(unit),
        "amount": None,
        "quantity": str(quantity),
        "interval": interval,
        "interval_count": count,
        "metered": False,
        "charge": False,
        **values,
    }


def worth(*items, discounts=(), status="active", at=NOW):
    return recurring.mrr(status, list(items), list(discounts), at)


items = st.builds(item, amounts, quantities, intervals, counts)


@pytest.mark.parametrize(
    ("interval", "count", "month"),
    [
        ("month", 1, "1200"),
        ("month", 3, "400"),
        ("year", 1, "100"),
        ("year", 2, "50"),
        ("week", 1, "5214.29"),
        ("week", 2, "2607.14"),
        ("day", 1, "36500"),
    ],
)
def test_each_interval_counts_as_its_part_of_a_year(interval, count, month):
    found = worth(item("1200", interval=interval, count=count))
    assert recurring.rounded(found, 2) == Decimal(month)


@given(amounts, quantities, intervals, counts)
def test_twelve_months_are_what_a_year_bills(unit, quantity, interval, count):
    year = {"year": 1, "month": 12, "week": Decimal(365) / 7, "day": 365}[interval]
    billed = unit * quantity * year / count
    found = 12 * worth(item(unit, quantity, interval, count))
    assert abs(found - billed) <= abs(billed) * Decimal("1e-20")


@given(st.lists(items, max_size=6))
def test_items_add_up(several):
    whole = worth(*several)
    assert abs(whole - sum(map(worth, several))) <= abs(whole) * Decimal("1e-20")


@given(items, st.sampled_from(["metered", "charge"]))
def test_what_is_used_or_charged_once_counts_nothing(one, how):
    assert worth({**one, how: True}) == 0


@given(
    items,
    st.sampled_from(
        ["trial", "paused", "suspended", "future", "incomplete", "cancelled", "expired"]
    ),
)
def test_only_what_is_running_counts(one, status):
    assert worth(one, status=status) == 0
    assert worth(one, status="past_due") == worth(one)


@given(st.lists(items, min_size=1, max_size=4), st.lists(percents, max_size=3), amounts)
def test_a_discount_never_makes_more_nor_less_than_nothing(several, taken, off):
    discounts = [{"percent": str(percent)} for percent in taken]
    discounts.append({"amount": str(off)})
    found = worth(*several, discounts=discounts)
    assert 0 <= found <= worth(*several)


@given(items, percents)
def test_a_percent_takes_that_share(one, percent):
    found = worth(one, discounts=[{"percent": str(percent)}])
    expected = worth(one) * (100 - percent) / 100
    assert abs(found - expected) <= abs(expected) * Decimal("1e-20")


def test_an_amount_is_taken_off_once_an_interval():
    yearly = item("1200", interval="year")
    assert worth(yearly, discounts=[{"amount": "120"}]) == 90


def test_an_amount_is_taken_off_what_comes_most_often():
    both = (item("10"), item("1200", interval="year", id="si_2"))
    assert worth(*both, discounts=[{"amount": "4"}]) == 106


def test_a_discount_counts_from_its_start_to_its_end():
    discount = {
        "percent": "50",
        "starts_at": "2026-06-01T00:00:00Z",
        "ends_at": "2026-07-01T00:00:00Z",
    }
    days = {1: "05-31", 2: "06-01", 3: "06-30", 4: "07-01"}
    found = [
        worth(item(), discounts=[discount], at=recurring.moment(f"2026-{day}"))
        for day in days.values()
    ]
    assert found == [10, 5, 5, 10]
    assert recurring.next_change([discount], NOW) == recurring.moment("2026-07-01")


def test_the_amount_of_an_item_counts_where_tiers_make_it():
    assert worth(item(None, quantity=150, amount="700", unit_amount=None)) == 700


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [("0.5", 0, "1"), ("2.345", 2, "2.35"), ("1.2345", 3, "1.235")],
)
def test_an_amount_is_rounded_half_up_as_its_currency_is_counted(
    amount, decimals, expected
):
    assert recurring.rounded(Decimal(amount), decimals) == Decimal(expected)


# -- versions -----------------------------------------------------------------


def state(*items, status="active", **values):
    return {
        "status": status,
        "currency": "EUR",
        "items": list(items) or [item()],
        "discounts": [],
        "phases": [],
        "worth": str(worth(*items)),
        **values,
    }


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, state(), "new"),
        (state(), state(), None),
        (state(), state(item(quantity=2)), "quantity"),
        (state(item(price="a")), state(item("20", price="b")), "upgrade"),
        (state(item(price="a")), state(item("5", price="b")), "downgrade"),
        (state(), state(item("12")), "price"),
        (state(), state(item(), item(id="si_2")), "upgrade"),
        (state(), state(discounts=[{"percent": "10"}]), "discount"),
        (state(), state(period_start="2026-07-01"), "renewal"),
        (state(status="trial"), state(), "trial_end"),
        (state(), state(status="paused", paused_at="2026-07-01"), "pause"),
        (state(), state(paused_at="2026-07-01"), "pause"),
        (state(paused_at="2026-07-01"), state(), "resume"),
        (state(status="paused"), state(), "resume"),
        (state(), state(status="past_due"), "payment_failed"),
        (state(status="past_due"), state(), "recovery"),
        (state(), state(status="suspended"), "suspension"),
        (state(), state(cancel_at="2026-07-01"), "cancellation_planned"),
        (state(cancel_at="2026-07-01"), state(), "cancellation_withdrawn"),
        (state(), state(status="cancelled"), "cancellation"),
        (state(status="cancelled"), state(), "reactivation"),
        (state(), state(phases=[{}]), "schedule"),
        (state(status="future"), state(), "activation"),
    ],
)
def test_each_change_has_its_name(before, after, kind):
    assert versions.kind_of(before, after) == kind


@given(
    st.sampled_from(["trial", "active", "past_due", "paused", "cancelled", "future"]),
    st.sampled_from(["trial", "active", "past_due", "paused", "cancelled", "future"]),
    st.lists(items, max_size=2),
    st.lists(items, max_size=2),
)
def test_a_change_is_named_and_nothing_else_is(status, other, first, second):
    before, after = state(*first, status=status), state(*second, status=other)
    kind = versions.kind_of(before, after)
    assert (kind is None) == (not versions.changed(before, after))
    assert kind is None or kind in versions.KINDS
