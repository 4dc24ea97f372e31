"""The billing engine: amounts, taxes, periods, and what is prorated."""

from decimal import Decimal

import pytest
from billing_account import Account, seconds
from hypothesis import given
from hypothesis import strategies as st
from simulators.billing import CHARGEBEE
from simulators.billing.laws import check
from simulators.billing.model import (
    Coupon,
    CreditNote,
    PendingItem,
    Price,
    TaxRate,
    Tier,
)
from simulators.billing.money import convert, nearest, percent_of, share
from simulators.billing.periods import after, next_boundary
from simulators.billing.pricing import price_amount
from simulators.billing.rules import DAY


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(0, 10**7), min_size=1, max_size=12),
    st.sampled_from(["USD", "JPY", "KWD"]),
)
def test_shares_add_up_to_the_whole(total, weights, currency):
    parts = share(total, weights, currency)
    assert sum(parts) == total
    assert all(part * total >= 0 for part in parts)


def test_amounts_are_rounded_half_away_from_zero_to_the_step():
    assert nearest(5, 2, "USD") == 3
    assert nearest(-5, 2, "USD") == -3
    assert nearest(1_235, 1, "KWD") == 1_240
    assert percent_of(1_999, Decimal("9.975"), "USD") == 199
    assert percent_of(1_250, Decimal("10"), "KWD") == 130


def test_conversion_minds_the_decimals_of_both_currencies():
    assert convert(1_000, "KWD", "USD", Decimal("3.25")) == 325
    assert convert(10_000, "JPY", "USD", Decimal("0.0067")) == 6_700
    assert convert(6_700, "USD", "JPY", Decimal("150")) == 10_050


def test_prices_by_scheme():
    tiers = (Tier(10, 0), Tier(20, 100, 50), Tier(None, 50))
    price = dict(id="p", product="x", currency="USD")
    assert price_amount(Price(**price, scheme="tiered", tiers=tiers), 25) == 1_300
    assert price_amount(Price(**price, scheme="tiered", tiers=tiers), 10) == 0
    assert price_amount(Price(**price, scheme="volume", tiers=tiers), 15) == 1_550
    assert price_amount(Price(**price, scheme="flat", amount=900), 7) == 900
    assert price_amount(
        Price(**price, scheme="package", amount=500, package=100), 101
    ) == 1_000  # fmt: skip


def test_taxes_that_are_in_the_price_are_taken_out_of_it():
    account = Account(percents=())
    rate = account.engine.create(
        TaxRate, name="GST", kind="gst", percent=Decimal("10"), inclusive=True
    )
    account.engine.update(account.customer, tax_rates=(rate.id,))
    invoice = account.invoice(1_000)
    assert (invoice.total, invoice.tax_total, invoice.added_tax) == (1_000, 91, 0)
    assert invoice.lines[0].taxes[0].base == 909


def test_two_taxes_do_not_compound():
    invoice = Account(percents=("5", "9.975")).invoice(10_000)
    assert [each.amount for each in invoice.lines[0].taxes] == [500, 998]
    assert invoice.total == 11_498


def test_a_coupon_is_shared_among_the_lines_to_the_cent():
    account = Account(percents=())
    coupon = account.engine.create(Coupon, name="Third", percent=Decimal("33.3"))
    subscription = account.engine.subscriptions.subscribe(
        account.customer,
        [(account.price(1_001), 1), (account.price(1_002), 1), (account.price(7), 1)],
        coupons=[coupon],
    )
    first = account.invoices()[0]
    assert first.discount_total == percent_of(2_010, Decimal("33.3"), "USD") == 669
    account.engine.advance(subscription.period_end + DAY)
    assert account.invoices()[1].discount_total == 0, "it was for once"


# Periods and prorations


def test_months_keep_the_day_of_their_anchor():
    anchor = seconds("2024-01-31T10:00:00")
    ends = [after(anchor, "month", 1, number) for number in (1, 2, 3)]
    assert ends == [
        seconds("2024-02-29T10:00:00"),
        seconds("2024-03-31T10:00:00"),
        seconds("2024-04-30T10:00:00"),
    ]
    assert next_boundary(anchor, "month", 1, ends[0]) == ends[1]
    assert next_boundary(anchor, "year", 1, anchor) == seconds("2025-01-31T10:00:00")


@given(
    st.integers(1_600_000_000, 1_900_000_000),
    st.sampled_from([("day", 1), ("week", 2), ("month", 1), ("month", 3), ("year", 1)]),
    st.integers(0, 200_000_000),
)
def test_the_next_boundary_is_the_first_one_after(anchor, interval, passed):
    moment = anchor + passed
    boundary = next_boundary(anchor, *interval, moment)
    numbers = range(0, passed // DAY + 2)
    assert boundary > moment
    assert any(after(anchor, *interval, number) == boundary for number in numbers)
    assert passed == 0 or next_boundary(anchor, *interval, boundary - 1) == boundary


def test_a_change_in_the_middle_is_prorated_to_the_second():
    account = Account(percents=())
    subscription = account.subscribe(2)
    length = subscription.period_end - subscription.period_start
    account.engine.advance(subscription.period_start + length // 2)
    account.engine.subscriptions.set_quantity(subscription, subscription.items[0].id, 3)
    assert [each.amount for each in account.engine.store.rows(PendingItem)] == [
        -3_000,
        4_500,
    ]
    account.engine.advance(subscription.period_end + DAY)
    assert account.invoices()[-1].total == 9_000 + 1_500


def test_two_changes_in_one_period_give_back_each_charge_once():
    account = Account(percents=())
    subscription = account.subscribe(10)
    item = subscription.items[0].id
    for part, quantity in ((4, 20), (2, 10)):
        length = subscription.period_end - subscription.period_start
        account.engine.advance(subscription.period_end - length // part * 1)
        account.engine.subscriptions.set_quantity(
            subscription, item, quantity, "invoice"
        )
    amounts = [line.amount for line in account.invoices()[-1].lines]
    assert len(amounts) == 2 and amounts[0] < 0 < amounts[1]


@pytest.mark.parametrize("change", ["Team", "other interval"])
def test_chargebee_gives_back_by_credit_notes(change):
    account = Account(CHARGEBEE, percents=("20",))
    subscription = account.subscribe(2)
    account.engine.advance(subscription.period_end - 14 * DAY)
    item = subscription.items[0]
    price = account.price(1_000, "month" if change == "Team" else "year")
    account.engine.subscriptions.change_items(
        subscription, [(item.id, price, 2)], "invoice"
    )
    (note,) = account.engine.store.rows(CreditNote)
    assert note.invoice == account.invoices()[0].id
    assert (note.subtotal, note.total) == (3_000, 3_600)
    assert note.applications[0].invoice == account.invoices()[1].id
    check(account.engine)


def test_a_stub_period_is_billed_for_its_seconds():
    account = Account(percents=())
    anchor = account.engine.now() + 7 * DAY
    subscription = account.subscribe(anchor=anchor)
    assert subscription.period_end == anchor
    assert account.invoices()[0].total == nearest(3_000 * 7, 31, "USD")
    account.engine.advance(anchor + DAY)
    assert account.invoices()[1].total == 3_000


def test_co_terminated_subscriptions_renew_together():
    account = Account()
    account.engine.advance(account.engine.now() + 5 * DAY)
    first = account.subscribe()
    account.engine.advance(first.period_start + 10 * DAY)
    second = account.subscribe()
    account.engine.subscriptions.co_terminate(second, first.period_end)
    account.engine.advance(first.period_end + DAY)
    assert first.period_end == second.period_end
    check(account.engine)
