"""The shapes of the read API: what is asked, and what is answered.

Plain Python. ``docs/context-api.md`` and ``static/context-1.schema.json`` say the same.
"""

import collections
import threading
import time
from typing import NamedTuple

VERSION = 1
#: The keys of which a question has exactly one.
KEYS = ("email", "external_id", "ticket")
#: Longest e-mail address that can be delivered to (RFC 3696, erratum 1690); no id of a
#: desk is longer.
MOST_CHARACTERS = 254
#: What may be released -> kind of its value. Money is a decimal text in ``currency``.
FIELDS = {
    "customer_name": "text",
    "account_tier": "text",
    "account_status": "text",
    "payment_standing": "text",
    "currency": "text",
    "open_balance": "money",
    "overdue_balance": "money",
    "overdue_days": "integer",
    "agreements": "text",
    "subscriptions": "text",
    "renewal_date": "date",
    "products": "text",
    "service_level": "text",
    "sla_targets": "text",
    "account_manager": "text",
    "odoo_url": "text",
}
#: What is answered of a customer whose standing nobody has worked out yet.
UNKNOWN = {
    "account_tier": "none",
    "account_status": "none",
    "service_level": "none",
    "open_balance": 0,
    "overdue_balance": 0,
    "overdue_days": 0,
}
#: One answer for whatever can't be found, so that it tells nothing.
NOT_FOUND = {"version": VERSION, "found": False, "error": "not_found"}
TOO_MANY = {"version": VERSION, "found": False, "error": "too_many_requests"}


class Question(NamedTuple):
    """What a customer is looked up by: one of ``KEYS`` and its value."""

    kind: str
    value: str


def read_question(arguments):
    """The question of a request.

    :param arguments: ``{name: [texts]}`` of the query string
    :return: :class:`Question`
    :raises ValueError: where it isn't exactly one known key with a plausible value; the
        message is for who wrote the request
    """
    unknown = arguments.keys() - set(KEYS)
    values = [(kind, value) for kind in KEYS for value in arguments.get(kind, ())]
    if unknown or len(values) != 1:
        raise ValueError(f"Ask by exactly one of {', '.join(KEYS)}.")
    [(kind, value)] = values
    value = value.strip()
    if not value or len(value) > MOST_CHARACTERS or not value.isprintable():
        raise ValueError(f"This is no value of {kind}.")
    if kind == "email" and (value.count("@") != 1 or " " in value):
        raise ValueError("This is no e-mail address.")
    return Question(kind, value.lower() if kind == "email" else value)


def malformed(error):
    return {
        "version": VERSION,
        "found": False,
        "error": "invalid_request",
        "message": str(error),
    }


def answer(figures, released, digits):
    """The answer about a customer: what is released of it, and nothing else.

    :param figures: ``{name: value}`` of ``FIELDS``; ``as_of`` is the moment, naive UTC,
        at which they were worked out, or ``None``
    :param released: names that the token may be told
    :param digits: decimal places of the currency
    """
    as_of = figures.get("as_of")
    customer = {}
    for name, kind in FIELDS.items():
        if name in released:
            value = figures.get(name)
            if value is None or value == "":
                value = UNKNOWN.get(name)
            customer[name] = _spell(kind, value, digits)
    return {
        "version": VERSION,
        "found": True,
        "as_of": as_of and f"{as_of.replace(microsecond=0).isoformat()}Z",
        "customer": customer,
    }


def _spell(kind, value, digits):
    if value is None:
        return None
    if kind == "money":
        return f"{value:.{digits}f}"
    if kind == "integer":
        return int(value)
    return value.isoformat() if kind == "date" else str(value)


class Allowance:
    """How often each of many callers may knock, within this process.

    A bucket a caller, refilled as time passes. Callers are forgotten, those that came
    the longest ago first, so that inventing them fills no memory.

    :param most: knocks at once
    :param seconds: in which an empty bucket is full again
    :param callers: of whom is known at the most
    :param clock: seconds that never run backwards
    """

    def __init__(self, most, seconds, callers=10_000, clock=time.monotonic):
        self._most = most
        self._rate = most / seconds
        self._callers = callers
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets = collections.OrderedDict()

    def take(self, caller):
        """:return: whether the caller may go on; where not, nothing is taken"""
        now = self._clock()
        with self._lock:
            left, at = self._buckets.pop(caller, (self._most, now))
            left = min(self._most, left + (now - at) * self._rate)
            admitted = left >= 1
            self._buckets[caller] = (left - admitted, now)
            while len(self._buckets) > self._callers:
                self._buckets.popitem(last=False)
        return admitted
