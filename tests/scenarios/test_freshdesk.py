"""A Freshdesk account and Odoo agree, over real HTTP: load, hints, edits, writes."""

import datetime
import json

from odoo.tests import tagged

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_support.providers.freshdesk.webhook import SECRET_HEADER

from .freshdesk_case import SECRET, FreshdeskCase

HOUR = 3600


@tagged("post_install", "-at_install")
class TestFreshdesk(FreshdeskCase):
    # -- first load -----------------------------------------------------------

    def test_what_a_desk_has_is_in_odoo_once(self):
        self.connect()
        self.run_jobs()
        self.assertNoDeadJob()
        tickets = self.bound("support.ticket")
        self.assertEqual(set(tickets), {each["id"] for each in self.rows("ticket")})
        companies = self.bound("support.organization")
        wanted = {each["id"] for each in self.rows("company")}
        self.assertEqual(set(companies), wanted)
        people = self.bound("support.requester")
        self.assertLessEqual(set(people), {each["id"] for each in self.rows("contact")})
        self.assertGreater(len(people), 20)
        for ticket in self.rows("ticket"):
            found = self.env["connector.ticket"].browse(tickets[ticket["id"]])
            self.assertEqual(found.name, ticket["subject"])
            self.assertEqual(found.number, str(ticket["id"]))

    def test_a_second_full_load_writes_nothing(self):
        self.connect()
        self.run_jobs()
        # What the load itself changes in Odoo waits for seconds, and goes out.
        self.run_jobs(ahead=60)
        self.env.flush_all()
        logs = self.env["connector.log"]
        logged = logs.search_count([("action", "!=", "run")])
        self.connection.flow_ids.cursor = False
        self.sync()
        self.assertEqual(logs.search_count([("action", "!=", "run")]), logged)
        self.assertNoDeadJob()

    def test_the_connection_says_whose_account_it_is(self):
        self.connection.action_test()
        self.assertTrue(
            self.connection.last_test_passed, self.connection.last_test_result
        )
        self.assertEqual(self.connection.account_ref, "Northwind Support")
        url = self.connection._provider()._record_url(self.connection, "tickets", "7")
        self.assertEqual(url, "https://northwind.freshdesk.com/a/tickets/7")

    def test_each_line_of_the_first_maps_has_its_field(self):
        for stream in self.connection._provider()._streams():
            entity = self.env[f"connector.entity.{stream.entity}"]
            for line in stream.default_map:
                self.assertTrue(
                    entity._entity_field(line.target), f"{stream.name}: {line.target}"
                )

    def test_no_line_of_the_first_maps_has_a_problem(self):
        self.connect()
        lines = self.connection.flow_ids.active_map_id.line_ids
        self.assertGreater(len(lines), 40)
        self.assertFalse([(li.remote_path, li.warning) for li in lines if li.warning])

    # -- webhooks -------------------------------------------------------------

    def delivery(self, secret=SECRET, **told):
        return WebhookRequest(
            "POST",
            "https://odoo.example/",
            {SECRET_HEADER: secret},
            json.dumps(told).encode(),
            datetime.datetime.now(datetime.UTC),
        )

    def test_a_hint_has_the_ticket_read_again(self):
        self.connect()
        self.run_jobs()
        [ticket, *_others] = self.rows("ticket")
        self.desk.cases.change(ticket, {"subject": "Another subject"})
        provider = self.connection._provider()
        request = self.delivery(ticket_id=ticket["id"], event="ticket_updated")
        provider._verify_webhook(self.connection, request)
        events = provider._webhook_events(self.connection, request)
        self.env["connector.event"]._receive(
            self.connection.id, self.connection.company_id.id, events
        )
        self.run_jobs()
        self.assertNoDeadJob()
        found = self.record("support.ticket", ticket["id"])
        self.assertEqual(found.name, "Another subject")

    def test_a_delivery_with_another_secret_is_refused(self):
        provider = self.connection._provider()
        request = self.delivery("another secret", ticket_id=7)
        with self.assertRaises(AuthenticationError):
            provider._verify_webhook(self.connection, request)

    # -- what is gone ---------------------------------------------------------

    def test_what_is_deleted_there_is_archived_here(self):
        self.connect()
        self.run_jobs()
        [ticket, *_others] = self.rows("ticket")
        [contact, *_others] = self.rows("contact")
        self.desk.clock.advance(HOUR)
        self.desk.cases.delete(ticket)
        self.desk.store.update("contact", contact, {"deleted": True})
        self.desk.clock.advance(HOUR)
        self.sync()
        self.assertNoDeadJob()
        self.assertNotIn(ticket["id"], self.bound("support.ticket"))
        self.assertNotIn(contact["id"], self.bound("support.requester"))

    # -- out ------------------------------------------------------------------

    def test_partners_of_odoo_go_there_once(self):
        self.connect()
        self.run_jobs()
        self.let_send("companies", "contacts")
        company = self.env["res.partner"].create(
            {"name": "Aurora Cloud", "is_company": True, "email": "a@aurora.example"}
        )
        person = self.env["res.partner"].create(
            {"name": "Ada", "email": "ada@aurora.example", "parent_id": company.id}
        )
        self.push()
        self.assertNoDeadJob()
        made = self.desk.store.company_by_name("Aurora Cloud")
        contact = self.desk.store.contact_by_email("ada@aurora.example")
        self.assertEqual(contact["company_id"], made["id"])
        self.assertEqual(self.bound("support.organization")[made["id"]], company.id)
        self.assertEqual(self.bound("support.requester")[contact["id"]], person.id)
        self.assertIn(f"{company.id}", made["custom_fields"]["odoo_url"])
        count = self.desk.store.count("company"), self.desk.store.count("contact")
        person.phone = "+44 20 7946 0001"
        self.push()
        self.assertEqual(contact["phone"], "+44 20 7946 0001")
        self.assertEqual(
            (self.desk.store.count("company"), self.desk.store.count("contact")), count
        )

    def test_a_name_that_the_desk_has_is_matched_and_not_made_again(self):
        self.connect()
        self.run_jobs()
        self.let_send("companies")
        [there, *_others] = self.rows("company")
        count = self.desk.store.count("company")
        self.env["res.partner"].create({"name": there["name"], "is_company": True})
        self.push()
        self.assertNoDeadJob()
        self.assertEqual(self.desk.store.count("company"), count)
        held = self.exceptions().filtered("blocking")
        self.assertIn("ambiguous_match", held.mapped("error_class"))

    def test_a_comment_is_written_once_and_sets_the_status(self):
        self.connect()
        self.run_jobs()
        ticket = next(each for each in self.rows("ticket") if each["status"] == 2)
        record = self.record("support.ticket", ticket["id"])
        said = len(self.desk.store.conversations(ticket["id"]))
        comment = self.env["connector.ticket.comment"].create(
            {
                "ticket_id": record.id,
                "body": "The replacement is on its way.",
                "status": "solved",
            }
        )
        self.env.cr.flush()
        for _twice in range(2):
            self.flow("comments")._enqueue_push()
            self.run_jobs()
        self.assertNoDeadJob()
        self.assertEqual(comment.state, "sent")
        self.assertEqual(ticket["status"], 4)
        [*_before, written] = self.desk.store.conversations(ticket["id"])
        self.assertEqual(len(self.desk.store.conversations(ticket["id"])), said + 1)
        self.assertTrue(written["private"])
        self.assertIn(f"Odoo reference: {comment.key}", written["body"])
