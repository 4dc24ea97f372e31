"""Records by list, by id and many at once, and what hangs on them.

[S tickets, users, organizations, ticket_comments, ticket_metrics, user_identities,
deleted_tickets, satisfaction_ratings]
"""

from ..routing import Reply, Route
from . import errors
from .access import ids_of

BASE = "/api/v2"


def is_live(record):
    """A ticket that is not in the trash."""
    return record.deleted is None


def is_active(record):
    """A user that is neither deleted nor merged into another."""
    return record.active


class Reading:
    """The GETs of organizations, users and tickets."""

    def __init__(self, store, access, render, sideloads, pager):
        self.store = store
        self.access = access
        self.render = render
        self.sideloads = sideloads
        self.pager = pager

    def routes(self):
        """The endpoints."""
        found = []
        for kind in ("organizations", "users", "tickets"):
            path = f"{BASE}/{kind}"
            found += [
                Route("GET", path, self._of(self.listed, kind)),
                Route("GET", f"{path}/count", self._of(self.count, kind)),
                Route("GET", f"{path}/show_many", self._of(self.show_many, kind)),
                Route("GET", f"{path}/{{id}}", self._of(self.show, kind)),
            ]
        return [
            *found,
            Route("GET", f"{BASE}/users/me", self.me),
            Route("GET", f"{BASE}/users/{{id}}/identities", self.identities),
            Route("GET", f"{BASE}/organizations/{{id}}/users", self.members),
            Route("GET", f"{BASE}/organizations/{{id}}/tickets", self.requests_of),
            Route("GET", f"{BASE}/users/{{id}}/tickets/requested", self.requested),
            Route("GET", f"{BASE}/tickets/{{id}}/comments", self.comments),
            Route("GET", f"{BASE}/tickets/{{id}}/metrics", self.metrics),
            Route("GET", f"{BASE}/ticket_metrics", self.all_metrics),
            Route("GET", f"{BASE}/deleted_tickets", self.deleted),
            Route("GET", f"{BASE}/satisfaction_ratings", self.ratings),
        ]

    def _of(self, method, kind):
        return lambda request: method(request, kind)

    # What all kinds have

    def find(self, request, kind, name="id"):
        """The record of a path's id; 404 when it is not there."""
        record = self.store.table(kind).get(request.params[name])
        if record is None or (kind == "ticket" and record.deleted is not None):
            raise errors.not_found()
        return record

    def listed(self, request, kind):
        """A page of all, of an `external_id`, of a `role`."""
        wanted = {"tickets": is_live, "users": is_active}.get(kind)
        external_id = request.first("external_id")
        roles = request.query.get("role", []) + request.query.get("role[]", [])
        source = getattr(self.store, kind)
        if external_id is not None and kind == "tickets":
            source = [each for each in source if each.external_id == external_id]
        elif external_id is not None:
            found = self.store.by_external(kind[:-1], external_id)
            source = [found] if found else []
        elif roles and kind == "users":

            def wanted(each):
                return each.active and each.role in roles

        return self._page(request, kind, source, wanted)

    def count(self, request, kind):
        """How many there are, of users also of a `role`."""
        wanted = {"tickets": is_live, "users": is_active}.get(kind, bool)
        found = [each for each in getattr(self.store, kind) if wanted(each)]
        roles = request.query.get("role", []) + request.query.get("role[]", [])
        if roles and kind == "users":
            found = [each for each in found if each.role in roles]
        number = len(found)
        stamp = self.store.clock.now().isoformat()
        return Reply(200, {"count": {"value": number, "refreshed_at": stamp}})

    def show(self, request, kind):
        """One record."""
        record = self.find(request, kind[:-1])
        shape = self.sideloads.shape_of(request, kind)
        more = self.sideloads.beside(request, kind)
        body = {kind[:-1]: shape(record)}
        return Reply(200, {**body, **more([record])} if more else body)

    def show_many(self, request, kind):
        """Those of up to 100 ids or external ids that there are."""
        if "external_ids" in request.query and kind != "tickets":
            external_ids = ids_of(request, "external_ids")
            found = [self.store.by_external(kind[:-1], each) for each in external_ids]
        else:
            table = getattr(self.store, kind)
            found = [table.get(each) for each in ids_of(request)]
        wanted = {"tickets": is_live}.get(kind)
        found = list({each.id: each for each in found if each}.values())
        return self._page(request, kind, found, wanted)

    def _page(self, request, kind, source, wanted):
        shape = self.sideloads.shape_of(request, kind)
        more = self.sideloads.beside(request, kind)
        return self.pager.reply(request, kind, source, shape, wanted, more)

    # What one kind has

    def me(self, _request):
        """The user of the token."""
        user = self.store.users.get(self.access.user_id)
        return Reply(200, {"user": self.render.user(user)})

    def identities(self, request):
        """The addresses of a user."""
        user = self.find(request, "user")
        found = list(self.store.identities_of.get(user.id, ()))
        return self.pager.reply(request, "identities", found, self.render.identity)

    def members(self, request):
        """The users of an organization."""
        owner = self.find(request, "organization")

        def wanted(each):
            return each.active and each.organization_id == owner.id

        return self._page(request, "users", self.store.users, wanted)

    def requests_of(self, request):
        """The tickets of an organization."""
        owner = self.find(request, "organization")

        def wanted(each):
            return is_live(each) and each.organization_id == owner.id

        return self._page(request, "tickets", self.store.tickets, wanted)

    def requested(self, request):
        """The tickets of a requester."""
        user = self.find(request, "user")

        def wanted(each):
            return is_live(each) and each.requester_id == user.id

        return self._page(request, "tickets", self.store.tickets, wanted)

    def comments(self, request):
        """What is written on a ticket."""
        found = self.render.comments(self.find(request, "ticket"))
        return self.pager.reply(request, "comments", found, lambda each: each)

    def metrics(self, request):
        """The metrics of a ticket."""
        shown = self.render.metric_set(self.find(request, "ticket"))
        return Reply(200, {"ticket_metric": shown})

    def all_metrics(self, request):
        """The metrics of all tickets."""
        return self.pager.reply(
            request,
            "ticket_metrics",
            self.store.tickets,
            self.render.metric_set,
            is_live,
        )

    def deleted(self, request):
        """What is in the trash."""

        def wanted(each):
            return each.deleted is not None and not each.scrubbed

        def shape(each):
            return {
                "id": each.id,
                "subject": each.subject,
                "description": each.description,
                "actor": {"id": self.access.user_id, "name": "Integration"},
                "deleted_at": self.render.ticket(each)["updated_at"],
                "previous_state": each.status,
            }

        return self.pager.reply(
            request, "deleted_tickets", self.store.tickets, shape, wanted
        )

    def ratings(self, request):
        """What requesters said of their tickets."""
        score = request.first("score")

        def wanted(each):
            if each.score not in ("good", "bad") or not is_live(each):
                return False
            return score in (None, "received", each.score)

        return self.pager.reply(
            request,
            "satisfaction_ratings",
            self.store.tickets,
            self.render.satisfaction,
            wanted,
        )
