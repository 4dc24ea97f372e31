"""The billing engine that the simulators of Stripe and Chargebee share."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators import Clock
from simulators.billing import CHARGEBEE, STRIPE, BillingEngine, Refused, run_year
from simulators.billing.laws import check
from simulators.billing.model import (
    KINDS,
    BalanceTransaction,
    Coupon,
    CreditNote,
    Customer,
    Dispute,
    Invoice,
    Payment,
    Payout,
    PendingItem,
    Price,
    Product,
    Subscription,
    TaxRate,
    Tier,
)
from simulators.billing.money import convert, nearest, percent_of, share
from simulators.billing.periods import after, next_boundary
from simulators.billing.pricing import price_amount
from simulators.billing.rules import DAY

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


# The year


@RULES
def test_twenty_customers_live_through_all_that_can_happen(rules):
    engine = run_year(20, seed=1, rules=rules)
    seen = Counter((change.type, change.kind) for change in engine.store.log)
    not_by = {
        False: {("credit_note", "applied")},
        True: {("invoice", "uncollectible")},
    }[rules is CHARGEBEE]
    for name, kinds in KINDS.items():
        for kind in kinds:
            if (name, kind) in not_by or (name, kind) in _BY_HAND:
                continue
            assert seen[name, kind], f"{name} {kind}"
    store = engine.store
    lines = [line for invoice in store.rows(Invoice) for line in invoice.lines]
    assert {line.kind for line in lines} == {
        "subscription", "usage", "proration", "one_off",
    }  # fmt: skip
    assert {each.currency for each in store.rows(Invoice)} == {"USD", "JPY", "KWD"}
    used = {tax.tax_rate for line in lines for tax in line.taxes}
    rates = [store.get(TaxRate, each) for each in used]
    assert {each.kind for each in rates} == {"vat", "gst", "sales_tax"}
    assert {each.inclusive for each in rates} == {True, False}
    assert any(len(line.taxes) == 2 for line in lines)
    assert any(line.discounts for line in lines)
    assert any(invoice.total == 0 for invoice in store.rows(Invoice)) or rules is not (
        STRIPE
    )
    assert any(invoice.applied_balance > 0 for invoice in store.rows(Invoice))
    assert any(len(each.applications) > 0 for each in store.rows(Payment))
    assert any(0 < each.applied < each.amount for each in store.rows(Payment)), (
        "a payment that is not used up"
    )
    notes = store.rows(CreditNote)
    for part in ("before_payment", "refunded", "to_balance"):
        assert any(getattr(note, part) for note in notes), part
    assert any(note.refunded and note.to_balance for note in notes)
    kinds = {each.kind for each in store.rows(BalanceTransaction)}
    assert kinds >= {
        "charge", "refund", "refund_failure", "dispute", "dispute_reversal",
        "payout", "payout_failure",
    }  # fmt: skip
    converted = [each for each in store.rows(BalanceTransaction) if each.rate]
    assert {each.source_currency for each in converted} == {"KWD"}
    assert {each.currency for each in store.rows(Payout)} == {"USD", "JPY"}
    assert {each.status for each in store.rows(Payout)} >= {"paid", "in_transit"}
    assert {each.status for each in store.rows(Dispute)} == {
        "won", "lost", "needs_response",
    }  # fmt: skip
    assert any(not each.invoice for each in store.rows(PendingItem))
    if rules is CHARGEBEE:
        assert any(len(each.applications) > 1 for each in store.rows(Payment))
        assert any(each.outside for each in store.rows(Payment))
    else:
        assert any(invoice.total < 0 for invoice in store.rows(Invoice))


#: What people do in a vendor's screens, and the year leaves to the tests below.
_BY_HAND = {("pending_item", "voided")}


@RULES
def test_the_same_seed_makes_the_same_year(rules):
    log = run_year(20, seed=3, rules=rules).store.log
    assert log == run_year(20, seed=3, rules=rules).store.log
    assert log != run_year(20, seed=4, rules=rules).store.log


@RULES
@pytest.mark.parametrize("seed", [1, 2])
def test_the_year_holds_the_laws(rules, seed):
    check(run_year(60, seed=seed, rules=rules))


def test_any_entry_of_the_log_gives_back_the_object_as_it_was():
    seen = []
    engine = BillingEngine(Clock("2025-01-01T00:00:00Z"))
    engine.store.listeners.append(
        lambda change, obj: seen.append((change, dict(obj.__dict__)))
    )
    run_year(20, seed=5, engine=engine, months=4)
    assert len(seen) == len(engine.store.log)
    for change, state in seen:
        assert engine.store.as_of(change).__dict__ == state


# Amounts


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


# Collecting


def failing(account, *codes):
    left = list(codes)
    account.engine.decline = lambda payment: left.pop(0) if left else None


def test_a_failed_payment_is_tried_again_by_plan():
    account = Account()
    failing(account, "card_declined", "insufficient_funds")
    subscription = account.subscribe()
    invoice = account.invoices()[0]
    assert (invoice.status, invoice.dunning) == ("open", "in_progress")
    assert invoice.next_attempt == account.engine.now() + 3 * DAY
    assert subscription.status == "past_due" and account.customer.delinquent
    account.engine.advance(account.engine.now() + 4 * DAY)
    assert (invoice.attempts, invoice.status) == (2, "open")
    account.engine.advance(account.engine.now() + 5 * DAY)
    assert (invoice.status, invoice.dunning) == ("paid", "success")
    assert subscription.status == "active" and not account.customer.delinquent
    statuses = [each.status for each in account.engine.store.rows(Payment)]
    assert statuses == ["failed", "failed", "succeeded"]


@RULES
def test_when_all_attempts_fail_it_is_given_up(rules):
    account = Account(rules)
    failing(account, *["expired_card"] * 9)
    subscription = account.subscribe()
    account.engine.advance(account.engine.now() + 60 * DAY)
    invoice = account.invoices()[0]
    assert subscription.status == "cancelled"
    assert (invoice.attempts, invoice.dunning) == (4, "exhausted")
    assert invoice.status == ("uncollectible" if rules is STRIPE else "open")


def test_an_invoice_can_be_paid_in_parts_and_not_beyond():
    account = Account(collection="invoice", terms_days=10)
    invoice = account.invoice(1_000)
    pay = account.engine.payments.pay
    pay(account.customer, {invoice.id: 500})
    with pytest.raises(Refused) as refused:
        pay(account.customer, {invoice.id: 701})
    assert refused.value.code == "too_much"
    assert invoice.status == "open"
    pay(account.customer, {invoice.id: 700})
    assert invoice.status == "paid"


def test_money_that_came_before_pays_the_next_invoice():
    account = Account(CHARGEBEE, collection="invoice", percents=())
    payment = account.engine.payments.pay(account.customer, amount=1_500)
    invoice = account.invoice(1_000)
    assert invoice.status == "paid"
    assert (payment.applied, payment.unused) == (1_000, 500)


# Giving back


@RULES
@given(parts=st.lists(st.integers(1, 4_000), max_size=6))
@settings(max_examples=40, deadline=None)
def test_credits_in_whatever_parts_add_up_to_the_invoice(rules, parts):
    account = Account(rules, percents=("5", "9.975"))
    coupon = account.engine.create(Coupon, name="Less", percent=Decimal("12.5"))
    account.subscribe(price=account.price(9_999), coupons=[coupon])
    (invoice,) = account.invoices()
    for part in parts:
        amounts = {invoice.lines[0].id: part}
        try:
            account.engine.credits.issue(invoice, amounts)
        except Refused as refused:
            assert refused.code in ("too_much", "nothing_left")
    try:
        account.engine.credits.issue(invoice)
    except Refused as refused:
        assert refused.code == "nothing_left"
    notes = account.engine.store.rows(CreditNote)
    assert sum(note.total for note in notes) == invoice.total
    assert sum(note.tax_total for note in notes) == invoice.tax_total
    check(account.engine)


def test_a_credit_note_takes_off_what_is_open_first():
    account = Account(collection="invoice", percents=())
    invoice = account.invoice(1_000)
    account.engine.payments.pay(account.customer, {invoice.id: 600})
    note = account.engine.credits.issue(invoice, {invoice.lines[0].id: 700})
    assert (note.before_payment, note.to_balance) == (400, 300)
    assert invoice.status == "paid" and account.customer.balance == {"USD": 300}
    following = account.invoice(1_000)
    assert (following.applied_balance, following.remaining) == (300, 700)


def test_a_void_invoice_gives_the_balance_back():
    account = Account(collection="invoice", percents=())
    account.engine.credits.adjust_balance(account.customer, 400)
    invoice = account.invoice(1_000)
    account.engine.invoices.void(invoice)
    assert account.customer.balance == {"USD": 400}


def test_a_refund_that_fails_brings_the_money_back():
    account = Account(percents=())
    account.subscribe()
    (payment,) = account.engine.store.rows(Payment)
    refund = account.engine.credits.refund(payment, 1_000)
    account.engine.credits.fail_refund(refund)
    moves = [each.net for each in account.engine.store.rows(BalanceTransaction)]
    assert moves == [3_000 - 117, -1_000, 1_000]
    assert payment.refunded == 0


@pytest.mark.parametrize(
    ("won", "left"), [(True, 3_000 - 117 - 1_500), (False, -1_617)]
)
def test_a_dispute_takes_money_and_its_fee(won, left):
    account = Account(percents=())
    account.subscribe()
    (payment,) = account.engine.store.rows(Payment)
    dispute = account.engine.disputes.open(payment)
    account.engine.disputes.close(dispute, won)
    moves = [each.net for each in account.engine.store.rows(BalanceTransaction)]
    assert sum(moves) == left


def test_a_payout_that_fails_is_part_of_the_next_one():
    account = Account(percents=())
    account.subscribe()
    account.engine.payouts.fail_next("USD")
    account.engine.advance(account.engine.now() + 10 * DAY)
    first, second = account.engine.store.rows(Payout)
    assert (first.status, second.status) == ("failed", "paid")
    assert first.amount == second.amount == 3_000 - 117
    check(account.engine)


def test_a_paused_subscription_is_not_billed_until_it_goes_on():
    account = Account()
    subscription = account.subscribe()
    account.engine.subscriptions.pause(subscription)
    account.engine.advance(account.engine.now() + 90 * DAY)
    assert len(account.invoices()) == 1
    account.engine.subscriptions.resume(subscription)
    assert len(account.invoices()) == 2
    assert subscription.period_start == account.engine.now()


def test_a_trial_that_is_cancelled_is_never_billed():
    account = Account(CHARGEBEE)
    subscription = account.subscribe(trial_days=14)
    account.engine.subscriptions.cancel(subscription)
    account.engine.advance(account.engine.now() + 40 * DAY)
    assert subscription.status == "cancelled"
    assert not account.invoices()


def test_a_pending_item_can_be_taken_back_until_it_is_invoiced():
    account = Account()
    item = account.engine.invoices.add_item(account.customer, 500)
    account.engine.invoices.remove_item(item)
    with pytest.raises(Refused) as refused:
        account.engine.invoices.draft(account.customer)
    assert refused.value.code == "nothing_to_invoice"


# Anything, in any order


class Anything:
    """Does to an account what numbers say, as far as it is possible."""

    def __init__(self, rules, currency):
        self.account = Account(rules, currency, percents=("8.875",))
        self.engine = self.account.engine
        self.prices = [
            self.account.price(1_990),
            self.account.price(4_970),
            self.account.price(19_900, "year"),
        ]

    def do(self, what, number):
        """``what``: name of a method; ``number`` chooses the details."""
        try:
            getattr(self, what)(number)
        except Refused:
            pass

    def one_of(self, cls, number):
        rows = self.engine.store.rows(cls)
        if not rows:
            raise Refused("none", f"no {cls.TYPE} yet")
        return rows[number % len(rows)]

    def wait(self, number):
        self.engine.advance(self.engine.now() + number * DAY // 3)

    def subscribe(self, number):
        price = self.prices[number % 3]
        self.account.subscribe(
            1 + number % 5, price, trial_days=10 if number % 4 == 3 else 0
        )

    def quantity(self, number):
        subscription = self.one_of(Subscription, number)
        how = ("create", "invoice", "none")[number % 3]
        item = subscription.items[0].id
        self.engine.subscriptions.set_quantity(subscription, item, 1 + number % 9, how)

    def price(self, number):
        subscription = self.one_of(Subscription, number)
        item = (subscription.items[0].id, self.prices[number % 3], 1 + number % 4)
        self.engine.subscriptions.change_items(subscription, [item])

    def cancel(self, number):
        subscription = self.one_of(Subscription, number)
        self.engine.subscriptions.cancel(
            subscription,
            at_period_end=number % 3 == 0,
            prorate=number % 2 == 0,
            invoice_now=number % 5 == 0,
        )

    def pause(self, number):
        subscription = self.one_of(Subscription, number)
        self.engine.subscriptions.pause(subscription, self.engine.now() + number * DAY)

    def fail(self, number):
        failing(self.account, *["card_declined"] * (number % 6))

    def transfer(self, number):
        invoice = self.one_of(Invoice, number)
        self.engine.payments.pay(
            self.account.customer,
            {invoice.id: max(10, invoice.remaining // (1 + number % 3) // 10 * 10)},
            amount=None if number % 2 else 10**6,
        )

    def credit(self, number):
        invoice = self.one_of(Invoice, number)
        line = invoice.lines[0]
        self.engine.credits.issue(
            invoice, None if number % 4 == 0 else {line.id: line.amount // 30 * 10}
        )

    def credit_refund(self, number):
        invoice = self.one_of(Invoice, number)
        self.engine.credits.issue(invoice, to_balance=0)

    def refund(self, number):
        payment = self.one_of(Payment, number)
        self.engine.credits.refund(payment, max(10, payment.amount // 30 * 10))

    def dispute(self, number):
        self.engine.disputes.open(self.one_of(Payment, number))

    def close_dispute(self, number):
        dispute = self.one_of(Dispute, number)
        self.engine.disputes.close(dispute, won=number % 2 == 0)

    def void(self, number):
        self.engine.invoices.void(self.one_of(Invoice, number))

    def give_up(self, number):
        self.engine.invoices.mark_uncollectible(self.one_of(Invoice, number))


STEPS = [
    name for name in vars(Anything) if name[0] != "_" and name not in ("do", "one_of")
]


@RULES
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(STEPS + ["wait", "wait"]), st.integers(0, 120)),
        max_size=25,
    ),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
)
@settings(max_examples=60, deadline=None)
def test_whatever_happens_the_laws_hold(rules, steps, currency):
    world = Anything(rules, currency)
    world.subscribe(0)
    for what, number in steps:
        world.do(what, number)
    check(world.engine)
