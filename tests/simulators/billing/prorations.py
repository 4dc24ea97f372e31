"""What is given back and charged when a subscription changes in its period.

To the second: an amount for a period counts for the share of its seconds that lie
after the change, rounded once. What is given back is made of what was billed (less its
discounts), what is charged of the new price less the percents of the coupons in use.
"""

from .model import Customer, Invoice, PendingItem, Price
from .money import nearest, percent_of
from .periods import text, whole_period
from .pricing import price_amount


class Prorations:
    """Makes the pending items, or credit notes, of a change."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store
        #: lines of which the rest has been given back, so that no later change does
        self._done = set()

    def give_back(self, subscription, item_ids, moment):
        """Give back what was billed in advance for the items, from ``moment`` on."""
        for invoice in self._billed(subscription):
            credits = {}
            for line in invoice.lines:
                if (
                    line.item in item_ids
                    and line.amount > 0
                    and line.kind in ("subscription", "proration")
                    and line.period_end > moment
                    and line.id not in self._done
                ):
                    credits[line.id] = line
            if credits:
                self._done.update(credits)
                self._credit(subscription, invoice, credits, moment)
        self._cut_pending(subscription, item_ids, moment)

    def charge(self, subscription, items, moment):
        """Charge the items from ``moment`` to the end of the period."""
        end = subscription.period_end
        customer = self.store.get(Customer, subscription.customer)
        coupons = self.engine.subscriptions.coupons(subscription)
        for item in items:
            price = self.store.get(Price, item.price)
            if price.metered:
                continue
            amount = nearest(
                price_amount(price, item.quantity) * (end - moment),
                whole_period(subscription, price),
                subscription.currency,
            )
            amount = _less_percents(amount, coupons, subscription.currency)
            if not amount:
                continue
            described = self.engine.invoices.describe(price, item.quantity)
            self.engine.invoices.add_item(
                customer,
                amount,
                currency=subscription.currency,
                quantity=item.quantity,
                kind="proration",
                description=f"{described} from {text(moment)}",
                subscription=subscription.id,
                item=item.id,
                product=price.product,
                price=price.id,
                period_start=moment,
                period_end=end,
                tax_rates=self.engine.invoices.rates(customer, item, subscription),
            )

    # How it is given back

    def _credit(self, subscription, invoice, lines, moment):
        if self.engine.rules.proration_credits == "credit_notes":
            before = self.engine.credits.credited(invoice)
            amounts = {}
            for id, line in lines.items():
                left = line.amount - before.get(id, 0)
                amounts[id] = min(left, _unused(line, line.amount, moment, invoice))
            amounts = {id: amount for id, amount in amounts.items() if amount > 0}
            if amounts and self.engine.credits.preview(invoice, amounts)["total"] > 0:
                self.engine.credits.issue(
                    invoice, amounts, reason="order_change", memo="Proration"
                )
            return
        customer = self.store.get(Customer, subscription.customer)
        for line in lines.values():
            amount = _unused(line, line.amount - line.discount, moment, invoice)
            if not amount:
                continue
            self.engine.invoices.add_item(
                customer,
                -amount,
                currency=subscription.currency,
                quantity=line.quantity,
                kind="proration",
                description=f"Unused time on {line.description} from {text(moment)}",
                subscription=subscription.id,
                item=line.item,
                product=line.product,
                price=line.price,
                period_start=moment,
                period_end=line.period_end,
                line=line.id,
                tax_rates=tuple(each.tax_rate for each in line.taxes),
            )

    def _billed(self, subscription):
        period = subscription.period_start
        return [
            invoice
            for invoice in self.store.by(Invoice, "subscription", subscription.id)
            if invoice.status in ("draft", "open", "paid")
            and invoice.date >= period
            and not invoice.deleted
        ]

    def _cut_pending(self, subscription, item_ids, moment):
        """What was to be charged for the rest of the period ends now."""
        for item in self.store.by(PendingItem, "customer", subscription.customer):
            if (
                item.subscription != subscription.id
                or item.item not in item_ids
                or item.invoice
                or item.voided
                or item.amount <= 0
                or item.kind != "proration"
                or item.period_end <= moment
            ):
                continue
            length = item.period_end - item.period_start
            passed = moment - item.period_start
            amount = nearest(item.amount * passed, length, item.currency)
            if amount:
                self.store.change(item, amount=amount, period_end=moment)
            else:
                self.engine.invoices.remove_item(item)


def _unused(line, amount, moment, invoice):
    length = line.period_end - line.period_start
    left = line.period_end - max(moment, line.period_start)
    return nearest(amount * left, length, invoice.currency)


def _less_percents(amount, coupons, currency):
    for coupon in coupons:
        if coupon.percent is not None:
            amount -= percent_of(amount, coupon.percent, currency)
    return amount
