"""Sends what was used of an item of a subscription.

Page ``usages`` [S]: a usage has an id of its own, and for a subscription and an item
price there is one for any moment. How they add up the item says. They are kept until
the invoice of their term is closed.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult

from . import ask
from .endpoints import path
from .errors import DUPLICATE
from .money import plain, seconds
from .records import version
from .writer import ChargebeeWriter, own_id

#: Seconds by which a usage is told later, where another one has its moment already.
NEXT_MOMENTS = 5


class UsageWriter(ChargebeeWriter):
    """Each row is a quantity that was used, to be counted once under its key."""

    name = "usage"
    writable = ("subscription_id", "item_price_id", "quantity", "usage_date", "note")

    def _create(self, row):
        values = row.values
        where = path("subscriptions", values["subscription_id"], "usages")
        at = seconds(values["usage_date"])
        for later in range(NEXT_MOMENTS):
            params = {
                "id": own_id(row.key),
                "item_price_id": values["item_price_id"],
                "quantity": plain(values["quantity"]),
                "usage_date": at + later,
            }
            if values.get("note"):
                params["note"] = values["note"]
            try:
                key = f"usage:{row.key}:{later}"
                reply = ask.post(self.client, where, params, key)
            except errors.InvalidRecord as error:
                if error.params.get("vendor_code") == DUPLICATE:
                    return RowResult(row.key, params["id"], request_id=error.request_id)
                mine = self._is_told(where, params["id"])
                if mine:
                    return RowResult(row.key, params["id"], request_id=error.request_id)
                taken = error.params.get("property") == "usage_date"
                if not taken or later == NEXT_MOMENTS - 1:
                    raise
                continue
            item = reply.data["usage"]
            return RowResult(
                row.key, item["id"], version(item), request_id=reply.request_id
            )
        raise AssertionError("unreachable")

    def _is_told(self, where, usage_id):
        """Whether an earlier try has told it, at whichever moment."""
        try:
            self.client.get(where, {"id": usage_id})
        except errors.RemoteNotFound:
            return False
        except errors.InvalidRecord:
            return False
        return True

    def _update(self, row):
        """What was told stays as it was told."""
        return RowResult(row.key, row.remote_id)

    def _archive(self, row):
        return RowResult(row.key, row.remote_id)
