"""Webhooks of a simulated account: each change is told to whoever subscribed.

As HubSpot does it: signed with version 3, up to 100 events in one POST, up to ten tries
when no answer or a bad one comes, none after 400, 401, 403, 404 and 405, `Retry-After`
of a 429 honoured. [S community answers by HubSpot staff] Between two tries it waits
for minutes to hours; here `backoff` seconds, doubled each time.

What can go wrong on the way is switched on with ``faults``: shares from 0 to 1.
"""

import base64
import hashlib
import hmac
import json

from ..delivery import Delivery, Outcome, post
from . import facts

BATCH = 100
TRIES = 10
#: Answers after which HubSpot gives up at once.
FINAL = frozenset({400, 401, 403, 404, 405})
#: Events that may wait; what comes then is lost, and counted.
CAPACITY = 20_000
SECRET = "simulated-hubspot-client-secret"

FAULTS = {
    "drop": "an event is never told",
    "duplicate": "a delivery is sent twice",
    "reorder": "the events of a delivery come in any order, deliveries as well",
    "delay": "a delivery waits up to `delay_seconds`",
    "bad_signature": "a delivery is signed with another secret",
}


def sign(secret, method, uri, body, timestamp):
    """``X-HubSpot-Signature-v3``. The address holds nothing that had to be decoded."""
    signed = method.encode() + uri.encode() + body + timestamp.encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


class Webhooks(Delivery):
    """Tells a target URL of the changes of a store; settings besides the common ones:

    - ``secret``: signs the deliveries
    - ``subscriptions``: types such as ``company.propertyChange``; None: all
    - ``generic``: the newer ``object.…`` types with ``objectTypeId``
    - ``next_event_id``: what the next event is numbered, one more than the last

    ``counts`` has the statuses of the answers too, 0 where none came.
    """

    name = "hubspot-webhooks"
    unit, parcel = "events", "deliveries"
    tries, batch = TRIES, BATCH
    known_faults = FAULTS
    own_settings = ("secret", "subscriptions", "generic", "next_event_id")

    def __init__(self, clock, account, *, seed=0, **settings):
        self.clock = clock
        self.account = account
        self.secret = SECRET
        self.subscriptions = None
        self.generic = False
        self.next_event_id = 1
        super().__init__(seed, **settings)

    def describe(self):
        """What the control endpoint shows, JSON-ready; the secret is not told."""
        return {**super().describe(), "subscriptions": self.subscriptions}

    # What the store tells

    def notice(self, kind, object_type, record_id, at_ms, **details):
        """A change happened: ``kind`` as in ``creation``, ``propertyChange``."""
        if self.target is None:
            return
        # An account's own objects have the generic types only. [S webhooks guide]
        generic = self.generic or object_type.startswith(facts.CUSTOM_PREFIX)
        family = "object" if generic else facts.kind(object_type).singular
        name = f"{family}.{kind}"
        if self.subscriptions is not None and name not in self.subscriptions:
            return
        with self._changed:
            event_id = self.next_event_id
            self.next_event_id += 1
        event = {
            "eventId": event_id,
            "subscriptionId": 1000 + sum(map(ord, name)),
            "portalId": self.account["portalId"],
            "appId": 54321,
            "occurredAt": at_ms,
            "subscriptionType": name,
            "objectId": int(record_id),
            "changeSource": "CRM",
            **details,
        }
        partner = event.pop("toObject", None)
        type_id = facts.kind(object_type).type_id
        if kind == "associationChange":
            # These name both ends instead. [S changelog new subscription types for
            # the older ones; generic subscriptions guide; M for the spelling]
            del event["objectId"]
            singular = (
                facts.kind(object_type).singular,
                facts.kind(partner).singular,
            )
            if generic:
                event["fromObjectTypeId"] = type_id
                event["toObjectTypeId"] = facts.kind(partner).type_id
            else:
                event["associationType"] = "_TO_".join(singular).upper()
        elif generic:
            event["objectTypeId"] = type_id
        with self._changed:
            if self._loses():
                return
            if len(self._waiting) >= CAPACITY:
                self.counts["overflowed"] += 1
            else:
                self._enqueue(None, event)

    def _send(self, _topic, events, attempt):
        body = json.dumps(
            [{**event, "attemptNumber": attempt} for event in events]
        ).encode()
        with self._changed:
            target = self.target or ""
            wrong = self._strikes("bad_signature")
            timestamp = str(self.clock.now_ms())
            secret = f"not {self.secret}" if wrong else self.secret
        headers = {
            "Content-Type": "application/json",
            "X-HubSpot-Request-Timestamp": timestamp,
            "X-HubSpot-Signature-v3": sign(secret, "POST", target, body, timestamp),
        }
        status, answered, _body = post(target, body, headers)
        with self._changed:
            self.counts[f"status_{status}"] += 1
        seconds = answered.get("Retry-After")
        numeric = status == 429 and seconds and seconds.isdigit()
        return Outcome(
            200 <= status < 300, status in FINAL, float(seconds) if numeric else None
        )
