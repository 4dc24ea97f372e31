"""What the vendor sends to our bank, when, and of what it is made."""

from collections import defaultdict
from datetime import UTC, datetime

from .model import Payout
from .rules import DAY

#: Payouts are made at this second of the day, and arrive at midnight.
HOUR = 6 * 3_600
#: With payouts by week: on Mondays.
WEEKDAY = 0


class Payouts:
    """Automatic payouts by the rules' rhythm, from the first due moment on."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store
        self._failing = defaultdict(list)
        engine.on("payout_day", self._payout_day)
        engine.on("payout_arrival", self._arrive)
        self._schedule(engine.now())

    def pay_out(self, currency, automatic=True):
        """Send all that is available in a currency; ``None`` where that is nothing,
        or less.
        """
        now = self.engine.now()
        waiting = self.engine.ledger.waiting.get(currency, {})
        ready = [each for each in waiting.values() if each.available <= now]
        amount = sum(each.net for each in ready)
        if amount <= 0:
            return None
        payout = Payout(
            id=self.engine.new_id("payout"),
            currency=currency,
            amount=amount,
            arrival=(now // DAY + self.engine.rules.arrival_days) * DAY,
            automatic=automatic,
            description=f"Payout in {currency}",
            reference=f"{currency}{self.store.count(Payout) + 1:09d}",
        )
        self.store.add(payout)
        transaction = self.engine.ledger.record(
            "payout",
            -amount,
            currency,
            fixed=(-amount, None),
            payout=payout.id,
            description=payout.description,
        )
        for each in ready:
            del waiting[each.id]
            self.store.change(each, payout=payout.id)
        self.store.change(payout, transaction=transaction.id)
        self.engine.at(payout.arrival, "payout_arrival", payout)
        return payout

    def fail_next(self, currency, code="account_closed"):
        """The next payout in that currency to arrive comes back instead."""
        self._failing[currency].append(code)

    def _arrive(self, payout):
        if payout.status != "in_transit":
            return
        failing = self._failing[payout.currency]
        if not failing:
            self.store.change(payout, "paid", status="paid", paid_at=self.engine.now())
            return
        back = self.engine.ledger.record(
            "payout_failure",
            payout.amount,
            payout.currency,
            fixed=(payout.amount, None),
            description=f"Payout {payout.id} came back",
        )
        self.store.change(
            payout,
            "failed",
            status="failed",
            failure=back.id,
            failure_code=failing.pop(0),
        )

    def _payout_day(self):
        now = self.engine.now()
        monday = datetime.fromtimestamp(now, tz=UTC).weekday() == WEEKDAY
        for currency, rhythm in self.engine.rules.payouts.items():
            if rhythm == "daily" or monday:
                self.pay_out(currency)
        self._schedule(now)

    def _schedule(self, now):
        day = (now - HOUR) // DAY + 1
        self.engine.at(day * DAY + HOUR, "payout_day")
