"""Sends what was used: meter events, or usage records before basil.

Sources: OpenAPI ``/v1/subscription_items/{id}/usage_records`` [S], which basil took
away; https://docs.stripe.com/api/billing/meter-event/create [S]: Stripe drops a second
event of the same ``identifier`` for a day at least, and takes events of the last 35
days.
"""

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RowResult

from . import ask
from .endpoints import below, is_basil
from .money import seconds
from .writer import StripeWriter

#: Code of an event that was told already. [M]
DUPLICATE = "duplicate_meter_event"


class UsageWriter(StripeWriter):
    """Each row is a quantity that was used, to be counted once under its key."""

    writable = (
        *("event_name", "customer", "subscription_item", "value", "timestamp"),
        "identifier",
    )

    def _create(self, row):
        values = row.values
        key = values.get("identifier") or row.key
        at = values.get("timestamp")
        moment = {"timestamp": seconds(at)} if at else {}
        if is_basil(self.client.api_version):
            params = {
                "event_name": values["event_name"],
                "identifier": key,
                "payload": {
                    "stripe_customer_id": values["customer"],
                    "value": values["value"],
                },
                **moment,
            }
            return self._tell(row, params, key)
        item = values["subscription_item"]
        params = {"quantity": values["value"], "action": "increment", **moment}
        path = below("v1/subscription_items", item, "usage_records")
        reply = ask.post(self.client, path, params, key)
        return RowResult(row.key, reply.data["id"], request_id=reply.request_id)

    def _tell(self, row, params, key):
        try:
            reply = ask.post(self.client, "v1/billing/meter_events", params, key)
        except errors.InvalidRecord as error:
            if error.params.get("vendor_code") != DUPLICATE:
                raise
            return RowResult(row.key, key, request_id=error.request_id)
        return RowResult(row.key, key, request_id=reply.request_id)
