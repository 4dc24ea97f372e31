"""What the books must say, added up from an engine's objects without Odoo.

Nothing is taken from a document's own sums: net, tax and gross are added up from lines,
what is open from documents and money. Amounts are minor units of their currency, months
texts as ``2025-03``.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .model import (
    BalanceTransaction,
    CreditNote,
    Dispute,
    Invoice,
    Payment,
    Payout,
    Refund,
)


@dataclass
class Truth:
    """
    :param months: amount by (month, currency, kind, detail). Kinds and their details:

        - ``invoiced_net``, ``invoiced_gross`` (""), ``invoiced_tax`` (tax rate id): of
          invoices that were issued, by the month of issue, void ones too
        - ``voided_net``, ``voided_gross``, ``voided_tax``: by the month of the end
        - ``credited_net``, ``credited_gross``, ``credited_tax``: credit notes in force
        - ``written_off`` (""): of uncollectible invoices, by the month of giving up
        - ``paid``, ``refunded`` (method): of money that came and went back; outside the
          vendor too; ``refund_failed`` (method): what came back of it
        - ``recorded``, ``recorded_refund`` (method): the part of ``paid`` and
          ``refunded`` that the vendor only records
        - ``disputed``, ``dispute_won``, ``dispute_lost`` (""): in the payment's
          currency, by the month of the withdrawal and of the decision
        - ``charged_back`` (""): disputes that were lost, where no balance is told of
        - ``fee`` (kind of fee), ``payout``, ``payout_failed`` (""): in settlement
          currency
        - ``converted_from``, ``converted_to`` (the other currency): the gross that was
          converted, in the payment's and in the settlement currency
    :param receivable: what is open by (customer, currency), negative where the customer
        has credit: invoices − credit notes − payments + refunds − written off
    :param disputed: taken by disputes that are open, by currency
    :param clearing: what the vendor holds for us, by settlement currency
    :param transit: payouts that have not arrived, by currency
    """

    months: Counter = field(default_factory=Counter)
    receivable: Counter = field(default_factory=Counter)
    disputed: Counter = field(default_factory=Counter)
    clearing: Counter = field(default_factory=Counter)
    transit: Counter = field(default_factory=Counter)

    def of(self, kind):
        """(month, currency, detail) to amount of one kind, without zeros."""
        return {
            (month, currency, detail): amount
            for (month, currency, each, detail), amount in self.months.items()
            if each == kind and amount
        }

    def ledger(self, write_off=False):
        """What the accounts have: amount by (month, currency, account), debit positive.

        Accounts are ``receivable``, ``income``, ``tax <tax rate id>``, ``clearing``,
        ``outside`` (money that the vendor only records), ``fees``, ``disputed``,
        ``dispute_loss``, ``transit`` (payouts, before the bank statement has them) and
        ``bad_debt``. Each amount is in its own currency, so that differences of
        exchange rates are in none.

        :param write_off: uncollectible invoices are written off
        """
        found = Counter()
        for (month, currency, kind, detail), amount in self.months.items():
            for account, sign in _entries(kind, detail, write_off):
                found[month, currency, account] += sign * amount
        return Counter({key: amount for key, amount in found.items() if amount})

    def total(self, kind):
        """Amount by currency of one kind."""
        found = Counter()
        for (_month, currency, _detail), amount in self.of(kind).items():
            found[currency] += amount
        return dict(found)


#: Kind of :attr:`Truth.months` to the account that it debits and the one it credits,
#: ``None`` where another kind has that side.
ENTRIES = {
    "invoiced_gross": ("receivable", None),
    "invoiced_net": (None, "income"),
    "invoiced_tax": (None, "tax"),
    "voided_gross": (None, "receivable"),
    "voided_net": ("income", None),
    "voided_tax": ("tax", None),
    "credited_gross": (None, "receivable"),
    "credited_net": ("income", None),
    "credited_tax": ("tax", None),
    "written_off": ("bad_debt", "receivable"),
    "paid": ("clearing", "receivable"),
    "recorded": ("outside", "clearing"),
    "refunded": ("receivable", "clearing"),
    "recorded_refund": ("clearing", "outside"),
    "refund_failed": ("clearing", "receivable"),
    "fee": ("fees", "clearing"),
    "converted_from": (None, "clearing"),
    "converted_to": ("clearing", None),
    "disputed": ("disputed", "clearing"),
    "dispute_won": ("clearing", "disputed"),
    "dispute_lost": ("dispute_loss", "disputed"),
    "charged_back": ("receivable", "clearing"),
    "payout": ("transit", "clearing"),
    "payout_failed": ("clearing", "transit"),
}


def _entries(kind, detail, write_off):
    if kind == "written_off" and not write_off:
        return
    for account, sign in zip(ENTRIES[kind], (1, -1), strict=True):
        if account:
            yield f"tax {detail}" if account == "tax" else account, sign


def month_of(moment):
    """``2025-03`` of a moment, UTC."""
    return datetime.fromtimestamp(moment, tz=UTC).strftime("%Y-%m")


def truth(engine, tells_losses=True, balance=True):
    """The :class:`Truth` of an engine as it is now.

    :param tells_losses: the vendor says when a dispute was lost. Stripe doesn't, and
        nothing moves then: it is lost by the month of the withdrawal
    :param balance: the vendor keeps our money and tells of its balance. Without it, as
        Chargebee, it knows what was paid and given back, by whom ever, and of disputes
        those that were lost, as a refund by the bank; all else comes by other ways
    """
    found = Truth()
    _documents(engine.store, found)
    _money(engine.store, found, balance)
    if balance:
        _balance(engine.store, found)
        _disputes(engine.store, found, tells_losses)
    else:
        _charged_back(engine.store, found)
        for (_month, currency, account), amount in found.ledger().items():
            if account == "clearing":
                found.clearing[currency] += amount
    return found


def _documents(store, found):
    for invoice in store.rows(Invoice):
        if invoice.finalized_at is None or invoice.deleted:
            continue
        owed = _add(found, "invoiced", invoice.date, invoice)
        if invoice.status == "void":
            _add(found, "voided", invoice.voided_at, invoice)
            owed = 0
        key = (invoice.customer, invoice.currency)
        found.receivable[key] += owed - invoice.written_off
        if invoice.written_off:
            month = month_of(invoice.uncollectible_at)
            entry = (month, invoice.currency, "written_off", "")
            found.months[entry] += invoice.written_off
    for note in store.rows(CreditNote):
        if note.status == "issued":
            gross = _add(found, "credited", note.date, note)
            found.receivable[note.customer, note.currency] -= gross - note.outside


def _add(found, kind, moment, document):
    month = month_of(moment)
    net = gross = 0
    for line in document.lines:
        inside = sum(each.amount for each in line.taxes if each.inclusive)
        added = sum(each.amount for each in line.taxes if not each.inclusive)
        paid = line.amount - sum(each.amount for each in line.discounts)
        net += paid - inside
        gross += paid + added
        for tax in line.taxes:
            key = (month, document.currency, f"{kind}_tax", tax.tax_rate)
            found.months[key] += tax.amount
    found.months[month, document.currency, f"{kind}_net", ""] += net
    found.months[month, document.currency, f"{kind}_gross", ""] += gross
    return gross


def _money(store, found, balance):
    for payment in store.rows(Payment):
        if payment.status == "succeeded":
            key = (month_of(payment.paid_at), payment.currency, "paid", payment.method)
            found.months[key] += payment.amount
            found.receivable[payment.customer, payment.currency] -= payment.amount
            if payment.outside and balance:
                found.months[(*key[:2], "recorded", key[3])] += payment.amount
    for refund in store.rows(Refund):
        method = store.get(Payment, refund.payment).method
        if refund.refunded_at is not None:
            # It leaves the balance when it is made, not when it arrives.
            at_once = balance and refund.balance_transaction
            left = refund.created if at_once else refund.refunded_at
            month = month_of(left)
            found.months[month, refund.currency, "refunded", method] += refund.amount
            if refund.outside and balance:
                key = (month, refund.currency, "recorded_refund", method)
                found.months[key] += refund.amount
            found.receivable[refund.customer, refund.currency] += refund.amount
        if refund.refunded_at is not None and refund.failed_at is not None:
            month = month_of(refund.failed_at) if balance else month_of(left)
            key = (month, refund.currency, "refund_failed", method)
            found.months[key] += refund.amount
            found.receivable[refund.customer, refund.currency] -= refund.amount


def _balance(store, found):
    kinds = {"payout": "payout", "payout_failure": "payout_failed"}
    for each in store.rows(BalanceTransaction):
        month = month_of(each.created)
        found.clearing[each.currency] += each.net
        for part in each.fees:
            found.months[month, part.currency, "fee", part.kind] += part.amount
        if each.kind in kinds:
            key = (month, each.currency, kinds[each.kind], "")
            found.months[key] += abs(each.amount)
        if each.source_currency != each.currency:
            source = (month, each.source_currency, "converted_from", each.currency)
            target = (month, each.currency, "converted_to", each.source_currency)
            found.months[source] += each.source_amount
            found.months[target] += each.amount
    for payout in store.rows(Payout):
        if payout.status in ("pending", "in_transit"):
            found.transit[payout.currency] += payout.amount


def _charged_back(store, found):
    for dispute in store.rows(Dispute):
        if dispute.status == "lost":
            key = (month_of(dispute.closed_at), dispute.currency, "charged_back", "")
            found.months[key] += dispute.amount
            found.receivable[dispute.customer, dispute.currency] += dispute.amount


def _disputes(store, found, tells_losses):
    for dispute in store.rows(Dispute):
        if not dispute.transactions:
            continue  # a warning only
        taken = store.get(BalanceTransaction, dispute.transactions[0])
        opened = month_of(taken.created)
        key = (opened, dispute.currency, "disputed", "")
        found.months[key] -= taken.source_amount
        if dispute.status in ("won", "lost"):
            won = dispute.status == "won"
            month = month_of(dispute.closed_at) if won or tells_losses else opened
            kind = f"dispute_{dispute.status}"
            found.months[month, dispute.currency, kind, ""] -= taken.source_amount
        else:
            found.disputed[dispute.currency] -= taken.source_amount
