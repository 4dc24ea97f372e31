"""Disputes: a customer's bank takes a payment back, for a while or for good."""

from .model import Dispute, Payment
from .rules import DAY, Refused

#: Days to answer.
RESPONSE_DAYS = 14


class Disputes:
    """Opens, answers and closes disputes."""

    def __init__(self, engine):
        self.engine = engine
        self.store = engine.store

    def open(self, payment, amount=None, reason="fraudulent", warning=False, id=None):
        """Take the money away, with a fee; an early warning takes nothing yet."""
        payment = self.engine.get(Payment, payment)
        if payment.status != "succeeded" or payment.disputed or payment.outside:
            raise Refused("invalid_state", f"{payment.id} can't be disputed")
        left = payment.amount - payment.refunded
        amount = left if amount is None else amount
        if not 0 < amount <= left:
            raise Refused("too_much", f"Only {left} can be disputed")
        dispute = Dispute(
            id=id or self.engine.new_id("dispute"),
            payment=payment.id,
            customer=payment.customer,
            currency=payment.currency,
            amount=amount,
            reason=reason,
            status="warning" if warning else "needs_response",
            due_by=self.engine.now() + RESPONSE_DAYS * DAY,
        )
        self.store.add(dispute)
        self.store.change(payment, disputed=True)
        if not warning:
            self._withdraw(dispute)
        return dispute

    def respond(self, dispute):
        """Send evidence."""
        dispute = self.engine.get(Dispute, dispute)
        if dispute.status != "needs_response":
            raise Refused("invalid_state", f"{dispute.id} is {dispute.status}")
        return self.store.change(dispute, status="under_review")

    def close(self, dispute, won):
        """The bank has decided. What was taken comes back where we won, the fee not."""
        dispute = self.engine.get(Dispute, dispute)
        if dispute.status in ("won", "lost"):
            raise Refused("invalid_state", f"{dispute.id} is {dispute.status}")
        if won and dispute.transactions:
            back = self.engine.ledger.record(
                "dispute_reversal",
                dispute.amount,
                dispute.currency,
                payment=dispute.payment,
                dispute=dispute.id,
                description="Dispute reversal",
            )
            self.store.change(
                dispute,
                "funds_reinstated",
                transactions=(*dispute.transactions, back.id),
            )
        self.store.change(
            dispute,
            "closed",
            status="won" if won else "lost",
            closed_at=self.engine.now(),
        )
        if won:
            payment = self.store.get(Payment, dispute.payment)
            self.store.change(payment, disputed=False)
        return dispute

    def _withdraw(self, dispute):
        transaction = self.engine.ledger.record(
            "dispute",
            -dispute.amount,
            dispute.currency,
            fees=lambda _gross, target, _converted: self.engine.ledger.dispute_fees(
                target
            ),
            payment=dispute.payment,
            dispute=dispute.id,
            description=f"Chargeback withdrawal for {dispute.payment}",
        )
        self.store.change(
            dispute,
            "funds_withdrawn",
            transactions=(*dispute.transactions, transaction.id),
        )
