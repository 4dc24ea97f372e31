"""Search, as far as an integration needs it. [S search]

``type:ticket status<solved requester:a@b.example "some words"``: conditions are ANDed,
words are looked for in names, subjects and e-mails.
"""

import re

from ..routing import Route
from . import errors, facts
from .access import whole

TERM = re.compile(r'(?:(\w+)(:|<=|>=|<|>))?("[^"]*"|\S+)')
KINDS = {"ticket": "tickets", "user": "users", "organization": "organizations"}


class Searching:
    """Search endpoints; what is new is found at once, unlike in the product."""

    def __init__(self, store, render, sideloads, pager):
        self.store = store
        self.render = render
        self.sideloads = sideloads
        self.pager = pager

    def routes(self):
        """The endpoints."""
        return [
            Route("GET", "/api/v2/search", self.search),
            Route("GET", "/api/v2/users/search", self.users),
            Route("GET", "/api/v2/organizations/search", self.organizations),
        ]

    def search(self, request):
        """200 with results of any kind, at most 1,000; 422 beyond."""
        query = request.first("query")
        if not query:
            raise errors.refuse(422, "InvalidValue", "query is required")
        terms = [
            (name, sign, text.strip('"')) for name, sign, text in TERM.findall(query)
        ]
        kinds = [text for name, _sign, text in terms if name == "type"] or list(KINDS)
        if not set(kinds) <= set(KINDS):
            raise errors.refuse(422, "invalid", "Invalid search: unknown type")
        page = whole(request, "page", 1, lowest=1)
        size = whole(request, "per_page", facts.PAGE, lowest=1)
        if page * size > facts.SEARCH_LIMIT:
            text = "Requested response size was greater than Search Response Limits"
            raise errors.refuse(422, "invalid", text)
        rest = [term for term in terms if term[0] != "type"]
        found = [
            (kind, record)
            for kind in kinds
            for record in getattr(self.store, KINDS[kind])
            if self._meets(kind, record, rest)
        ]

        def shape(entry):
            kind, record = entry
            shown = self.sideloads.shape_of(request, KINDS[kind])(record)
            return {**shown, "result_type": kind}

        return self.pager.reply(request, "results", found, shape)

    def users(self, request):
        """Users by `external_id` or by `query` (an e-mail, or words of a name)."""
        external_id, query = request.first("external_id"), request.first("query")
        if external_id:
            found = [self.store.by_external("user", external_id)]
        elif query:
            text = query.removeprefix("email:").strip('"').lower()
            found = [self.store.by_email(text)] if "@" in text else None
            if found is None:
                found = [each for each in self.store.users if text in each.name.lower()]
        else:
            raise errors.bad_request("query or external_id is required")
        found = [each for each in found if each is not None and each.active]
        shape = self.sideloads.shape_of(request, "users")
        more = self.sideloads.beside(request, "users")
        return self.pager.reply(request, "users", found, shape, more=more)

    def organizations(self, request):
        """Organizations by `external_id` or by their exact `name`."""
        external_id, name = request.first("external_id"), request.first("name")
        if external_id:
            found = self.store.by_external("organization", external_id)
        elif name:
            found = self.store.by_name(name)
        else:
            raise errors.bad_request("name or external_id is required")
        found = [found] if found else []
        return self.pager.reply(
            request, "organizations", found, self.render.organization
        )

    def _meets(self, kind, record, terms):
        if kind == "ticket" and record.deleted or kind == "user" and not record.active:
            return False
        return all(self._meets_one(kind, record, *term) for term in terms)

    def _meets_one(self, kind, record, name, sign, text):
        lower = text.lower()
        if not name:
            words = (record.subject,) if kind == "ticket" else (record.name,)
            if kind == "user":
                words += (record.email or "",)
            return any(lower in each.lower() for each in words)
        if name == "status" and kind == "ticket":
            order = facts.STATUSES.index
            if lower not in facts.STATUSES:
                return False
            difference = order(record.status) - order(lower)
            return {
                ":": difference == 0,
                "<": difference < 0,
                ">": difference > 0,
                "<=": difference <= 0,
                ">=": difference >= 0,
            }[sign]
        if name == "tags":
            return text in record.tags
        if name == "organization" and kind != "organization":
            return str(record.organization_id) == text
        if name == "requester" and kind == "ticket":
            user = self.store.by_email(text) if "@" in text else None
            return record.requester_id == (user.id if user else int_or_none(text))
        if name == "email" and kind == "user":
            return self.store.by_email(text) is record
        return str(getattr(record, name, None) or "").lower() == lower


def int_or_none(text):
    """A number, or None for what is none."""
    return int(text) if text.isdigit() else None
