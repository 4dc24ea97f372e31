"""Pages of records: what is listed, in which order, and the way to the next page."""

from urllib.parse import urlencode

from ..routing import Reply
from . import checks, errors, facts


class Listing:
    """Pages of one account; ``url``: a function that gives its address."""

    def __init__(self, store, url):
        self.store = store
        self.url = url

    def page(self, request, rows, shape, pages=None):
        """One page of rows as a Reply, with a Link where there are more. [S pagination]

        ``pages``: how many there are at most; one beyond it is an error.
        """
        size = checks.number(request, "per_page", facts.PER_PAGE, facts.PER_PAGE_LIMIT)
        page = checks.number(request, "page", 1)
        if pages and page > pages:
            raise errors.invalid(errors.wrong("page", facts.TEXT_PAGES))
        start = (page - 1) * size
        reply = Reply(200, [shape(each) for each in rows[start : start + size]])
        if start + size < len(rows):
            query = {name: given[-1] for name, given in request.query.items()}
            query["page"] = page + 1
            link = f"{self.url()}{request.path}?{urlencode(query)}"
            reply.headers["Link"] = f'<{link}>; rel="next"'
        return reply

    def tickets(self, request):
        """The tickets that a list asks for. [S list_all_tickets]"""
        order = request.first("order_by", "created_at")
        if order not in facts.TICKET_ORDERS:
            raise errors.invalid(errors.choice("order_by", facts.TICKET_ORDERS))
        way = request.first("order_type", "desc")
        if way not in ("asc", "desc"):
            raise errors.invalid(errors.choice("order_type", ("asc", "desc")))
        which = request.first("filter")
        if which is not None and which not in facts.TICKET_FILTERS:
            raise errors.invalid(errors.choice("filter", facts.TICKET_FILTERS))
        since = checks.since(request, "updated_since")
        asker = self._asker(request)
        company = checks.number(request, "company_id", None)
        oldest = self.store.now() - facts.TICKET_DAYS * 86_400
        agent = request.notes.get("agent_id")
        # Without a moment, what is listed changes as time goes by: kept for a minute.
        minute = oldest // 60 if since is None else None
        key = (order, way, which, since, asker, company, minute, agent)

        def find():
            rows = [
                each
                for each in self.store.rows("ticket")
                if (
                    each["updated_at"] >= since
                    if since is not None
                    else each["created_at"] >= oldest
                )
                and _is_of(each, which, agent)
                and asker in (None, each["requester_id"])
                and company in (None, each["company_id"])
            ]
            rows.sort(key=lambda each: (each[order], each["id"]), reverse=way == "desc")
            return rows

        return self.store.query("ticket", key, find)

    def _asker(self, request):
        email = request.first("email")
        if email is not None:
            found = self.store.contact_by_email(email)
            return found["id"] if found else 0
        external = request.first("unique_external_id")
        if external is not None:
            found = self.store.contact_by_external(external)
            return found["id"] if found else 0
        return checks.number(request, "requester_id", None)

    def contacts(self, request):
        """The contacts that a list asks for. [S list_all_contacts]"""
        state = request.first("state")
        if state is not None and state not in facts.CONTACT_STATES:
            raise errors.invalid(errors.choice("state", facts.CONTACT_STATES))
        since = checks.since(request, "_updated_since")
        company = checks.number(request, "company_id", None)
        names = ("email", "phone", "mobile", "unique_external_id")
        wanted = {name: request.first(name) for name in names if name in request.query}
        key = (state, since, company, tuple(wanted.items()))

        def find():
            rows = [
                each
                for each in self._candidates(wanted)
                if _has_state(each, state)
                and (since is None or each["updated_at"] >= since)
                and company in (None, each["company_id"])
                and all(
                    each[name] == value
                    for name, value in wanted.items()
                    if name != "email"
                )
            ]
            rows.sort(key=lambda each: ((each["name"] or "").lower(), each["id"]))
            return rows

        return self.store.query("contact", key, find)

    def _candidates(self, wanted):
        """All contacts, or the one whose address is given, main or other. [M other]"""
        if "email" not in wanted:
            return self.store.rows("contact")
        found = self.store.contact_by_email(wanted["email"])
        return [found] if found else []

    def companies(self):
        """All companies by name."""

        def find():
            rows = self.store.rows("company")
            return sorted(rows, key=lambda each: (each["name"].lower(), each["id"]))

        return self.store.query("company", (), find)


def _is_of(ticket, which, agent):
    """Whether a ticket is of a predefined filter; without one none that is gone is."""
    if which == "deleted":
        return ticket["deleted"]
    if ticket["deleted"]:
        return False
    if which == "spam":
        return ticket["spam"]
    if ticket["spam"]:
        return False
    if which == "new_and_my_open":
        mine = ticket["responder_id"] in (None, agent)
        return mine and ticket["status"] == facts.OPEN
    return which != "watching"


def _has_state(contact, state):
    """Whether a contact is in a state; None: those who may ask. [3P helpkit]"""
    if state == "deleted":
        return contact["deleted"]
    if contact["deleted"]:
        return False
    if state == "blocked":
        return contact["blocked"]
    if contact["blocked"]:
        return False
    if state == "verified":
        return contact["active"]
    return state is None or not contact["active"]
