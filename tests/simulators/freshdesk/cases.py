"""What becomes of tickets and contacts, whoever does it: the API, a drip, a test."""

from . import facts
from .store import addresses

#: Nothing was chosen.
NOTHING = {}


class Cases:
    """The rules of one account's desk; what is given to them is valid."""

    def __init__(self, store):
        self.store = store

    # Contacts

    def contact(self, values, **fixed):
        """A contact with what it lacks; its company by the domain of its address."""
        whole = {
            "name": None,
            "email": None,
            "other_emails": [],
            "phone": None,
            "mobile": None,
            "twitter_id": None,
            "facebook_id": None,
            "unique_external_id": None,
            "company_id": None,
            "view_all_tickets": False,
            "other_companies": [],
            "address": None,
            "description": None,
            "job_title": None,
            "language": "en",
            "time_zone": "Berlin",
            "tags": [],
            "active": False,
            "deleted": False,
            "blocked": False,
            "merged_into": None,
            "custom_fields": {},
            **values,
        }
        if whole["company_id"] is None and whole["email"]:
            # [S companies: "domains" associates contacts by themselves]
            domain = whole["email"].rpartition("@")[2]
            company = self.store.company_by_domain(domain)
            whole["company_id"] = company and company["id"]
        return self.store.create("contact", whole, **fixed)

    def merge(self, primary, others, chosen=NOTHING):
        """The others' addresses, companies and tickets become the primary's, they are
        deleted and can't be restored. ``chosen``: which of several values stays, by the
        names of :data:`facts.MERGE_ONE`. [S merge_contact; 3P helpkit]"""
        emails = [mail for each in others for mail in addresses(each)]
        values = {
            name: chosen.get(name)
            or next((each[name] for each in (primary, *others) if each[name]), None)
            for name in facts.MERGE_ONE
        }
        values.update(self._companies([primary, *others]))
        for other in others:
            gone = {
                "email": None,
                "other_emails": [],
                "unique_external_id": None,
                "deleted": True,
                "merged_into": primary["id"],
            }
            for ticket in self.store.tickets_of(other["id"]):
                change = {"requester_id": primary["id"]}
                self.store.update("ticket", ticket, change, at=ticket["updated_at"])
            self.store.update("contact", other, gone)
        if not primary["email"] and emails:
            values["email"] = emails.pop(0)
        values["other_emails"] = [*primary["other_emails"], *emails]
        self.store.update("contact", primary, values)

    def _companies(self, contacts):
        """The first company is the contact's own, the rest are its others."""
        found = dict.fromkeys(
            company
            for each in contacts
            for company in (
                each["company_id"],
                *(other["company_id"] for other in each["other_companies"]),
            )
            if company
        )
        first, *rest = list(found) or [None]
        others = [{"company_id": each, "view_all_tickets": False} for each in rest]
        return {"company_id": first, "other_companies": others}

    # Tickets

    def ticket(self, values, **fixed):
        """A ticket with what it lacks, its targets by its priority."""
        created = fixed.get("created_at") or self.store.now()
        asker = self.store.get("contact", values["requester_id"])
        priority = values.get("priority") or 1
        answer, end = facts.SLA[priority]
        whole = {
            "subject": None,
            "description": "",
            "status": facts.OPEN,
            "priority": priority,
            "source": 2,
            "type": None,
            "responder_id": None,
            "group_id": None,
            "company_id": asker["company_id"],
            "product_id": None,
            "tags": [],
            "cc_emails": [],
            "custom_fields": {},
            "due_by": created + end,
            "fr_due_by": created + answer,
            "deleted": False,
            "spam": False,
            "stats": {"status_updated_at": created},
            **values,
        }
        return self.store.create("ticket", whole, "ticket_created", **fixed)

    def change(self, ticket, values):
        """Change a ticket; a new status leaves its traces in the stats."""
        values = dict(values)
        if "status" in values and values["status"] != ticket["status"]:
            values["stats"] = self._stats(ticket, values["status"])
        return self.store.update("ticket", ticket, values, "ticket_updated")

    def _stats(self, ticket, status):
        now, stats = self.store.now(), dict(ticket["stats"])
        was_done = ticket["status"] in (facts.RESOLVED, facts.CLOSED)
        stats["status_updated_at"] = now
        stats["pending_since"] = now if status == facts.PENDING else None
        if status in (facts.RESOLVED, facts.CLOSED):
            stats["resolved_at"] = stats.get("resolved_at") or now
            if status == facts.CLOSED:
                stats["closed_at"] = now
        elif was_done:
            stats.update(reopened_at=now, resolved_at=None, closed_at=None)
        return stats

    def say(self, ticket, values, kind):
        """A conversation: ``note`` or ``reply``. An answer of the customer opens what
        was solved again, as the rule every account has. [M]"""
        now = self.store.now()
        said = {
            "ticket_id": ticket["id"],
            "private": kind == "note",
            "incoming": False,
            "source": 2 if kind == "note" else 0,
            **values,
        }
        made = self.store.create("conversation", said)
        stats = dict(ticket["stats"])
        if said["incoming"]:
            stats["requester_responded_at"] = now
        elif not said["private"]:
            stats["agent_responded_at"] = now
            stats["first_responded_at"] = stats.get("first_responded_at") or now
        self.store.update("ticket", ticket, {"stats": stats})
        done = ticket["status"] in (facts.RESOLVED, facts.CLOSED)
        if said["incoming"] and done:
            self.change(ticket, {"status": facts.OPEN})
        else:
            self.store.touch("ticket", ticket, f"{kind}_added")
        return made

    def delete(self, ticket):
        """Into the trash."""
        self.store.update("ticket", ticket, {"deleted": True}, "ticket_deleted")
