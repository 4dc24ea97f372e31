"""Zendesk's tickets as records: our terms under ``support``, own fields by their ids.

Source: tickets, ticket_metrics, side_loading, sla_policies below
https://developer.zendesk.com/api-reference/ticketing/ [S]. Metrics come beside exported
tickets, as ``metric_sets``; one client reads them inside each [3P]: both are
understood. Keys of ``slas`` are [M]: what isn't there says nothing.
"""

import datetime

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.values import ValueProblem, read_value

from . import ask
from .records import record

#: ``status`` -> ours. It is the category where an account has statuses of its own.
#: [S] tickets, custom_ticket_statuses
STATUSES = {
    "new": "new",
    "open": "open",
    "pending": "pending",
    "hold": "on_hold",
    "solved": "solved",
    "closed": "closed",
    "deleted": "deleted",
}
#: Metrics of a service level. [S] sla_policies, “Metrics”
REPLIES = ("first_reply_time",)
RESOLUTIONS = ("requester_wait_time", "total_resolution_time", "agent_work_time")
#: What costs a request of its own: part -> (key of its id, resource, key of its name).
NAMES = {
    "brand": ("brand_id", "brands", "name"),
    "form": ("ticket_form_id", "ticket_forms", "name"),
    "custom_status": ("custom_status_id", "custom_statuses", "agent_label"),
}


class Tickets:
    """Makes records of answers that hold tickets.

    :param client: ``HttpClient``
    :param paths: remote paths of the field map
    """

    def __init__(self, client, paths=()):
        self.client = client
        self.wanted = [name for name in NAMES if f"support.{name}" in paths]
        self._known = {}

    def records(self, data):
        """:param data: the answer, parsed, with what was side-loaded"""
        tickets = ask.items(data, "tickets")
        beside = Beside(data)
        return [self._record(item, beside) for item in tickets]

    def _record(self, item, beside):
        parts = {**_plain(item), **beside.of(item)}
        parts |= _measured(item, beside.metrics(item))
        parts |= service_level(item, parts, self.client.clock())
        for part in self.wanted:
            names = self._names(part)
            if names is not None:
                parts[part] = names.get(item.get(NAMES[part][0]))
        values = {
            **{name: value for name, value in item.items() if name != "fields"},
            "custom_fields": {
                str(each["id"]): each.get("value")
                for each in item.get("custom_fields") or []
            },
            "support": parts,
        }
        return record(item, values)

    def _names(self, part):
        """``{id: name}`` of brands, forms or statuses; ``None`` where the plan or the
        token doesn't let us see them."""
        if part not in self._known:
            _id, resource, label = NAMES[part]
            try:
                items = list(ask.pages(self.client, (resource,), resource))
            except (errors.PermissionDenied, errors.RemoteNotFound):
                items = None
            self._known[part] = items and {each["id"]: each[label] for each in items}
        return self._known[part]


class Beside:
    """What an answer holds beside its tickets, by id."""

    def __init__(self, data):
        self.users = _by_id(data, "users")
        self.groups = _by_id(data, "groups")
        self.sets = {
            each.get("ticket_id"): each for each in data.get("metric_sets") or []
        }

    def of(self, item):
        """Names of who answers, and the address of who asks, where they were told."""
        parts = {}
        for part, known, key, name in (
            ("assignee", self.users, "assignee_id", "name"),
            ("group", self.groups, "group_id", "name"),
            ("requester_email", self.users, "requester_id", "email"),
        ):
            if item.get(key) in (known or {}):
                parts[part] = known[item[key]].get(name)
            elif item.get(key) is None:
                parts[part] = None
        return parts

    def metrics(self, item):
        return self.sets.get(item["id"]) or item.get("metric_set") or {}


def _by_id(data, name):
    return {each.get("id"): each for each in data.get(name) or []}


def _plain(item):
    """What a ticket says itself, in our words; what it doesn't say is left out."""
    score = str((item.get("satisfaction_rating") or {}).get("score") or "unoffered")
    # Some exports say “good_with_comment”. [M]
    score = score.partition("_")[0]
    parts = {
        "status": STATUSES.get(item.get("status"), item.get("status")),
        "channel": (item.get("via") or {}).get("channel"),
        "satisfaction": "none" if score == "unoffered" else score,
    }
    if "comment_count" in item:
        parts["comments_count"] = item["comment_count"]
    return parts


def _measured(item, metrics):
    """Times and counts of the metrics, which may come without some of them."""
    parts = {}
    if "reopens" in metrics:
        parts["reopens"] = metrics["reopens"]
    if "solved_at" in metrics:
        parts["solved_at"] = metrics["solved_at"]
    if "status_updated_at" in metrics:
        closed = item.get("status") == "closed"
        parts["closed_at"] = metrics["status_updated_at"] if closed else None
    if "reply_time_in_minutes" in metrics:
        parts["first_reply_at"] = _later(item.get("created_at"), metrics)
    return parts


def _later(begin, metrics):
    """When somebody replied first; to the second where the metrics are so exact."""
    for name, unit in (("reply_time_in_seconds", 1), ("reply_time_in_minutes", 60)):
        number = (metrics.get(name) or {}).get("calendar")
        if isinstance(number, int):
            moment = _moment(begin)
            seconds = datetime.timedelta(seconds=number * unit)
            return moment and (moment + seconds).isoformat()
    return None


def service_level(item, parts, now):
    """What the ticket's targets come to; nothing where they weren't told.

    A target that runs is breached once its time is over; one that was met, where that
    was later.

    :param parts: with ``first_reply_at`` and ``solved_at``, where they are known
    :param now: aware UTC
    """
    told = item.get("slas")
    if not isinstance(told, dict):
        return {}
    targets = [
        (each.get("metric"), each.get("stage"), _moment(each.get("breach_at")))
        for each in told.get("policy_metrics") or []
    ]
    reply, resolution = (
        min((due for m, _stage, due in targets if due and m in metrics), default=None)
        for metrics in (REPLIES, RESOLUTIONS)
    )
    stages = {stage for _metric, stage, _due in targets}
    breached = any(s == "active" and due and due <= now for _m, s, due in targets)
    for due, done in ((reply, "first_reply_at"), (resolution, "solved_at")):
        moment = _moment(parts.get(done))
        breached |= bool(due and moment and moment > due)
    state = next((each for each in ("active", "paused") if each in stages), "achieved")
    return {
        "first_reply_due_at": reply and reply.isoformat(),
        "resolution_due_at": resolution and resolution.isoformat(),
        "is_breached": breached,
        "sla_state": "breached" if breached else state if targets else "none",
    }


def _moment(text):
    try:
        return read_value("datetime", text)
    except ValueProblem:
        return None
