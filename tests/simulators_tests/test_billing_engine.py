"""The billing engine that the simulators of Stripe and Chargebee share."""

from collections import Counter

import pytest
from billing_account import RULES, Account, failing
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators import Clock
from simulators.billing import CHARGEBEE, STRIPE, BillingEngine, Refused, run_year
from simulators.billing.laws import check
from simulators.billing.model import (
    KINDS,
    BalanceTransaction,
    CreditNote,
    Dispute,
    Invoice,
    Payment,
    Payout,
    PendingItem,
    Subscription,
    TaxRate,
)
from simulators.billing.rules import DAY


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
