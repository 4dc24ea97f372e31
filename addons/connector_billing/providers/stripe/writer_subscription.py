"""Writes subscriptions: what a customer is billed for, and how a change is prorated.

Source: OpenAPI ``/v1/subscriptions``, ``/v1/subscriptions/{id}``: ``items`` of a change
name those that they change by id; what isn't named stays; one that is ``deleted`` goes.
https://docs.stripe.com/billing/subscriptions/prorations for the behaviours.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult

from . import ask
from .endpoints import is_basil
from .money import seconds
from .records import all_items
from .writer import StripeWriter

#: What a change does with the time that was paid for already. [S proration_behavior]
PRORATION = "proration_behavior"
PRORATIONS = ("create_prorations", "always_invoice", "none")
#: Days to pay where the customer is to pay by hand and nobody says how many.
DAYS_UNTIL_DUE = 30
#: Remote path -> parameter of a moment.
MOMENTS = {"billing.trial_end": "trial_end", "billing.cancel_at": "cancel_at"}


class SubscriptionWriter(StripeWriter):
    path = "v1/subscriptions"
    fixed = frozenset({"customer", "billing.currency"})
    writable = (
        *("customer", "description", "metadata", "days_until_due", PRORATION),
        *("cancel_at_period_end", "billing.items", "billing.discounts"),
        *("billing.collection", "billing.currency", *MOMENTS),
    )

    def _find(self, row):
        """By the customer, whose subscriptions Stripe lists without delay."""
        params = (("customer", row.values.get("customer")), ("status", "all"))
        return self._with_key(row, ask.everything(self.client, self.path, params))

    def _change(self, row, remote_id):
        if "billing.items" not in row.values:
            return super()._change(row, remote_id)
        current = ask.one(self.client, f"{self.path}/{remote_id}").data
        known = all_items(self.client, current)
        changes = _item_changes(row.values["billing.items"] or [], known)
        params = self._params(row, new=False)
        if changes:
            params["items"] = changes
        if params.keys() <= {PRORATION}:
            return RowResult(row.key, remote_id)
        reply = ask.post(self.client, f"{self.path}/{remote_id}", params)
        return self._result(row, reply)

    def _own(self, row, new):
        values, params = row.values, {}
        if new:
            params["items"] = [_new_item(each) for each in values["billing.items"]]
            if values.get("billing.currency"):
                params["currency"] = values["billing.currency"].lower()
        params |= _collection(values)
        params |= self._discounts(values, new)
        for path, name in MOMENTS.items():
            if values.get(path):
                params[name] = seconds(values[path])
            elif path in values and not new and name == "cancel_at":
                params[name] = ""
        if not new:
            params.setdefault(PRORATION, values.get(PRORATION) or PRORATIONS[0])
        return params

    def _discounts(self, values, new):
        """Coupons; before basil a subscription has one at most by its own parameter."""
        found = values.get("billing.discounts")
        if found is None or new and not found:
            return {}
        coupons = [each["coupon"] for each in found if each.get("coupon")]
        if is_basil(self.client.api_version):
            return {"discounts": [{"coupon": each} for each in coupons] or ""}
        return {"coupon": coupons[0] if coupons else ""}

    def _archive(self, row):
        """End it now; one that has ended is not found any more."""
        path = f"{self.path}/{row.remote_id}"
        return self._result(row, self.client.request("DELETE", path, safe=True))


def _collection(values):
    if "billing.collection" not in values:
        return {}
    if values["billing.collection"] != "invoice":
        return {"collection_method": "charge_automatically"}
    days = values.get("days_until_due") or DAYS_UNTIL_DUE
    return {"collection_method": "send_invoice", "days_until_due": days}


def _new_item(item):
    params = {"price": item["price"]}
    if not item.get("metered"):
        params["quantity"] = _quantity(item)
    return params


def _quantity(item):
    """A whole number: Stripe counts no parts of an item."""
    text = str(item.get("quantity") or 1)
    whole = text.rstrip("0").rstrip(".") if "." in text else text
    if not whole.isdigit():
        raise errors.InvalidRecord(
            f"Stripe takes whole quantities only, not {text}.",
            code="refused",
            params={"property": "quantity"},
        )
    return int(whole)


def _item_changes(wanted, known):
    """What of the items has to change: by id, by price where nobody knows the id.

    :param known: Stripe's items as they are
    """
    by_id = {item["id"]: item for item in known}
    by_price = {item["price"]["id"]: item for item in known}
    changes, kept = [], set()
    for item in wanted:
        found = by_id.get(item.get("id")) or by_price.get(item.get("price"))
        if found is None or found["id"] in kept:
            changes.append(_new_item(item))
            continue
        kept.add(found["id"])
        change = _new_item({**item, "price": item.get("price") or found["price"]["id"]})
        same_price = change["price"] == found["price"]["id"]
        if not same_price or change.get("quantity") != found.get("quantity"):
            changes.append({"id": found["id"], **change})
    gone = [
        {"id": item_id, "deleted": True} for item_id in by_id if item_id not in kept
    ]
    return changes + gone
