"""Objects of Stripe as records: each with its parts in our terms under ``billing``.

What is nested in pages is completed here: an invoice comes with its first ten lines, a
subscription with its first items. [S] ``has_more`` of nested lists
"""

import datetime

from odoo.addons.connector_base.engine.records import RemoteRecord
from odoo.addons.connector_base.engine.values import UTC

from . import ask, catalog, credit_notes, invoices, payments, subscriptions
from .endpoints import KEY, below


class Shaping:
    """Makes records of the objects of one stream.

    :param client: ``HttpClient`` that knows the version of the API
    :param look: ``ReferenceData``
    """

    def __init__(self, client, stream, look):
        self.client = client
        self.look = look
        self.shape = getattr(self, f"_{stream}")

    def record(self, item, read_at):
        """A record of an object.

        Nothing at Stripe says when an object was changed last. What orders two versions
        of it is when they were read.

        :param read_at: seconds since 1970
        """
        deleted = bool(item.get("deleted"))
        parts = {} if deleted else self.shape(item)
        return RemoteRecord(
            remote_id=item["id"],
            values={**item, "billing": parts},
            updated_at=datetime.datetime.fromtimestamp(read_at - ask.READ_LAG, UTC),
            archived=deleted or is_over(item),
            external_key=(item.get("metadata") or {}).get(KEY),
        )

    def gone(self, remote_id, read_at):
        """The record of an object that Stripe has no more."""
        return self.record({"id": remote_id, "deleted": True}, read_at)

    # -- streams --------------------------------------------------------------

    def _customers(self, item):
        return catalog.customer(item)

    def _products(self, item):
        return {}

    def _prices(self, item):
        return catalog.price(item, self.look)

    def _coupons(self, item):
        return catalog.coupon(item)

    def _subscriptions(self, item):
        params = (("subscription", item["id"]),)
        items = self._all(item["items"], "v1/subscription_items", params)
        return subscriptions.subscription(item, items, self.look)

    def _invoices(self, item):
        lines = self._all(
            item["lines"],
            below("v1/invoices", item["id"], "lines"),
            expand=("discounts",),
        )
        shipping = item.get("shipping_cost") or {}
        if shipping.get("amount_tax") and "taxes" not in shipping:
            # Its taxes are told only where they are asked for.
            path = below("v1/invoices", item["id"])
            full = ask.one(self.client, path, ("shipping_cost.taxes",)).data
            item = {**item, "shipping_cost": full["shipping_cost"]}
        return invoices.invoice(item, lines, self.look)

    def _credit_notes(self, item):
        lines = self._all(item["lines"], below("v1/credit_notes", item["id"], "lines"))
        return credit_notes.credit_note(item, lines, self.look)

    def _refunds(self, item):
        return payments.refund(item)

    def _disputes(self, item):
        return payments.dispute(item)

    def _payouts(self, item):
        return payments.payout(item)

    def _unbilled_charges(self, item):
        return subscriptions.unbilled(item)

    def _all(self, nested, path, params=(), expand=()):
        """All objects of a nested list, those of further pages too."""
        found = list(nested.get("data") or [])
        if nested.get("has_more") and found:
            after = found[-1]["id"]
            found += ask.everything(self.client, path, params, expand, after)
        return found


def is_over(item):
    """Whether an invoice item is pending no more: it is on an invoice by now."""
    return item.get("object") == "invoiceitem" and bool(item.get("invoice"))
