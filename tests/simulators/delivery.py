"""The vendor-neutral half of telling a target of changes: a thread that delivers.

A vendor's class says what a message looks like and which answers count::

    class Webhooks(Delivery):
        name = "stripe-webhooks"
        unit, parcel = "events", "deliveries"
        tries, batch = 10, 100
        known_faults = FAULTS

        def notice(self, ...):
            with self._changed:
                if not self._loses():
                    self._enqueue(None, event)

        def _send(self, topic, notices, attempt):
            status, _headers, _body = post(self.target, body, headers)
            return Outcome(status == 200)

What the store tells is gathered for a moment, packed into messages of one topic and
sent when due; a message that was not taken waits, twice as long each time.
"""

import collections
import heapq
import http.client
import itertools
import random
import threading
import time
import urllib.parse
from typing import NamedTuple

#: What can go wrong with any vendor; shares of these are switched on by ``faults``.
FAULTS = ("drop", "duplicate", "reorder", "delay")
#: Seconds until an answer is not waited for any longer.
PATIENCE = 10


class Outcome(NamedTuple):
    """What became of one try: ``taken``; ``final``: not to be tried again; ``wait``:
    seconds that the target asked for before the next try."""

    taken: bool
    final: bool = False
    wait: float | None = None


class Delivery:
    """Tells a target URL of changes, from a thread of its own.

    Settings of every vendor, which adds its own as attributes named in
    ``own_settings`` before it calls ``__init__``:

    - ``target``: full URL, None: nothing is told
    - ``gather``: seconds that changes are gathered before they are sent
    - ``backoff``: seconds before the second try, doubled each time
    - ``faults``: ``{name of known_faults: share from 0 to 1}``
    - ``delay_seconds``: the longest delay

    ``counts``: Counter of notices and messages by what became of them; ``unit`` and
    ``parcel`` are what the vendor calls these.
    """

    name = "delivery"
    unit = "notices"
    parcel = "messages"
    tries = 10
    batch = 100
    known_faults = FAULTS
    own_settings = ()

    def __init__(self, seed=0, **settings):
        self.counts = collections.Counter()
        self.target = None
        self.gather = 0.02
        self.backoff = 0.1
        self.delay_seconds = 0.5
        self.faults = {}
        self._luck = random.Random(seed)
        self._order = itertools.count()
        self._waiting = collections.deque()
        self._messages = []
        self._busy = False
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = None
        self.configure(**settings)

    def configure(self, **settings):
        """Change the settings; unknown names are a ValueError. None empties a map."""
        known = {"target", "gather", "backoff", "faults", "delay_seconds"}
        if unknown := set(settings) - known - set(self.own_settings):
            raise ValueError(f"unknown settings {sorted(unknown)}")
        if unknown := set(settings.get("faults") or {}) - set(self.known_faults):
            names = sorted(self.known_faults)
            raise ValueError(f"unknown faults {sorted(unknown)}: {names}")
        with self._changed:
            for name, value in settings.items():
                is_map = isinstance(getattr(self, name), dict)
                setattr(self, name, (value or {}) if is_map else value)

    def describe(self):
        """What the control endpoint shows, JSON-ready; a vendor adds to it."""
        with self._changed:
            packed = sum(len(entry[3]) for entry in self._messages)
            return {
                "target": self.target,
                "faults": dict(self.faults),
                "waiting": len(self._waiting) + packed,
                "counts": dict(self.counts),
            }

    # Life

    def start(self):
        """Begin to deliver."""
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
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
            while self._waiting or self._messages or self._busy:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    # What a vendor calls, and fills in

    def _loses(self):
        """Whether a notice is never told; called with ``_changed`` held."""
        if self._strikes("drop"):
            self.counts["dropped"] += 1
            return True
        return False

    def _enqueue(self, topic, notice):
        """Let a notice wait, with ``_changed`` held; a message is of one topic."""
        self.counts[self.unit] += 1
        self._waiting.append((topic, notice))
        self._changed.notify_all()

    def _strikes(self, fault):
        share = self.faults.get(fault, 0)
        return share > 0 and self._luck.random() < share

    def _send(self, topic, notices, attempt):
        """Send one message, ``attempt`` counted from 0; returns its Outcome.

        Called without ``_changed``, so that notices go on to arrive.
        """
        raise NotImplementedError

    # The thread

    def _run(self):
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                while not self._stopped and not self._waiting and not self._is_due():
                    self._changed.wait(self._until_next())
                if self._stopped:
                    return
                self._busy = True
                gathering = bool(self._waiting)
            if gathering:
                time.sleep(self.gather)
                with self._changed:
                    self._pack()
            self._deliver_next()

    def _is_due(self):
        return bool(self._messages) and self._messages[0][0] <= time.monotonic()

    def _until_next(self):
        if not self._messages:
            return None
        return max(0.001, self._messages[0][0] - time.monotonic())

    def _pack(self):
        """Waiting notices become messages, with what luck does to them."""
        by_topic = collections.defaultdict(list)
        while self._waiting:
            topic, notice = self._waiting.popleft()
            by_topic[topic].append(notice)
        for topic, notices in by_topic.items():
            if self._strikes("reorder"):
                self._luck.shuffle(notices)
            for start in range(0, len(notices), self.batch):
                message = notices[start : start + self.batch]
                for _copy in range(2 if self._strikes("duplicate") else 1):
                    wait = 0
                    if self._strikes("delay"):
                        wait = self._luck.random() * self.delay_seconds
                    self._schedule(wait, topic, message, 0)

    def _schedule(self, seconds, topic, notices, attempt):
        due = time.monotonic() + seconds
        entry = (due, next(self._order), topic, notices, attempt)
        heapq.heappush(self._messages, entry)

    def _deliver_next(self):
        with self._changed:
            if not self._is_due():
                return
            _due, _order, topic, notices, attempt = heapq.heappop(self._messages)
        outcome = self._send(topic, notices, attempt)
        with self._changed:
            if outcome.taken:
                self.counts[self.parcel] += 1
                self.counts["told"] += len(notices)
            elif outcome.final or attempt + 1 >= self.tries:
                self.counts["given_up"] += len(notices)
            else:
                self.counts["retries"] += 1
                wait = outcome.wait or self.backoff * 2**attempt
                self._schedule(wait, topic, notices, attempt + 1)


def post(target, body, headers):
    """``(status, headers, body)`` of the answer to a POST; status 0 where none came.

    None for the target: it was taken away while messages waited, so nobody answers.
    """
    if not target:
        return 0, {}, b""
    url = urllib.parse.urlsplit(target)
    kinds = {"https": http.client.HTTPSConnection}
    make = kinds.get(url.scheme, http.client.HTTPConnection)
    connection = make(url.hostname, url.port, timeout=PATIENCE)
    try:
        path = url._replace(scheme="", netloc="").geturl()
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, {}, b""
    finally:
        connection.close()
