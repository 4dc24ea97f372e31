"""What must hold in a billing account, whatever has happened in it."""

from collections import Counter

from .model import (
    BalanceEntry,
    BalanceTransaction,
    CreditNote,
    Customer,
    Invoice,
    InvoicePayment,
    Payment,
    Payout,
    Refund,
)
from .money import step
from .truth import truth


def check(engine):
    """Assert all laws."""
    for law in (_documents, _debts, _payments, _balances, _ledger, _receivable):
        law(engine, engine.store)


def _documents(engine, store):
    for document in store.rows(Invoice) + store.rows(CreditNote):
        lines = document.lines
        inside = [each for line in lines for each in line.taxes if each.inclusive]
        added = [each for line in lines for each in line.taxes if not each.inclusive]
        assert document.subtotal == sum(line.amount for line in lines)
        assert document.added_tax == sum(each.amount for each in added)
        assert document.tax_total == document.added_tax + sum(
            each.amount for each in inside
        )
        assert document.discount_total == sum(line.discount for line in lines)
        assert document.total == (
            document.subtotal - document.discount_total + document.added_tax
        )
        for line in lines:
            assert line.kind == "proration" or line.amount >= 0
            assert 0 <= line.discount <= max(0, line.amount)
            amounts = [line.amount, line.total, line.tax, line.discount]
            assert not any(each % step(document.currency) for each in amounts)


def _debts(engine, store):
    for invoice in store.rows(Invoice):
        paid = sum(
            link.amount_paid for link in store.by(InvoicePayment, "invoice", invoice.id)
        )
        assert invoice.amount_paid == paid >= 0
        assert invoice.amount_paid <= invoice.amount_due
        assert invoice.credited >= 0
        if invoice.status == "paid":
            assert invoice.remaining == 0
            assert (
                invoice.total
                == invoice.applied_balance + invoice.credited + invoice.amount_paid
            )
        if invoice.status == "open":
            assert invoice.remaining > 0
        notes = engine.credits.of(invoice)
        assert sum(note.total for note in notes) <= max(0, invoice.total)
        for note in notes:
            assert note.total > 0
            assert note.total == (
                note.before_payment + note.refunded + note.to_balance + note.outside
            )
            used = sum(each.amount for each in note.applications)
            assert used <= note.before_payment + note.to_balance


def _payments(engine, store):
    for payment in store.rows(Payment):
        links = store.by(InvoicePayment, "payment", payment.id)
        assert payment.applied == sum(link.amount_paid for link in links)
        assert 0 <= payment.applied <= payment.amount
        assert payment.unused >= 0
        refunds = [
            each.amount
            for each in store.by(Refund, "payment", payment.id)
            if each.status != "failed"
        ]
        assert payment.refunded == sum(refunds) <= payment.amount
        assert payment.status == "succeeded" or not (payment.applied or refunds)


def _balances(engine, store):
    for customer in store.rows(Customer):
        found = Counter()
        for entry in store.by(BalanceEntry, "customer", customer.id):
            found[entry.currency] += entry.amount
            assert entry.ending == found[entry.currency] >= 0
        kept = {each: amount for each, amount in customer.balance.items() if amount}
        assert {each: amount for each, amount in found.items() if amount} == kept


def _ledger(engine, store):
    """What came in, less fees, was paid out or is waiting."""
    waiting = Counter()
    for each in store.rows(BalanceTransaction):
        assert each.net == each.amount - each.fee
        assert each.fee == sum(part.amount for part in each.fees) >= 0
        if each.payout is None:
            waiting[each.currency] += each.net
    for payout in store.rows(Payout):
        parts = store.by(BalanceTransaction, "payout", payout.id)
        assert sum(each.net for each in parts) == 0
        own = store.get(BalanceTransaction, payout.transaction)
        assert own.amount == -payout.amount < 0
    found = truth(engine)
    assert +waiting == +found.clearing
    ledger = Counter()
    for (_month, currency, account), amount in found.ledger().items():
        ledger[account, currency] += amount
    assert _of(ledger, "clearing") == _nonzero(waiting)
    assert _of(ledger, "disputed") == _nonzero(found.disputed)


def _of(ledger, account):
    return _nonzero({key[1]: each for key, each in ledger.items() if key[0] == account})


def _nonzero(counter):
    return {key: amount for key, amount in counter.items() if amount}


def _receivable(engine, store):
    """What is owed in all is what documents have open, less what customers have."""
    expected = Counter()
    for invoice in store.rows(Invoice):
        if invoice.status == "open":
            expected[invoice.customer, invoice.currency] += invoice.remaining
    for customer in store.rows(Customer):
        for currency, amount in customer.balance.items():
            expected[customer.id, currency] -= amount
    for payment in store.rows(Payment):
        expected[payment.customer, payment.currency] -= payment.unused
    for refund in store.rows(Refund):
        key = (refund.customer, refund.currency)
        if refund.status == "failed" and refund.credit_note:
            expected[key] -= refund.amount
        if refund.status == "pending" and refund.credit_note:
            expected[key] -= refund.amount
    for payment in store.rows(Payment):
        # Money given back without a credit note, though invoices had been paid by it.
        loose = sum(
            each.amount
            for each in store.by(Refund, "payment", payment.id)
            if each.status == "succeeded" and not each.credit_note
        )
        expected[payment.customer, payment.currency] += loose - payment.returned
    found = truth(engine).receivable
    for key in expected.keys() | found.keys():
        assert found[key] == expected[key], key
