"""What the vendor owes us: each movement with its fees, in settlement currency."""

from decimal import Decimal

from .model import BalanceTransaction, FeePart
from .money import convert, percent_of
from .rules import DAY

#: US dollars per unit, of which daily rates are made (:func:`rate`).
DOLLARS = {
    "USD": Decimal("1"),
    "EUR": Decimal("1.0850"),
    "GBP": Decimal("1.2700"),
    "KWD": Decimal("3.2500"),
    "JPY": Decimal("0.0067"),
    "AUD": Decimal("0.6600"),
}


def rate(source, target, moment):
    """Target per source on that day: within 1 % of the table, six decimals."""
    wiggle = 1 + Decimal((moment // DAY) * 7919 % 201 - 100) / 10_000
    exact = DOLLARS[source] / DOLLARS[target] * wiggle
    return exact.quantize(Decimal("0.000001"))


class Ledger:
    """Balance transactions; ``waiting``: those not paid out, by currency and id."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store
        self.waiting = {}

    def charge(self, payment):
        """The money of a payment that succeeded, less its fees."""
        return self.record(
            "charge",
            payment.amount,
            payment.currency,
            fees=self._charge_fees,
            payment=payment.id,
        )

    def record(
        self, kind, amount, currency, *, fees=None, hold=0, fixed=None, **links
    ):  # fmt: skip
        """A movement of ``amount`` (signed) of a payment's currency.

        ``fees``: gives the fee parts for (gross, target, converted); ``fixed``: the
        settlement amount and rate where they are known already.
        """
        now = self.engine.now()
        rules = self.engine.rules
        target = rules.settlement.get(currency, rules.home)
        quote = None
        gross = amount
        if target != currency:
            quote = rate(currency, target, now)
            gross = convert(amount, currency, target, quote)
        if fixed:
            gross, quote = fixed
        parts = tuple(fees(gross, target, quote is not None)) if fees else ()
        fee = sum(part.amount for part in parts)
        days = rules.hold_days if kind == "charge" else hold
        transaction = BalanceTransaction(
            id=self.engine.new_id("balance_transaction"),
            kind=kind,
            currency=target,
            amount=gross,
            fee=fee,
            net=gross - fee,
            source_amount=amount,
            source_currency=currency,
            rate=quote,
            fees=parts,
            available=now + days * DAY,
            **links,
        )
        self.store.add(transaction)
        if kind != "payout":
            self.waiting.setdefault(target, {})[transaction.id] = transaction
        return transaction

    def dispute_fees(self, target):
        """What a dispute costs, won or lost."""
        amount = self.engine.rules.fees[target].dispute
        if amount:
            yield FeePart("dispute", amount, target, "Dispute fee")

    def _charge_fees(self, gross, target, converted):
        fee = self.engine.rules.fees[target]
        amount = percent_of(gross, fee.percent, target) + fee.fixed
        yield FeePart("processing", amount, target, "Processing fees")
        if converted and fee.conversion:
            extra = percent_of(gross, fee.conversion, target)
            yield FeePart("conversion", extra, target, "Currency conversion fee")
            amount += extra
        tax = percent_of(amount, fee.tax, target)
        if tax:
            yield FeePart("tax", tax, target, "Tax on fees")
