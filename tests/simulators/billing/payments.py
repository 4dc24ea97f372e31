"""Payments: attempts, retries, and what of the money pays which invoice."""

from .model import (
    Applied,
    Customer,
    Intent,
    Invoice,
    InvoicePayment,
    Payment,
    Subscription,
)
from .rules import DAY, Refused

#: Days from a direct debit to the answer of the bank.
DEBIT_DAYS = 4
#: Texts of the failure codes in use.
FAILURES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "debit_not_authorized": "The customer's bank refused the direct debit.",
}
BRANDS = ("visa", "mastercard", "amex")


class Payments:
    """Collects, retries and applies."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store
        engine.on("retry", self._retry)
        engine.on("settle", self._settle_due)

    # Attempts

    def collect(self, invoice):
        """Charge the customer's method with what remains of an open invoice."""
        invoice = self.engine.get(Invoice, invoice)
        if invoice.status not in ("open", "uncollectible") or not invoice.remaining:
            raise Refused("nothing_due", f"Nothing is due on {invoice.id}")
        intent = self.store.get(Intent, invoice.intent)
        if intent.status == "processing":
            raise Refused("processing", f"{intent.id} is being processed")
        self._aim(intent, invoice)
        customer = self.store.get(Customer, invoice.customer)
        payment = self._attempt(customer, intent)
        self.store.change(invoice, attempts=invoice.attempts + 1, next_attempt=None)
        if payment.method == "direct_debit":
            self._wait(payment, intent)
            moment = self.engine.now() + DEBIT_DAYS * DAY
            self.engine.at(moment, "settle", payment)
            return payment
        return self.settle(payment, self.engine.decline(payment))

    def settle(self, payment, code=None):
        """A pending payment succeeds, or fails with a code."""
        payment = self.engine.get(Payment, payment)
        if payment.status != "pending":
            raise Refused("invalid_state", f"{payment.id} is {payment.status}")
        if code:
            return self._fail(payment, code)
        self._succeed(payment)
        invoice = payment.invoice and self.store.get(Invoice, payment.invoice)
        if invoice and invoice.status in ("open", "uncollectible"):
            self.apply(payment, invoice, min(payment.amount, invoice.remaining))
        return payment

    def pay(
        self, customer, applications=None, *, amount=None, currency=None, method=None,
        outside=False, reference=None, pending=False, id=None,
    ):  # fmt: skip
        """Money that comes without our asking, for one invoice, several, or none.

        :param applications: amount by invoice; all of it succeeds
        :param amount: of the payment; what isn't applied stays ``unused``
        :param outside: recorded only, the vendor has no money of it
        """
        customer = self.engine.get(Customer, customer)
        wanted = [
            (self.engine.get(Invoice, invoice), part)
            for invoice, part in (applications or {}).items()
        ]
        whole = sum(part for _invoice, part in wanted)
        amount = whole if amount is None else amount
        if wanted:
            currency = wanted[0][0].currency
        if amount < whole:
            raise Refused("too_little", "More is applied than was paid")
        for invoice, part in wanted:
            self._check_room(invoice, part)
        intent = self.store.add(
            Intent(
                id=self.engine.new_id("intent"),
                customer=customer.id,
                currency=currency or customer.currency,
                amount=amount,
                method=method or customer.method,
                invoice=wanted[0][0].id if len(wanted) == 1 else None,
            )
        )
        payment = self._attempt(
            customer, intent, outside=outside, reference=reference, id=id
        )
        if pending:
            self._wait(payment, intent)
            return payment
        self._succeed(payment)
        for invoice, part in wanted:
            self.apply(payment, invoice, part)
        return payment

    def apply(self, payment, invoice, amount):
        """Pay ``amount`` of an invoice with a payment, or with what is left of it."""
        payment = self.engine.get(Payment, payment)
        invoice = self.engine.get(Invoice, invoice)
        if amount > payment.unused:
            raise Refused("too_little", f"{payment.id} has {payment.unused} left")
        if not amount:
            return payment
        self._check_room(invoice, amount)
        now = self.engine.now()
        self.store.change(
            payment,
            applications=(*payment.applications, Applied(invoice.id, amount, now)),
        )
        self._link(payment, invoice, amount, now)
        self.store.change(
            invoice,
            amount_paid=invoice.amount_paid + amount,
            written_off=max(0, invoice.written_off - amount),
        )
        self.engine.invoices.close_if_paid(invoice)
        return payment

    def use_excess(self, customer, invoice):
        """Pay an invoice with what is left of the customer's earlier payments."""
        for payment in self.store.by(Payment, "customer", customer.id):
            if not invoice.remaining:
                return
            if payment.currency == invoice.currency and payment.unused:
                self.apply(payment, invoice, min(payment.unused, invoice.remaining))

    def drop_intent(self, invoice):
        """Nothing is asked for any more: cancel what is still open."""
        if not invoice.intent:
            return
        intent = self.store.get(Intent, invoice.intent)
        if intent.status != "open":
            return
        self.store.change(intent, "cancelled", status="cancelled")
        for link in self.store.by(InvoicePayment, "intent", intent.id):
            if link.status == "open":
                self.store.change(link, "cancelled", status="cancelled")

    # Standing

    def mark_delinquent(self, invoice):
        customer = self.store.get(Customer, invoice.customer)
        self.store.change(customer, delinquent=True)
        subscription = self._subscription(invoice)
        if subscription and subscription.status == "active":
            self.store.change(subscription, "past_due", status="past_due")

    def mark_recovered(self, invoice):
        """The invoice is no trouble any more; perhaps the customer neither."""
        customer = self.store.get(Customer, invoice.customer)
        if not customer.delinquent:
            return
        troubled = {
            each.subscription
            for each in self.store.by(Invoice, "customer", customer.id)
            if each.status == "open" and self._is_trouble(each)
        }
        subscription = self._subscription(invoice)
        if (
            subscription
            and subscription.status == "past_due"
            and subscription.id not in troubled
        ):
            self.store.change(subscription, "recovered", status="active")
        self.store.change(customer, delinquent=bool(troubled))

    def _is_trouble(self, invoice):
        late = invoice.due is not None and invoice.due <= self.engine.now()
        return late or invoice.dunning in ("in_progress", "exhausted")

    def _subscription(self, invoice):
        if not invoice.subscription:
            return None
        return self.store.get(Subscription, invoice.subscription)

    # The parts of an attempt

    def _attempt(self, customer, intent, id=None, **values):
        card = customer.version % len(BRANDS)
        payment = Payment(
            id=id or self.engine.new_id("payment"),
            customer=customer.id,
            currency=intent.currency,
            amount=intent.amount,
            status="pending",
            method=intent.method,
            intent=intent.id,
            invoice=intent.invoice,
            attempt=len(intent.payments) + 1,
            card_brand=BRANDS[card] if intent.method == "card" else None,
            card_last4=f"{4242 + card}" if intent.method == "card" else None,
            **values,
        )
        self.store.add(payment)
        self.store.change(intent, payments=(*intent.payments, payment.id))
        return payment

    def _wait(self, payment, intent):
        self.store.change(payment, "pending")
        self.store.change(intent, status="processing")

    def _succeed(self, payment):
        now = self.engine.now()
        self.store.change(payment, "succeeded", status="succeeded", paid_at=now)
        if not payment.outside:
            transaction = self.engine.ledger.charge(payment)
            self.store.change(payment, balance_transaction=transaction.id)
        intent = self.store.get(Intent, payment.intent)
        self.store.change(
            intent, "succeeded", status="succeeded", received=payment.amount
        )

    def _fail(self, payment, code):
        now = self.engine.now()
        message = FAILURES.get(code, "The payment failed.")
        self.store.change(
            payment,
            "failed",
            status="failed",
            failed_at=now,
            failure_code=code,
            failure_message=message,
        )
        self.store.change(
            self.store.get(Intent, payment.intent), "failed", status="open"
        )
        if payment.invoice:
            self._plan_retry(self.store.get(Invoice, payment.invoice), message)
        return payment

    def _plan_retry(self, invoice, message):
        if invoice.status != "open":
            return
        days = self.engine.rules.retry_days
        changes = {"last_failure": message, "dunning": "in_progress"}
        more = invoice.attempts <= len(days)
        if more:
            moment = self.engine.now() + days[invoice.attempts - 1] * DAY
            changes["next_attempt"] = moment
            self.engine.at(moment, "retry", invoice)
        else:
            changes["dunning"] = "exhausted"
        self.store.change(invoice, "payment_failed", **changes)
        self.mark_delinquent(invoice)
        if not more:
            self._give_up(invoice)

    def _give_up(self, invoice):
        after = self.engine.rules.after_retries
        subscription = self._subscription(invoice)
        if after == "leave":
            return
        if after == "uncollectible":
            self.engine.invoices.mark_uncollectible(invoice)
        if subscription and subscription.status != "cancelled":
            self.engine.subscriptions.cancel(
                subscription, at_period_end=False, reason="not_paid"
            )

    def _retry(self, invoice):
        if invoice.status == "open" and invoice.next_attempt == self.engine.now():
            self.collect(invoice)

    def _settle_due(self, payment):
        if payment.status == "pending":
            self.settle(payment, self.engine.decline(payment))

    def _aim(self, intent, invoice):
        if intent.amount == invoice.remaining:
            return
        self.store.change(intent, amount=invoice.remaining)
        for link in self.store.by(InvoicePayment, "intent", intent.id):
            if link.status == "open":
                self.store.change(link, requested=invoice.remaining)

    def _check_room(self, invoice, amount):
        if invoice.status not in ("open", "uncollectible"):
            raise Refused("invalid_state", f"Invoice {invoice.id} is {invoice.status}")
        if amount > invoice.remaining:
            raise Refused("too_much", f"Only {invoice.remaining} is due")

    def _link(self, payment, invoice, amount, now):
        for link in self.store.by(InvoicePayment, "intent", payment.intent):
            if link.invoice == invoice.id and link.status == "open":
                break
        else:
            link = self.store.add(
                InvoicePayment(
                    id=self.engine.new_id("invoice_payment"),
                    invoice=invoice.id,
                    currency=invoice.currency,
                    requested=amount,
                    intent=payment.intent,
                )
            )
        self.store.change(
            link,
            "paid",
            status="paid",
            amount_paid=amount,
            payment=payment.id,
            paid_at=now,
        )
