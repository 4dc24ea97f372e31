"""HubSpot's webhooks: who signed them, and what they tell of.

Signatures: https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
(version 3; the older ones cover no timestamp, so that anybody could repeat them).
Events: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide
"""

import base64
import datetime
import hashlib
import hmac
import json
import re
import urllib.parse

from odoo.addons.connector_base.engine import json_text
from odoo.addons.connector_base.engine.records import InboundEvent
from odoo.addons.connector_base.engine.values import UTC

from .endpoints import CUSTOM_TYPE_ID, OBJECT_TYPE_IDS

SIGNATURE_HEADER = "X-HubSpot-Signature-v3"
TIMESTAMP_HEADER = "X-HubSpot-Request-Timestamp"
#: How far the time of a delivery may be from ours, both ways.
TOLERANCE_MS = 5 * 60 * 1000
#: What HubSpot decodes in the address before it signs, and nothing else.
DECODED = {f"%{ord(character):02X}": character for character in (*":/?@!$'()*,;",)}
_ENCODED = re.compile("|".join(DECODED), re.IGNORECASE)

#: First part of the older subscription types -> object.
OBJECTS_BY_FAMILY = {
    "company": "companies",
    "contact": "contacts",
    "deal": "deals",
    "product": "products",
    "line_item": "line_items",
    "quote": "quotes",
}
#: The newer ones are all called ``object.…`` and carry the id of the type.
OBJECTS_BY_TYPE_ID = {type_id: name for name, type_id in OBJECT_TYPE_IDS.items()}
#: Object -> streams that its changes concern, where they are several.
STREAMS = {
    "line_items": ("line_items", "quote_line_items"),
    "products": ("products", "prices"),
}
#: Last part of the types of a link that was made or taken away: two records changed.
LINKED = "associationChange"
#: What tells two events apart: ``eventId`` alone is not unique.
KEY_PARTS = (
    *("portalId", "subscriptionId", "objectId", "occurredAt", "propertyName"),
    "eventId",
)


def signature(secret, method, uri, body, timestamp):
    """The signature of version 3.

    :param uri: full address as HubSpot called it
    :param body: raw bytes
    :param timestamp: text of the header, milliseconds since 1970
    :return: text, base64
    """
    decoded = _ENCODED.sub(lambda found: DECODED[found[0].upper()], uri)
    signed = method.encode() + decoded.encode() + body + timestamp.encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def is_genuine(secret, request, uris):
    """Whether a delivery was signed with the secret for one of the addresses.

    Takes the same time whatever is wrong with it.

    :param request: ``records.WebhookRequest``
    :param uris: addresses that HubSpot may have called
    """
    # Bytes, since compare_digest refuses text that is not ASCII.
    given = (request.headers.get(SIGNATURE_HEADER) or "").encode()
    timestamp = request.headers.get(TIMESTAMP_HEADER) or ""
    fits = False
    for uri in uris:
        expected = signature(secret, request.method, uri, request.body, timestamp)
        fits |= hmac.compare_digest(expected.encode(), given)
    return fits


def is_fresh(request):
    """Whether a delivery was signed now: an old one may be somebody's repetition."""
    timestamp = request.headers.get(TIMESTAMP_HEADER) or ""
    if not re.fullmatch(r"[0-9]{1,16}", timestamp):
        return False
    now = request.received_at.timestamp() * 1000
    return abs(now - int(timestamp)) <= TOLERANCE_MS


def called_addresses(url, base_url):
    """The address as the server saw it, and as people reach the server.

    They differ where a proxy doesn't say, or Odoo isn't told to believe, by which name
    it was called.
    """
    called = urllib.parse.urlsplit(url)
    path = called._replace(scheme="", netloc="").geturl()
    return (url, f"{base_url.rstrip('/')}{path}")


def events(body):
    """The events of a delivery.

    :param body: raw bytes, a JSON array
    :return: list of ``records.InboundEvent``
    :raises ValueError: where it is no delivery of HubSpot's
    """
    items = json_text.loads(body)
    if not isinstance(items, list):
        raise ValueError("no list of events")
    return [event for item in items for event in _events_of(item)]


def _events_of(item):
    if not isinstance(item, dict):
        raise ValueError("an event is no object")
    kind = item.get("subscriptionType")
    if not isinstance(kind, str) or not kind:
        raise ValueError("an event without subscriptionType")
    key = ":".join(_text(item.get(part)) for part in KEY_PARTS)
    records = _records(item, kind)
    if not records:
        raise ValueError("an event of no object")
    occurred_at = _moment(item.get("occurredAt"))
    for number, (name, remote_id) in enumerate(records):
        for stream in STREAMS.get(name) or (name,):
            # One event of several records is one for each of them, in each stream.
            own = f"{key}:{stream}:{remote_id}" if number or stream != name else key
            yield InboundEvent(own, stream, remote_id, kind, occurred_at, item)


def _records(item, kind):
    """``[(object or None, id)]`` that an event is of, the first one its own.

    Several where records were merged, and both ends of a link: a line item that is
    taken from its deal, or a contact that gets another company, has changed itself.
    """
    family = kind.split(".", 1)[0]
    if kind.endswith(f".{LINKED}"):
        return _ends(item, family)
    ids = [item.get("objectId")]
    merged = item.get("mergedObjectIds")
    if isinstance(merged, list):
        ids += [*merged, item.get("primaryObjectId"), item.get("newObjectId")]
    if ids == [None]:
        ids = [item.get("fromObjectId")]
    name = _object(family, item.get("objectTypeId"))
    return [(name, remote_id) for remote_id in _ids(ids)]


def _ends(item, family):
    """Both ends of a link; ``associationType`` is as ``DEAL_TO_LINE_ITEM``."""
    one = _object(family, item.get("fromObjectTypeId") or item.get("objectTypeId"))
    kinds = str(item.get("associationType") or "").lower().split("_to_")
    other = _of_type(_text(item.get("toObjectTypeId")))
    if len(kinds) == 2 and not other:
        other = OBJECTS_BY_FAMILY.get(kinds[1])
    near, far = item.get("fromObjectId"), item.get("toObjectId")
    found = [(one, remote_id) for remote_id in _ids([near or item.get("objectId")])]
    if other:
        found += [(other, remote_id) for remote_id in _ids([far])]
    return list(dict.fromkeys(found))


def _object(family, type_id):
    if family == "object":
        return _of_type(_text(type_id))
    return OBJECTS_BY_FAMILY.get(family)


def _of_type(type_id):
    """The object of a type; an account's own are called by it."""
    own = CUSTOM_TYPE_ID.fullmatch(type_id)
    return type_id if own else OBJECTS_BY_TYPE_ID.get(type_id)


def _ids(values):
    ids = dict.fromkeys(
        _text(value) for value in values if isinstance(value, int | str)
    )
    return [value for value in ids if value]


def _text(value):
    if value is None:
        return ""
    return str(value) if isinstance(value, int | str) else json.dumps(value)


def _moment(value):
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("occurredAt is no number")
    try:
        return datetime.datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("occurredAt is no moment") from error
