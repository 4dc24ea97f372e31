"""Writes subscriptions: what a customer is billed for, and how a change is prorated.

Operations ``create_with_items``, ``update_for_items``, ``cancel_for_items``, ``pause``,
``resume`` [S, SDK]. An item is known by its item price; with ``replace_items_list``
those that aren't named go.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult

from . import ask
from .endpoints import path
from .errors import WRONG_STATE
from .money import seconds
from .writer import ChargebeeWriter

#: What a change does with the term that was paid for already: prorate, and invoice at
#: once or later. [SDK] prorate, invoice_immediately
PRORATION = "proration_behavior"
PRORATIONS = {
    "create_prorations": {"prorate": True, "invoice_immediately": False},
    "always_invoice": {"prorate": True, "invoice_immediately": True},
    "none": {"prorate": False},
}
CHANGE = "billing.change"


class SubscriptionWriter(ChargebeeWriter):
    path = "subscriptions"
    name = "subscription"
    fixed = frozenset({"customer_id", "billing.currency"})
    writable = (
        *fixed,
        *("billing.items", "billing.discounts", "billing.trial_end"),
        *("billing.cancel_at", "billing.collection", "net_term_days", "po_number"),
        *(PRORATION, CHANGE, "meta_data"),
    )

    def _new_path(self, row):
        return path("customers", row.values["customer_id"], "subscription_for_items")

    # -- changes --------------------------------------------------------------

    def _change(self, row, remote_id):
        values = row.values
        change = values.get(CHANGE)
        if change:
            return self._as_asked(row, remote_id, change)
        params = self._params(row, new=False)
        if self.own in params:
            params[self.own] = self._joined(remote_id, params[self.own])
        reply = None
        if params:
            params |= PRORATIONS[values.get(PRORATION) or "create_prorations"]
            where = self._path(remote_id, "update_for_items")
            reply = ask.post(self.client, where, params)
        if "billing.cancel_at" in values:
            reply = self._end(remote_id, values["billing.cancel_at"]) or reply
        return self._result(row, reply) if reply else RowResult(row.key, remote_id)

    def _as_asked(self, row, remote_id, change):
        """A :class:`~...engine.shapes.Change`, once under its key."""
        key = f"change:{change['key']}"
        if change["kind"] == "quantity":
            params = {
                "subscription_items": [
                    {"item_price_id": each["item"], "quantity": _whole(each)}
                    for each in change["items"]
                ],
                **PRORATIONS[change["proration"]],
            }
            where = self._path(remote_id, "update_for_items")
            return self._result(row, ask.post(self.client, where, params, key))
        if change["kind"] == "keep":
            reply = self._keep(remote_id, key)
        elif change.get("now"):
            reply = self._cancel_now(remote_id, change["proration"], key)
        else:
            reply = self._end_at(remote_id, change.get("cancel_at"), key)
        return self._result(row, reply) if reply else RowResult(row.key, remote_id)

    def _end(self, remote_id, moment):
        return self._end_at(remote_id, moment) if moment else self._keep(remote_id)

    def _end_at(self, remote_id, moment, key=None):
        params = {"cancel_option": "end_of_term"}
        if moment:
            params = {"cancel_option": "specific_date", "cancel_at": seconds(moment)}
        return self._ended(remote_id, params, key)

    def _cancel_now(self, remote_id, proration, key=None):
        credit = "none" if proration == "none" else "prorate"
        params = {
            "cancel_option": "immediately",
            "credit_option_for_current_term_charges": credit,
        }
        return self._ended(remote_id, params, key)

    def _ended(self, remote_id, params, key):
        where = self._path(remote_id, "cancel_for_items")
        try:
            return ask.post(self.client, where, params, key)
        except errors.InvalidRecord as error:
            return self._unless(error, remote_id, lambda now: now == "cancelled")

    def _keep(self, remote_id, key=None):
        """Take back a cancellation that has not happened yet."""
        where = self._path(remote_id, "remove_scheduled_cancellation")
        try:
            return ask.post(self.client, where, {}, key)
        except errors.InvalidRecord as error:
            return self._unless(error, remote_id, lambda now: now != "cancelled")

    def _unless(self, error, remote_id, is_done):
        """What is as it is to be already is no error."""
        if error.params.get("vendor_code") != WRONG_STATE:
            raise error
        reply = self.client.get(self._path(remote_id))
        if not is_done(reply.data[self.name]["status"]):
            raise error
        return reply

    def _archive(self, row):
        """End it now; one that has ended stays as it is."""
        return self._result(row, self._cancel_now(row.remote_id, "none"))

    # -- parameters -----------------------------------------------------------

    def _params(self, row, new):
        values = row.values
        params = self._plain(row, ("net_term_days", "po_number"), new)
        if values.get("billing.items"):
            params["subscription_items"] = [_item(i) for i in values["billing.items"]]
            if not new:
                params["replace_items_list"] = True
        discounts = values.get("billing.discounts")
        if discounts or discounts is not None and not new:
            params["coupon_ids"] = [d["coupon"] for d in discounts if d.get("coupon")]
            if not new:
                params["replace_coupon_list"] = True
        if values.get("billing.trial_end"):
            params["trial_end"] = seconds(values["billing.trial_end"])
        if "billing.collection" in values:
            by_hand = values["billing.collection"] == "invoice"
            params["auto_collection"] = "off" if by_hand else "on"
        return params | self._own_keys(row)


def _item(item):
    params = {"item_price_id": item["price"]}
    if not item.get("metered"):
        params["quantity"] = _whole(item)
    return params


def _whole(item):
    """A whole number, unless the site counts parts of an item."""
    text = str(item.get("quantity") or 1)
    whole = text.rstrip("0").rstrip(".") if "." in text else text
    if not whole.isdigit():
        raise errors.InvalidRecord(
            f"Chargebee takes whole quantities only, not {text}.",
            code="refused",
            params={"property": "quantity"},
        )
    return int(whole)
