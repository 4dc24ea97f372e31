"""Records of Chargebee as ours: each with its parts in our terms under ``billing``."""

import datetime

from odoo.addons.connector_base.engine.records import RemoteRecord
from odoo.addons.connector_base.engine.values import UTC

from . import catalog, credit_notes, invoices, lines, payments, subscriptions
from .endpoints import KEY, LISTINGS, path

#: What of a document is in lists that a page of its lines brings parts of. [SDK]
#: ``line_items_next_offset`` and the parameter that goes on from it
PARTS = (
    "line_items",
    "line_item_taxes",
    "line_item_discounts",
    "line_item_tiers",
    "line_item_credits",
)


class Shaping:
    """Makes records of what one stream lists.

    :param client: ``HttpClient``
    :param look: ``ReferenceData``
    """

    def __init__(self, client, stream, look):
        self.client = client
        self.stream = stream
        self.look = look
        self.listing = LISTINGS[stream]
        self.shape = getattr(self, f"_{stream}")

    def records(self, items):
        """The records of a page; what they name is asked for together."""
        items = [self._complete(item) for item in items if not self._is_none(item)]
        for stream, ids in self._named(items).items():
            self.look.fetch(stream, ids)
        return [self._record(item) for item in items]

    def _record(self, item):
        own = item.get(self.listing.own or "") or {}
        deleted = bool(item.get("deleted")) or item.get("status") == "deleted"
        return RemoteRecord(
            remote_id=item["id"],
            values={**item, "billing": self.shape(item)},
            updated_at=version(item),
            archived=deleted,
            external_key=own.get(KEY) if isinstance(own, dict) else None,
        )

    def _is_none(self, item):
        """Whether it is none of the stream's records, whatever the list says."""
        if self.stream == "credit_notes":
            return credit_notes.is_write_off(item)
        return self.stream == "invoices" and item.get("status") == "pending"

    def _named(self, items):
        """``{stream: ids}`` of what records name."""
        if self.stream in ("invoices", "credit_notes"):
            found = [lines.price_ids(item) for item in items]
            return {"item_prices": set().union(*found)}
        if self.stream == "item_prices":
            return {"items": {item.get("item_id") for item in items}}
        if self.stream == "unbilled_charges":
            priced = [i for i in items if str(i.get("entity_type")).endswith("_price")]
            return {"item_prices": {item.get("entity_id") for item in priced}}
        if self.stream != "subscriptions":
            return {}
        prices = set().union(*map(subscriptions.price_ids, items))
        self.look.fetch("item_prices", prices)
        return {
            "items": {self.look.item_price(each).get("item_id") for each in prices},
            "coupons": set().union(*map(subscriptions.coupon_ids, items)),
        }

    def _complete(self, item):
        """A document with all of its lines: one with very many brings the first."""
        while offset := item.get("line_items_next_offset"):
            where = path(self.listing.path, item["id"])
            reply = self.client.get(where, {"line_items_offset": offset})
            more = reply.data[self.listing.name]
            joined = {
                name: [*(item.get(name) or []), *(more.get(name) or [])]
                for name in PARTS
            }
            following = more.get("line_items_next_offset")
            item = {**item, **joined, "line_items_next_offset": following}
        return item

    # -- streams --------------------------------------------------------------

    def _customers(self, item):
        return catalog.customer(item)

    def _items(self, item):
        return {}

    def _item_prices(self, item):
        return catalog.price(item, self.look)

    def _coupons(self, item):
        return catalog.coupon(item)

    def _subscriptions(self, item):
        later = None
        if item.get("has_scheduled_changes"):
            where = path("subscriptions", item["id"], "retrieve_with_scheduled_changes")
            later = self.client.get(where).data["subscription"]
        return subscriptions.subscription(item, later, self.look)

    def _invoices(self, item):
        return invoices.invoice(item, self.look)

    def _credit_notes(self, item):
        return credit_notes.credit_note(item, self.look)

    def _payments(self, item):
        return payments.payment(item)

    def _refunds(self, item):
        return payments.refund(item)

    def _unbilled_charges(self, item):
        return subscriptions.unbilled(item, self.look)


def version(item):
    """When a record was changed last, aware UTC: to the millisecond where it is told.

    Changes within one second are told apart by it. [SDK] ``resource_version``
    """
    milliseconds = item.get("resource_version")
    if milliseconds is None:
        seconds = item.get("updated_at")
        if seconds is None:
            return None
        milliseconds = seconds * 1000
    epoch = datetime.datetime.fromtimestamp(0, UTC)
    return epoch + datetime.timedelta(milliseconds=milliseconds)
