"""Discounts of subscriptions, and what is planned for them."""

from .model import Coupon, Discount, Price, Subscription
from .periods import after
from .rules import Refused


class Plans:
    """The part of :class:`.subscriptions.Subscriptions` that looks ahead."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store
        self._phase_at = {}

    def redeem(self, coupon, start=None):
        """A discount of a coupon, from now or ``start`` on."""
        coupon = self.engine.get(Coupon, coupon)
        if not coupon.active:
            raise Refused("inactive", f"Coupon {coupon.id} is not active")
        start = self.engine.now() if start is None else start
        ends = None
        if coupon.duration == "repeating":
            ends = after(start, "month", coupon.months, 1)
        self.store.change(coupon, redeemed=coupon.redeemed + 1)
        return Discount(self.engine.new_id("discount"), coupon.id, start, ends)

    def add_discount(self, subscription, coupon):
        subscription = self.engine.get(Subscription, subscription)
        discounts = (*subscription.discounts, self.redeem(coupon))
        return self.store.change(subscription, "changed", discounts=discounts)

    def remove_discount(self, subscription, discount_id):
        subscription = self.engine.get(Subscription, subscription)
        kept = tuple(each for each in subscription.discounts if each.id != discount_id)
        return self.store.change(subscription, "changed", discounts=kept)

    def coupons(self, subscription):
        """Coupons that go on, of a subscription's discounts in use."""
        now = self.engine.now()
        coupons = [
            self.store.get(Coupon, each.coupon)
            for each in subscription.discounts
            if not each.used
            and each.starts <= now
            and (each.ends is None or now < each.ends)
        ]
        return [each for each in coupons if each.duration != "once"]

    def plan(self, subscription, phases):
        """What the subscription will be, phase by phase (:class:`.model.Phase`)."""
        subscription = self.engine.get(Subscription, subscription)
        self.store.change(
            subscription,
            "changed",
            phases=tuple(phases),
            schedule=subscription.schedule or self.engine.new_id("schedule"),
        )
        now = self.engine.now()
        self._phase_at[subscription.id] = now
        for phase in phases:
            if phase.starts > now:
                self.engine.at(phase.starts, "phase", subscription)
        return subscription

    def _phase_due(self, subscription):
        if subscription.status in ("trial", "active", "past_due"):
            self._apply_phase(subscription)

    def _apply_phase(self, subscription):
        now = self.engine.now()
        done = self._phase_at.get(subscription.id, now)
        due = [each for each in subscription.phases if done < each.starts <= now]
        if not due:
            return
        phase = due[-1]
        self._phase_at[subscription.id] = phase.starts
        left = {item.price: item.id for item in subscription.items}
        by_product = {
            self.store.get(Price, item.price).product: item.id
            for item in subscription.items
        }
        wanted = []
        for price, quantity in phase.items:
            product = self.store.get(Price, price).product
            item_id = left.get(price) or by_product.get(product)
            wanted.append((item_id, price, quantity))
        for coupon in phase.coupons:
            self.add_discount(subscription, coupon)
        at_renewal = subscription.period_end == now
        self.change_items(subscription, wanted, "none" if at_renewal else "create")
