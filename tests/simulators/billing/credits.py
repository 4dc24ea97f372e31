"""Credit notes, the customers' balances, and refunds."""

from .model import (
    Applied,
    BalanceEntry,
    CreditNote,
    Customer,
    Invoice,
    Payment,
    Refund,
)
from .rules import Refused
from .totals import part_of, sums


class Credits:
    """Gives back: on paper, into the balance, or in money."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store
        self._number = 0

    # Credit notes

    def preview(self, invoice, amounts=None):
        """The lines and sums that :meth:`issue` would give a credit note."""
        invoice = self.engine.get(Invoice, invoice)
        before = self.credited(invoice)
        if amounts is None:
            amounts = {
                line.id: line.amount - before.get(line.id, 0) for line in invoice.lines
            }
        by_id = {line.id: line for line in invoice.lines}
        lines = []
        for line_id, amount in amounts.items():
            line = by_id[line_id]
            done = before.get(line_id, 0)
            if abs(done + amount) > abs(line.amount):
                raise Refused("too_much", f"Only {line.amount - done} can be credited")
            if amount:
                lines.append(part_of(line, amount, done, invoice.currency))
        return sums(lines)

    def issue(
        self, invoice, amounts=None, *, reason="order_change", refund=None,
        to_balance=None, outside=0, memo=None, id=None, **values,
    ):  # fmt: skip
        """A credit note to an issued invoice.

        :param amounts: what is credited of each line by its id, before discounts and
            exclusive taxes; all that is left when left out
        :param refund, to_balance, outside: what becomes of it beyond what is taken off
            what is open; the one of refund and balance that is left out takes the
            rest, the balance where both are
        """
        invoice = self.engine.get(Invoice, invoice)
        if invoice.status not in ("open", "paid"):
            raise Refused("invalid_state", f"Invoice {invoice.id} is {invoice.status}")
        totals = self.preview(invoice, amounts)
        total = totals["total"]
        if total <= 0:
            raise Refused("nothing_left", f"Nothing is left to credit on {invoice.id}")
        left = invoice.total - sum(note.total for note in self.of(invoice))
        if total > left:
            raise Refused("too_much", f"Only {left} of {invoice.id} can be credited")
        before = min(total, invoice.remaining) if invoice.status == "open" else 0
        rest = total - before
        refund, to_balance = _rest(rest, refund, to_balance, outside)
        plan = self._refund_plan(invoice, refund)
        now = self.engine.now()
        self._number += 1
        for_balance = {"applications": (Applied(invoice.id, before, now),)}
        note = CreditNote(
            id=id or self.engine.new_id("credit_note"),
            invoice=invoice.id,
            customer=invoice.customer,
            currency=invoice.currency,
            number=f"CN-{self._number:06d}",
            reason=reason,
            date=now,
            before_payment=before,
            refunded=refund,
            to_balance=to_balance,
            outside=outside,
            memo=memo,
            **(for_balance if before else {}),
            **values,
            **self._with_ids(totals),
        )
        self.store.add(note)
        refunds = [
            self.refund(payment, amount, reason=reason, credit_note=note)
            for payment, amount in plan
        ]
        if refunds:
            self.store.change(note, refunds=tuple(each.id for each in refunds))
        if to_balance:
            customer = self.store.get(Customer, note.customer)
            self.move(
                customer,
                to_balance,
                note.currency,
                "credit_note",
                credit_note=note.id,
                invoice=invoice.id,
            )
        self.store.change(invoice, "credited", credited=invoice.credited + before)
        self.engine.invoices.close_if_paid(invoice)
        return note

    def of(self, invoice):
        """The credit notes in force of an invoice."""
        return [
            each
            for each in self.store.by(CreditNote, "invoice", invoice.id)
            if each.status == "issued"
        ]

    def void(self, note):
        """Take back a credit note that only lowered what is due of an open invoice."""
        note = self.engine.get(CreditNote, note)
        invoice = self.store.get(Invoice, note.invoice)
        if note.status != "issued" or note.before_payment != note.total:
            raise Refused("invalid_state", f"{note.id} can't be voided")
        if invoice.status != "open":
            raise Refused("invalid_state", f"Invoice {invoice.id} is {invoice.status}")
        self.store.change(
            note,
            "voided",
            status="void",
            voided_at=self.engine.now(),
            applications=(),
        )
        self.store.change(invoice, credited=invoice.credited - note.before_payment)
        return note

    def credited(self, invoice):
        """What was credited of its lines so far: amount by line id."""
        done = {}
        for note in self.of(invoice):
            for line in note.lines:
                done[line.credits] = done.get(line.credits, 0) + line.amount
        return done

    def _with_ids(self, totals):
        lines = [
            _renamed(line, self.engine.new_id("credit_line"))
            for line in totals["lines"]
        ]
        return {**totals, "lines": tuple(lines)}

    def _refund_plan(self, invoice, amount):
        plan = []
        if not amount:
            return plan
        for payment in self.store.by(Payment, "customer", invoice.customer):
            part = sum(
                each.amount
                for each in payment.applications
                if each.invoice == invoice.id
            )
            room = min(part, payment.amount - payment.refunded, amount)
            if room > 0 and not payment.disputed:
                plan.append((payment, room))
                amount -= room
        if amount:
            raise Refused("too_much", f"{amount} can't be refunded on {invoice.id}")
        return plan

    # Balances

    def move(self, customer, amount, currency, kind, **links):
        """Change a customer's balance: positive in the customer's favour."""
        ending = customer.balance.get(currency, 0) + amount
        entry = self.store.add(
            BalanceEntry(
                id=self.engine.new_id("balance_entry"),
                customer=customer.id,
                currency=currency,
                amount=amount,
                kind=kind,
                ending=ending,
                **links,
            )
        )
        self.store.change(customer, balance={**customer.balance, currency: ending})
        return entry

    def adjust_balance(self, customer, amount, currency=None):
        """Change it by hand."""
        customer = self.engine.get(Customer, customer)
        currency = currency or customer.currency
        return self.move(customer, amount, currency, "adjustment")

    def use(self, customer, invoice):
        """Pay what is due of an invoice from the balance, as far as it goes."""
        amount = min(customer.balance.get(invoice.currency, 0), invoice.remaining)
        if amount <= 0:
            return
        self.store.change(invoice, applied_balance=invoice.applied_balance + amount)
        if not self.engine.rules.tracks_credits:
            self.move(
                customer, -amount, invoice.currency, "applied", invoice=invoice.id
            )
            return
        for note in self.store.by(CreditNote, "customer", customer.id):
            part = min(self._left_of(note), amount)
            if part <= 0 or note.currency != invoice.currency:
                continue
            amount -= part
            self._apply(note, invoice, part)
            self.move(
                customer,
                -part,
                invoice.currency,
                "applied",
                invoice=invoice.id,
                credit_note=note.id,
            )

    def give_back(self, invoice):
        """What a void invoice had used of the balance."""
        if not invoice.applied_balance:
            return
        customer = self.store.get(Customer, invoice.customer)
        for note in self.store.by(CreditNote, "customer", customer.id):
            kept = tuple(
                each
                for each in note.applications
                if each.invoice != invoice.id or note.invoice == invoice.id
            )
            if kept != note.applications:
                self.store.change(note, applications=kept)
        self.move(
            customer,
            invoice.applied_balance,
            invoice.currency,
            "unapplied",
            invoice=invoice.id,
        )

    def _left_of(self, note):
        if note.status != "issued" or not note.to_balance:
            return 0
        used = sum(each.amount for each in note.applications) - note.before_payment
        return note.to_balance - used

    def _apply(self, note, invoice, amount):
        applied = Applied(invoice.id, amount, self.engine.now())
        self.store.change(note, "applied", applications=(*note.applications, applied))

    # Refunds

    def refund(
        self, payment, amount=None, *, reason=None, credit_note=None, pending=False,
        id=None,
    ):  # fmt: skip
        """Pay back a payment, or a part; first what had not been applied."""
        payment = self.engine.get(Payment, payment)
        room = payment.amount - payment.refunded
        amount = room if amount is None else amount
        if payment.status != "succeeded" or payment.disputed:
            raise Refused("invalid_state", f"{payment.id} can't be refunded")
        if not 0 < amount <= room:
            raise Refused("too_much", f"Only {room} can be refunded")
        now = self.engine.now()
        refund = Refund(
            id=id or self.engine.new_id("refund"),
            payment=payment.id,
            customer=payment.customer,
            currency=payment.currency,
            amount=amount,
            status="pending" if pending else "succeeded",
            reason=reason,
            refunded_at=None if pending else now,
            credit_note=credit_note.id if credit_note else None,
            outside=payment.outside,
        )
        self.store.add(refund)
        if not payment.outside:
            transaction = self.engine.ledger.record(
                "refund",
                -amount,
                payment.currency,
                payment=payment.id,
                refund=refund.id,
            )
            self.store.change(refund, balance_transaction=transaction.id)
        returned = 0 if credit_note else min(amount, payment.unused)
        self.store.change(
            payment,
            "refunded",
            refunded=payment.refunded + amount,
            returned=payment.returned + returned,
        )
        return refund

    def settle_refund(self, refund):
        """A pending refund arrives."""
        refund = self.engine.get(Refund, refund)
        return self.store.change(
            refund, "succeeded", status="succeeded", refunded_at=self.engine.now()
        )

    def fail_refund(self, refund, reason="expired_or_canceled_card"):
        """The customer's bank sent it back."""
        refund = self.engine.get(Refund, refund)
        if refund.status not in ("pending", "succeeded"):
            raise Refused("invalid_state", f"{refund.id} is {refund.status}")
        payment = self.store.get(Payment, refund.payment)
        failure = None
        if not refund.outside:
            failure = self.engine.ledger.record(
                "refund_failure",
                refund.amount,
                refund.currency,
                payment=payment.id,
                refund=refund.id,
            ).id
        self.store.change(
            refund,
            "failed",
            status="failed",
            failed_at=self.engine.now(),
            failure_reason=reason,
            failure_transaction=failure,
        )
        self.store.change(
            payment,
            refunded=payment.refunded - refund.amount,
            returned=payment.returned
            - (0 if refund.credit_note else min(refund.amount, payment.returned)),
        )
        return refund


def _renamed(line, id):
    values = {**line.__dict__, "id": id}
    return type(line)(**values)


def _rest(rest, refund, to_balance, outside):
    rest -= outside
    if refund is None and to_balance is None:
        refund, to_balance = 0, rest
    elif refund is None:
        refund = rest - to_balance
    elif to_balance is None:
        to_balance = rest - refund
    if min(refund, to_balance, outside) < 0 or refund + to_balance != rest:
        raise Refused("amounts", f"{rest + outside} must be refunded or kept in all")
    return refund, to_balance
