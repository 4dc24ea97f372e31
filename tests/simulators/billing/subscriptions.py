"""Subscriptions: begin, renew, change, pause and end."""

from dataclasses import replace

from .model import (
    Customer,
    Entitlement,
    Item,
    Price,
    Product,
    Subscription,
)
from .periods import after, next_boundary
from .plans import Plans
from .prorations import Prorations
from .recurring import Recurring
from .rules import DAY, Refused

LIVE = ("trial", "active", "past_due", "paused", "incomplete")


class Subscriptions(Plans):
    """Keeps subscriptions, and has them billed."""

    def __init__(self, engine):
        super().__init__(engine)
        self.prorations = Prorations(engine)
        self.recurring = Recurring(engine)
        self._number = 0
        for action in ("start", "renew", "trial_ending", "phase", "cancel", "resume"):
            engine.on(action, getattr(self, f"_{action}_due"))

    # Begin

    def subscribe(
        self, customer, items, *, id=None, start=None, trial_end=None, trial_days=0,
        anchor=None, coupons=(), tax_rates=(), collection=None, terms_days=None,
        phases=(), **values,
    ):  # fmt: skip
        """A new subscription of ``items``, (price, quantity) pairs.

        :param start: later than now: it waits; its trial is counted from then
        :param anchor: when the first whole period begins; what is before is prorated
        """
        customer = self.engine.get(Customer, customer)
        prices = [self.engine.get(Price, price) for price, _quantity in items]
        self._check(prices)
        now = self.engine.now()
        start = now if start is None else start
        if trial_days and not trial_end:
            trial_end = start + trial_days * DAY
        terms = customer.terms_days if terms_days is None else terms_days
        self._number += 1
        subscription = Subscription(
            id=id or self.engine.new_id("subscription"),
            customer=customer.id,
            currency=prices[0].currency,
            number=f"S-{self._number:06d}",
            status="future",
            items=tuple(
                Item(self.engine.new_id("item"), price.id, quantity, now)
                for price, (_price, quantity) in zip(prices, items, strict=True)
            ),
            discounts=tuple(self.redeem(coupon, start) for coupon in coupons),
            tax_rates=tuple(tax_rates),
            started=start,
            anchor=anchor or trial_end or start,
            period_start=start,
            period_end=start,
            trial_start=start if trial_end else None,
            trial_end=trial_end,
            collection=collection or customer.collection,
            terms_days=terms,
            **values,
        )
        self.store.add(subscription)
        if customer.currency is None:
            self.store.change(customer, currency=subscription.currency)
        if phases:
            self.plan(subscription, phases)
        if start > now:
            self.engine.at(start, "start", subscription)
        else:
            self._begin(subscription)
        return subscription

    def _begin(self, subscription):
        self._entitle(subscription)
        end = subscription.trial_end
        if end and end > self.engine.now():
            self.store.change(subscription, status="trial", period_end=end)
            if self.engine.rules.trial_invoices:
                self.recurring.bill_trial(subscription)
            self.engine.at(end - 3 * DAY, "trial_ending", subscription)
            self.engine.at(end, "renew", subscription, end)
            return
        end = self._boundary(subscription)
        self.store.change(subscription, "activated", status="active", period_end=end)
        self.recurring.bill_first(subscription)
        self.engine.at(end, "renew", subscription, end)

    def _start_due(self, subscription):
        if subscription.status == "future":
            self._begin(subscription)

    # Renew

    def _renew_due(self, subscription, end):
        if subscription.status not in LIVE or subscription.period_end != end:
            return
        if subscription.status == "paused":
            return
        if self._ends(subscription):
            self._end(subscription)
            return
        self._apply_phase(subscription)
        if subscription.period_end != end:
            return
        was_trial = subscription.status == "trial"
        old = (subscription.period_start, end)
        self._next_period(
            subscription,
            "activated" if was_trial else "renewed",
            **({"status": "active"} if was_trial else {}),
        )
        self.recurring.bill_cycle(subscription, old)

    def _next_period(self, subscription, kind, **values):
        start = subscription.period_end
        self.store.change(subscription, kind, period_start=start, **values)
        end = self._boundary(subscription)
        self.store.change(subscription, period_end=end)
        self.engine.at(end, "renew", subscription, end)

    def _boundary(self, subscription):
        price = self._price(subscription)
        return next_boundary(
            subscription.anchor,
            price.interval,
            price.interval_count,
            subscription.period_start,
        )

    def _ends(self, subscription):
        at = subscription.cancel_at
        return subscription.cancel_at_period_end or (at and at <= self.engine.now())

    def _trial_ending_due(self, subscription):
        if subscription.status == "trial":
            self.store.change(subscription, "trial_ending")

    def end_trial(self, subscription):
        """End a trial now, and begin to bill."""
        subscription = self.engine.get(Subscription, subscription)
        self._expect(subscription, "trial")
        now = self.engine.now()
        self.store.change(subscription, trial_end=now, period_end=now, anchor=now)
        self._renew_due(subscription, now)
        return subscription

    # Change

    def change_items(self, subscription, items, proration="create"):
        """Have these items instead: (item id or ``None`` for a new one, price,
        quantity). Items left out are removed.

        :param proration: create: with the next invoice | invoice: at once | none
        """
        subscription = self.engine.get(Subscription, subscription)
        self._expect(subscription, "trial", "active", "past_due")
        now = self.engine.now()
        known = {item.id: item for item in subscription.items}
        wanted = []
        for item_id, price, quantity in items:
            price = self.engine.get(Price, price)
            if item_id is None:
                wanted.append(Item(self.engine.new_id("item"), price.id, quantity, now))
            else:
                wanted.append(
                    replace(known[item_id], price=price.id, quantity=quantity)
                )
        self._check([self.store.get(Price, item.price) for item in wanted])
        changed = [item for item in wanted if known.get(item.id) != item]
        kept = {item.id for item in wanted}
        touched = {item.id for item in changed} | (known.keys() - kept)
        if not touched:
            return subscription
        self.recurring.bill_removed_usage(
            subscription, [known[id] for id in touched if id in known]
        )
        other = self._interval(subscription.items) != self._interval(wanted)
        trial = subscription.status == "trial"
        if proration != "none" and not trial:
            ids = known.keys() if other else touched
            self.prorations.give_back(subscription, ids, now)
        self.store.change(subscription, "changed", items=tuple(wanted))
        self._entitle(subscription)
        if trial:
            return subscription
        if other:
            return self._restart(subscription)
        if proration != "none":
            self.prorations.charge(subscription, changed, now)
            if proration == "invoice":
                self.recurring.bill_pending(subscription)
        return subscription

    def set_quantity(self, subscription, item_id, quantity, proration="create"):
        """Change how many of one item."""
        subscription = self.engine.get(Subscription, subscription)
        items = [
            (item.id, item.price, quantity if item.id == item_id else item.quantity)
            for item in subscription.items
        ]
        return self.change_items(subscription, items, proration)

    def co_terminate(self, subscription, moment):
        """Have the current period end at ``moment``, to renew with others from then.

        What was billed is given back from now on, and now to then is billed at once.
        """
        subscription = self.engine.get(Subscription, subscription)
        self._expect(subscription, "active", "past_due")
        now = self.engine.now()
        price = self._price(subscription)
        if not now < moment <= after(now, price.interval, price.interval_count, 1):
            raise Refused("period", "The moment is not within one period from now")
        ids = {item.id for item in subscription.items}
        self.prorations.give_back(subscription, ids, now)
        self.recurring.bill_removed_usage(subscription, subscription.items)
        return self._restart(subscription, moment)

    def _restart(self, subscription, anchor=None):
        """A new period from now on, billed at once."""
        now = self.engine.now()
        self.store.change(
            subscription, "changed", anchor=anchor or now, period_start=now
        )
        end = self._boundary(subscription)
        self.store.change(subscription, period_end=end)
        self.engine.at(end, "renew", subscription, end)
        self.recurring.bill_first(subscription, "update")
        return subscription

    # Pause and end

    def pause(self, subscription, resumes_at=None):
        """Bill nothing from the next renewal on, until it is resumed."""
        subscription = self.engine.get(Subscription, subscription)
        self._expect(subscription, "active", "past_due")
        now = self.engine.now()
        self.store.change(
            subscription,
            "paused",
            status="paused",
            paused_at=now,
            resumes_at=resumes_at,
        )
        if resumes_at:
            self.engine.at(resumes_at, "resume", subscription)
        return subscription

    def resume(self, subscription):
        """Go on: where the paid period is over, with a new one, billed at once."""
        subscription = self.engine.get(Subscription, subscription)
        self._expect(subscription, "paused")
        self.store.change(
            subscription, "resumed", status="active", paused_at=None, resumes_at=None
        )
        if subscription.period_end <= self.engine.now():
            self._restart(subscription)
        return subscription

    def _resume_due(self, subscription):
        due = subscription.resumes_at
        if subscription.status == "paused" and due and due <= self.engine.now():
            self.resume(subscription)

    def cancel(
        self, subscription, *, at_period_end=True, at=None, reason=None,
        prorate=False, invoice_now=False,
    ):  # fmt: skip
        """End it with its period, at a moment, or now.

        :param prorate: now: give back what was billed for the rest
        :param invoice_now: now: bill what was used and what is pending
        """
        subscription = self.engine.get(Subscription, subscription)
        self._expect(subscription, "future", *LIVE)
        now = self.engine.now()
        if at or (at_period_end and subscription.status != "future"):
            self.store.change(
                subscription,
                "cancellation_scheduled",
                cancel_at=at or subscription.period_end,
                cancel_at_period_end=not at,
                cancelled_at=now,
                cancel_reason=reason,
            )
            if at:
                self.engine.at(at, "cancel", subscription)
            return subscription
        if prorate and subscription.status in ("active", "past_due"):
            ids = {item.id for item in subscription.items}
            self.prorations.give_back(subscription, ids, now)
        self._end(subscription, reason, bill=invoice_now)
        return subscription

    def undo_cancel(self, subscription):
        """Take back a cancellation that has not happened yet."""
        subscription = self.engine.get(Subscription, subscription)
        self._expect(subscription, *LIVE)
        return self.store.change(
            subscription,
            "changed",
            cancel_at=None,
            cancel_at_period_end=False,
            cancelled_at=None,
            cancel_reason=None,
        )

    def _cancel_due(self, subscription):
        at = subscription.cancel_at
        if subscription.status in LIVE and at and at <= self.engine.now():
            self._end(subscription)

    def _end(self, subscription, reason=None, bill=True):
        now = self.engine.now()
        if bill and subscription.status != "trial":
            self.recurring.bill_last(subscription)
        self.store.change(
            subscription,
            "cancelled",
            status="cancelled",
            ended_at=now,
            cancelled_at=subscription.cancelled_at or now,
            cancel_reason=reason or subscription.cancel_reason,
        )
        self._entitle(subscription)

    # Entitlements

    def _entitle(self, subscription):
        """Make the entitlements those of the items' products."""
        wanted = set()
        if subscription.status != "cancelled":
            for item in subscription.items:
                price = self.store.get(Price, item.price)
                wanted.update(self.store.get(Product, price.product).features)
        known = self.store.by(Entitlement, "subscription", subscription.id)
        for each in known:
            self.store.change(each, enabled=each.feature in wanted)
        for feature in sorted(wanted - {each.feature for each in known}):
            self.store.add(
                Entitlement(
                    id=self.engine.new_id("entitlement"),
                    customer=subscription.customer,
                    subscription=subscription.id,
                    feature=feature,
                )
            )

    # Checks

    def _check(self, prices):
        if not prices:
            raise Refused("no_items", "A subscription needs an item")
        if len({(each.interval, each.interval_count) for each in prices}) > 1:
            raise Refused("intervals", "All items must have one interval")
        if len({each.currency for each in prices}) > 1:
            raise Refused("currencies", "All items must have one currency")
        if not prices[0].interval:
            raise Refused("one_off", "A price without an interval can't be subscribed")

    def _expect(self, subscription, *states):
        if subscription.status not in states:
            raise Refused(
                "invalid_state",
                f"Subscription {subscription.id} is {subscription.status}",
            )

    def _price(self, subscription):
        return self.store.get(Price, subscription.items[0].price)

    def _interval(self, items):
        price = self.store.get(Price, items[0].price)
        return price.interval, price.interval_count
