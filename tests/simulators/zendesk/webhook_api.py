"""The endpoints of webhooks. [S webhooks-api/webhooks; M for its errors]"""

import secrets
from urllib.parse import urlsplit

from ..routing import Refusal, Reply, Route
from . import errors
from .access import payload
from .render import iso
from .webhooks import Webhook, new_id

BASE = "/api/v2/webhooks"


class WebhookApi:
    """Create, read, update, delete, and the signing secret."""

    def __init__(self, store, webhooks, pager):
        self.store = store
        self.webhooks = webhooks
        self.pager = pager

    def routes(self):
        """The endpoints."""
        return [
            Route("GET", BASE, self.listed),
            Route("POST", BASE, self.create),
            Route("GET", f"{BASE}/{{id}}", self.show),
            Route("PUT", f"{BASE}/{{id}}", self.update),
            Route("PATCH", f"{BASE}/{{id}}", self.update),
            Route("DELETE", f"{BASE}/{{id}}", self.delete),
            Route("GET", f"{BASE}/{{id}}/signing_secret", self.secret),
            Route("POST", f"{BASE}/{{id}}/signing_secret", self.new_secret),
        ]

    def listed(self, request):
        """A page of them."""
        found = list(self.webhooks.rows.values())
        return self.pager.reply(request, "webhooks", found, self._shape)

    def create(self, request):
        """201 with a new one."""
        given = payload(request, "webhook")
        now = self.store.now()
        made = Webhook(new_id(), "", "", (), now, now, secret=secrets.token_hex(32))
        self._fill(made, given, whole=True)
        self.webhooks.rows[made.id] = made
        return Reply(201, {"webhook": self._shape(made)})

    def show(self, request):
        """One."""
        return Reply(200, {"webhook": self._shape(self._found(request))})

    def update(self, request):
        """204; a PUT has to tell all, a PATCH what changes."""
        found = self._found(request)
        given = payload(request, "webhook")
        self._fill(found, given, whole=request.method == "PUT")
        found.updated = self.store.now()
        return Reply(204)

    def delete(self, request):
        """204."""
        del self.webhooks.rows[self._found(request).id]
        return Reply(204)

    def secret(self, request):
        """The secret that deliveries are signed with."""
        return self._secret(self._found(request))

    def new_secret(self, request):
        """201 with another one; the former is no good at once."""
        found = self._found(request)
        found.secret = secrets.token_hex(32)
        return self._secret(found, 201)

    def _secret(self, found, status=200):
        shown = {"algorithm": "SHA256", "secret": found.secret}
        return Reply(status, {"signing_secret": shown})

    def _found(self, request):
        found = self.webhooks.rows.get(request.params["id"])
        if found is None:
            raise errors.not_found()
        return found

    def _fill(self, webhook, given, whole):
        for name in ("name", "endpoint", "http_method", "request_format", "status"):
            if whole and not given.get(name):
                raise _invalid(f"{name} is required")
        if given.get("http_method", "POST") != "POST":
            raise _invalid("http_method of an event subscription must be POST")
        if given.get("request_format", "json") != "json":
            raise _invalid("request_format of an event subscription must be json")
        endpoint = given.get("endpoint", webhook.endpoint)
        if urlsplit(endpoint).scheme not in ("http", "https"):
            raise _invalid("endpoint is not a valid URL")
        subscriptions = given.get("subscriptions", webhook.subscriptions)
        for each in subscriptions:
            is_known = each == "conditional_ticket_events" or each.startswith(
                ("zen:event-type:ticket.", "zen:event-type:user.")
                + ("zen:event-type:organization.",)
            )
            if not is_known:
                raise _invalid(f"subscription {each} is not valid")
        if given.get("status", "active") not in ("active", "inactive"):
            raise _invalid("status is not valid")
        webhook.endpoint = endpoint
        webhook.subscriptions = tuple(subscriptions)
        for name in ("name", "status", "authentication", "custom_headers"):
            if name in given:
                setattr(webhook, name, given[name])
        webhook.description = given.get("description", webhook.description)

    def _shape(self, webhook):
        authentication = webhook.authentication and {
            name: value
            for name, value in webhook.authentication.items()
            if name != "data"
        }
        return {
            "id": webhook.id,
            "name": webhook.name,
            "description": webhook.description,
            "status": webhook.status,
            "endpoint": webhook.endpoint,
            "http_method": "POST",
            "request_format": "json",
            "subscriptions": list(webhook.subscriptions),
            "authentication": authentication,
            "custom_headers": webhook.custom_headers,
            "created_at": iso(webhook.created),
            "updated_at": iso(webhook.updated),
        }


def _invalid(text):
    error = {"code": "InvalidRequest", "title": "Invalid request", "detail": text}
    return Refusal(Reply(400, {"errors": [error]}))
