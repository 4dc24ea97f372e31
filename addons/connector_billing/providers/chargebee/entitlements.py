"""What a subscription of Chargebee gives access to, in our terms.

Source: page ``subscription_entitlements`` [S], ``SubscriptionEntitlementResponse`` of
SDK chargebee-python 3 [SDK]. There is one of a subscription and a feature, without an
id or a time of its own; a switch says ``true`` or ``false``, quantity and range say a
number or ``unlimited``. What overrides it may begin and expire on its own.
"""

import decimal

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import RemoteRecord

from . import ask
from .endpoints import FEATURES, entitlements_of
from .money import moment

#: Feature types [S]; any other is a level of the account's own.
KINDS = frozenset({"switch", "quantity", "range", "custom"})
COUNTED = frozenset({"quantity", "range"})
UNLIMITED = "unlimited"
#: Subscriptions that give access to nothing any more. They aren't asked about.
OVER = frozenset({"cancelled", "transferred"})


def remote_id(subscription_id, feature_id):
    """The id of an entitlement, of which Chargebee gives none."""
    return f"{subscription_id}:{feature_id}"


def subscription_of(entitlement_id):
    """The subscription of an id of :func:`remote_id`. Feature ids are slugs."""
    return entitlement_id.rpartition(":")[0]


def entitlement(item, subscription):
    """The parts of entity ``billing.entitlement``.

    :param item: ``subscription_entitlement``
    :param subscription: its subscription
    """
    kind = item.get("feature_type")
    kind = kind if kind in KINDS else "custom"
    value = item.get("value")
    begins = subscription.get("started_at") or subscription.get("start_date")
    refused = kind == "switch" and value == "false"
    return {
        "customer": subscription.get("customer_id"),
        "subscription": subscription["id"],
        "feature": item["feature_id"],
        "name": item.get("feature_name"),
        "kind": kind,
        "value": value,
        "quantity": _count(value) if kind in COUNTED else None,
        "is_unlimited": kind in COUNTED and value == UNLIMITED,
        "is_active": bool(item.get("is_enabled")) and not refused,
        "date_from": moment(item.get("effective_from") or begins),
        # Of what isn't over, it is the time at which it will be cancelled.
        "date_until": moment(
            item.get("expires_at") or subscription.get("cancelled_at")
        ),
    }


def _count(value):
    """A level as decimal text; ``None`` where it is no number."""
    try:
        number = decimal.Decimal(value or "")
    except decimal.InvalidOperation:
        return None
    return value if number.is_finite() else None


class Entitlements:
    """Makes records of the entitlements of subscriptions, one request for each.

    Nothing tells which ones a subscription has lost: of each feature that it doesn't
    list, a record says that it is gone.

    :param client: ``HttpClient``
    """

    def __init__(self, client):
        self.client = client
        self._features = None

    @property
    def features(self):
        """The ids of all features, 400 at most [S]; asked for once."""
        if self._features is None:
            found = ask.everything(self.client, FEATURES)
            self._features = tuple(feature["id"] for feature in found)
        return self._features

    def records(self, subscriptions):
        """``records.RemoteRecord`` of all features of some subscriptions."""
        return [record for each in subscriptions for record in self._records_of(each)]

    def _records_of(self, subscription):
        listed = {item["feature_id"]: item for item in self._listed(subscription)}
        for feature_id, item in listed.items():
            yield RemoteRecord(
                remote_id=remote_id(subscription["id"], feature_id),
                values={**item, "billing": entitlement(item, subscription)},
            )
        for feature_id in self.features:
            if feature_id not in listed:
                gone = remote_id(subscription["id"], feature_id)
                yield RemoteRecord(remote_id=gone, values={}, archived=True)

    def _listed(self, subscription):
        if subscription.get("deleted") or subscription.get("status") in OVER:
            return []
        listing = entitlements_of(subscription["id"])
        try:
            return list(ask.everything(self.client, listing))
        except errors.RemoteNotFound:
            # Deleted since it was listed.
            return []
