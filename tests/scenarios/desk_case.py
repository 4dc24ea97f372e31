"""Two desks that are told the same stories, in each one's own words.

A story is a mixin of tests; its cases are ``class TestX(Story, Zendesk)`` and the same
with ``Freshdesk``. What is made at the desk is named by its id there.
"""

from simulators.freshdesk.contacts import make_company

from .freshdesk_case import FreshdeskCase
from .waiting import as_late_as
from .zendesk_case import ZendeskCase

MINUTE, HOUR, DAY = 60, 3_600, 86_400


class DeskCase:
    """What stories ask of a desk, and of Odoo."""

    #: Streams of organizations and of people, as the desk calls them.
    organizations_stream = people_stream = None

    def setUp(self):
        super().setUp()
        self.policy = self.connection.support_policy_ids

    # -- what came of it ------------------------------------------------------

    def organization(self, organization_id):
        return self.record("support.organization", organization_id)

    def person(self, person_id):
        return self.record("support.requester", person_id)

    def ticket(self, ticket_id):
        found = self.record("support.ticket", ticket_id)
        return self.env["connector.ticket"].browse(found.ids)

    def unknown(self):
        """Questions of who somebody is, that are open."""
        return self.exceptions().filtered(lambda e: e.code == "unknown_requester")

    def load(self):
        """Connect, and read all that there is."""
        # Desks don't show at once what was changed.
        self.desk.clock.advance(HOUR)
        self.connect()
        self.work()
        self.assertNoDeadJob()

    def work(self):
        """Let jobs run; those of the desk, by which several go, are looked at again."""
        self.run_jobs()
        self.desk.clock.advance(MINUTE)
        self.hurry(MINUTE)
        self.run_jobs()

    def pass_on(self):
        """Time goes by at the desk, then Odoo looks again."""
        self.desk.clock.advance(HOUR)
        self.connection.action_sync()
        self.work()
        self.assertFalse(
            self.jobs("dead", "pending").mapped(lambda j: j.error or j.name)
        )

    def map_field(self, stream, path, target):
        """Add a line to a map, as a map editor does."""
        draft = self.env["connector.field.map"].browse(
            self.flow(stream).active_map_id.action_new_draft()["res_id"]
        )
        draft.line_ids.create(
            {"map_id": draft.id, "remote_path": path, "target": target}
        )
        draft._take_effect()


class Zendesk(DeskCase, ZendeskCase):
    """An account without anybody in it."""

    organizations = 0
    organizations_stream, people_stream = "organizations", "users"

    def setUp(self):
        super().setUp()
        patcher = as_late_as(self.desk.clock)
        patcher.start()
        self.addCleanup(patcher.stop)

    def make_organization(self, name, *domains):
        return self.store.add_organization(name=name, domains=domains).id

    def make_person(self, name, email, organization=None, aliases=()):
        made = self.desk.parties.create_user(
            {"name": name, "email": email, "organization_id": organization}
        )
        for alias in aliases:
            self.store.add_identity(made, "email", alias)
        return made.id

    def make_agent(self, name, email):
        return self.store.add_user(name=name, email=email, role="agent").id

    def make_ticket(self, requester, subject="Cannot sign in", **values):
        custom = [{"id": int(key), "value": v} for key, v in values.items()]
        given = {
            "subject": subject,
            "comment": {"body": subject},
            "requester_id": requester,
            "custom_fields": custom,
        }
        return self.desk.ticketing.create(given).id

    def set_status(self, ticket_id, status):
        record = self.store.tickets.get(ticket_id)
        self.desk.ticketing.update(record, {"status": status})

    def delete_ticket(self, ticket_id):
        self.store.delete_ticket(self.store.tickets.get(ticket_id))

    def restore_ticket(self, ticket_id):
        self.store.restore_ticket(self.store.tickets.get(ticket_id))

    def merge_people(self, loser, winner):
        users = self.store.users
        self.store.merge_users(users.get(loser), users.get(winner))

    def make_field(self, title):
        """A field of tickets.

        :return: ``(key of its values, path in a map)``
        """
        field = self.store.fields.define("ticket", "text", title)
        return str(field.id), f"custom_fields.{field.id}"

    def rename_field(self, key, title):
        field = self.store.fields.find("ticket", key)
        self.store.fields.change(field, {"title": title})

    def shown(self, organization_id):
        """Custom fields of an organization, as agents see them."""
        return self.desk.shape("organization", organization_id)["organization_fields"]


class Freshdesk(DeskCase, FreshdeskCase):
    companies = 0
    organizations_stream, people_stream = "companies", "contacts"

    def make_organization(self, name, *domains):
        values = {"name": name, "domains": list(domains)}
        return make_company(self.desk.store, values)["id"]

    def make_person(self, name, email, organization=None, aliases=()):
        values = {"name": name, "email": email, "company_id": organization}
        values["other_emails"] = list(aliases)
        return self.desk.cases.contact(values)["id"]

    def make_ticket(self, requester, subject="Cannot sign in", **values):
        given = {
            "subject": subject,
            "description": f"<div>{subject}</div>",
            "requester_id": requester,
            "custom_fields": values,
        }
        return self.desk.cases.ticket(given)["id"]

    def set_status(self, ticket_id, status):
        number = {"open": 2, "pending": 3, "solved": 4, "closed": 5}[status]
        self.desk.cases.change(self._ticket(ticket_id), {"status": number})

    def delete_ticket(self, ticket_id):
        self.desk.cases.delete(self._ticket(ticket_id))

    def restore_ticket(self, ticket_id):
        ticket = self._ticket(ticket_id)
        self.desk.store.update("ticket", ticket, {"deleted": False})

    def merge_people(self, loser, winner):
        get = self.desk.store.get
        self.desk.cases.merge(get("contact", winner), [get("contact", loser)])

    def make_field(self, title):
        name = self.desk.fields.define("ticket", title)
        return name, f"custom_fields.{name}"

    def rename_field(self, key, title):
        self.desk.fields.change(
            self.desk.fields.custom("ticket")[key], {"label": title}
        )

    def shown(self, organization_id):
        return self.desk.shape("company", organization_id)["custom_fields"]

    def _ticket(self, ticket_id):
        return self.desk.store.get("ticket", ticket_id)
