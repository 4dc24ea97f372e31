"""Webhooks of an account: what they are, and the thread that delivers their events.

A delivery is one event, signed with the secret of its webhook: base64 of HMAC-SHA256 of
timestamp and body. [S webhooks/verifying, anatomy-of-a-webhook-request] Events come in
no order and may come twice; ``x-zendesk-webhook-invocation-id`` stays the same over the
tries of a delivery.
"""

import base64
import hashlib
import hmac
import itertools
import json
import secrets
import time
from dataclasses import dataclass

from ..delivery import Delivery, Outcome, post
from . import facts
from .render import iso

SECRET = "simulated-zendesk-signing-secret"
#: The webhook that the settings make.
OWN = "01SIMULATED0WEBHOOK0000000"
#: Letters of ids. [S anatomy-of-a-webhook-request, an example]
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

FAULTS = {
    "drop": "an event is never told",
    "duplicate": "an event is sent twice",
    "reorder": "events of one moment come in any order",
    "delay": "an event waits up to `delay_seconds`",
    "bad_signature": "a delivery is signed with another secret",
    "stale": "a delivery is signed an hour ago",
}


@dataclass
class Webhook:
    """One that was created; ``subscriptions``: event types that it is sent."""

    id: str
    name: str
    endpoint: str
    subscriptions: tuple
    created: int
    updated: int
    status: str = "active"
    secret: str = ""
    authentication: dict | None = None
    custom_headers: dict | None = None
    description: str = ""

    def wants(self, event_type):
        """Whether it is told of events of a type."""
        return self.status == "active" and event_type in self.subscriptions


def new_id():
    """An id as webhooks have it."""
    return "01" + "".join(secrets.choice(LETTERS) for _place in range(24))


def sign(secret, timestamp, body):
    """``X-Zendesk-Webhook-Signature``."""
    digest = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256)
    return base64.b64encode(digest.digest()).decode()


class Webhooks(Delivery):
    """Tells webhooks of events; settings besides the common ones:

    - ``target``, ``secret``, ``subscriptions`` (None: all events): of a webhook of its
      own, beside those that the API makes
    - ``by_clock``: signed at the simulator's time; the wall clock's unless told so,
      since whoever checks it lives there
    """

    name = "zendesk-webhooks"
    unit, parcel = "events", "deliveries"
    tries, batch = facts.WEBHOOK_TRIES, 1
    known_faults = FAULTS
    own_settings = ("secret", "subscriptions", "by_clock")

    def __init__(self, events, *, seed=0, **settings):
        self.events = events
        self.rows = {}
        self.secret = SECRET
        self.subscriptions = None
        self.by_clock = False
        self._invocations = itertools.count(8_350_205_582)
        super().__init__(seed, **settings)

    def describe(self):
        """What the control endpoint shows, JSON-ready; secrets are not told."""
        return {**super().describe(), "webhooks": list(self.rows)}

    def notice(self, event, record, changes):
        """A record has changed; see :class:`~.store.Store`."""
        if not self.rows and self.target is None:
            return
        for event_type, body in self.events.of(event, record, changes):
            for webhook_id in self._wanting(event_type):
                with self._changed:
                    if not self._loses():
                        invocation = next(self._invocations)
                        self._enqueue(webhook_id, (invocation, body))

    def _wanting(self, event_type):
        if self.target is not None and (
            self.subscriptions is None or event_type in self.subscriptions
        ):
            yield OWN
        for webhook in list(self.rows.values()):
            if webhook.wants(event_type):
                yield webhook.id

    def _send(self, webhook_id, notices, _attempt):
        webhook = self.rows.get(webhook_id)
        if webhook is None and webhook_id != OWN:
            return Outcome(False, final=True)
        target = webhook.endpoint if webhook else self.target
        invocation, event = notices[0]
        body = json.dumps(event).encode()
        with self._changed:
            secret = webhook.secret if webhook else self.secret
            if self._strikes("bad_signature"):
                secret = f"not {secret}"
            moment = int(time.time())
            if self.by_clock:
                moment = self.events.store.now()
            if self._strikes("stale"):
                moment -= 3_600
        timestamp = iso(moment)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Zendesk Webhook",
            "X-Zendesk-Account-Id": str(self.events.account["id"]),
            "X-Zendesk-Webhook-Id": webhook_id,
            "X-Zendesk-Webhook-Invocation-Id": str(invocation),
            "X-Zendesk-Webhook-Signature": sign(secret, timestamp, body),
            "X-Zendesk-Webhook-Signature-Timestamp": timestamp,
            **((webhook and webhook.custom_headers) or {}),
            **_authorization(webhook),
        }
        status, answered, _body = post(target, body, headers)
        with self._changed:
            self.counts[f"status_{status}"] += 1
        seconds = answered.get("Retry-After") or ""
        return Outcome(
            200 <= status < 300,
            status not in facts.WEBHOOK_RETRIED,
            float(seconds) if seconds.isdigit() else None,
        )


def _authorization(webhook):
    given = (webhook and webhook.authentication) or {}
    data = given.get("data") or {}
    if given.get("type") == "basic_auth":
        pair = f"{data.get('username')}:{data.get('password')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    if given.get("type") == "bearer_token":
        return {"Authorization": f"Bearer {data.get('token')}"}
    return {}
