"""The endpoints of contacts and companies. [S contacts, companies]"""

from ..routing import Reply
from . import checks, errors, facts
from .fields import HEALTH, TIERS
from .store import addresses

CONTACT = {
    "name": "String",
    "email": "Email",
    "other_emails": "Emails",
    "phone": "String",
    "mobile": "String",
    "twitter_id": "String",
    "unique_external_id": "String",
    "company_id": "Integer",
    "view_all_tickets": "Boolean",
    "other_companies": "Array",
    "address": "String",
    "description": "String",
    "job_title": "String",
    "language": "String",
    "time_zone": "String",
    "tags": "Array",
    "active": "Boolean",
}
COMPANY = {
    "name": "String",
    "description": "String",
    "note": "String",
    "domains": "Array",
    "health_score": HEALTH,
    "account_tier": TIERS,
    "renewal_date": "DateTime",
    "industry": "String",
}
LIST = ("page", "per_page")
CONTACT_LIST = (
    *LIST,
    "email",
    "phone",
    "mobile",
    "company_id",
    "state",
    "unique_external_id",
    "_updated_since",
)
#: One of these makes a contact. [3P helpkit: fill_a_mandatory_field]
DETAILS = ("email", "mobile", "phone", "twitter_id", "unique_external_id")
MERGE = {
    "primary_contact_id": "Integer",
    "secondary_contact_ids": "Array",
    "contact": "key/value pair",
}


#: What a merge may choose.
MERGED = (*facts.MERGE_ONE, "email", "other_emails", "company_ids", "fb_profile_id")


class Contacts:
    """Reads and writes of people."""

    def __init__(self, store, fields, cases, listing, render):
        self.store = store
        self.fields = fields
        self.cases = cases
        self.listing = listing
        self.render = render

    def routes(self):
        """(verb, path, handler)."""
        return [
            ("GET", "/contacts", self.listed),
            ("POST", "/contacts", self.create),
            ("POST", "/contacts/merge", self.merge),
            ("GET", "/contacts/{id}", self.read),
            ("PUT", "/contacts/{id}", self.update),
            ("DELETE", "/contacts/{id}", self.delete),
            ("DELETE", "/contacts/{id}/hard_delete", self.hard_delete),
            ("PUT", "/contacts/{id}/restore", self.restore),
        ]

    def listed(self, request):
        checks.parameters(request, CONTACT_LIST)
        rows = self.listing.contacts(request)
        return self.listing.page(
            request, rows, lambda each: self.render.contact(each, listed=True)
        )

    def read(self, request):
        return Reply(200, self.render.contact(self._find(request, deleted=None)))

    def create(self, request):
        given = checks.body(request)
        problems = self._problems(given, None)
        if not given.get("name"):
            problems.append(errors.blank("name", "String"))
        if not any(given.get(name) for name in DETAILS):
            problems.append(
                errors.problem("email", "missing_field", facts.TEXT_CONTACT)
            )
        self._refuse(problems)
        contact = self.cases.contact(_lowered(given))
        return Reply(201, self.render.contact(contact))

    def update(self, request):
        contact = self._find(request)
        given = checks.body(request)
        problems = self._problems(given, contact)
        if "name" in given and not given["name"]:
            problems.append(errors.blank("name", "String"))
        self._refuse(problems)
        self.store.update("contact", contact, _merged(contact, _lowered(given)))
        return Reply(200, self.render.contact(contact))

    def delete(self, request):
        contact = self._find(request)
        self.store.update("contact", contact, {"deleted": True})
        return Reply(204)

    def hard_delete(self, request):
        """For good, with its tickets [M]; by ``force`` where it isn't deleted yet."""
        checks.parameters(request, ("force",))
        contact = self._find(request, deleted=None)
        if not contact["deleted"] and request.first("force") != "true":
            text = "Contact has to be soft deleted first, or force must be true"
            raise errors.refuse(400, "inconsistent_state", text)
        for ticket in self.store.tickets_of(contact["id"]):
            self.store.remove("ticket", ticket)
        self.store.remove("contact", contact)
        return Reply(204)

    def restore(self, request):
        contact = self._find(request, deleted=True)
        if contact["merged_into"]:
            raise errors.missing()
        self.store.update("contact", contact, {"deleted": False})
        return Reply(204)

    def merge(self, request):
        given = checks.body(request)
        problems = checks.values(given, MERGE)
        for name, kind in (
            ("primary_contact_id", "Integer"),
            ("secondary_contact_ids", "Array"),
        ):
            if not given.get(name):
                problems.append(errors.blank(name, kind))
        self._refuse(problems)
        primary = self.store.get("contact", given["primary_contact_id"])
        ids = given["secondary_contact_ids"]
        others = [self.store.get("contact", each) for each in ids]
        if primary is None or primary["deleted"]:
            problems.append(errors.nobody("primary_contact_id", "contact"))
        if any(each is None or each["deleted"] or each is primary for each in others):
            problems.append(errors.nobody("secondary_contact_ids", "contact"))
        self._refuse(problems)
        chosen = given.get("contact") or {}
        self._refuse(self._conflicts([primary, *others], chosen))
        self.cases.merge(primary, others, chosen)
        return Reply(204)

    def _conflicts(self, contacts, chosen):
        """What would be too much in one contact. [3P helpkit merge controller test]"""
        problems = [errors.unknown(name) for name in chosen if name not in MERGED]
        for name in facts.MERGE_ONE:
            had = {each[name] for each in contacts if each[name]}
            if chosen.get(name) and chosen[name] not in had:
                text = f"There are no contacts associated with {chosen[name]}"
                problems.append(errors.wrong(name, text))
            elif len(had) > 1 and not chosen.get(name):
                text = f"Please choose one of these values: {', '.join(sorted(had))}"
                problems.append(errors.wrong(name, text))
        count = sum(len(addresses(each)) for each in contacts)
        if count > facts.EMAILS:
            text = facts.TEXT_COUNT.format(count=count - 1, most=facts.EMAILS - 1)
            problems.append(errors.wrong("other_emails", text))
        return problems

    def _find(self, request, deleted=False):
        """``deleted``: True for one that is, None for any, False for one to change."""
        found = self.store.get("contact", request.params["id"])
        if found is None or (deleted and not found["deleted"]):
            raise errors.missing()
        if deleted is False and (found["deleted"] or found["blocked"]):
            raise errors.read_only(request)
        return found

    def _problems(self, given, contact):
        """What is wrong, and what somebody else has."""
        problems = checks.values(given, CONTACT, self.fields, "contact")
        if given.get("active") is False:
            problems.append(errors.wrong("active", facts.TEXT_ACTIVE))
        if problems:
            return problems
        more = len(given.get("other_emails") or ())
        if more >= facts.EMAILS:
            text = facts.TEXT_COUNT.format(count=more, most=facts.EMAILS - 1)
            problems.append(errors.wrong("other_emails", text))
        if more and not given.get("email", contact and contact["email"]):
            text = "Should have a primary email before adding other emails"
            problems.append(errors.wrong("other_emails", text))
        company = given.get("company_id")
        if company and self.store.get("company", company) is None:
            problems.append(errors.nobody("company_id", "company"))
        for name in ("email", "other_emails"):
            listed = given.get(name) or []
            for address in [listed] if isinstance(listed, str) else listed:
                owner = self.store.contact_by_email(address)
                if owner is not None and owner is not contact:
                    problems.append(errors.taken(name, user_id=owner["id"]))
        key = given.get("unique_external_id")
        owner = key and self.store.contact_by_external(key)
        if owner and owner is not contact:
            problems.append(errors.taken("unique_external_id", user_id=owner["id"]))
        return problems

    def _refuse(self, problems):
        if problems:
            raise errors.invalid(*problems)


class Companies:
    """Reads and writes of companies."""

    def __init__(self, store, fields, listing, render):
        self.store = store
        self.fields = fields
        self.listing = listing
        self.render = render

    def routes(self):
        """(verb, path, handler)."""
        return [
            ("GET", "/companies", self.listed),
            ("POST", "/companies", self.create),
            ("GET", "/companies/autocomplete", self.autocomplete),
            ("GET", "/companies/{id}", self.read),
            ("PUT", "/companies/{id}", self.update),
            ("DELETE", "/companies/{id}", self.delete),
        ]

    def listed(self, request):
        checks.parameters(request, LIST)
        return self.listing.page(request, self.listing.companies(), self.render.company)

    def autocomplete(self, request):
        """Those whose name begins so. [S search_companies]"""
        checks.parameters(request, ("name",))
        start = (request.first("name") or "").lower()
        found = [
            {"id": each["id"], "name": each["name"]}
            for each in self.listing.companies()
            if start and each["name"].lower().startswith(start)
        ]
        return Reply(200, {"companies": found[:20]})

    def read(self, request):
        return Reply(200, self.render.company(self._find(request)))

    def create(self, request):
        given = checks.body(request)
        problems = self._problems(given, None)
        if not given.get("name"):
            problems.append(errors.blank("name", "String"))
        if problems:
            raise errors.invalid(*problems)
        return Reply(201, self.render.company(make_company(self.store, given)))

    def update(self, request):
        company = self._find(request)
        given = checks.body(request)
        problems = self._problems(given, company)
        if "name" in given and not given["name"]:
            problems.append(errors.blank("name", "String"))
        if problems:
            raise errors.invalid(*problems)
        self.store.update("company", company, _merged(company, given))
        return Reply(200, self.render.company(company))

    def delete(self, request):
        """For good; its contacts and tickets have none then. [S, M for tickets]"""
        drop_company(self.store, self._find(request))
        return Reply(204)

    def _find(self, request):
        found = self.store.get("company", request.params["id"])
        if found is None:
            raise errors.missing()
        return found

    def _problems(self, given, company):
        problems = checks.values(given, COMPANY, self.fields, "company")
        if problems:
            return problems
        owner = self.store.company_by_name(given.get("name"))
        if owner is not None and owner is not company:
            problems.append(errors.taken("name", company_id=owner["id"]))
        for domain in given.get("domains") or ():
            owner = self.store.company_by_domain(domain)
            if owner is not None and owner is not company:
                problems.append(errors.taken("domains", company_id=owner["id"]))
        return problems


def make_company(store, values, **fixed):
    """A company with what it lacks."""
    empty = dict.fromkeys(COMPANY)
    whole = {**empty, "domains": [], "custom_fields": {}, **values}
    whole["domains"] = whole["domains"] or []
    return store.create("company", whole, **fixed)


def drop_company(store, company):
    """Remove a company from all who have it."""
    for kind in ("contact", "ticket"):
        for each in store.rows(kind):
            if each["company_id"] == company["id"]:
                store.update(kind, each, {"company_id": None}, at=each["updated_at"])
    store.remove("company", company)


def _lowered(given):
    """Addresses are kept in small letters. [M]"""
    values = dict(given)
    if values.get("email"):
        values["email"] = values["email"].lower()
    if values.get("other_emails"):
        values["other_emails"] = [each.lower() for each in values["other_emails"]]
    return values


def _merged(record, given):
    """The new values; custom fields that aren't named stay."""
    values = dict(given)
    if "custom_fields" in values:
        values["custom_fields"] = {**record["custom_fields"], **values["custom_fields"]}
    for name in ("other_emails", "tags", "domains", "other_companies"):
        if name in values and values[name] is None:
            values[name] = []
    return values
