"""The billing engine: what is collected, tried again, and given back."""

from decimal import Decimal

import pytest
from billing_account import RULES, Account, failing
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators.billing import CHARGEBEE, STRIPE, Refused
from simulators.billing.laws import check
from simulators.billing.model import (
    BalanceTransaction,
    Coupon,
    CreditNote,
    Payment,
    Payout,
)
from simulators.billing.rules import DAY


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
