"""What an account is set up with: fields, agents, groups, targets, and ratings."""

from ..routing import Reply
from . import checks, errors, facts

FIELD = {
    "label": "String",
    "type": facts.FIELD_TYPES,
    "position": "Integer",
    "choices": "Array",
    "customers_can_edit": "Boolean",
    "label_for_customers": "String",
    "required_for_customers": "Boolean",
    "required_for_agents": "Boolean",
}
TICKET_FIELD = {
    **FIELD,
    "required_for_closure": "Boolean",
    "displayed_to_customers": "Boolean",
}
OTHER_FIELD = {**FIELD, "displayed_for_customers": "Boolean"}
RATING = {"ratings": "key/value pair", "feedback": "String"}
PAGES = ("page", "per_page")


class Settings:
    """Reads of the set-up, and writes of fields."""

    def __init__(self, store, fields, listing, render, access, account):
        self.store = store
        self.fields = fields
        self.listing = listing
        self.render = render
        self.access = access
        self.account = account

    def routes(self):
        """(verb, path, handler)."""
        return [
            *self._field_routes(),
            ("GET", "/agents", self.agents),
            ("GET", "/agents/me", self.me),
            ("GET", "/agents/{id}", self.agent),
            *self._plain("groups", "group"),
            *self._plain("products", "product"),
            ("GET", "/sla_policies", self._list("sla_policy")),
            ("GET", "/surveys/satisfaction_ratings", self.ratings),
            ("GET", "/tickets/{id}/satisfaction_ratings", self.ratings_of),
            ("POST", "/tickets/{id}/satisfaction_ratings", self.rate),
            ("GET", "/settings/helpdesk", self.helpdesk),
            ("GET", "/account", lambda _request: Reply(200, self.account)),
        ]

    # Fields. [S ticket fields; contact_fields, company_fields: POST, PUT and DELETE 3P]

    def _field_routes(self):
        found = [("GET", "/ticket_fields", self._fields("ticket"))]
        for kind, path in (
            ("ticket", "/admin/ticket_fields"),
            ("contact", "/contact_fields"),
            ("company", "/company_fields"),
        ):
            spec = TICKET_FIELD if kind == "ticket" else OTHER_FIELD
            found += [
                ("GET", path, self._fields(kind)),
                ("POST", path, self._define(kind, spec)),
                ("GET", f"{path}/{{id}}", self._field(kind)),
                ("PUT", f"{path}/{{id}}", self._change(kind, spec)),
                ("DELETE", f"{path}/{{id}}", self._drop(kind)),
            ]
        return found

    def _fields(self, kind):
        def handle(request):
            checks.parameters(request, ("type", *PAGES))
            shapes = [self._shape(kind, each) for each in self.fields.listed(kind)]
            return Reply(200, shapes)

        return handle

    def _field(self, kind):
        return lambda request: Reply(200, self._shape(kind, self._of(kind, request)))

    def _define(self, kind, spec):
        def handle(request):
            self.access.require_admin(request)
            given = checks.body(request)
            problems = checks.values(given, spec)
            if not given.get("label"):
                problems.append(errors.blank("label", "String"))
            if not given.get("type"):
                problems.append(errors.choice("type", facts.FIELD_TYPES))
            if given.get("type") == "custom_dropdown" and not given.get("choices"):
                problems.append(errors.blank("choices", "Array"))
            if any(each["label"] == given.get("label") for each in self._all(kind)):
                problems.append(errors.taken("label"))
            if problems:
                raise errors.invalid(*problems)
            more = {
                name: given[name] for name in given if name not in ("label", "type")
            }
            name = self.fields.define(kind, given["label"], given["type"], **more)
            return Reply(201, self._shape(kind, self.fields.custom(kind)[name]))

        return handle

    def _change(self, kind, spec):
        def handle(request):
            self.access.require_admin(request)
            field = self._of(kind, request)
            given = checks.body(request)
            problems = checks.values(given, {**spec, "type": (field["type"],)})
            for each in self._all(kind):
                if each is not field and each["label"] == given.get("label"):
                    problems.append(errors.taken("label"))
            if problems:
                raise errors.invalid(*problems)
            self.fields.change(field, given)
            return Reply(200, self._shape(kind, field))

        return handle

    def _drop(self, kind):
        def handle(request):
            self.access.require_admin(request)
            field = self._of(kind, request)
            if field["default"]:
                raise errors.Refusal(errors.denied())
            self.fields.drop(kind, field)
            return Reply(204)

        return handle

    def _all(self, kind):
        return self.fields.listed(kind)

    def _of(self, kind, request):
        found = self.fields.find(kind, request.params["id"])
        if found is None:
            raise errors.missing()
        return found

    def _shape(self, kind, field):
        shape = self.render.field(field)
        if kind == "ticket" and field["name"] == "status":
            shape["choices"] = {
                str(number): [label, label] for number, label in facts.STATUSES.items()
            }
        elif kind == "ticket" and field["name"] in ("priority", "source"):
            known = facts.PRIORITIES if field["name"] == "priority" else facts.SOURCES
            shape["choices"] = {label: number for number, label in known.items()}
        elif kind == "ticket" and field["name"] == "ticket_type":
            shape["choices"] = list(facts.TYPES)
        return shape

    # People and the rest

    def agents(self, request):
        """Agents; ``email`` finds one. [S list_all_agents]"""
        checks.parameters(request, ("email", "mobile", "phone", "state", *PAGES))
        email = request.first("email")
        rows = [
            each
            for each in self.store.rows("agent")
            if email is None or each["email"].lower() == email.lower()
        ]
        return self.listing.page(request, rows, self.render.agent)

    def me(self, request):
        """The agent whose key it is. [S currently authenticated agent]"""
        agent = self.store.get("agent", request.notes["agent_id"])
        return Reply(200, self.render.agent(agent))

    def agent(self, request):
        found = self.store.get("agent", request.params["id"])
        if found is None:
            raise errors.missing()
        return Reply(200, self.render.agent(found))

    def helpdesk(self, _request):
        """[S settings]"""
        languages = ["de", "fr"]
        body = {
            "primary_language": "en",
            "supported_languages": languages,
            "portal_languages": languages,
        }
        return Reply(200, body)

    def _plain(self, path, kind):
        def read(request):
            found = self.store.get(kind, request.params["id"])
            if found is None:
                raise errors.missing()
            return Reply(200, self.render.plain(found))

        return [
            ("GET", f"/{path}", self._list(kind)),
            ("GET", f"/{path}/{{id}}", read),
        ]

    def _list(self, kind):
        def handle(request):
            checks.parameters(request, PAGES)
            rows = self.store.rows(kind)
            return self.listing.page(request, rows, self.render.plain)

        return handle

    # Ratings. [S satisfaction_ratings]

    def ratings(self, request):
        checks.parameters(request, ("created_since", "user_id", *PAGES))
        since = checks.since(request, "created_since")
        user = checks.number(request, "user_id", None)
        rows = [
            each
            for each in self.store.rows("rating")
            if (since is None or each["created_at"] >= since)
            and user in (None, each["user_id"])
        ]
        return self.listing.page(request, rows, self.render.plain)

    def ratings_of(self, request):
        ticket = self._ticket(request)
        rows = [
            each
            for each in self.store.rows("rating")
            if each["ticket_id"] == ticket["id"]
        ]
        return self.listing.page(request, rows, self.render.plain)

    def rate(self, request):
        ticket = self._ticket(request)
        given = checks.body(request)
        problems = checks.values(given, RATING)
        ratings = given.get("ratings")
        if not isinstance(ratings, dict) or "default_question" not in ratings:
            problems.append(errors.blank("ratings", "key/value pair"))
        elif ratings["default_question"] not in facts.RATINGS:
            problems.append(errors.choice("default_question", facts.RATINGS))
        if problems:
            raise errors.invalid(*problems)
        rated = rating_of(ticket, ratings["default_question"], given.get("feedback"))
        made = self.store.create("rating", rated)
        return Reply(201, self.render.plain(made))

    def _ticket(self, request):
        found = self.store.get("ticket", request.params["id"])
        if found is None:
            raise errors.missing()
        return found


def rating_of(ticket, value, feedback=None):
    """A customer's rating of a ticket."""
    return {
        "survey_id": 43_000_000_701,
        "user_id": ticket["requester_id"],
        "agent_id": ticket["responder_id"],
        "feedback": feedback,
        "group_id": ticket["group_id"],
        "ticket_id": ticket["id"],
        "ratings": {"default_question": value},
    }
