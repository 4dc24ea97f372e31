"""What a simulator was asked: counters for ever, the last requests in full."""

import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass


@dataclass
class Entry:
    """One request as it was answered. ``status`` 0: the connection was closed."""

    at_ms: int
    method: str
    path: str
    template: str
    query: dict
    body: str
    status: int
    fault: str | None
    elapsed_ms: float
    correlation_id: str


class RequestLog:
    """Thread-safe. The authorization header is never kept."""

    def __init__(self, size=500, body_limit=65_536):
        self._lock = threading.Lock()
        self._entries = deque(maxlen=size)
        self._counters = Counter()
        self._body_limit = body_limit

    def add(self, entry):
        """Count the entry and keep it among the last."""
        entry.body = entry.body[: self._body_limit]
        with self._lock:
            self._entries.append(entry)
            self._counters[(entry.method, entry.template, entry.status)] += 1

    def clear(self):
        """Forget everything asked so far."""
        with self._lock:
            self._entries.clear()
            self._counters.clear()

    @property
    def entries(self):
        """The last requests, oldest first."""
        with self._lock:
            return list(self._entries)

    @property
    def last(self):
        """The latest request, or None."""
        with self._lock:
            return self._entries[-1] if self._entries else None

    def count(self, method=None, template=None, status=None):
        """How many requests met all that is given.

        ``template`` is a part of the path template (``"/search"``), ``status`` a
        number.
        """
        with self._lock:
            return sum(
                number
                for (its_method, its_template, its_status), number in (
                    self._counters.items()
                )
                if method in (None, its_method)
                and (template is None or template in its_template)
                and status in (None, its_status)
            )

    def describe(self):
        """Counters by ``METHOD template status`` and the last entries, JSON-ready."""
        with self._lock:
            counters = {
                f"{method} {template} {status}": number
                for (method, template, status), number in sorted(
                    self._counters.items(), key=str
                )
            }
            return {
                "total": sum(self._counters.values()),
                "counters": counters,
                "last": [asdict(entry) for entry in self._entries],
            }
