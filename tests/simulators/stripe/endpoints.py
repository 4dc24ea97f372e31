"""Webhook endpoints of the account. [S OpenAPI webhook_endpoint]"""

import secrets

from . import errors, facts
from .account import WebhookEndpoint, newest_first
from .lists import page


class Endpoints:
    """Reads and writes them."""

    def __init__(self, account):
        self.account = account
        self._number = 1

    def routes(self):
        """As :class:`.reading.Reading`."""
        path, kind = "webhook_endpoints", "webhook_endpoint"
        yield "GET", path, kind, True, self.list_all
        yield "POST", path, kind, False, self.create
        yield "GET", f"{path}/{{id}}", kind, False, self.read
        yield "POST", f"{path}/{{id}}", kind, False, self.update
        yield "DELETE", f"{path}/{{id}}", kind, False, self.delete

    def list_all(self, call):
        rows = newest_first(self.account.endpoints.values())
        what = "webhook endpoint"
        chosen, body = page(call.request, rows, call.given, call.request.path, what)
        body["data"] = [self._shown(each) for each in chosen]
        return body

    def create(self, call):
        version = call.get("api_version")
        if version is not None and version not in facts.VERSIONS:
            text = f"Invalid API version: {version}"
            raise errors.invalid(call.request, text, "api_version")
        url = self._url(call)
        self._number += 1
        endpoint = WebhookEndpoint(
            f"{facts.PREFIXES['webhook_endpoint']}{self._number:08d}",
            url,
            f"whsec_{secrets.token_hex(16)}",
            self.account.engine.now(),
            tuple(call.get("enabled_events")),
            version,
            description=call.get("description"),
            metadata=call.get("metadata", {}),
        )
        self.account.endpoints[endpoint.id] = endpoint
        # The secret is told once, when it is made.
        return {**self._shown(endpoint), "secret": endpoint.secret}

    def read(self, call):
        return self._shown(self._find(call))

    def update(self, call):
        endpoint = self._find(call)
        if call.has("url"):
            endpoint.url = self._url(call)
        if call.get("enabled_events"):
            endpoint.enabled_events = tuple(call.get("enabled_events"))
        if call.has("disabled"):
            endpoint.status = "disabled" if call.get("disabled") else "enabled"
        if call.has("description"):
            endpoint.description = call.get("description")
        if call.has("metadata"):
            endpoint.metadata = call.get("metadata", {})
        return self._shown(endpoint)

    def delete(self, call):
        endpoint = self._find(call)
        del self.account.endpoints[endpoint.id]
        return {"id": endpoint.id, "object": "webhook_endpoint", "deleted": True}

    def _url(self, call):
        url = call.get("url")
        if not str(url).startswith(("http://", "https://")):
            text = "Invalid URL: An explicit scheme (such as https) must be provided."
            raise errors.invalid(call.request, text, "url", "url_invalid")
        return url

    def _find(self, call):
        endpoint = self.account.endpoints.get(call.id)
        if endpoint is None:
            raise errors.no_such(call.request, "webhook endpoint", call.id)
        return endpoint

    def _shown(self, each):
        return {
            "id": each.id,
            "object": "webhook_endpoint",
            "api_version": each.api_version,
            "application": None,
            "created": each.created,
            "description": each.description,
            "enabled_events": list(each.enabled_events),
            "livemode": self.account.facts["livemode"],
            "metadata": dict(each.metadata),
            "status": each.status,
            "url": each.url,
        }
