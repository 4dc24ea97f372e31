"""Stripe's webhooks: who signed them, and what they tell of.

https://docs.stripe.com/webhooks/signature [S]: ``Stripe-Signature: t=…,v1=…[,v1=…]``,
HMAC-SHA256 of ``{t}.{raw body}`` with the secret of the endpoint; while a secret is
rolled there is a signature for each, and one of them is enough. Other schemes than
``v1`` prove nothing. Deliveries come in any order, and may come twice.
"""

import hashlib
import hmac
import re

from .. import delivery
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
    return delivery.inbound(body, "type", "created", _told)


def _told(event, _kind):
    return [(each.stream, each.remote_id, None) for each in events.changed(event)]
