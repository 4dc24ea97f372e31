"""Webhooks of a simulated account: each change is told to whoever subscribed.

As HubSpot does it: signed with version 3, up to 100 events in one POST, up to ten tries
when no answer or a bad one comes, none after 400, 401, 403, 404 and 405, `Retry-After`
of a 429 honoured. [S community answers by HubSpot staff] Between two tries it waits
for minutes to hours; here `backoff` seconds, doubled each time.

What can go wrong on the way is switched on with ``faults``: shares from 0 to 1.
"""

import base64
import collections
import hashlib
import heapq
import hmac
import http.client
import itertools
import json
import random
import threading
import time
import urllib.parse

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


class Webhooks:
    """Tells a target URL of the changes of a store, from a thread of its own.

    - ``target``: full URL, None: nothing is told
    - ``secret``: signs the deliveries
    - ``subscriptions``: types such as ``company.propertyChange``; None: all
    - ``generic``: the newer ``object.…`` types with ``objectTypeId``
    - ``gather``: seconds that events are gathered before they are sent
    - ``backoff``: seconds before the second try
    - ``next_event_id``: what the next event is numbered, one more than the last
    - ``faults``: ``{name of FAULTS: share}``; ``delay_seconds``: the longest delay

    ``counts``: Counter of events and deliveries by what became of them.
    """

    def __init__(self, clock, account, *, seed=0, **settings):
        self.clock = clock
        self.account = account
        self.counts = collections.Counter()
        self.target = None
        self.secret = SECRET
        self.subscriptions = None
        self.generic = False
        self.gather = 0.02
        self.backoff = 0.1
        self.delay_seconds = 0.5
        self.faults = {}
        self._luck = random.Random(seed)
        self.next_event_id = 1
        self._order = itertools.count()
        self._waiting = collections.deque()
        self._batches = []
        self._busy = False
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = None
        self.configure(**settings)

    def configure(self, **settings):
        """Change the settings above; unknown names are a ValueError."""
        known = {"target", "secret", "subscriptions", "generic", "gather", "backoff"}
        known |= {"faults", "delay_seconds", "next_event_id"}
        if unknown := set(settings) - known:
            raise ValueError(f"unknown settings {sorted(unknown)}")
        if unknown := set(settings.get("faults") or {}) - set(FAULTS):
            raise ValueError(f"unknown faults {sorted(unknown)}: {sorted(FAULTS)}")
        with self._changed:
            for name, value in settings.items():
                setattr(self, name, {} if name == "faults" and not value else value)

    def describe(self):
        """What the control endpoint shows, JSON-ready; the secret is not told."""
        with self._changed:
            return {
                "target": self.target,
                "subscriptions": self.subscriptions,
                "faults": dict(self.faults),
                "waiting": len(self._waiting) + sum(len(b[2]) for b in self._batches),
                "counts": dict(self.counts),
            }

    # Life

    def start(self):
        """Begin to deliver."""
        self._stopped = False
        self._thread = threading.Thread(
            target=self._run, name="hubspot-webhooks", daemon=True
        )
        self._thread.start()

    def stop(self):
        """Deliver nothing more; what waits is lost."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=15)
            self._thread = None

    def wait(self, seconds=10):
        """Wait until everything has been told or given up; tells whether it has."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while self._waiting or self._batches or self._busy:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    # What the store tells

    def notice(self, kind, object_type, record_id, at_ms, **details):
        """A change happened: ``kind`` as in ``creation``, ``propertyChange``."""
        if self.target is None:
            return
        family = "object" if self.generic else facts.OBJECTS[object_type].singular
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
        type_id = facts.OBJECTS[object_type].type_id
        if kind == "associationChange":
            # These name both ends instead. [S changelog new subscription types for
            # the older ones; generic subscriptions guide; M for the spelling]
            del event["objectId"]
            singular = (
                facts.OBJECTS[object_type].singular,
                facts.OBJECTS[partner].singular,
            )
            if self.generic:
                event["fromObjectTypeId"] = type_id
                event["toObjectTypeId"] = facts.OBJECTS[partner].type_id
            else:
                event["associationType"] = "_TO_".join(singular).upper()
        elif self.generic:
            event["objectTypeId"] = type_id
        with self._changed:
            if self._strikes("drop"):
                self.counts["dropped"] += 1
            elif len(self._waiting) >= CAPACITY:
                self.counts["overflowed"] += 1
            else:
                self.counts["events"] += 1
                self._waiting.append(event)
                self._changed.notify_all()

    # The thread

    def _run(self):
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                while not self._stopped and not self._due():
                    self._changed.wait(self._until_next())
                if self._stopped:
                    return
                self._busy = True
                gathering = bool(self._waiting)
            if gathering:
                time.sleep(self.gather)
                with self._changed:
                    self._pack()
            batch = self._next_batch()
            if batch is not None:
                self._deliver(*batch)

    def _due(self):
        due = self._batches and self._batches[0][0] <= time.monotonic()
        return bool(self._waiting) or due

    def _until_next(self):
        if not self._batches:
            return None
        return max(0.001, self._batches[0][0] - time.monotonic())

    def _pack(self):
        """Waiting events become batches, with what luck does to them."""
        events = [self._waiting.popleft() for _each in range(len(self._waiting))]
        if self._strikes("reorder"):
            self._luck.shuffle(events)
        for start in range(0, len(events), BATCH):
            batch = events[start : start + BATCH]
            copies = 2 if self._strikes("duplicate") else 1
            for _copy in range(copies):
                wait = 0
                if self._strikes("delay"):
                    wait = self._luck.random() * self.delay_seconds
                self._schedule(wait, batch, 0)

    def _schedule(self, seconds, batch, attempt):
        due = time.monotonic() + seconds
        heapq.heappush(self._batches, (due, next(self._order), batch, attempt))

    def _next_batch(self):
        with self._changed:
            if self._batches and self._batches[0][0] <= time.monotonic():
                _due, _order, batch, attempt = heapq.heappop(self._batches)
                return batch, attempt
        return None

    def _deliver(self, batch, attempt):
        status, retry_after = self._post(batch, attempt)
        with self._changed:
            self.counts[f"status_{status}"] += 1
            if 200 <= status < 300:
                self.counts["deliveries"] += 1
                self.counts["told"] += len(batch)
            elif status in FINAL or attempt + 1 >= TRIES:
                self.counts["given_up"] += len(batch)
            else:
                self.counts["retries"] += 1
                wait = self.backoff * 2**attempt
                self._schedule(retry_after or wait, batch, attempt + 1)

    def _post(self, batch, attempt):
        """``(status, seconds of Retry-After or None)``; 0 where nobody answered."""
        body = json.dumps(
            [{**event, "attemptNumber": attempt} for event in batch]
        ).encode()
        with self._changed:
            target = self.target
            wrong = self._strikes("bad_signature")
            timestamp = str(self.clock.now_ms())
            secret = f"not {self.secret}" if wrong else self.secret
        url = urllib.parse.urlsplit(target or "")
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
        try:
            connection.request(
                "POST",
                url._replace(scheme="", netloc="").geturl(),
                body,
                {
                    "Content-Type": "application/json",
                    "X-HubSpot-Request-Timestamp": timestamp,
                    "X-HubSpot-Signature-v3": sign(
                        secret, "POST", target, body, timestamp
                    ),
                },
            )
            answer = connection.getresponse()
            answer.read()
            seconds = answer.getheader("Retry-After")
            numeric = answer.status == 429 and seconds and seconds.isdigit()
            return answer.status, float(seconds) if numeric else None
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()

    def _strikes(self, fault):
        share = self.faults.get(fault, 0)
        return share > 0 and self._luck.random() < share
