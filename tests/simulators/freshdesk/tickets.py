"""The endpoints of tickets and of what is said in them. [S tickets, conversations]"""

from ..routing import Reply
from . import checks, errors, facts
from .fields import choices_of

TICKET = {
    "name": "String",
    "requester_id": "Integer",
    "email": "Email",
    "phone": "String",
    "unique_external_id": "String",
    "subject": "String",
    "description": "String",
    "status": tuple(facts.STATUSES),
    "priority": tuple(facts.PRIORITIES),
    "source": tuple(facts.SOURCES),
    "type": facts.TYPES,
    "responder_id": "Integer",
    "group_id": "Integer",
    "company_id": "Integer",
    "product_id": "Integer",
    "tags": "Array",
    "cc_emails": "Emails",
    "due_by": "DateTime",
    "fr_due_by": "DateTime",
}
#: What the requester is found or made by. [S create_ticket]
ASKER = ("requester_id", "email", "phone", "unique_external_id")
#: Ids in a ticket, and the kind of record that they are of.
LINKS = {
    "requester_id": "contact",
    "responder_id": "agent",
    "group_id": "group",
    "company_id": "company",
    "product_id": "product",
}
LIST = (
    "page",
    "per_page",
    "filter",
    "requester_id",
    "email",
    "unique_external_id",
    "company_id",
    "updated_since",
    "order_by",
    "order_type",
    "include",
)
NOTE = {
    "body": "String",
    "private": "Boolean",
    "incoming": "Boolean",
    "user_id": "Integer",
    "notify_emails": "Emails",
}
REPLY = {
    "body": "String",
    "from_email": "Email",
    "user_id": "Integer",
    "cc_emails": "Emails",
    "bcc_emails": "Emails",
}
DONE = (facts.RESOLVED, facts.CLOSED)


class Tickets:
    """Reads and writes of tickets."""

    def __init__(self, store, fields, cases, listing, render):
        self.store = store
        self.fields = fields
        self.cases = cases
        self.listing = listing
        self.render = render

    def routes(self):
        """(verb, path, handler)."""
        return [
            ("GET", "/tickets", self.listed),
            ("POST", "/tickets", self.create),
            ("GET", "/tickets/{id}", self.read),
            ("PUT", "/tickets/{id}", self.update),
            ("DELETE", "/tickets/{id}", self.delete),
            ("PUT", "/tickets/{id}/restore", self.restore),
            ("GET", "/tickets/{id}/conversations", self.conversations),
            ("POST", "/tickets/{id}/notes", self.note),
            ("POST", "/tickets/{id}/reply", self.reply),
            ("PUT", "/conversations/{id}", self.change_note),
            ("DELETE", "/conversations/{id}", self.drop_note),
        ]

    def listed(self, request):
        checks.parameters(request, LIST)
        each = facts.LIST_INCLUDE_CREDITS
        include, _cost = checks.included(request, facts.LIST_INCLUDES, each)
        rows = self.listing.tickets(request)
        return self.listing.page(
            request,
            rows,
            lambda ticket: self.render.ticket(ticket, include, listed=True),
            facts.TICKET_PAGES,
        )

    def read(self, request):
        checks.parameters(request, ("include",))
        each = facts.VIEW_INCLUDE_CREDITS
        include, _cost = checks.included(request, facts.VIEW_INCLUDES, each)
        return Reply(200, self.render.ticket(self._find(request, None), include))

    def create(self, request):
        given = checks.body(request)
        problems = self.problems(given)
        if not any(given.get(name) for name in ASKER):
            problems.append(
                errors.problem("requester_id", "missing_field", facts.TEXT_REQUESTER)
            )
        for name, kind in (("subject", "String"), ("description", "String")):
            if not given.get(name):
                problems.append(errors.blank(name, kind))
        problems += self._mandatory(given, {}, given.get("status"))
        if given.get("phone") and not given.get("email") and not given.get("name"):
            problems.append(errors.blank("name", "String"))
        if problems:
            raise errors.invalid(*problems)
        values = self.internal(given)
        values["requester_id"] = self._asker(given)["id"]
        ticket = self.cases.ticket(values)
        return Reply(201, self.render.ticket(ticket))

    def update(self, request):
        ticket = self._find(request)
        given = checks.body(request)
        problems = self.problems(given)
        if not given:
            text = "Please fill at least one of the fields"
            problems.append(errors.problem("request", "missing_field", text))
        status = given.get("status", ticket["status"])
        problems += self._mandatory(given, ticket["custom_fields"], status)
        if problems:
            raise errors.invalid(*problems)
        self.cases.change(ticket, self.internal(given, ticket))
        return Reply(200, self.render.ticket(ticket))

    def delete(self, request):
        self.cases.delete(self._find(request))
        return Reply(204)

    def restore(self, request):
        ticket = self._find(request, deleted=True)
        self.store.update("ticket", ticket, {"deleted": False}, "ticket_updated")
        return Reply(204)

    # What is said

    def conversations(self, request):
        checks.parameters(request, ("page", "per_page"))
        ticket = self._find(request, None)
        rows = self.store.conversations(ticket["id"])
        return self.listing.page(request, rows, self.render.conversation)

    def note(self, request):
        """A private note unless it says otherwise."""
        return self._say(request, NOTE, "note")

    def reply(self, request):
        """An answer to the customer."""
        return self._say(request, REPLY, "reply")

    def change_note(self, request):
        """Only notes can be changed. [S update_conversation]"""
        said = self._said(request)
        given = checks.body(request)
        problems = checks.values(given, {"body": "String"})
        if not given.get("body"):
            problems.append(errors.blank("body", "String"))
        if problems:
            raise errors.invalid(*problems)
        if said["source"] != 2:
            raise errors.missing()
        self.store.update("conversation", said, given)
        return Reply(200, self.render.conversation(said))

    def drop_note(self, request):
        self.store.remove("conversation", self._said(request))
        return Reply(204)

    def _said(self, request):
        found = self.store.get("conversation", request.params["id"])
        if found is None:
            raise errors.missing()
        return found

    def _say(self, request, spec, kind):
        ticket = self._find(request)
        given = checks.body(request)
        problems = checks.values(given, spec)
        if not given.get("body"):
            problems.append(errors.blank("body", "String"))
        user = given.get("user_id")
        known = user and (
            self.store.get("agent", user) or self.store.get("contact", user)
        )
        if user and not known:
            problems.append(errors.nobody("user_id", "user"))
        if problems:
            raise errors.invalid(*problems)
        values = dict(given)
        values["user_id"] = user or request.notes["agent_id"]
        values["to_emails"] = values.pop("notify_emails", None) or []
        return Reply(
            201, self.render.conversation(self.cases.say(ticket, values, kind))
        )

    # What is given

    def problems(self, given):
        """What is wrong with the values of a ticket."""
        found = checks.values(given, TICKET, self.fields, "ticket")
        if found:
            return found
        for name, kind in LINKS.items():
            if given.get(name) and self.store.get(kind, given[name]) is None:
                found.append(errors.nobody(name, kind))
        if given.get("status") in DONE:
            for name in ("due_by", "fr_due_by"):  # [3P helpkit: custom_absence]
                if given.get(name):
                    found.append(
                        errors.problem(name, "invalid_field", facts.TEXT_UNKNOWN)
                    )
        return found

    def _mandatory(self, given, before, status):
        """Custom fields that have to be filled, some only to close. [S fields]"""
        after = {**before, **(given.get("custom_fields") or {})}
        return [
            errors.blank(name, "String")
            if not choices_of(field)
            else errors.problem(
                name,
                "missing_field",
                facts.TEXT_CHOICE.format(values=",".join(choices_of(field))),
            )
            for name, field in self.fields.custom("ticket").items()
            if after.get(name) in (None, "")
            and (
                field["required_for_agents"]
                or (field["required_for_closure"] and status in DONE)
            )
        ]

    def internal(self, given, ticket=None):
        """The values as they are kept."""
        values = {
            name: value
            for name, value in given.items()
            if name not in ("name", "email", "phone", "unique_external_id")
        }
        for name in ("due_by", "fr_due_by"):
            if values.get(name):
                values[name] = checks.moment(values[name])
            else:
                values.pop(name, None)
        for name in ("status", "priority", "source"):
            if values.get(name) is None:
                values.pop(name, None)
        for name in ("tags", "cc_emails"):
            if name in values:
                values[name] = values[name] or []
        if "custom_fields" in values:
            before = ticket["custom_fields"] if ticket else {}
            values["custom_fields"] = {**before, **(values["custom_fields"] or {})}
        return values

    def _asker(self, given):
        """The contact who asks; one who isn't known yet is made. [S create_ticket]"""
        if given.get("requester_id"):
            return self.store.get("contact", given["requester_id"])
        found = None
        if given.get("email"):
            found = self.store.contact_by_email(given["email"])
        if found is None and given.get("unique_external_id"):
            found = self.store.contact_by_external(given["unique_external_id"])
        if found is not None:
            return found
        email = (given.get("email") or "").lower()
        name = given.get("name") or email.partition("@")[0]
        names = ("phone", "unique_external_id")
        known = {each: given[each] for each in names if given.get(each)}
        if email:
            known["email"] = email
        return self.cases.contact({"name": name or "Unknown", **known})

    def _find(self, request, deleted=False):
        """``deleted``: True for one that is, None for any, False for one to change."""
        found = self.store.get("ticket", request.params["id"])
        if found is None or (deleted and not found["deleted"]):
            raise errors.missing()
        if deleted is False and (found["deleted"] or found["spam"]):
            raise errors.read_only(request)
        return found
