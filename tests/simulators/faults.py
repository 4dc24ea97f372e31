"""Faults that any simulator can be told to have, each limited by count, path or luck.

A fault either stands in front of the work (the vendor never did anything) or behind
it (the vendor did the work and the answer was spoilt on its way): ``BEHIND`` lists
the kinds that always let the work happen, and ``drop`` has it as a choice, since a
create whose reply is lost is the case that makes duplicates.
"""

import itertools
import random
import re
import threading
from dataclasses import dataclass, field

#: What can go wrong. ``reply`` kinds answer in the vendor's own shape.
KINDS = {
    "latency": "wait `ms` milliseconds, then go on",
    "status": "answer with `status` (500, 502, 503, 504, 423, 477, ...)",
    "rate_limit": "answer 429 in the vendor's shape, with optional `retry_after`",
    "revoked": "answer 401: the token is no longer good",
    "missing_scope": "answer 403: a scope is missing (`target`: of which object)",
    "drop": "close the connection without an answer (`worked`: after the work)",
    "drop_half": "do the work, close the connection after half of the body",
    "malformed": "do the work, answer 200 with a body that is no JSON",
    "truncated": "do the work, answer 200 with half of the JSON, well delimited",
    "html": "answer 200 with a web page",
}
BEHIND = frozenset({"drop_half", "malformed", "truncated"})


@dataclass
class Fault:
    """One standing order to fail.

    ``times``: how often it strikes (None: until cleared). ``after``: how many
    matching requests pass first. ``path``: regular expression searched in the path.
    ``chance``: probability from 0 to 1, drawn from the plan's seeded generator.
    """

    kind: str
    times: int | None = 1
    path: str | None = None
    method: str | None = None
    chance: float = 1.0
    after: int = 0
    status: int = 503
    ms: int = 0
    retry_after: str | int | None = None
    target: str | None = None
    worked: bool = False
    policy: str | None = None
    id: int = 0
    struck: int = 0
    _pattern: re.Pattern | None = field(default=None, repr=False)

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}: one of {sorted(KINDS)}")
        self._pattern = re.compile(self.path) if self.path else None

    @property
    def behind(self):
        """Whether the vendor does the work before the answer is spoilt."""
        return self.kind in BEHIND or (self.kind == "drop" and self.worked)

    def spent(self):
        """Whether it has struck as often as it may."""
        return self.times is not None and self.struck >= self.times

    def meets(self, method, path):
        """Whether this request is one of those meant."""
        if self.method and self.method.upper() != method:
            return False
        return self._pattern is None or bool(self._pattern.search(path))

    def describe(self):
        """What the control endpoint shows, JSON-ready."""
        names = ("id", "kind", "times", "struck", "path", "method", "chance", "after")
        names += ("status", "ms", "retry_after", "target", "worked", "policy")
        return {name: getattr(self, name) for name in names}


class FaultPlan:
    """The faults of one simulator; thread-safe, its luck seeded."""

    def __init__(self, seed=0):
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._faults = []

    def add(self, kind, **settings):
        """Add a fault (see :class:`Fault`) and return it.

        ``add("status", status=502, times=3, path="/search$")``
        """
        fault = Fault(kind, **settings)
        with self._lock:
            fault.id = next(self._ids)
            self._faults.append(fault)
        return fault

    def clear(self, fault_id=None):
        """Take back one fault, or all of them."""
        with self._lock:
            self._faults = [
                fault for fault in self._faults if fault_id not in (None, fault.id)
            ]

    def list(self):
        """The faults still standing, JSON-ready."""
        with self._lock:
            return [fault.describe() for fault in self._faults]

    def draw(self, method, path):
        """What strikes this request: ``(milliseconds to wait, fault or None)``.

        Latencies add up; of the others the first that meets the request strikes.
        """
        if not self._faults:
            return 0, None
        wait, struck = 0, None
        with self._lock:
            for fault in self._faults:
                if fault.spent() or not fault.meets(method, path):
                    continue
                if fault.kind != "latency" and struck is not None:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.chance < 1 and self._random.random() >= fault.chance:
                    continue
                fault.struck += 1
                if fault.kind == "latency":
                    wait += fault.ms
                else:
                    struck = fault
            self._faults = [fault for fault in self._faults if not fault.spent()]
        return wait, struck
