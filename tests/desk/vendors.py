"""The desks, as far as they differ here."""

import math

from simulators import FreshdeskSimulator, ZendeskSimulator
from simulators.freshdesk import facts as freshdesk
from simulators.zendesk import facts as zendesk

#: Requests that are kept to be counted.
LOG_SIZE = 200_000


class Desk:
    """A desk with its records, and what of them Odoo must have.

    Attributes: ``simulator``; ``secrets``, key of a credential to its secret;
    ``limits``, label to (whether a request counts in it, requests a minute);
    ``organizations_path``, where organizations are written.
    """

    name = provider = organizations_path = None
    #: Stream -> entity.
    streams = {}
    #: Status of a ticket there -> in Odoo.
    statuses = {}

    def organizations(self):
        """``{id: name}`` of all that are there."""
        raise NotImplementedError

    def people(self):
        """Ids of the requesters that are there."""
        raise NotImplementedError

    def tickets(self):
        """``{id: (status in Odoo, id of its requester)}``; None: whatever it is."""
        raise NotImplementedError

    def fewest(self, changed, new):
        """Writing requests that so many organizations need at least."""
        raise NotImplementedError


class Zendesk(Desk):
    name, provider = "Zendesk", "zendesk"
    organizations_path = "/api/v2/organizations/"
    plan = "professional"
    streams = {
        "organizations": "support.organization",
        "users": "support.requester",
        "tickets": "support.ticket",
    }
    statuses = {"hold": "on_hold"}
    limits = {
        "account": (lambda entry: True, zendesk.PLANS[plan]),
        "exports": (
            lambda entry: "/incremental/" in entry.path,
            zendesk.EXPORTS_A_MINUTE,
        ),
    }

    def __init__(self, clock, seed, organizations, users, tickets, page=None):
        """:param page: records of an exported page; 1,000 where it is left out"""
        self.simulator = ZendeskSimulator(
            organizations,
            counts={"users": users, "tickets": tickets},
            seed=seed,
            clock=clock,
            plan=self.plan,
            log_size=LOG_SIZE,
        )
        self.simulator.exports.page = page or zendesk.EXPORT_PAGE
        self.secrets = {
            "client_id": self.simulator.oauth.client_id,
            "client_secret": self.simulator.oauth.client_secret,
        }

    def organizations(self):
        return {str(each.id): each.name for each in self.simulator.store.organizations}

    def people(self):
        return {
            str(each.id)
            for each in self.simulator.store.users
            if each.active and each.role == "end-user"
        }

    def tickets(self):
        return {
            str(each.id): (
                self.statuses.get(each.status, each.status)
                if each.deleted is None
                else None,
                str(each.requester_id),
            )
            for each in self.simulator.store.tickets
        }

    def fewest(self, changed, new):
        return math.ceil(changed / zendesk.BULK) + math.ceil(new / zendesk.BULK)


class Freshdesk(Desk):
    name, provider = "Freshdesk", "freshdesk"
    organizations_path = "/api/v2/companies"
    plan = "growth"
    streams = {
        "companies": "support.organization",
        "contacts": "support.requester",
        "tickets": "support.ticket",
    }
    statuses = {2: "open", 3: "pending", 4: "solved", 5: "closed"}
    limits = {
        "account": (lambda entry: True, freshdesk.PLANS[plan]["total"]),
        "contacts": (
            lambda entry: entry.template == "/api/v2/contacts",
            freshdesk.PLANS[plan]["contact_list"],
        ),
        "tickets": (
            lambda entry: entry.template == "/api/v2/tickets",
            freshdesk.PLANS[plan]["ticket_list"],
        ),
    }

    def __init__(self, clock, seed, organizations, users, tickets, page=None):
        self.simulator = FreshdeskSimulator(
            organizations,
            contacts=users,
            tickets=tickets,
            seed=seed,
            clock=clock,
            plan=self.plan,
            log_size=LOG_SIZE,
        )
        self.secrets = {"api_key": self.simulator.token}

    def organizations(self):
        rows = self.simulator.store.rows("company")
        return {str(each["id"]): each["name"] for each in rows}

    def people(self):
        rows = self.simulator.store.rows("contact")
        return {str(each["id"]) for each in rows if not each["deleted"]}

    def tickets(self):
        return {
            str(each["id"]): (
                None if each["deleted"] else self.statuses.get(each["status"]),
                str(each["requester_id"]),
            )
            for each in self.simulator.store.rows("ticket")
            if not (each["deleted"] or each["spam"])
        }

    def fewest(self, changed, new):
        return changed + new


VENDORS = {each.provider: each for each in (Zendesk, Freshdesk)}
