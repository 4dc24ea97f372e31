"""Everything that changes nothing: lists and single records."""

import json

from ..billing.model import Entitlement
from ..routing import Reply
from . import errors, facts, render_subscription
from .listing import Lister, parse


class Reading:
    """Handlers of GET."""

    def __init__(self, site, resources):
        self.site = site
        self.store = site.store
        self.resources = resources
        self.lister = Lister(resources)

    def routes(self):
        """(method, path, handler)."""
        found = [
            ("GET", "/configurations", self.configurations),
            (
                "GET",
                "/subscriptions/{id}/retrieve_with_scheduled_changes",
                self.scheduled,
            ),
            (
                "GET",
                "/subscriptions/{id}/subscription_entitlements",
                self.entitlements,
            ),
            ("GET", "/subscriptions/{id}/usages", self.usage),
        ]
        for path, listing in facts.LISTINGS.items():
            found.append(("GET", f"/{path}", self._list(listing)))
            if listing.name in ("unbilled_charge", "usage"):
                continue  # these are only listed [SDK operations.py of each]
            found.append(("GET", f"/{path}/{{id}}", self._retrieve(listing)))
        return found

    def _list(self, listing):
        def handle(request):
            query = parse(request, listing)
            with self.store.lock:
                entries, offset = self.lister.page(listing, query)
            body = {"list": entries}
            if offset is not None:
                body["next_offset"] = offset
            return Reply(200, body)

        return handle

    def _retrieve(self, listing):
        def handle(request):
            if request.query:
                raise errors.unknown(next(iter(request.query)))
            with self.store.lock:
                found = self.find(listing.name, request.params["id"])
                return Reply(200, self.resources.entry(listing.name, found))

        return handle

    def find(self, name, record_id, param=None):
        """The object of an id; 404 where there is none, or it is deleted and of those
        that can't be read then."""
        found = self.resources.find(name, record_id)
        if found is None:
            raise errors.missing(record_id, param)
        return found

    def configurations(self, _request):
        """[SDK ConfigurationResponse]"""
        shape = {
            "domain": self.site.name,
            "product_catalog_version": "v2",
            "chargebee_response_schema_type": "standard",
            "object": "configuration",
        }
        return Reply(200, {"configurations": [shape]})

    def scheduled(self, request):
        """A subscription as it will be. [SDK retrieve_with_scheduled_changes]"""
        with self.store.lock:
            found = self.find("subscription", request.params["id"])
            shape = render_subscription.scheduled(self.site, found)
            if shape is None:
                raise errors.state("There are no scheduled changes")
            entry = self.resources.entry("subscription", found)
            return Reply(200, {**entry, "subscription": shape})

    def entitlements(self, request):
        """What a subscription gives access to."""
        query = parse(request, facts.ENTITLEMENTS)
        start = query.after[1] if query.after else 0
        with self.store.lock:
            found = self.find("subscription", request.params["id"])
            listed = [
                {"subscription_entitlement": shape}
                for each in self.store.by(Entitlement, "subscription", found.id)
                if (shape := render_subscription.entitlement(self.site, each))
            ]
        body = {"list": listed[start : start + query.limit]}
        following = start + query.limit
        if following < len(listed):
            body["next_offset"] = json.dumps(["0", str(following)])
        return Reply(200, body)

    def usage(self, request):
        """One usage of a subscription, by the parameter `id`. [SDK usage.retrieve]"""
        with self.store.lock:
            self.find("subscription", request.params["id"])
            found = self.find("usage", request.first("id", ""), "id")
            return Reply(200, self.resources.entry("usage", found))
