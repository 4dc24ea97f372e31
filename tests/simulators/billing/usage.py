"""What was used, by event, and how much that is in a period."""

from collections import defaultdict

from .model import Customer, Meter, Price, Subscription, UsageEvent
from .rules import Refused


class UsageBook:
    """Events, each id once; a late event counts in the period of its own moment, if
    that has not been billed yet.
    """

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store
        self._by_meter = defaultdict(list)
        self._by_item = defaultdict(list)

    def report(
        self, *, id, customer, value, moment=None, meter=None, subscription=None,
        item=None, **values,
    ):  # fmt: skip
        """Keep an event. Raises :class:`Refused` ``duplicate`` for an id seen before.

        For an item (``subscription`` and ``item``), or for a ``meter``.
        """
        if self.store.find(UsageEvent, id):
            raise Refused("duplicate", f"usage {id} is there already")
        customer = self.engine.get(Customer, customer)
        meter = meter and self.engine.get(Meter, meter).id
        subscription = subscription and self.engine.get(Subscription, subscription).id
        event = UsageEvent(
            id=id,
            meter=meter,
            customer=customer.id,
            value=value,
            moment=self.engine.now() if moment is None else moment,
            subscription=subscription,
            item=item,
            **values,
        )
        self.store.add(event)
        if item:
            self._by_item[item].append(event)
        else:
            self._by_meter[customer.id, meter].append(event)
        return event

    def events(self, subscription, item, start, end):
        """The events of an item in a period, end exclusive."""
        price = self.engine.get(Price, item.price)
        found = (
            self._by_item[item.id] + self._by_meter[subscription.customer, price.meter]
        )
        return [
            each for each in found if start <= each.moment < end and not each.deleted
        ]

    def total(self, subscription, item, start, end):
        """How much was used, by the aggregation of the meter (sum without one)."""
        events = self.events(subscription, item, start, end)
        price = self.engine.get(Price, item.price)
        how = self.store.get(Meter, price.meter).aggregation if price.meter else "sum"
        if not events:
            return 0
        if how == "max":
            return max(each.value for each in events)
        if how == "last":
            return max(events, key=lambda each: (each.moment, each.version)).value
        return sum(each.value for each in events)
