"""Posts to a server as fast as it answers; a process of its own, as a vendor is.

Reads orders from standard input, a line of JSON each, and answers with one:
``{"url", "seconds", "clients", "secret"}`` -> ``{"acknowledged", "seconds",
"latencies", "failed"}``. With a secret each POST is a signed delivery of one event
that nobody sent before. Connections are kept alive where the server lets them.
"""

import http.client
import itertools
import json
import sys
import threading
import time
import urllib.parse
import uuid

from simulators.hubspot.webhooks import sign


class Load:
    """One order: so many clients for so many seconds."""

    def __init__(self, url, seconds, clients, secret=None):
        self.url = url
        self.secret = secret
        self.clients = clients
        self.deadline = time.perf_counter() + seconds
        self.numbers = itertools.count(1)
        self.run = uuid.uuid4().int % 10**9
        self.latencies = []
        self.failed = 0

    def answer(self):
        started = time.perf_counter()
        threads = [threading.Thread(target=self._client) for _c in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {
            "acknowledged": len(self.latencies),
            "seconds": time.perf_counter() - started,
            "latencies": self.latencies,
            "failed": self.failed,
        }

    def _client(self):
        parts = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        while time.perf_counter() < self.deadline:
            body, headers = self._delivery()
            started = time.perf_counter()
            connection.request("POST", parts.path, body, headers)
            reply = connection.getresponse()
            reply.read()
            if reply.status == 200:
                self.latencies.append(time.perf_counter() - started)
            else:
                self.failed += 1
        connection.close()

    def _delivery(self):
        number = next(self.numbers)
        event = {
            "eventId": number,
            "subscriptionId": self.run,
            "portalId": 4711220,
            "appId": 54321,
            "occurredAt": int(time.time() * 1000),
            "subscriptionType": "company.propertyChange",
            "attemptNumber": 0,
            "objectId": 12_000_000_000 + number,
            "propertyName": "name",
            "propertyValue": f"Company {number}",
            "changeSource": "CRM",
        }
        # The empty route is sent as many bytes: what differs is the work, not the wire.
        body = json.dumps([event]).encode()
        timestamp = str(event["occurredAt"])
        secret = self.secret or "none"
        return body, {
            "Content-Type": "application/json",
            "X-HubSpot-Request-Timestamp": timestamp,
            "X-HubSpot-Signature-v3": sign(secret, "POST", self.url, body, timestamp),
        }


def main():
    for line in sys.stdin:
        print(json.dumps(Load(**json.loads(line)).answer()), flush=True)


if __name__ == "__main__":
    main()
