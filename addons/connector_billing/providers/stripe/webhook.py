"""Stripe's webhooks: who signed them, and what they tell of.

https://docs.stripe.com/webhooks/signature [S]: ``Stripe-Signature: t=…,v1=…[,v1=…]``,
HMAC-SHA256 of ``{t}.{raw body}`` with the secret of the endpoint; while a secret is
rolled there is a signature for each, and one of them is enough. Other schemes than
``v1`` prove nothing. Deliveries come in any order, and may come twice.
"""

import datetime
import hashlib
import hmac
import json
import re

from odoo.addons.connector_base.engine.records import InboundEvent
from odoo.addons.connector_base.engine.values import UTC

from . import events

SIGNATURE_HEADER = "Stripe-Signature"
SCHEME = "v1"
#: Seconds that the time of a delivery may be from ours, both ways. [SDK]
TOLERANCE = 300


def signature(secret, timestamp, body):
    """The signature of a delivery.

    :param timestamp: text, seconds since 1970
    :param body: raw bytes
    :return: text, hexadecimal
    """
    signed = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_genuine(secret, request):
    """Whether a delivery was signed with the secret, in constant time.

    :param request: ``records.WebhookRequest``
    """
    timestamp, given = _parse(request.headers.get(SIGNATURE_HEADER) or "")
    expected = signature(secret, timestamp, request.body).encode()
    fits = False
    for each in given:
        # Bytes, since compare_digest refuses text that is not ASCII.
        fits |= hmac.compare_digest(expected, each.encode())
    return fits


def is_fresh(request):
    """Whether a delivery was signed now: an old one may be somebody's repetition."""
    timestamp, _given = _parse(request.headers.get(SIGNATURE_HEADER) or "")
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    return abs(request.received_at.timestamp() - int(timestamp)) <= TOLERANCE


def _parse(header):
    """``(timestamp, signatures)`` of the header; empty where they aren't there."""
    timestamp, given = "", []
    for part in header.split(","):
        name, _separator, value = part.strip().partition("=")
        if name == "t":
            timestamp = value
        elif name == SCHEME:
            given.append(value)
    return timestamp, given


def inbound(body):
    """The events of a delivery: one for each record that it is about.

    :param body: raw bytes, a JSON object
    :return: list of ``records.InboundEvent``
    :raises ValueError: where it is no event of Stripe's
    """
    event = json.loads(body, parse_float=str, parse_constant=_refuse_constant)
    if not isinstance(event, dict) or event.get("object") != "event":
        raise ValueError("no event")
    key, kind = event.get("id"), event.get("type")
    if not isinstance(key, str) or not key or not isinstance(kind, str):
        raise ValueError("an event without id and type")
    occurred_at = _moment(event.get("created"))
    found = events.changed(event)
    if not found:
        return [InboundEvent(key, None, None, kind, occurred_at, event)]
    return [
        InboundEvent(
            # The first one has the event's own id, so that it is found by it.
            f"{key}:{each.stream}:{each.remote_id}" if number else key,
            each.stream,
            each.remote_id,
            kind,
            occurred_at,
            event if not number else {"id": key, "type": kind},
        )
        for number, each in enumerate(found)
    ]


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def _moment(value):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("created is no number")
    try:
        return datetime.datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError("created is no moment") from error
