"""Writes subscriptions: new ones, and what is asked to become of those that run.

Sources: OpenAPI ``/v1/subscriptions``, ``/v1/subscriptions/{id}`` [S]: ``items`` of a
change name those that they change by id, what isn't named stays;
https://docs.stripe.com/billing/subscriptions/prorations for what is billed of the time
that has begun.
"""

from odoo.addons.connector_base.engine import errors

from . import ask, form
from .endpoints import below, is_basil
from .errors import VENDOR
from .money import seconds
from .writer import StripeWriter

#: Parameter of what is billed of the time that has begun, and what it is by itself.
PRORATION = "proration_behavior"
PRORATED = "create_prorations"
#: Days to pay where the customer pays by hand and nobody says how many.
DAYS_UNTIL_DUE = 30
#: What was asked for, see ``engine.shapes.Change``.
CHANGE = "billing.change"


class SubscriptionWriter(StripeWriter):
    """Once it runs, a subscription is Stripe's: changes are asked for."""

    path = "v1/subscriptions"
    fixed = frozenset(
        {"customer", "billing.currency", "billing.items", "billing.discounts"}
    )
    writable = (
        *fixed,
        *("description", "metadata", "days_until_due", "billing.collection"),
        *("billing.trial_end", "billing.cancel_at", CHANGE),
    )

    def _find(self, row):
        """By the customer, whose subscriptions Stripe lists without delay."""
        customer = row.values.get("customer")
        if not customer:
            return None
        params = (("customer", customer), ("status", "all"))
        return self._with_key(row, ask.everything(self.client, self.path, params))

    def _change(self, row, remote_id):
        change = row.values.get(CHANGE)
        result = super()._change(row, remote_id)
        if change:
            reply = getattr(self, f"_{change['kind']}")(remote_id, change)
            result = self._result(row, reply)
        return result

    # -- changes that were asked for ------------------------------------------

    def _ask_for(self, remote_id, change, params):
        """Under the key of the change, so that it is carried out once."""
        path = below(self.path, remote_id)
        return ask.post(self.client, path, params, change["key"])

    def _quantity(self, remote_id, change):
        items = [
            {"id": each["item"], "quantity": whole(each["quantity"])}
            for each in change["items"]
        ]
        params = {"items": items, PRORATION: change.get("proration") or PRORATED}
        return self._ask_for(remote_id, change, params)

    def _cancel(self, remote_id, change):
        proration = change.get("proration") or PRORATED
        if change.get("now"):
            return self._end(remote_id, proration)
        if not change.get("cancel_at"):
            return self._ask_for(remote_id, change, {"cancel_at_period_end": True})
        params = {"cancel_at": seconds(change["cancel_at"]), PRORATION: proration}
        return self._ask_for(remote_id, change, params)

    def _keep(self, remote_id, change):
        """Take a cancellation back, whichever way it was asked for."""
        reply = ask.one(self.client, below(self.path, remote_id))
        if reply.data.get("cancel_at_period_end"):
            params = {"cancel_at_period_end": False}
        elif reply.data.get("cancel_at"):
            params = {"cancel_at": ""}
        else:
            return reply
        return self._ask_for(remote_id, change, params)

    def _end(self, remote_id, proration="none"):
        """End it now; one that has ended isn't found any more.

        [S] a DELETE has ``prorate`` and ``invoice_now`` for what others say by their
        behaviour.
        """
        params = [
            ("prorate", "true" if proration != "none" else None),
            ("invoice_now", "true" if proration == "always_invoice" else None),
        ]
        path = below(self.path, remote_id)
        return self.client.request("DELETE", path, params=form.query(params), safe=True)

    def _archive(self, row):
        return self._result(row, self._end(row.remote_id))

    # -- parameters -----------------------------------------------------------

    def _own(self, row, new):
        values, params = row.values, {}
        params |= _collection(values)
        if values.get("billing.cancel_at"):
            params["cancel_at"] = seconds(values["billing.cancel_at"])
        if values.get("billing.trial_end"):
            params["trial_end"] = seconds(values["billing.trial_end"])
        if not new:
            return params
        params["items"] = [_new_item(each) for each in values["billing.items"] or ()]
        if values.get("billing.currency"):
            params["currency"] = values["billing.currency"].lower()
        return params | self._discounts(values.get("billing.discounts") or ())

    def _discounts(self, discounts):
        """Coupons; before basil a subscription has one at most by its own parameter."""
        coupons = [each["coupon"] for each in discounts if each.get("coupon")]
        if not coupons:
            return {}
        if is_basil(self.client.api_version):
            return {"discounts": [{"coupon": each} for each in coupons]}
        return {"coupon": coupons[0]}


def _collection(values):
    if "billing.collection" not in values:
        return {}
    if values["billing.collection"] != "invoice":
        return {"collection_method": "charge_automatically"}
    days = values.get("days_until_due") or DAYS_UNTIL_DUE
    return {"collection_method": "send_invoice", "days_until_due": days}


def _new_item(item):
    if not item.get("price"):
        raise errors.InvalidRecord(
            f"{VENDOR} needs a price for each item of a subscription.",
            code="refused",
            params={"property": "price"},
        )
    params = {"price": item["price"]}
    if not item.get("metered"):
        params["quantity"] = whole(item.get("quantity") or 1)
    return params


def whole(quantity):
    """A quantity as whole number: Stripe counts no parts of an item.

    :raises errors.InvalidRecord: where it is none
    """
    text = str(quantity)
    number = text.rstrip("0").rstrip(".") if "." in text else text
    if not number.isdigit():
        raise errors.InvalidRecord(
            f"{VENDOR} takes whole quantities only, not {text}.",
            code="refused",
            params={"property": "quantity"},
        )
    return int(number)
