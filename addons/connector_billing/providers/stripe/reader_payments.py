"""Reads payments: charges, and since basil how much of each goes to which invoice.

A charge names its payment intent only. Invoice payments of about the same time are
listed together; an intent that isn't among them, as one that was tried again for days,
is asked for by itself. [S] ``/v1/invoice_payments``: ``created``, ``payment``
"""

from odoo.addons.connector_base.engine import errors

from . import ask, payments
from .invoices import id_of
from .reader import WORTH_LISTING, StripeReader
from .records import Shaping

PATH = "v1/invoice_payments"
#: Seconds by which an invoice payment is made before it is charged: an hour or so after
#: its invoice was drafted.
BEFORE = 2 * 60 * 60
#: Most pages of invoice payments that are listed for one page of charges.
MOST_PAGES = 3


class PaymentShaping(Shaping):
    """Makes records of charges; ``applied`` has the invoice payments by intent."""

    applied = None

    def _payments(self, item):
        intent = id_of(item.get("payment_intent"))
        known = None if self.applied is None else self.applied.get(intent, [])
        return payments.payment(item, known)


class PaymentReader(StripeReader):
    def _shaping(self):
        return PaymentShaping(self.client, self.stream, self.look)

    def _records(self, items, read_at):
        if self.basil:
            self.shaping.applied = self._invoice_payments(items)
        return super()._records(items, read_at)

    def _invoice_payments(self, charges):
        """``{payment intent: its invoice payments}``"""
        paid = [
            charge
            for charge in charges
            # An invoice has a customer, and only what was paid is applied.
            if charge.get("customer")
            and charge.get("payment_intent")
            and charge.get("status") == "succeeded"
        ]
        pending = dict.fromkeys(id_of(charge["payment_intent"]) for charge in paid)
        found = {}
        if len(pending) >= WORTH_LISTING:
            self._list_payments(paid, found)
        for intent in pending.keys() - found.keys():
            params = (
                ("payment[type]", "payment_intent"),
                ("payment[payment_intent]", intent),
            )
            found[intent] = list(ask.everything(self.client, PATH, params))
        return found

    def _list_payments(self, charges, found):
        """Add those that were made when the charges were, by intent.

        One invoice payment of an intent may be among them and another one not: they
        are made together, when an invoice is finalized or a payment is attached.
        """
        times = [charge["created"] for charge in charges]
        params = (
            ("status", "paid"),
            ("created[gte]", min(times) - BEFORE),
            ("created[lte]", max(times)),
        )
        after = None
        for _page in range(MOST_PAGES):
            try:
                data = ask.page(self.client, PATH, params, after=after).data
            except errors.InvalidRecord:
                # Versions that can't cut the list by time are asked one by one.
                return
            for item in data["data"]:
                intent = id_of((item.get("payment") or {}).get("payment_intent"))
                found.setdefault(intent, []).append(item)
            if not data.get("has_more") or not data["data"]:
                return
            after = data["data"][-1]["id"]

    def _by_id(self, remote_id):
        if self._is_own(remote_id):
            return super()._by_id(remote_id)
        return self._beside("payment_intent", remote_id)

    def _is_own(self, remote_id):
        """Since basil an event may tell of a payment by its intent."""
        return not remote_id.startswith("pi_")
