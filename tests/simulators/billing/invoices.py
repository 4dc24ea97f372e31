"""Invoices: from what is pending or due to a number, a debt, and its end."""

from dataclasses import replace

from . import pricing
from .model import (
    Coupon,
    Customer,
    Intent,
    Invoice,
    InvoicePayment,
    Line,
    PendingItem,
    Price,
    Product,
    Subscription,
    TaxRate,
)
from .rules import DAY, Refused
from .totals import sums, with_discounts, with_taxes


class Invoices:
    """Drafts, issues, and ends invoices; keeps pending items."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store
        self._number = 0
        engine.on("finalize", self._finalize_due)
        engine.on("invoice_due", self._overdue)

    # Pending items

    def add_item(
        self, customer, amount=None, *, price=None, quantity=1, unit_amount=None,
        currency=None, id=None, **values,
    ):  # fmt: skip
        """Something for the next invoice: an amount, a unit amount, or a price.

        ``values``: fields of :class:`.model.PendingItem`.
        """
        customer = self.engine.get(Customer, customer)
        if price is not None:
            price = self.engine.get(Price, price)
            currency = price.currency
            values.setdefault("product", price.product)
            values["price"] = price.id
            if amount is None:
                amount = pricing.price_amount(price, quantity)
                unit_amount = pricing.unit_amount(price)
        if amount is None:
            amount = unit_amount * quantity
        now = self.engine.now()
        values.setdefault("period_start", now)
        values.setdefault("period_end", values["period_start"])
        return self.store.add(
            PendingItem(
                id=id or self.engine.new_id("pending_item"),
                customer=customer.id,
                currency=currency or customer.currency,
                amount=amount,
                quantity=quantity,
                unit_amount=unit_amount,
                **values,
            )
        )

    def remove_item(self, item):
        """Take back what is pending. Refused ``invoiced`` once it is on an invoice."""
        item = self.engine.get(PendingItem, item)
        if item.invoice:
            raise Refused("invoiced", f"{item.id} is on invoice {item.invoice}")
        return self.store.change(item, "voided", voided=True)

    def pending(self, customer, currency, subscription=None):
        """What waits for the next invoice of a subscription, or of the customer."""
        return [
            item
            for item in self.store.by(PendingItem, "customer", customer.id)
            if not item.invoice
            and not item.voided
            and item.currency == currency
            and (item.subscription == subscription or not item.subscription)
        ]

    # Drafts

    def draft(
        self, customer, *, lines=(), subscription=None, currency=None, coupons=(),
        collection=None, terms_days=None, id=None, take_pending=True, **values,
    ):  # fmt: skip
        """A draft of the given lines and of what is pending.

        :param subscription: its discounts are taken, its pending items too
        :param coupons: of this invoice alone
        :param collection: automatic | invoice; the subscription's or customer's
        """
        customer = self.engine.get(Customer, customer)
        if subscription is not None:
            subscription = self.engine.get(Subscription, subscription)
        source = subscription or customer
        currency = currency or source.currency
        items = []
        if take_pending:
            items = self.pending(customer, currency, subscription and subscription.id)
        lines = [*lines, *map(self._pending_line, items)]
        if not lines:
            raise Refused("nothing_to_invoice", f"nothing is pending for {customer.id}")
        discounts = list(subscription.discounts) if subscription else []
        discounts += [self._redeem(coupon) for coupon in coupons]
        if terms_days is None:
            terms_days = source.terms_days
        now = self.engine.now()
        values.setdefault("period_start", now)
        values.setdefault("period_end", now)
        collection = collection or source.collection
        invoice = Invoice(
            id=id or self.engine.new_id("invoice"),
            customer=customer.id,
            currency=currency,
            subscription=subscription.id if subscription else None,
            collection=collection,
            date=now,
            due=now + terms_days * DAY if collection == "invoice" else None,
            discounts=tuple(each for each in discounts if self._applies(each)),
            **values,
        )
        for name, value in self._totals(invoice, lines).items():
            setattr(invoice, name, value)
        self.store.add(invoice)
        for item in items:
            self.store.change(item, "invoiced", invoice=invoice.id)
        if subscription:
            used = {line_discount.discount for line in invoice.lines
                    for line_discount in line.discounts}  # fmt: skip
            self._use_up(subscription, used)
            self.store.change(subscription, latest_invoice=invoice.id)
        return invoice

    def line(self, kind, amount, *, tax_rates=(), **values):
        """A line for :meth:`draft`; ``tax_rates``: ids."""
        return Line(
            id=self.engine.new_id("line"),
            kind=kind,
            amount=amount,
            taxes=tuple(tax_rates),
            **values,
        )

    def add_lines(self, invoice, lines):
        """Put more lines on a draft."""
        self._expect(invoice, "draft")
        values = self._totals(invoice, [*invoice.lines, *lines])
        return self.store.change(invoice, **values)

    def rates(self, customer, *sources):
        """Ids of the tax rates: of the first source that has any, else the customer's;
        none where the customer is exempt.
        """
        if customer.tax_exempt != "none":
            return ()
        for source in sources:
            if source.tax_rates:
                return source.tax_rates
        return customer.tax_rates

    def describe(self, price, quantity):
        """``5 × Team (monthly)``"""
        product = self.store.get(Product, price.product)
        return f"{quantity} × {price.name or product.name}"

    def _pending_line(self, item):
        customer = self.store.get(Customer, item.customer)
        return self.line(
            item.kind,
            item.amount,
            description=item.description or "Item",
            quantity=item.quantity,
            unit_amount=item.unit_amount,
            product=item.product,
            price=item.price,
            subscription=item.subscription,
            item=item.item,
            period_start=item.period_start,
            period_end=item.period_end,
            pending=item.id,
            credits=item.line,
            tax_rates=item.tax_rates or self.rates(customer),
        )

    def _totals(self, invoice, lines):
        pairs = [
            (each, self.store.get(Coupon, each.coupon)) for each in invoice.discounts
        ]
        lines = with_discounts(lines, pairs, invoice.currency)
        return sums([self._taxed(line, invoice.currency) for line in lines])

    def _taxed(self, line, currency):
        ids = [getattr(each, "tax_rate", each) for each in line.taxes]
        rates = [self.store.get(TaxRate, each) for each in ids]
        return with_taxes(line, rates, currency)

    def _applies(self, discount):
        now = self.engine.now()
        return (
            not discount.used
            and discount.starts <= now
            and (discount.ends is None or now < discount.ends)
        )

    def _redeem(self, coupon):
        return self.engine.subscriptions.redeem(coupon)

    def _use_up(self, subscription, used):
        discounts = tuple(
            replace(each, used=True)
            if each.id in used
            and self.store.get(Coupon, each.coupon).duration == "once"
            else each
            for each in subscription.discounts
        )
        self.store.change(subscription, discounts=discounts)

    # Issue

    def finalize(self, invoice):
        """Give a draft its number; use the customer's balance; collect what is left."""
        invoice = self.engine.get(Invoice, invoice)
        self._expect(invoice, "draft")
        customer = self.store.get(Customer, invoice.customer)
        now = self.engine.now()
        due = invoice.due
        if due is not None:
            due += now - invoice.date
        self._number += 1
        self.store.change(
            invoice,
            "finalized",
            status="open",
            number=f"INV-{self._number:06d}",
            date=now,
            due=due,
            finalized_at=now,
        )
        if invoice.total < 0:
            self.store.change(invoice, applied_balance=invoice.total)
            self.engine.credits.move(
                customer,
                -invoice.total,
                invoice.currency,
                "invoice_credit",
                invoice=invoice.id,
            )
        else:
            self.engine.credits.use(customer, invoice)
        if self.engine.rules.tracks_credits:
            self.engine.payments.use_excess(customer, invoice)
        if not invoice.remaining:
            return self.close_if_paid(invoice)
        self._ask_for(invoice)
        if invoice.due is not None:
            self.engine.at(invoice.due, "invoice_due", invoice)
        if invoice.collection == "automatic":
            self.engine.payments.collect(invoice)
        return invoice

    def bill_now(self, customer, **values):
        """Draft and issue in one; see :meth:`draft`."""
        return self.finalize(self.draft(customer, **values))

    def later(self, invoice):
        """Issue a draft after the rules' time as a draft."""
        seconds = self.engine.rules.draft_seconds
        if not seconds:
            return self.finalize(invoice)
        self.engine.at(self.engine.now() + seconds, "finalize", invoice)
        return invoice

    def _ask_for(self, invoice):
        intent = Intent(
            id=self.engine.new_id("intent"),
            customer=invoice.customer,
            currency=invoice.currency,
            amount=invoice.remaining,
            invoice=invoice.id,
            method=self.store.get(Customer, invoice.customer).method,
        )
        self.store.add(intent)
        self.store.add(
            InvoicePayment(
                id=self.engine.new_id("invoice_payment"),
                invoice=invoice.id,
                currency=invoice.currency,
                requested=intent.amount,
                intent=intent.id,
            )
        )
        self.store.change(invoice, intent=intent.id)

    def _finalize_due(self, invoice):
        if invoice.status == "draft" and not invoice.deleted:
            self.finalize(invoice)

    def _overdue(self, invoice):
        if invoice.status == "open" and invoice.remaining:
            self.store.change(invoice, "overdue")
            self.engine.payments.mark_delinquent(invoice)

    # End

    def close_if_paid(self, invoice):
        """Mark it paid where nothing is left to pay."""
        if invoice.remaining or invoice.status not in ("open", "uncollectible"):
            return invoice
        changes = {"status": "paid", "paid_at": self.engine.now(), "next_attempt": None}
        if invoice.dunning in ("in_progress", "exhausted"):
            changes["dunning"] = "success"
        self.store.change(invoice, "paid", **changes)
        self.engine.payments.drop_intent(invoice)
        self.engine.payments.mark_recovered(invoice)
        return invoice

    def void(self, invoice):
        """Make an open invoice nothing. Refused ``paid`` once money came for it, and
        ``credited`` once a credit note was made.
        """
        invoice = self.engine.get(Invoice, invoice)
        self._expect(invoice, "open", "uncollectible")
        if invoice.amount_paid:
            raise Refused("paid", f"{invoice.id} was paid in part")
        if invoice.credited:
            raise Refused("credited", f"{invoice.id} was credited in part")
        self.store.change(
            invoice,
            "voided",
            status="void",
            written_off=0,
            voided_at=self.engine.now(),
            next_attempt=None,
            dunning="stopped" if invoice.dunning == "in_progress" else invoice.dunning,
        )
        self.engine.payments.drop_intent(invoice)
        self.engine.credits.give_back(invoice)
        self.engine.payments.mark_recovered(invoice)
        return invoice

    def mark_uncollectible(self, invoice):
        """Give up on what is open."""
        invoice = self.engine.get(Invoice, invoice)
        self._expect(invoice, "open")
        return self.store.change(
            invoice,
            "uncollectible",
            status="uncollectible",
            uncollectible_at=self.engine.now(),
            written_off=invoice.remaining,
            next_attempt=None,
        )

    def _expect(self, invoice, *states):
        if invoice.status not in states:
            raise Refused(
                "invalid_state",
                f"Invoice {invoice.id} is {invoice.status}, not {' or '.join(states)}",
            )
