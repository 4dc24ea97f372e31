"""Writes of invoice items, invoices, credit notes and refunds."""

from ..billing import model
from . import errors, facts
from .writing_catalog import WritingCatalog

DAY = 86_400


class WritingDocuments(WritingCatalog):
    """See the module."""

    def routes(self):
        """As :class:`.reading.Reading`."""
        kind = "invoiceitem"
        yield "POST", "invoiceitems", kind, False, self.create_item
        yield "POST", "invoiceitems/{id}", kind, False, self.update_item
        yield "DELETE", "invoiceitems/{id}", kind, False, self.delete_item
        kind = "invoice"
        yield "POST", "invoices", kind, False, self.create_invoice
        yield "POST", "invoices/{id}", kind, False, self.update_invoice
        yield "DELETE", "invoices/{id}", kind, False, self.delete_invoice
        for name, handler in (
            ("finalize", self.finalize),
            ("mark_uncollectible", self.mark_uncollectible),
            ("pay", self.pay),
            ("send", self.send),
            ("void", self.void),
        ):
            yield "POST", f"invoices/{{id}}/{name}", kind, False, handler
        kind = "credit_note"
        yield "POST", "credit_notes", kind, False, self.create_note
        yield "POST", "credit_notes/{id}", kind, False, self.update_note
        yield "POST", "credit_notes/{id}/void", kind, False, self.void_note
        yield "POST", "refunds", "refund", False, self.create_refund
        yield "POST", "refunds/{id}", "refund", False, self.update_refund

    # Invoice items

    def create_item(self, call):
        customer = self.named(call, model.Customer, "customer", required=True)
        invoice = self.named(call, model.Invoice, "invoice")
        owner = self.named(call, model.Subscription, "subscription")
        if invoice and invoice.status != "draft":
            text = "You can only add invoice items to a draft invoice."
            raise errors.invalid(call.request, text, "invoice")
        values = self._worth(call)
        period = call.get("period")
        if period:
            values["period_start"] = period["start"]
            values["period_end"] = period["end"]
        rates = self.tax_rates(call, call.get("tax_rates"), "tax_rates")
        item = self.engine.invoices.add_item(
            customer,
            description=call.get("description"),
            subscription=owner.id if owner else None,
            tax_rates=rates,
            metadata=self.metadata(call),
            **values,
        )
        if invoice:
            self._put_on(invoice, item, customer)
        return call.view.render(item)

    def _put_on(self, invoice, item, customer):
        names = (
            "description quantity unit_amount product price subscription "
            "period_start period_end"
        ).split()
        values = {name: getattr(item, name) for name in names}
        values["description"] = values["description"] or "Item"
        rates = item.tax_rates or self.engine.invoices.rates(customer)
        line = self.engine.invoices.line(
            item.kind, item.amount, pending=item.id, tax_rates=rates, **values
        )
        self.engine.invoices.add_lines(invoice, [line])
        self.store.change(item, "invoiced", invoice=invoice.id)

    def _worth(self, call):
        """An amount, or a price or unit amount with a quantity."""
        price = (call.get("pricing") or {}).get("price") or call.get("price")
        quantity = call.get("quantity", 1)
        if price:
            name = "pricing[price]" if call.view.new else "price"
            price = self.reading.find(call, model.Price, price, name)
            return {"price": price, "quantity": quantity}
        data = call.get("price_data")
        if data:
            price = self.price_of(call, data, "price_data")
            return {"price": price, "quantity": quantity}
        currency = call.get("currency")
        currency = currency and self.currency(call, currency)
        if call.get("amount") is not None:
            amount = call.get("amount")
            return {"amount": amount, "unit_amount": amount, "currency": currency}
        names = ("unit_amount", "unit_amount_decimal")
        given = {name: call.get(name) for name in names}
        if all(value is None for value in given.values()):
            raise errors.missing_parameter(call.request, "amount")
        unit = self.unit_amount(call, given)
        return {"unit_amount": unit, "quantity": quantity, "currency": currency}

    def update_item(self, call):
        item = self.reading.find(call, model.PendingItem)
        if item.invoice:
            text = "You may only update invoice items that are not on an invoice."
            raise errors.invalid(call.request, text)
        values = {"metadata": self.metadata(call, item.metadata)}
        if call.has("description"):
            values["description"] = call.get("description")
        if call.get("amount") is not None:
            values |= {"amount": call.get("amount"), "unit_amount": call.get("amount")}
        quantity = call.get("quantity")
        if quantity is not None and item.unit_amount is not None:
            values |= {"quantity": quantity, "amount": item.unit_amount * quantity}
        self.store.change(item, **values)
        return call.view.render(item)

    def delete_item(self, call):
        item = self.reading.find(call, model.PendingItem)
        self.engine.invoices.remove_item(item)
        return {"id": item.id, "object": "invoiceitem", "deleted": True}

    # Invoices

    def create_invoice(self, call):
        customer = self.named(call, model.Customer, "customer", required=True)
        owner = self.named(call, model.Subscription, "subscription")
        behavior = call.get("pending_invoice_items_behavior", "exclude")
        source = owner or customer
        currency = call.get("currency")
        if currency:
            currency = self.currency(call, currency)
        currency = currency or source.currency or self.account.facts["currency"].upper()
        values = {
            "memo": call.get("description"),
            "metadata": self.metadata(call),
            "extra": self._extra(call, {}),
        }
        collection = call.get("collection_method")
        if collection:
            by_invoice = collection == "send_invoice"
            values["collection"] = "invoice" if by_invoice else "automatic"
        days = call.get("days_until_due")
        subscription_id = owner.id if owner else None
        waiting = self.engine.invoices.pending(customer, currency, subscription_id)
        if behavior != "exclude" and waiting:
            invoice = self.engine.invoices.draft(
                customer,
                subscription=owner,
                currency=currency,
                coupons=self.coupons(call),
                terms_days=days,
                **values,
            )
        elif behavior == "include_and_require":
            text = "There are no pending invoice items to include."
            raise errors.invalid(call.request, text, "pending_invoice_items_behavior")
        else:
            invoice = self._empty(call, customer, owner, currency, days, values)
        return call.view.render(invoice)

    def _empty(self, call, customer, owner, currency, days, values):
        """A draft without lines, for items that name it later."""
        source = owner or customer
        now = self.engine.now()
        values.setdefault("collection", source.collection)
        days = source.terms_days if days is None else days
        by_invoice = values["collection"] == "invoice"
        redeem = self.engine.subscriptions.redeem
        return self.store.add(
            model.Invoice(
                id=self.engine.new_id("invoice"),
                customer=customer.id,
                currency=currency,
                subscription=owner.id if owner else None,
                date=now,
                due=now + days * DAY if by_invoice else None,
                period_start=now,
                period_end=now,
                discounts=tuple(map(redeem, self.coupons(call))),
                **values,
            )
        )

    def _extra(self, call, extra):
        if not call.has("custom_fields"):
            return dict(extra)
        fields = [
            {"name": each["name"], "value": each["value"]}
            for each in call.get("custom_fields", [])
        ]
        return {**extra, "custom_fields": fields or None}

    def update_invoice(self, call):
        invoice = self.reading.find(call, model.Invoice)
        values = {"metadata": self.metadata(call, invoice.metadata)}
        others = call.given.keys() - {"metadata", "description", "expand"}
        if others and invoice.status != "draft":
            text = "Finalized invoices can't be updated in this way."
            raise errors.invalid(call.request, text, sorted(others)[0])
        if call.has("description"):
            values["memo"] = call.get("description")
        if call.get("due_date"):
            values["due"] = call.get("due_date")
        values["extra"] = self._extra(call, invoice.extra)
        self.store.change(invoice, **values)
        return call.view.render(invoice)

    def delete_invoice(self, call):
        invoice = self.reading.find(call, model.Invoice)
        if invoice.status != "draft":
            text = "You can only delete draft invoices."
            raise errors.invalid(call.request, text)
        for each in self.store.by(model.PendingItem, "invoice", invoice.id):
            self.store.change(each, invoice=None)
        self.store.delete(invoice)
        return {"id": invoice.id, "object": "invoice", "deleted": True}

    def finalize(self, call):
        invoice = self._in(call, "draft", text="This invoice is already finalized.")
        self.engine.invoices.finalize(invoice)
        return call.view.render(invoice)

    def send(self, call):
        invoice = self.reading.find(call, model.Invoice)
        if invoice.status == "draft":
            self.engine.invoices.finalize(invoice)
        return call.view.render(invoice)

    def pay(self, call):
        invoice = self.reading.find(call, model.Invoice)
        if invoice.status == "draft":
            self.engine.invoices.finalize(invoice)
            if invoice.status == "paid":
                return call.view.render(invoice)
        text = f"Invoice is {'already paid' if invoice.status == 'paid' else 'closed'}"
        self._in(call, "open", "uncollectible", text=text)
        if call.get("paid_out_of_band"):
            self.engine.payments.pay(
                invoice.customer, {invoice.id: invoice.remaining}, outside=True
            )
            return call.view.render(invoice)
        payment = self.engine.payments.collect(invoice)
        if payment.status == "failed":
            raise self._declined(call, payment)
        return call.view.render(invoice)

    def _declined(self, call, payment):
        """402 of a card that was declined. [S error-codes card_declined]"""
        shown = call.view.render(payment)
        more = {"charge": payment.id}
        if shown["outcome"]["reason"]:
            more["decline_code"] = shown["outcome"]["reason"]
        return errors.refuse(
            call.request,
            402,
            payment.failure_message,
            shown["failure_code"],
            kind=facts.CARD_ERROR,
            **more,
        )

    def mark_uncollectible(self, call):
        text = "You can only mark open invoices as uncollectible."
        invoice = self._in(call, "open", text=text)
        self.engine.invoices.mark_uncollectible(invoice)
        return call.view.render(invoice)

    def void(self, call):
        text = "You can only void open or uncollectible invoices."
        invoice = self._in(call, "open", "uncollectible", text=text)
        self.engine.invoices.void(invoice)
        return call.view.render(invoice)

    def _in(self, call, *states, text):
        invoice = self.reading.find(call, model.Invoice)
        if invoice.status not in states:
            code = "invoice_not_editable" if states == ("draft",) else None
            raise errors.invalid(call.request, text, None, code)
        return invoice

    # Credit notes

    def create_note(self, call):
        invoice = self.named(call, model.Invoice, "invoice", required=True)
        amounts = self._credited(call, invoice)
        note = self.engine.credits.issue(
            invoice,
            amounts,
            reason=call.get("reason"),
            refund=call.get("refund_amount"),
            to_balance=call.get("credit_amount"),
            outside=call.get("out_of_band_amount", 0),
            memo=call.get("memo"),
            metadata=self.metadata(call),
        )
        return call.view.render(note)

    def _credited(self, call, invoice):
        """Amount by line id, None for all that is left."""
        given = call.get("lines")
        if not given:
            amount = call.get("amount")
            whole = self.engine.credits.preview(invoice)["total"]
            if amount is not None and amount != whole:
                text = f"Without lines the amount must be all that is left: {whole}."
                raise errors.invalid(call.request, text, "amount")
            return None
        by_id = {each.id: each for each in invoice.lines}
        amounts = {}
        for at, each in enumerate(given):
            name = f"lines[{at}][invoice_line_item]"
            if each["type"] != "invoice_line_item":
                text = "Lines of an invoice can be credited here, no others."
                raise errors.invalid(call.request, text, f"lines[{at}][type]")
            line = by_id.get(each.get("invoice_line_item"))
            if line is None:
                wanted = each.get("invoice_line_item")
                raise errors.no_such(call.request, "line item", wanted, name)
            amounts[line.id] = self._part(call, line, each, at)
        return amounts

    def _part(self, call, line, given, at):
        if given.get("amount") is not None:
            return given["amount"]
        quantity = given.get("quantity")
        if quantity is None:
            name = f"lines[{at}][quantity]"
            raise errors.missing_parameter(call.request, name)
        return line.amount * quantity // line.quantity

    def update_note(self, call):
        note = self.reading.find(call, model.CreditNote)
        values = {"metadata": self.metadata(call, note.metadata)}
        if call.has("memo"):
            values["memo"] = call.get("memo")
        self.store.change(note, **values)
        return call.view.render(note)

    def void_note(self, call):
        note = self.reading.find(call, model.CreditNote)
        self.engine.credits.void(note)
        return call.view.render(note)

    # Refunds

    def create_refund(self, call):
        payment = self.named(call, model.Payment, "charge")
        intent = self.named(call, model.Intent, "payment_intent")
        if payment is None and intent is None:
            raise errors.missing_parameter(call.request, "charge")
        if payment is None:
            paid = [self.store.get(model.Payment, each) for each in intent.payments]
            paid = [each for each in paid if each.status == "succeeded"]
            if not paid:
                text = "This PaymentIntent does not have a successful charge to refund."
                raise errors.invalid(call.request, text, "payment_intent")
            payment = paid[-1]
        if payment.refunded >= payment.amount:
            text = f"Charge {payment.id} has already been refunded."
            code = "charge_already_refunded"
            raise errors.invalid(call.request, text, None, code)
        left = payment.amount - payment.refunded
        amount = self.amount(call, "amount")
        if amount is not None and amount > left:
            text = f"Refund amount is greater than unrefunded amount on charge ({left})"
            raise errors.invalid(call.request, text, "amount")
        if payment.disputed:
            text = f"Charge {payment.id} has been charged back; cannot issue a refund."
            raise errors.invalid(call.request, text, None, "charge_disputed")
        refund = self.engine.credits.refund(payment, amount, reason=call.get("reason"))
        if call.has("metadata"):
            self.store.change(refund, metadata=self.metadata(call))
        return call.view.render(refund)

    def update_refund(self, call):
        refund = self.reading.find(call, model.Refund)
        self.store.change(refund, metadata=self.metadata(call, refund.metadata))
        return call.view.render(refund)
