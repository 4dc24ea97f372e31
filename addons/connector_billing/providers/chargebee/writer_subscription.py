"""Writes subscriptions: what a customer is billed for, and how a change is prorated.

Operations ``create_with_items``, ``update_for_items``, ``cancel_for_items``,
``remove_scheduled_cancellation`` [S, SDK]. Items that a change doesn't name stay, but
with ``replace_items_list``.
"""

from odoo.addons.connector_base.engine import errors

from . import ask
from .endpoints import path
from .errors import WRONG_STATE
from .money import seconds
from .writer import ChargebeeWriter

#: What a change does with the term that was paid for already: prorate, and invoice at
#: once or later. [SDK] prorate, invoice_immediately
PRORATIONS = {
    "create_prorations": {"prorate": True, "invoice_immediately": False},
    "always_invoice": {"prorate": True, "invoice_immediately": True},
    "none": {"prorate": False},
}
PRORATED = "create_prorations"
CANCEL_AT = "billing.cancel_at"
#: What was asked for, see ``engine.shapes.Change``.
CHANGE = "billing.change"


class SubscriptionWriter(ChargebeeWriter):
    """Once it runs, a subscription is Chargebee's: changes are asked for."""

    path = "subscriptions"
    name = "subscription"
    fixed = frozenset(
        {"customer_id", "billing.currency", "billing.items", "billing.discounts"}
    )
    writable = (
        *fixed,
        *("billing.trial_end", CANCEL_AT, "billing.collection", CHANGE),
        *("net_term_days", "po_number", "meta_data"),
    )

    def _new_path(self, row):
        return path("customers", row.values["customer_id"], "subscription_for_items")

    def _changed_path(self, remote_id):
        return self._path(remote_id, "update_for_items")

    def _create(self, row):
        result = super()._create(row)
        if row.values.get(CANCEL_AT):
            # Nothing that is made takes the moment that it ends at.
            reply = self._end_at(result.remote_id, row.values[CANCEL_AT])
            return self._result(row, reply)
        return result

    # -- changes --------------------------------------------------------------

    def _change(self, row, remote_id):
        values = row.values
        result = super()._change(row, remote_id)
        replies = []
        if CANCEL_AT in values:
            moment = values[CANCEL_AT]
            end = self._end_at(remote_id, moment) if moment else self._keep(remote_id)
            replies.append(end)
        if values.get(CHANGE):
            replies.append(self._as_asked(remote_id, values[CHANGE]))
        return self._result(row, replies[-1]) if replies else result

    def _as_asked(self, remote_id, change):
        """Under the key of the change, so that it is carried out once."""
        key = f"change:{change['key']}"
        proration = change.get("proration") or PRORATED
        if change["kind"] == "quantity":
            params = self._quantities(remote_id, change["items"])
            params |= PRORATIONS[proration]
            return ask.post(self.client, self._changed_path(remote_id), params, key)
        if change["kind"] == "keep":
            return self._keep(remote_id, key)
        if change.get("now"):
            return self._cancel_now(remote_id, proration, key)
        return self._end_at(remote_id, change.get("cancel_at"), key)

    def _quantities(self, remote_id, items):
        """Items are known by their item prices; those that come to nothing go."""
        wanted = {each["item"]: _whole(each) for each in items}
        if all(wanted.values()):
            named = [_counted(*each) for each in wanted.items()]
            return {"subscription_items": named}
        now = self.client.get(self._path(remote_id)).data[self.name]
        kept = {
            each["item_price_id"]: each.get("quantity")
            for each in now["subscription_items"]
        }
        left = [_counted(*each) for each in (kept | wanted).items() if each[1] != 0]
        return {"subscription_items": left, "replace_items_list": True}

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
        if new:
            items = values.get("billing.items") or ()
            params["subscription_items"] = [_new_item(each) for each in items]
            discounts = values.get("billing.discounts") or ()
            params["coupon_ids"] = [d["coupon"] for d in discounts if d.get("coupon")]
        if values.get("billing.trial_end"):
            params["trial_end"] = seconds(values["billing.trial_end"])
        if "billing.collection" in values:
            by_hand = values["billing.collection"] == "invoice"
            params["auto_collection"] = "off" if by_hand else "on"
        return params | self._own_keys(row)


def _new_item(item):
    if not item.get("price"):
        raise errors.InvalidRecord(
            "Chargebee needs a price for each item of a subscription.",
            code="refused",
            params={"property": "price"},
        )
    return _counted(item["price"], None if item.get("metered") else _whole(item))


def _counted(price, quantity):
    """An item of a request; what is metered has no quantity."""
    params = {"item_price_id": price}
    if quantity is not None:
        params["quantity"] = quantity
    return params


def _whole(item):
    """A whole number, unless the site counts parts of an item."""
    text = str(1 if item.get("quantity") is None else item["quantity"])
    whole = text.rstrip("0").rstrip(".") if "." in text else text
    if not whole.isdigit():
        raise errors.InvalidRecord(
            f"Chargebee takes whole quantities only, not {text}.",
            code="refused",
            params={"property": "quantity"},
        )
    return int(whole)
