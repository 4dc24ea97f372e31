"""The invoices of subscriptions: what is fixed in advance, usage in arrears."""

from .model import Customer, Price
from .money import nearest
from .periods import text, whole_period
from .pricing import price_amount, unit_amount
from .rules import Refused


class Recurring:
    """Bills a subscription's periods."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store

    def bill_first(self, subscription, reason="create"):
        """The first period, prorated where it isn't whole, issued at once."""
        lines = self._advance(subscription)
        return self._bill(subscription, lines, reason, self.engine.invoices.finalize)

    def bill_trial(self, subscription):
        """An invoice of zero."""
        lines = [
            self._line(subscription, item, price, "subscription", item.quantity, 0)
            for item, price in self._items(subscription)
            if not price.metered
        ]
        return self._bill(subscription, lines, "create", self.engine.invoices.finalize)

    def bill_cycle(self, subscription, old):
        """The usage of the ``old`` period (start, end), the next one in advance."""
        lines = self._advance(subscription) + self._usage(subscription, *old)
        return self._bill(subscription, lines, "cycle", self.engine.invoices.later)

    def bill_last(self, subscription):
        """The usage until now, and what is pending."""
        now = self.engine.now()
        lines = self._usage(subscription, subscription.period_start, now)
        return self._bill(subscription, lines, "cycle", self.engine.invoices.finalize)

    def bill_pending(self, subscription):
        """What a change gave back and charged."""
        return self._bill(subscription, [], "update", self.engine.invoices.finalize)

    def bill_removed_usage(self, subscription, items):
        """What was used of items that go away waits for the next invoice."""
        start, end = subscription.period_start, self.engine.now()
        customer = self.store.get(Customer, subscription.customer)
        for item in items:
            price = self.store.get(Price, item.price)
            if not price.metered:
                continue
            used = self.engine.usage.total(subscription, item, start, end)
            if used:
                self.engine.invoices.add_item(
                    customer,
                    price_amount(price, used),
                    currency=price.currency,
                    quantity=used,
                    unit_amount=unit_amount(price),
                    kind="usage",
                    description=self.engine.invoices.describe(price, used),
                    subscription=subscription.id,
                    item=item.id,
                    product=price.product,
                    price=price.id,
                    period_start=start,
                    period_end=end,
                    tax_rates=self._rates(subscription, item),
                )

    def _bill(self, subscription, lines, reason, issue):
        customer = self.store.get(Customer, subscription.customer)
        try:
            invoice = self.engine.invoices.draft(
                customer,
                lines=lines,
                subscription=subscription,
                reason=reason,
                period_start=subscription.period_start,
                period_end=subscription.period_end,
            )
        except Refused:
            return None  # neither due nor pending
        return issue(invoice)

    def _advance(self, subscription):
        start, end = subscription.period_start, subscription.period_end
        lines = []
        for item, price in self._items(subscription):
            if price.metered:
                continue
            whole = whole_period(subscription, price)
            amount = price_amount(price, item.quantity)
            unit = unit_amount(price)
            if end - start < whole:
                amount = nearest(amount * (end - start), whole, price.currency)
                unit = None
            lines.append(
                self._line(
                    subscription,
                    item,
                    price,
                    "subscription",
                    item.quantity,
                    amount,
                    unit_amount=unit,
                )
            )
        return lines

    def _usage(self, subscription, start, end):
        lines = []
        for item, price in self._items(subscription):
            if not price.metered:
                continue
            used = self.engine.usage.total(subscription, item, start, end)
            lines.append(
                self._line(
                    subscription,
                    item,
                    price,
                    "usage",
                    used,
                    price_amount(price, used),
                    unit_amount=unit_amount(price),
                    period_start=start,
                    period_end=end,
                )
            )
        return lines

    def _line(self, subscription, item, price, kind, quantity, amount, **values):
        values.setdefault("unit_amount", 0 if not amount else unit_amount(price))
        values.setdefault("period_start", subscription.period_start)
        values.setdefault("period_end", subscription.period_end)
        described = self.engine.invoices.describe(price, quantity)
        return self.engine.invoices.line(
            kind,
            amount,
            description=f"{described}, {text(values['period_start'])}"
            f" to {text(values['period_end'])}",
            quantity=quantity,
            product=price.product,
            price=price.id,
            subscription=subscription.id,
            item=item.id,
            tax_rates=self._rates(subscription, item),
            **values,
        )

    def _rates(self, subscription, item):
        customer = self.store.get(Customer, subscription.customer)
        return self.engine.invoices.rates(customer, item, subscription)

    def _items(self, subscription):
        return [
            (item, self.store.get(Price, item.price)) for item in subscription.items
        ]
