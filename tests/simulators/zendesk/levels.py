"""Service levels: targets by priority, and the metric events of a ticket's life.

[S sla_policies, ticket_metric_events] One policy; calendar hours, which the priority of
a new ticket decides for good. A reply by an agent meets the first target, solving the
ticket the second.
"""

import heapq

from .store import POLICY

HOUR = 3_600
#: Seconds until the first reply and until it is solved.
TARGETS = {
    "urgent": (HOUR, 8 * HOUR),
    "high": (4 * HOUR, 24 * HOUR),
    "normal": (8 * HOUR, 72 * HOUR),
}
METRICS = ("reply_time", "requester_wait_time")
NONE = {}


def _policy(seconds):
    return {
        "sla": {
            "target": seconds // 60,
            "target_in_seconds": seconds,
            "business_hours": False,
            "policy": {"id": POLICY, "title": "Standard", "description": None},
        }
    }


APPLIED = {
    (priority, place): _policy(seconds)
    for priority, targets in TARGETS.items()
    for place, seconds in enumerate(targets)
}


class Levels:
    """``breached``: ids of tickets that missed a target."""

    def __init__(self, store):
        self.store = store
        self.breached = set()
        self._due = []

    def start(self, ticket):
        """The policy holds for a new ticket, if it has a priority with targets."""
        ticket.sla = TARGETS.get(ticket.priority)
        if not ticket.sla:
            return
        tell = self.store.metric_event
        met = (ticket.replied, ticket.solved)
        for place, metric in enumerate(METRICS):
            applied = APPLIED[ticket.priority, place]
            tell(ticket.id, metric, "apply_sla", ticket.created, applied)
            due = ticket.created + ticket.sla[place]
            if met[place] is not None and met[place] <= due:
                tell(ticket.id, metric, "fulfill", met[place], NONE)
            else:
                heapq.heappush(self._due, (due, ticket.id, place))

    def met(self, ticket, place):
        """A target is met now, in time or not."""
        if ticket.sla:
            now = self.store.now()
            self.store.metric_event(ticket.id, METRICS[place], "fulfill", now, NONE)

    def run_due(self):
        """Breaches that time brought."""
        now = self.store.now()
        while self._due and self._due[0][0] <= now:
            due, ticket_id, place = heapq.heappop(self._due)
            ticket = self.store.tickets.get(ticket_id)
            if ticket is None or ticket.deleted is not None:
                continue
            met = (ticket.replied, ticket.solved)[place]
            if met is not None and met <= due:
                continue
            self.breached.add(ticket_id)
            detail = {"deleted": False}
            self.store.metric_event(ticket_id, METRICS[place], "breach", due, detail)
