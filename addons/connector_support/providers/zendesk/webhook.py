"""Zendesk's webhooks: who signed them, and what they tell of.

Signatures: https://developer.zendesk.com/documentation/webhooks/verifying/ [S]: base64
of the HMAC-SHA256 of timestamp and body; the body may be empty. No window of time is
prescribed: ours is five minutes, both ways. Events: webhook-event-types, ticket-events,
user-events, organization-events below
https://developer.zendesk.com/api-reference/webhooks/event-types/ [S].

A webhook of a trigger says what whoever made the trigger has written: an object with
``ticket_id``, ``user_id`` or ``organization_id``. All of them are hints: what they name
is read again, and nothing that they hold beside it is kept.
"""

import base64
import datetime
import hashlib
import hmac

from odoo.addons.connector_base.engine import json_text
from odoo.addons.connector_base.engine.records import InboundEvent
from odoo.addons.connector_base.engine.values import UTC, ValueProblem, read_value

SIGNATURE_HEADER = "X-Zendesk-Webhook-Signature"
TIMESTAMP_HEADER = "X-Zendesk-Webhook-Signature-Timestamp"
#: The same at every try of a delivery. [S] anatomy-of-a-webhook-request
INVOCATION_HEADER = "X-Zendesk-Webhook-Invocation-Id"
#: How far the time of a delivery may be from ours, both ways.
TOLERANCE = datetime.timedelta(minutes=5)
#: Begin of the types of events.
TYPES = "zen:event-type:"
#: Kind of record -> stream, in subjects of events and keys of what triggers say.
STREAMS = {"ticket": "tickets", "user": "users", "organization": "organizations"}
#: Two users were merged: the other one is named beside the subject. [S] user-events
MERGED = "user.merged"
#: What of an event is kept: its ``detail`` and ``event`` hold names and texts.
KEPT = ("id", "type", "subject", "time", "zendesk_event_version")


def signature(secret, timestamp, body):
    """The signature of a delivery.

    :param timestamp: text of the header
    :param body: raw bytes
    :return: text, base64
    """
    signed = timestamp.encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def is_genuine(secret, request):
    """Whether a delivery was signed with the secret, in constant time.

    :param request: ``records.WebhookRequest``
    """
    # Bytes, since compare_digest refuses text that is not ASCII.
    given = (request.headers.get(SIGNATURE_HEADER) or "").encode()
    timestamp = request.headers.get(TIMESTAMP_HEADER) or ""
    expected = signature(secret, timestamp, request.body or b"")
    return hmac.compare_digest(expected.encode(), given)


def is_fresh(request):
    """Whether a delivery was signed now: an old one may be somebody's repetition."""
    signed_at = _moment(request.headers.get(TIMESTAMP_HEADER))
    return signed_at is not None and abs(request.received_at - signed_at) <= TOLERANCE


def events(request):
    """The events of a delivery.

    :param request: ``records.WebhookRequest``
    :return: list of ``records.InboundEvent``; none where the body is empty
    :raises ValueError: where it is none of Zendesk's
    """
    if not (request.body or b"").strip():
        return []
    item = json_text.loads(request.body)
    if not isinstance(item, dict):
        raise ValueError("no object")
    invocation = request.headers.get(INVOCATION_HEADER) or ""
    kind = item.get("type")
    if isinstance(kind, str) and kind.startswith(TYPES):
        return _of_event(item, kind.removeprefix(TYPES), invocation)
    return _of_trigger(item, invocation, request)


def _of_event(item, kind, invocation):
    key = item.get("id") or invocation
    if not isinstance(key, str) or not key:
        raise ValueError("an event without id")
    kept = {name: item[name] for name in KEPT if name in item}
    occurred_at = _moment(item.get("time"))
    records = list(dict.fromkeys(_records(item, kind)))
    if not records:
        return [InboundEvent(key, None, None, kind, occurred_at, kept)]
    return [
        # One event of two records is one for each of them.
        InboundEvent(
            f"{key}:{remote_id}" if number else key,
            stream,
            remote_id,
            kind,
            occurred_at,
            kept,
        )
        for number, (stream, remote_id) in enumerate(records)
    ]


def _records(item, kind):
    """``(stream, id)`` of what an event is about; its subject is ``zen:ticket:123``."""
    parts = str(item.get("subject") or "").split(":")
    detail = item.get("detail")
    name = parts[1] if len(parts) == 3 else kind.partition(".")[0]
    remote_id = parts[2] if len(parts) == 3 else None
    if not remote_id and isinstance(detail, dict):
        remote_id = detail.get("id")
    yield from _named(name, remote_id)
    about = item.get("event")
    if kind == MERGED and isinstance(about, dict):
        other = about.get("user")
        yield from _named("user", other.get("id") if isinstance(other, dict) else None)


def _of_trigger(item, invocation, request):
    records = [
        found for name in STREAMS for found in _named(name, item.get(f"{name}_id"))
    ]
    if not records:
        raise ValueError("neither an event nor a ticket_id")
    # Whoever repeats it says the same at the same time.
    timestamp = request.headers.get(TIMESTAMP_HEADER) or ""
    digest = hashlib.sha256(timestamp.encode() + request.body).hexdigest()[:32]
    return [
        InboundEvent(
            f"{invocation or digest}:{stream}:{remote_id}",
            stream,
            remote_id,
            "trigger",
            _moment(timestamp),
            {stream: remote_id},
        )
        for stream, remote_id in records
    ]


def _named(name, remote_id):
    """A record, where it is of one of our streams; ids are whole numbers."""
    stream, text = STREAMS.get(name), str(remote_id)
    whole = text.isascii() and text.isdecimal()
    if stream and whole and not isinstance(remote_id, bool):
        yield stream, text


def _moment(text):
    if not isinstance(text, str):
        return None
    try:
        return read_value("datetime", text.strip() or None, str(UTC))
    except (ValueProblem, OverflowError):
        return None
