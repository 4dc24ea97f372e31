"""What became of a subscription between two of its states, in plain Python.

A state is the dict that ``connector.subscription`` keeps of a version:

``{"status", "currency", "items": [shapes.Item], "discounts", "mrr": decimal text,
"period_start", "period_end", "trial_end", "cancel_at", "paused_at", "resumes_at"}``
with moments as ISO 8601 texts or ``None``.
"""

from .recurring import number

#: Statuses in which a subscription is over.
OVER = frozenset({"cancelled", "expired"})
#: Statuses in which it is used and paid for, or soon will be.
RUNNING = frozenset({"active", "past_due"})
#: What makes a version when nothing else has changed.
WATCHED = (
    *("status", "currency", "items", "discounts", "phases"),
    *("period_start", "period_end", "trial_end", "cancel_at"),
    *("paused_at", "resumes_at"),
)
KINDS = (
    *("new", "taken_over", "activation", "trial_end", "upgrade", "downgrade"),
    *("quantity", "price", "discount", "renewal", "pause", "resume", "suspension"),
    *("payment_failed", "recovery", "cancellation_planned", "cancellation_withdrawn"),
    *("cancellation", "reactivation", "schedule", "change"),
)


def changed(before, after):
    """Names of what is different between two states."""
    return [name for name in WATCHED if before.get(name) != after.get(name)]


def kind_of(before, after):
    """The one word for what happened, the weightiest first; one of :data:`KINDS`.

    :param before: state, or ``None`` for the first one
    :return: ``None`` where nothing happened
    """
    if before is None:
        return "new"
    names = changed(before, after)
    if not names:
        return None
    if "status" in names:
        kind = _kind_of_status(before["status"], after["status"])
        if kind:
            return kind
    if "items" in names:
        return _kind_of_items(before, after)
    if "discounts" in names:
        return "discount"
    if "cancel_at" in names:
        planned = after.get("cancel_at")
        return "cancellation_planned" if planned else "cancellation_withdrawn"
    if "paused_at" in names:
        return "pause" if after.get("paused_at") else "resume"
    if "period_start" in names and "currency" not in names:
        return "renewal"
    if names == ["phases"]:
        return "schedule"
    return "change"


def _kind_of_status(before, after):
    if after in OVER:
        return "cancellation"
    if before in OVER:
        return "reactivation"
    if after == "paused":
        return "pause"
    if after == "suspended":
        return "suspension"
    if after == "past_due":
        return "payment_failed"
    if after == "active":
        return {
            "trial": "trial_end",
            "paused": "resume",
            "suspended": "recovery",
            "past_due": "recovery",
        }.get(before, "activation")
    return "activation" if after == "trial" else None


def _kind_of_items(before, after):
    """Other prices are an upgrade or downgrade by what they come to in a month."""
    ours, theirs = _by_id(before["items"]), _by_id(after["items"])
    same = ours.keys() == theirs.keys()
    prices = same and all(ours[i].get("price") == theirs[i].get("price") for i in ours)
    if prices and all(
        number(ours[i].get("unit_amount")) == number(theirs[i].get("unit_amount"))
        and ours[i].get("interval") == theirs[i].get("interval")
        and ours[i].get("interval_count") == theirs[i].get("interval_count")
        for i in ours
    ):
        quantities = any(
            number(ours[i].get("quantity")) != number(theirs[i].get("quantity"))
            for i in ours
        )
        return "quantity" if quantities else "change"
    if prices:
        return "price"
    worth = number(after.get("worth")) - number(before.get("worth"))
    if worth:
        return "upgrade" if worth > 0 else "downgrade"
    return "change"


def _by_id(items):
    return {item["id"]: item for item in items}
