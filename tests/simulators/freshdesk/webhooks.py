"""The webhook of an automation rule: a request as its author wrote it.

As Freshdesk does it: no subscription and no signature, but a rule on tickets whose
action posts a template of placeholders, with Basic auth or headers that its author set;
tried again after 5, 30 and 60 minutes, then given up with a mail to the administrators.
[S "Using Webhooks in automation rules", "Receiving webhook failure emails"] It comes in
any order and more than once, and a rule that fires too often loses calls after a day.
[3P] What it says is what is true when it is sent, not when it happened. Between two
tries it waits `backoff` seconds here, doubled each time.

What can go wrong on the way is switched on with ``faults``: shares from 0 to 1.
"""

import base64
import json
import re

from ..delivery import Delivery, Outcome, post
from . import facts

SECRET_HEADER = "X-Webhook-Secret"
SECRET = "simulated-webhook-secret"
EVENTS = (
    "ticket_created",
    "ticket_updated",
    "ticket_deleted",
    "note_added",
    "reply_added",
)
#: What the rule posts where nothing else is set. [3P: bodies that receivers read]
TEMPLATE = {
    "freshdesk_webhook": {
        "ticket_id": "{{ticket.id}}",
        "ticket_subject": "{{ticket.subject}}",
        "ticket_status": "{{ticket.status}}",
        "ticket_contact_email": "{{ticket.requester.email}}",
        "triggered_event": "{{triggered_event}}",
    }
}
FAULTS = {
    "drop": "a call is never made",
    "duplicate": "a call is made twice",
    "reorder": "calls come in any order",
    "delay": "a call waits up to `delay_seconds`",
    "bad_secret": "a call comes with another secret",
}
PLACEHOLDER = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")


class Webhooks(Delivery):
    """Calls a target URL as tickets change; settings besides the common ones:

    - ``template``: JSON with placeholders in its texts
    - ``headers``: that the rule's author added, the secret among them by default
    - ``user``, ``password``: of Basic auth; None for none
    - ``events``: of :data:`EVENTS`; None: all

    ``counts`` has the statuses of the answers too, 0 where none came.
    """

    name = "freshdesk-webhooks"
    unit, parcel = "events", "deliveries"
    tries, batch = facts.WEBHOOK_TRIES, 1
    known_faults = FAULTS
    own_settings = ("template", "headers", "user", "password", "events")

    def __init__(self, store, url, *, seed=0, **settings):
        self.template = TEMPLATE
        self.headers = {SECRET_HEADER: SECRET}
        self.user = self.password = self.events = None
        self._store = store
        self._url = url
        super().__init__(seed, **settings)
        store.listeners.append(self.notice)

    def describe(self):
        """What the control endpoint shows, JSON-ready; secrets are not told."""
        return {
            **super().describe(),
            "events": self.events,
            "headers": sorted(self.headers),
            "user": self.user,
        }

    def notice(self, event, kind, record):
        """Something happened to a record: rules look at tickets only."""
        if self.target is None or kind != "ticket":
            return
        if self.events is not None and event not in self.events:
            return
        with self._changed:
            if not self._loses():
                self._enqueue(None, (event, record["id"]))

    def _send(self, _topic, notices, _attempt):
        event, ticket_id = notices[0]
        with self._store.lock:
            words = self._words(event, ticket_id)
        body = json.dumps(_filled(self.template, words)).encode()
        with self._changed:
            target = self.target or ""
            wrong = "not " if self._strikes("bad_secret") else ""
        headers = {name: f"{wrong}{value}" for name, value in self.headers.items()}
        headers["Content-Type"] = "application/json"
        if self.user is not None:
            pair = f"{self.user}:{wrong}{self.password}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        status, _answered, _body = post(target, body, headers)
        with self._changed:
            self.counts[f"status_{status}"] += 1
        return Outcome(200 <= status < 300)

    def _words(self, event, ticket_id):
        """What the placeholders stand for. [S "placeholders"; a few of them]"""
        ticket = self._store.get("ticket", ticket_id)
        words = {"triggered_event": event, "ticket.id": ticket_id}
        if ticket is None:
            return words
        asker = self._store.get("contact", ticket["requester_id"]) or {}
        company = self._store.get("company", ticket["company_id"]) or {}
        agent = self._store.get("agent", ticket["responder_id"]) or {}
        return {
            **words,
            "ticket.subject": ticket["subject"],
            "ticket.status": facts.STATUSES.get(ticket["status"]),
            "ticket.priority": facts.PRIORITIES.get(ticket["priority"]),
            "ticket.ticket_type": ticket["type"],
            "ticket.tags": ", ".join(ticket["tags"]),
            "ticket.url": f"{self._url()}/a/tickets/{ticket_id}",
            "ticket.requester.name": asker.get("name"),
            "ticket.requester.email": asker.get("email"),
            "ticket.company.name": company.get("name"),
            "ticket.agent.email": agent.get("email"),
        }


def _filled(template, words):
    """The template with its placeholders filled in; unknown ones are empty."""
    if isinstance(template, dict):
        return {name: _filled(each, words) for name, each in template.items()}
    if isinstance(template, list):
        return [_filled(each, words) for each in template]
    if not isinstance(template, str):
        return template

    def word(match):
        found = words.get(match[1])
        return "" if found is None else str(found)

    return PLACEHOLDER.sub(word, template)
