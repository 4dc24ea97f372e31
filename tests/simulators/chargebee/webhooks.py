"""Webhooks of a site: each event is posted to the target, one at a time.

As Chargebee does it: JSON, Basic auth with the user and password that the webhook is
set up with, no signature; only 2XX counts, then seven more tries over days; in any
order and more than once. [S events, webhook_settings; support article 257941] Between
two tries it waits `backoff` seconds here, doubled each time.

What can go wrong on the way is switched on with ``faults``: shares from 0 to 1.
"""

import base64
import json

from ..delivery import Delivery, Outcome, post
from . import facts

USER = "chargebee"
PASSWORD = "simulated-webhook-password"

FAULTS = {
    "drop": "an event is never told",
    "duplicate": "an event is told twice",
    "reorder": "events come in any order",
    "delay": "an event waits up to `delay_seconds`",
    "bad_password": "an event comes with another password",
}


class Webhooks(Delivery):
    """Tells a target URL of the events of a site; settings besides the common ones:

    - ``user``, ``password``: of Basic auth; None for none
    - ``events``: types that are told, as ``invoice_generated``; None: all

    ``counts`` has the statuses of the answers too, 0 where none came.
    """

    name = "chargebee-webhooks"
    unit, parcel = "events", "deliveries"
    tries, batch = facts.WEBHOOK_TRIES, 1
    known_faults = FAULTS
    own_settings = ("user", "password", "events")

    def __init__(self, events, lock, *, seed=0, **settings):
        self.user = USER
        self.password = PASSWORD
        self.events = None
        self._site_events = events
        self._lock = lock
        super().__init__(seed, **settings)
        events.listeners.append(self.notice)

    def describe(self):
        """What the control endpoint shows, JSON-ready; the password is not told."""
        return {**super().describe(), "events": self.events, "user": self.user}

    def notice(self, event):
        """An event occurred."""
        if self.target is None:
            return
        if self.events is not None and event.kind not in self.events:
            return
        with self._changed:
            if not self._loses():
                self._enqueue(None, event)

    def resend(self, events):
        """Tell old events again, as the button in Chargebee's console does."""
        with self._changed:
            for event in events:
                self._enqueue(None, event)

    def _send(self, _topic, events, _attempt):
        with self._lock:
            shape = self._site_events.shape(events[0])
        body = json.dumps({**shape, "webhook_status": "scheduled"}).encode()
        with self._changed:
            target = self.target or ""
            wrong = self._strikes("bad_password")
        headers = {"Content-Type": "application/json;charset=utf-8"}
        if self.user is not None:
            password = f"not {self.password}" if wrong else self.password
            pair = f"{self.user}:{password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        status, _answered, _body = post(target, body, headers)
        with self._changed:
            self.counts[f"status_{status}"] += 1
        return Outcome(200 <= status < 300)
