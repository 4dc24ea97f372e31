"""Webhooks of a simulated account: each event is told to the endpoints that want it.

As Stripe does it: one event a POST, signed with the endpoint's secret, in the version
of the endpoint or else of the account, in no order, tried again for days when the
answer isn't 2xx; here `backoff` seconds later, doubled each time. [S webhooks; SDK
_webhook.py for the signature]

What can go wrong on the way is switched on with ``faults``: shares from 0 to 1.
"""

import hashlib
import hmac
import json
import random
import time

from ..delivery import Delivery, Outcome, post
from .account import WebhookEndpoint

TRIES = 16
SECRET = "whsec_simulated"
#: The endpoint that the settings make.
ENDPOINT = "we_1Simulated"

FAULTS = {
    "drop": "an event is never told",
    "duplicate": "an event is sent twice",
    "reorder": "events of one moment come in any order",
    "delay": "an event waits up to `delay_seconds`",
    "bad_signature": "a delivery is signed with another secret",
    "stale": "a delivery is signed an hour ago",
}


def sign(secret, timestamp, body):
    """``Stripe-Signature``: HMAC-SHA256 of the moment, a dot and the body."""
    signed = f"{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Webhooks(Delivery):
    """Tells the account's endpoints of events; settings besides the common ones:

    - ``target``, ``secret``, ``api_version``, ``enabled_events``: of an endpoint of its
      own, beside those that the API makes
    - ``by_clock``: signed at the simulator's time; the wall clock's unless told so,
      since whoever checks it lives there

    ``counts`` has the statuses of the answers too, 0 where none came.
    """

    name = "stripe-webhooks"
    unit, parcel = "events", "deliveries"
    tries, batch = TRIES, 1
    known_faults = FAULTS
    own_settings = ("secret", "api_version", "enabled_events", "by_clock")

    def __init__(self, account, events, *, seed=0, **settings):
        self.account = account
        self.events = events
        self.secret = SECRET
        self.api_version = None
        self.enabled_events = ("*",)
        self.by_clock = False
        super().__init__(seed, **settings)

    def configure(self, **settings):
        super().configure(**settings)
        if self.target is None:
            self.account.endpoints.pop(ENDPOINT, None)
            return
        self.account.endpoints[ENDPOINT] = WebhookEndpoint(
            ENDPOINT,
            self.target,
            self.secret,
            self.account.engine.now(),
            tuple(self.enabled_events),
            self.api_version,
        )

    def describe(self):
        """What the control endpoint shows, JSON-ready; the secret is not told."""
        return {**super().describe(), "endpoints": list(self.account.endpoints)}

    def notice(self, event):
        """An event happened."""
        for endpoint in list(self.account.endpoints.values()):
            if self._is_for(endpoint, event):
                with self._changed:
                    if not self._loses():
                        self._enqueue(endpoint.id, event)

    def replay(self, shuffle=None, duplicates=0.0, since=0):
        """Tell all events again, or the first time to whoever came late.

        ``shuffle``: seed of the order, None for theirs; ``duplicates``: share of events
        that come twice; ``since``: moment. Returns how many are told.
        """
        luck = random.Random(shuffle)
        events = [each for each in self.events.all if each.created >= since]
        events += [each for each in events if luck.random() < duplicates]
        if shuffle is not None:
            luck.shuffle(events)
        for event in events:
            self.notice(event)
        return len(events)

    def _is_for(self, endpoint, event):
        version = endpoint.api_version or self.account.facts["api_version"]
        return endpoint.wants(event.type) and self.events.is_known(event, version)

    def _send(self, endpoint_id, events, _attempt):
        endpoint = self.account.endpoints.get(endpoint_id)
        if endpoint is None:
            return Outcome(False, final=True)
        with self.account.store.lock:
            shown = self.events.body(events[0], endpoint.api_version)
        body = json.dumps(shown, indent=2).encode()
        with self._changed:
            secret = endpoint.secret
            if self._strikes("bad_signature"):
                secret = f"not {secret}"
            moment = self.account.engine.now() if self.by_clock else int(time.time())
            if self._strikes("stale"):
                moment -= 3_600
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(secret, moment, body),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        status, _answered, _body = post(endpoint.url, body, headers)
        with self._changed:
            self.counts[f"status_{status}"] += 1
        return Outcome(200 <= status < 300)
