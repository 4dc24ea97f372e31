"""Freshdesk's webhooks: who sent them, and what they hint at.

https://support.freshdesk.com/support/solutions/articles/132589 [S]: an action of an
automation rule posts what its author wrote, with headers that its author added; nothing
signs it, and it says what is true when it is sent. So a delivery is a hint: it has to
know the secret, and names a ticket that is read again. What never comes, polling finds.
"""

import hashlib
import hmac
import re

from odoo.addons.connector_base.engine import json_text
from odoo.addons.connector_base.engine.records import InboundEvent

#: The header that the rule adds, as the set-up page says.
SECRET_HEADER = "X-Webhook-Secret"
#: What Freshdesk puts around what is chosen by ticking boxes instead of written. [3P]
WRAPPER = "freshdesk_webhook"
#: What a rule may call the ticket, and what happened.
IDS = ("ticket_id", "id")
KINDS = ("event", "triggered_event")
#: A number, also as it is shown: ``#42``, ``INC-42``. [M]
NUMBER = re.compile(r"(?:^|\D)(\d{1,15})\s*$")
KIND_LENGTH = 100
UPDATED = "ticket_updated"


def is_genuine(secret, request):
    """Whether a delivery knows the secret, in constant time.

    :param request: ``records.WebhookRequest``
    """
    given = request.headers.get(SECRET_HEADER) or ""
    # Bytes, since compare_digest refuses text that is not ASCII.
    return hmac.compare_digest(secret.encode(), given.encode())


def inbound(request):
    """The event of a delivery.

    No two deliveries are the same event: nothing tells one that comes twice from one
    that says the same of a later change. What the rule adds to ticket and event isn't
    kept.

    :param request: ``records.WebhookRequest``
    :return: list of one ``records.InboundEvent``
    :raises ValueError: where the body names no ticket
    """
    told = json_text.loads(request.body)
    if isinstance(told, dict) and isinstance(told.get(WRAPPER), dict):
        told = told[WRAPPER]
    if not isinstance(told, dict):
        raise ValueError("no JSON object")
    ticket_id = _ticket_id(told)
    kind = next((told[k] for k in KINDS if isinstance(told.get(k), str)), "")
    # PostgreSQL keeps no null characters.
    kind = kind.replace("\0", "").strip()[:KIND_LENGTH] or UPDATED
    stamp = f"{request.received_at.timestamp():.6f}"
    digest = hashlib.sha256(request.body).hexdigest()[:12]
    return [
        InboundEvent(
            key=f"{ticket_id}:{stamp}:{digest}",
            stream="tickets",
            remote_id=ticket_id,
            kind=kind,
            payload={"ticket_id": ticket_id, "event": kind},
        )
    ]


def _ticket_id(told):
    for name in IDS:
        value = told.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return str(value)
        found = NUMBER.search(value) if isinstance(value, str) else None
        if found:
            return str(int(found[1]))
    raise ValueError("a delivery that names no ticket")
