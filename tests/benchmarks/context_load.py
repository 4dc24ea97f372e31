"""Asks a server as fast as it answers; a process of its own, as a desk's app is.

Reads orders from standard input, a line of JSON each, and answers with one:
``{"urls", "seconds" or "count", "clients"}`` -> ``{"statuses": {status: how many},
"seconds", "latencies"}``. Each client asks by the addresses in turn, from a place of
its own; ``count`` ends after so many questions instead of so many seconds. Connections
are kept alive where the server lets them.
"""

import collections
import http.client
import itertools
import json
import sys
import threading
import time
import urllib.parse


class Load:
    def __init__(self, urls, clients, seconds=60, count=None):
        self.urls = urls
        self.clients = clients
        self.deadline = time.perf_counter() + seconds
        self.left = itertools.count(count, -1) if count else itertools.repeat(1)
        self.statuses = collections.Counter()
        self.latencies = []

    def answer(self):
        started = time.perf_counter()
        threads = [
            threading.Thread(target=self._client, args=(number,))
            for number in range(self.clients)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {
            "statuses": self.statuses,
            "seconds": time.perf_counter() - started,
            "latencies": self.latencies,
        }

    def _client(self, number):
        parts = urllib.parse.urlsplit(self.urls[0])
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        start = number * len(self.urls) // self.clients
        urls = itertools.cycle(self.urls[start:] + self.urls[:start])
        while time.perf_counter() < self.deadline and next(self.left) > 0:
            parts = urllib.parse.urlsplit(next(urls))
            started = time.perf_counter()
            connection.request("GET", f"{parts.path}?{parts.query}")
            reply = connection.getresponse()
            reply.read()
            self.latencies.append(time.perf_counter() - started)
            self.statuses[str(reply.status)] += 1
        connection.close()


def main():
    for line in sys.stdin:
        print(json.dumps(Load(**json.loads(line)).answer()), flush=True)


if __name__ == "__main__":
    main()
