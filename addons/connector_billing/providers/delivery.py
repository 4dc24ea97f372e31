"""Deliveries of billing vendors: one event, which names the records it is about."""

import datetime

from odoo.addons.connector_base.engine import json_text
from odoo.addons.connector_base.engine.records import InboundEvent
from odoo.addons.connector_base.engine.values import UTC


def inbound(body, kind_key, moment_key, told):
    """The events of a delivery: one for each record that it is about.

    :param body: raw bytes, a JSON object
    :param kind_key: where the event says what happened
    :param moment_key: where it says when, in seconds since 1970
    :param told: ``function(event, kind) -> [(stream, remote id, moment or None)]``:
        each record once; one without a moment of its own has the event's
    :return: list of ``records.InboundEvent``
    :raises ValueError: where it is no event
    """
    event = json_text.loads(body, parse_float=str)
    if not isinstance(event, dict) or event.get("object") != "event":
        raise ValueError("no event")
    key, kind = event.get("id"), event.get(kind_key)
    if not isinstance(key, str) or not key or not isinstance(kind, str):
        raise ValueError(f"an event without id and {kind_key}")
    occurred_at = _moment(event.get(moment_key), moment_key)
    found = told(event, kind)
    if not found:
        return [InboundEvent(key, None, None, kind, occurred_at, event)]
    return [
        InboundEvent(
            # The first one has the event's own id, so that it is found by it.
            f"{key}:{stream}:{remote_id}" if number else key,
            stream,
            remote_id,
            kind,
            moment or occurred_at,
            event if not number else {"id": key, kind_key: kind},
        )
        for number, (stream, remote_id, moment) in enumerate(found)
    ]


def _moment(value, name):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} is no number")
    try:
        return datetime.datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise ValueError(f"{name} is no moment") from error
