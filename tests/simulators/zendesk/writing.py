"""The writes of organizations, users and tickets: one at a time, and in jobs.

Organizations have no `create_or_update_many`; users have. [S organizations, users]
"""

import functools

from ..routing import Reply, Route
from . import errors, facts
from .access import ids_of, payload, rows
from .errors import Invalid
from .jobs import CREATES, UPSERTS

BASE = "/api/v2"


class Writing:
    """POST, PUT and DELETE of the three kinds."""

    def __init__(self, store, render, reading, parties, ticketing, jobs):
        self.store = store
        self.render = render
        self.reading = reading
        self.parties = parties
        self.ticketing = ticketing
        self.jobs = jobs
        self._answered = {}
        self._create = {
            "organization": parties.create_organization,
            "user": parties.create_user,
            "ticket": ticketing.create,
        }
        self._update = {
            "organization": parties.update_organization,
            "user": parties.update_user,
            "ticket": ticketing.update,
        }
        self._find = {
            "organization": parties.find_organization,
            "user": parties.find_user,
            "ticket": lambda given: self.store.tickets.get(given.get("id")),
        }
        self._delete = {
            "organization": store.delete_organization,
            "user": store.delete_user,
            "ticket": store.delete_ticket,
        }

    def routes(self):
        """The endpoints."""
        found = []
        for kind in ("organization", "user", "ticket"):
            path = f"{BASE}/{kind}s"
            for method, rest, handler in (
                ("POST", "", self.create),
                ("PUT", "/{id}", self.update),
                ("DELETE", "/{id}", self.delete),
                ("POST", "/create_many", self.create_many),
                ("PUT", "/update_many", self.update_many),
                ("DELETE", "/destroy_many", self.destroy_many),
            ):
                found.append(Route(method, path + rest, self._of(handler, kind)))
        for kind in ("organization", "user"):
            path = f"{BASE}/{kind}s/create_or_update"
            found.append(Route("POST", path, self._of(self.create_or_update, kind)))
        identities = f"{BASE}/users/{{id}}/identities"
        return [
            *found,
            Route("POST", f"{BASE}/users/create_or_update_many", self.upsert_many),
            Route("PUT", f"{BASE}/users/{{id}}/merge", self.merge),
            Route("POST", identities, self.add_identity),
            Route("DELETE", f"{identities}/{{identity}}", self.remove_identity),
            Route("PUT", f"{identities}/{{identity}}/make_primary", self.make_primary),
            Route("PUT", f"{BASE}/deleted_tickets/{{id}}/restore", self.restore),
            Route("DELETE", f"{BASE}/deleted_tickets/{{id}}", self.scrub),
        ]

    def _of(self, method, kind):
        return lambda request: method(request, kind)

    # One at a time

    def create(self, request, kind):
        """201 with the record; of a ticket, the former answer to its idempotency
        key. [S tickets, "Idempotency"; M for the error]"""
        given = payload(request, kind)
        key = request.headers.get("Idempotency-Key") if kind == "ticket" else None
        if key is None:
            return self._shown(kind, self._create[kind](given), 201)
        now = self.store.now()
        body, answer, at = self._answered.get(key, (None, None, 0))
        if now - at >= facts.IDEMPOTENCY_SECONDS:
            answer = self._shown(kind, self._create[kind](given), 201)
            answer.headers["x-idempotency-lookup"] = "miss"
            self._answered[key] = (request.body, answer, now)
            return answer
        if body != request.body:
            text = "Request parameters do not match the given idempotency key"
            raise errors.refuse(400, "IdempotentRequestError", text)
        return Reply(
            201, answer.body, {**answer.headers, "x-idempotency-lookup": "hit"}
        )

    def update(self, request, kind):
        """200 with the record; of a ticket, with the audit of the change as well. [S
        tickets, "Update Ticket"; ticket_audits]"""
        given = payload(request, kind)
        record = self._found(request, kind)
        told = len(getattr(record, "comments", None) or ())
        answer = self._shown(kind, self._update[kind](record, given))
        if kind == "ticket":
            new = (record.comments or [])[told:]
            answer.body["audit"] = self.render.audit(record, new)
        return answer

    def delete(self, request, kind):
        """204; a user is shown once more, as no longer active."""
        record = self._found(request, kind)
        self._may_delete(kind, record)
        self._delete[kind](record)
        return self._shown(kind, record) if kind == "user" else Reply(204)

    def create_or_update(self, request, kind):
        """201 or 200 with the record: matched by id or external id, users by e-mail
        as well."""
        given = payload(request, kind)
        record = self._find[kind](given)
        if record is None:
            return self._shown(kind, self._create[kind](given), 201)
        return self._shown(kind, self._update[kind](record, given))

    def merge(self, request):
        """200 with the user that remains: this one is merged into it. [S users]"""
        loser = self._found(request, "user")
        winner = self.store.users.get(payload(request, "user").get("id"))
        if winner is None or not winner.active or winner is loser:
            raise Invalid("base", "The user to merge into is not valid")
        if loser.role != "end-user" or winner.role != "end-user":
            raise Invalid("base", "Only end users can be merged")
        self.store.merge_users(loser, winner)
        return self._shown("user", winner)

    def restore(self, request):
        """204: the ticket is out of the trash."""
        self.store.restore_ticket(self._trashed(request))
        return Reply(204)

    def scrub(self, request):
        """200 with a job: the ticket is gone for good."""
        record = self._trashed(request)

        def row():
            self.store.scrub_ticket(record)
            return {"id": record.id, "action": "delete", "status": "Deleted"}

        return self.jobs.start("Permanently Delete Tickets", [row])

    # Addresses of users

    def add_identity(self, request):
        """201 with one more address."""
        user = self._found(request, "user")
        made = self.parties.add_identity(user, payload(request, "identity"))
        return Reply(201, {"identity": self.render.identity(made)})

    def remove_identity(self, request):
        """204; 422 for the primary address."""
        user, identity = self._identity(request)
        if identity.primary:
            raise Invalid("base", "The primary identity cannot be deleted")
        self.store.remove_identity(user, identity)
        return Reply(204)

    def make_primary(self, request):
        """200 with all addresses of the user."""
        user, identity = self._identity(request)
        if identity.type != "email":
            raise Invalid("type", "Type: only an e-mail can be primary")
        self.store.update(user, {"email": identity.value})
        shown = [self.render.identity(each) for each in self._identities(user)]
        return Reply(200, {"identities": shown})

    def _identities(self, user):
        return self.store.identities_of.get(user.id, ())

    def _identity(self, request):
        user = self._found(request, "user")
        for each in self._identities(user):
            if str(each.id) == request.params["identity"]:
                return user, each
        raise errors.not_found()

    # Many

    def create_many(self, request, kind):
        """200 with a job that creates up to 100."""
        work = [self._creation(kind, each) for each in rows(request, f"{kind}s")]
        return self.jobs.start(f"Bulk Create {kind.title()}", work, CREATES)

    def update_many(self, request, kind):
        """200 with a job that updates up to 100: each its own way (`…s`), or those of
        ``ids`` or ``external_ids`` all alike."""
        if "ids" in request.query:
            given = payload(request, kind)
            work = [{**given, "id": each} for each in ids_of(request)]
        elif "external_ids" in request.query and kind != "ticket":
            given = payload(request, kind)
            names = ids_of(request, "external_ids")
            work = [{**given, "external_id": each} for each in names]
        else:
            work = rows(request, f"{kind}s")
        work = [self._change(kind, each) for each in work]
        return self.jobs.start(f"Bulk Update {kind.title()}", work)

    def upsert_many(self, request):
        """200 with a job that creates or updates up to 100 users."""

        def upsert(given):
            is_there = self.parties.find_user(given) is not None
            make = self._change if is_there else self._creation
            return make("user", given)()

        given = rows(request, "users")
        work = [functools.partial(upsert, each) for each in given]
        return self.jobs.start("Bulk Create User", work, UPSERTS)

    def destroy_many(self, request, kind):
        """200 with a job that deletes up to 100."""
        work = [self._removal(kind, each) for each in ids_of(request)]
        return self.jobs.start(f"Bulk Delete {kind.title()}", work)

    def _creation(self, kind, given):
        def row():
            made = self._create[kind](given)
            return {"id": made.id, "action": "create", "status": "Created"}

        return row

    def _change(self, kind, given):
        def row():
            record = self._find[kind](given)
            if record is None or getattr(record, "deleted", None) is not None:
                raise errors.not_found()
            self._update[kind](record, given)
            return {"id": record.id, "action": "update", "status": "Updated"}

        return row

    def _removal(self, kind, record_id):
        def row():
            record = self.store.table(kind).get(record_id)
            gone = record is None or not getattr(record, "active", True)
            if gone or getattr(record, "deleted", None) is not None:
                raise errors.not_found()
            self._may_delete(kind, record)
            self._delete[kind](record)
            return {"id": record.id, "action": "delete", "status": "Deleted"}

        return row

    # What all need

    def _found(self, request, kind):
        record = self.reading.find(request, kind)
        if kind == "user" and not record.active:
            raise errors.not_found()
        return record

    def _trashed(self, request):
        record = self.store.tickets.get(request.params["id"])
        if record is None or record.deleted is None or record.scrubbed:
            raise errors.not_found()
        return record

    def _may_delete(self, kind, record):
        """A user with unsolved tickets stays. [S users, "Delete User"]"""
        if kind != "user":
            return
        for each in self.store.tickets:
            is_theirs = each.requester_id == record.id and each.deleted is None
            if is_theirs and each.status not in ("solved", "closed"):
                raise Invalid("base", "The user has tickets that are not closed")

    def _shown(self, kind, record, status=200):
        body = {kind: getattr(self.render, kind)(record)}
        headers = {}
        if status == 201:
            headers["Location"] = body[kind]["url"]
        return Reply(status, body, headers)
