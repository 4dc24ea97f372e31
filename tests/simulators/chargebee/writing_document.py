"""Writes of invoices and credit notes: void, write off, pay, refund."""

from ..billing.model import CreditNote, Payment
from ..routing import Reply
from . import errors, specs
from .render_credit import write_off_id
from .site import minor
from .statuses import available

METHODS = {"bank_transfer": "transfer", "cash": "cash", "check": "check"}


class DocumentWriting:
    """Handlers; each answers with the documents that it made or changed."""

    def __init__(self, site, resources, reading):
        self.site = site
        self.engine = site.engine
        self.store = site.store
        self.resources = resources
        self.find = reading.find

    def routes(self):
        """(method, path, handler)."""
        return [
            ("POST", "/invoices/{id}/void", self.void),
            ("POST", "/invoices/{id}/write_off", self.write_off),
            ("POST", "/invoices/{id}/record_payment", self.record_payment),
            ("POST", "/invoices/{id}/collect_payment", self.collect),
            ("POST", "/invoices/{id}/refund", self.refund),
            ("POST", "/credit_notes/{id}/refund", self.refund_credit),
            ("POST", "/credit_notes/{id}/void", self.void_credit),
        ]

    def void(self, request):
        specs.VOID.parse(request)
        found = self.find("invoice", request.params["id"])
        self.engine.invoices.void(found)
        return self._reply(invoice=found)

    def write_off(self, request):
        """[S write-off-an-invoice]"""
        specs.COMMENT.parse(request)
        found = self.find("invoice", request.params["id"])
        tried = [
            each
            for each in self.store.by(Payment, "customer", found.customer)
            if each.invoice == found.id and each.status == "pending"
        ]
        if tried:
            raise errors.state("There are payments in progress for the invoice")
        self.engine.invoices.mark_uncollectible(found)
        note = self.find("credit_note", write_off_id(found))
        return self._reply(invoice=found, credit_note=note)

    def record_payment(self, request):
        given = specs.RECORD_PAYMENT.parse(request)
        found = self.find("invoice", request.params["id"])
        amount = minor(given.get("transaction[amount]"), found.currency)
        payment = self.engine.payments.pay(
            found.customer,
            {found.id: found.remaining if amount is None else amount},
            method=METHODS.get(given["transaction[payment_method]"], "other"),
            outside=True,
            reference=given.get("transaction[reference_number]"),
        )
        return self._reply(invoice=found, transaction=payment)

    def collect(self, request):
        specs.COLLECT.parse(request)
        found = self.find("invoice", request.params["id"])
        payment = self.engine.payments.collect(found)
        if payment.status == "failed":
            raise errors.refuse(
                400,
                "payment_processing_failed",
                f"Error message: ({payment.failure_code}) {payment.failure_message}",
                cause="gateway.general.decline",
            )
        return self._reply(invoice=found, transaction=payment)

    def refund(self, request):
        """A refundable credit note with its refund. [SDK invoice.refund]"""
        given = specs.REFUND.parse(request)
        found = self.find("invoice", request.params["id"])
        if found.status != "paid":
            raise errors.state("Only paid invoices can be refunded")
        wanted = minor(given.get("refund_amount"), found.currency)
        amounts, total = self._amounts(found, wanted)
        note = self.engine.credits.issue(
            found,
            amounts,
            refund=total,
            reason="product_unsatisfactory",
            memo=given.get("comment"),
        )
        transaction = self.resources.find("transaction", note.refunds[0])
        return self._reply(invoice=found, credit_note=note, transaction=transaction)

    def _amounts(self, invoice, wanted):
        """Amounts by line whose credit comes to ``wanted``, and what it comes to.

        A part of an invoice with taxes on top is split over the lines by what they
        total; where that can't be hit, it is refused.
        """
        preview = self.engine.credits.preview
        if wanted is None or wanted == preview(invoice)["total"]:
            return None, preview(invoice)["total"]
        for line in invoice.lines:
            if line.total < wanted or not line.total:
                continue
            amount = round(line.amount * wanted / line.total)
            for near in (amount, amount - 1, amount + 1):
                if preview(invoice, {line.id: near})["total"] == wanted:
                    return {line.id: near}, wanted
        raise errors.wrong("refund_amount", "is not possible here")

    def refund_credit(self, request):
        """Money for what is left of a credit note. [SDK credit_note.refund]"""
        given = specs.CREDIT_REFUND.parse(request)
        found = self._note(request)
        wanted = minor(given.get("refund_amount"), found.currency)
        left = available(found)
        wanted = left if wanted is None else wanted
        if not 0 < wanted <= left:
            raise errors.wrong("refund_amount", "is more than what is available")
        payment = next(
            (
                each
                for each in self.store.by(Payment, "customer", found.customer)
                if any(part.invoice == found.invoice for part in each.applications)
                and each.amount - each.refunded >= wanted
            ),
            None,
        )
        if payment is None:
            raise errors.state("There is no payment that could be refunded")
        customer = self.find("customer", found.customer)
        refund = self.engine.credits.refund(payment, wanted, credit_note=found)
        self.engine.credits.move(
            customer, -wanted, found.currency, "applied", credit_note=found.id
        )
        self.store.change(
            found,
            "applied",
            refunded=found.refunded + wanted,
            to_balance=found.to_balance - wanted,
            refunds=(*found.refunds, refund.id),
        )
        return self._reply(credit_note=found, transaction=refund)

    def void_credit(self, request):
        specs.COMMENT.parse(request)
        found = self._note(request)
        self.engine.credits.void(found)
        return self._reply(credit_note=found)

    def _note(self, request):
        found = self.find("credit_note", request.params["id"])
        if not isinstance(found, CreditNote):
            raise errors.state("The credit note of a write-off can't be changed")
        return found

    def _reply(self, **made):
        return Reply(
            200, {name: self.resources.shape(name, obj) for name, obj in made.items()}
        )
