"""Outbound messages of a simulated org: SOAP POSTs that tell of changed records.

Up to 100 notifications of one object a message, with the data of the moment it is
sent; tried again, at growing intervals and in any order, until the answer holds
``<Ack>true</Ack>``. There is no signature: who receives checks OrganizationId and a
path that only Salesforce knows. Deletions are not told.
[S api/guide: sforce_api_om_outboundmessaging_notifications, _wsdl]

What can go wrong on the way is switched on with ``faults``: shares from 0 to 1.
"""

import collections
import heapq
import http.client
import itertools
import random
import re
import threading
import time
import urllib.parse
from xml.sax.saxutils import escape

from . import facts, ids

#: Tries before it gives up; the product goes on for 24 hours.
TRIES = 12
ACK = re.compile(rb"<(?:\w+:)?Ack>\s*(?:true|1)\s*</(?:\w+:)?Ack>")
FAULTS = {
    "drop": "a notification is never told",
    "duplicate": "a message is sent twice",
    "reorder": "the notifications of a message come in any order",
    "delay": "a message waits up to `delay_seconds`",
}
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" \
xmlns:xsd="http://www.w3.org/2001/XMLSchema" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>{organization}</OrganizationId>
   <ActionId>{action}</ActionId>
   <SessionId xsi:nil="true"/>
   <EnterpriseUrl>{url}/services/Soap/c/{version}/{organization}</EnterpriseUrl>
   <PartnerUrl>{url}/services/Soap/u/{version}/{organization}</PartnerUrl>
{notifications}
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>
"""
NOTIFICATION = """   <Notification>
    <Id>{id}</Id>
    <sObject xsi:type="sf:{type}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
{fields}
    </sObject>
   </Notification>"""


class Outbound:
    """Tells a target URL of changes, from a thread of its own.

    - ``target``: full URL, None: nothing is told
    - ``objects``: ``{object: [fields besides Id]}``; only these are told
    - ``gather``: seconds that changes are gathered before they are sent
    - ``backoff``: seconds before the second try, doubled each time
    - ``organization_id``: told instead of the org's own
    - ``faults``: ``{name of FAULTS: share}``; ``delay_seconds``: the longest delay

    ``counts``: Counter of notifications and messages by what became of them.
    """

    def __init__(self, store, url, *, seed=0, **settings):
        self.store = store
        self.url = url
        self.counts = collections.Counter()
        self.target = None
        self.objects = {}
        self.gather = 0.02
        self.backoff = 0.1
        self.delay_seconds = 0.5
        self.organization_id = None
        self.faults = {}
        self._luck = random.Random(seed)
        self._ids = itertools.count(1)
        self._order = itertools.count()
        self._waiting = collections.deque()
        self._messages = []
        self._busy = False
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = None
        self.configure(**settings)

    def configure(self, **settings):
        """Change the settings above; unknown names are a ValueError."""
        known = {"target", "objects", "gather", "backoff", "faults", "delay_seconds"}
        if unknown := set(settings) - known - {"organization_id"}:
            raise ValueError(f"unknown settings {sorted(unknown)}")
        if unknown := set(settings.get("faults") or {}) - set(FAULTS):
            raise ValueError(f"unknown faults {sorted(unknown)}: {sorted(FAULTS)}")
        with self._changed:
            for name, value in settings.items():
                setattr(self, name, {} if value is None and name != "target" else value)

    def describe(self):
        """What the control endpoint shows, JSON-ready."""
        with self._changed:
            waiting = sum(len(each[3]) for each in self._messages)
            return {
                "target": self.target,
                "objects": self.objects,
                "faults": dict(self.faults),
                "waiting": len(self._waiting) + waiting,
                "counts": dict(self.counts),
            }

    # Life

    def start(self):
        """Begin to deliver."""
        self._stopped = False
        self._thread = threading.Thread(
            target=self._run, name="salesforce-outbound", daemon=True
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
            while self._waiting or self._messages or self._busy:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    # What the store tells

    def notice(self, object_name, record_id, _created):
        """A record was created or changed."""
        if self.target is None or object_name not in self.objects:
            return
        with self._changed:
            if self._strikes("drop"):
                self.counts["dropped"] += 1
                return
            self.counts["notifications"] += 1
            number = ids.new_id(facts.OUTBOUND_NOTIFICATION_PREFIX, next(self._ids))
            self._waiting.append((object_name, number, record_id))
            self._changed.notify_all()

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
        by_object = collections.defaultdict(list)
        while self._waiting:
            object_name, number, record_id = self._waiting.popleft()
            by_object[object_name].append((number, record_id))
        for object_name, told in by_object.items():
            if self._strikes("reorder"):
                self._luck.shuffle(told)
            for start in range(0, len(told), facts.NOTIFICATIONS):
                message = told[start : start + facts.NOTIFICATIONS]
                for _copy in range(2 if self._strikes("duplicate") else 1):
                    wait = 0
                    if self._strikes("delay"):
                        wait = self._luck.random() * self.delay_seconds
                    self._schedule(wait, object_name, message, 0)

    def _schedule(self, seconds, object_name, message, attempt):
        due = time.monotonic() + seconds
        entry = (due, next(self._order), object_name, message, attempt)
        heapq.heappush(self._messages, entry)

    def _deliver_next(self):
        with self._changed:
            if not self._is_due():
                return
            _due, _order, name, message, attempt = heapq.heappop(self._messages)
        body = self._envelope(name, message)
        acknowledged = body is None or self._post(body.encode())
        with self._changed:
            if acknowledged:
                self.counts["messages"] += 1
                self.counts["told"] += len(message)
            elif attempt + 1 >= TRIES:
                self.counts["given_up"] += len(message)
            else:
                self.counts["retries"] += 1
                self._schedule(self.backoff * 2**attempt, name, message, attempt + 1)

    def _post(self, body):
        """Whether the target acknowledged it."""
        url = urllib.parse.urlsplit(self.target or "")
        kinds = {"https": http.client.HTTPSConnection}
        make = kinds.get(url.scheme, http.client.HTTPConnection)
        connection = make(url.hostname, url.port, timeout=10)
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        try:
            path = url._replace(scheme="", netloc="").geturl()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status == 200 and bool(ACK.search(answer.read()))
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _envelope(self, object_name, message):
        """The message, None when its records, or its object, have gone since."""
        chosen = self.objects
        if object_name not in chosen:
            return None
        with self.store.lock:
            kind = self.store.schema.objects[object_name]
            rows = self.store.tables[object_name].rows
            listed = [
                _notification(kind, number, rows[record_id], chosen[object_name])
                for number, record_id in message
                if record_id in rows and not rows[record_id].get("IsDeleted")
            ]
        if not listed:
            return None
        return ENVELOPE.format(
            organization=self.organization_id or self.store.organization_id,
            action=ids.new_id(
                facts.OUTBOUND_ACTION_PREFIX,
                sorted(chosen).index(object_name) + 1,
            ),
            url=self.url(),
            version=f"{facts.NEWEST_VERSION}.0",
            notifications="\n".join(listed),
        )

    def _strikes(self, fault):
        share = self.faults.get(fault, 0)
        return share > 0 and self._luck.random() < share


def _notification(kind, number, row, chosen):
    fields = [
        f"     <sf:{name}>{_text(kind.fields[name], row[name])}</sf:{name}>"
        for name in dict.fromkeys(("Id", *chosen))
        if row.get(name) is not None
    ]
    return NOTIFICATION.format(id=number, type=kind.name, fields="\n".join(fields))


def _text(field, value):
    if field.type == "boolean":
        return "true" if value else "false"
    if field.type == "datetime":
        return f"{value[:23]}Z"
    return escape(str(value))
