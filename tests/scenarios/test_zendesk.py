"""A Zendesk account and Odoo agree, over real HTTP: load, hints, edits, jobs."""

import datetime
import json

from simulators.zendesk.render import iso
from simulators.zendesk.webhooks import sign

from odoo.tests import tagged

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_support.providers.zendesk import webhook

from .zendesk_case import SIGNING_SECRET, ZendeskCase

DAY = 86_400


@tagged("post_install", "-at_install")
class TestZendesk(ZendeskCase):
    # -- first load -----------------------------------------------------------

    def test_what_a_desk_has_is_in_odoo_once(self):
        self.connect()
        self.run_jobs()
        self.assertNoDeadJob()
        tickets = self.bound("support.ticket")
        self.assertEqual(set(tickets), {each.id for each in self.store.tickets})
        organizations = {each.id for each in self.store.organizations}
        self.assertEqual(set(self.bound("support.organization")), organizations)
        people = self.bound("support.requester")
        asking = {
            each.id
            for each in self.store.users
            if each.active and each.role == "end-user"
        }
        self.assertLessEqual(set(people), asking)
        self.assertGreater(len(people), 20)
        for each in self.store.tickets:
            ticket = self.env["connector.ticket"].browse(tickets[each.id])
            self.assertEqual(ticket.name, each.subject)
            self.assertEqual(ticket.number, str(each.id))
            status = "deleted" if each.deleted else each.status
            self.assertEqual(ticket.status, status.replace("hold", "on_hold"))
            self.assertEqual(ticket.reopens, each.reopens)

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
        self.assertEqual(
            self.connection.account_ref, self.desk.url.removeprefix("http://")
        )

    # -- signing in -----------------------------------------------------------

    def granted(self):
        """Scopes of all tokens that were given out."""
        return {
            scope
            for token, scopes in self.desk.access.tokens.items()
            if token != self.desk.token
            for scope in scopes
        }

    def test_a_connection_that_sends_nothing_may_only_read(self):
        self.connect()
        self.connection.flow_ids.direction = "pull"
        self.desk.access.tokens.clear()
        self.run_jobs()
        self.assertEqual(self.granted(), {"read"})

    # -- maps -----------------------------------------------------------------

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

    def delivery(self, body, secret=SIGNING_SECRET):
        now = datetime.datetime.now(datetime.UTC)
        stamp, raw = iso(int(now.timestamp())), json.dumps(body).encode()
        headers = {
            webhook.TIMESTAMP_HEADER: stamp,
            webhook.SIGNATURE_HEADER: sign(secret, stamp, raw),
            webhook.INVOCATION_HEADER: "1",
        }
        return WebhookRequest("POST", "https://odoo.example/", headers, raw, now)

    def receive(self, body):
        provider = self.connection._provider()
        request = self.delivery(body)
        provider._verify_webhook(self.connection, request)
        events = provider._webhook_events(self.connection, request)
        self.env["connector.event"]._receive(
            self.connection.id, self.connection.company_id.id, events
        )
        self.run_jobs()
        self.assertNoDeadJob()

    def test_a_hint_has_the_ticket_read_again_within_the_minute(self):
        self.connect()
        self.run_jobs()
        ticket = next(each for each in self.store.tickets if not each.deleted)
        self.store.update(ticket, {"subject": "Another subject"})
        self.receive({"ticket_id": ticket.id})
        found = self.record("support.ticket", ticket.id)
        found = self.env["connector.ticket"].browse(found.id)
        self.assertEqual(found.name, "Another subject")

    def test_a_delivery_with_another_secret_is_refused(self):
        request = self.delivery({"ticket_id": 7}, "another secret")
        with self.assertRaises(AuthenticationError):
            self.connection._provider()._verify_webhook(self.connection, request)

    # -- what is gone ---------------------------------------------------------

    def test_an_organization_that_is_deleted_is_found_by_the_daily_look(self):
        self.connect()
        self.run_jobs()
        gone = next(iter(self.store.organizations))
        self.store.delete_organization(gone)
        self.sync()
        self.assertIn(gone.id, self.bound("support.organization"))
        self.later(DAY)
        self.sync()
        self.run_jobs()
        self.assertNoDeadJob()
        self.assertNotIn(gone.id, self.bound("support.organization"))

    def test_of_two_users_that_were_merged_one_stays(self):
        self.connect()
        self.run_jobs()
        loser, winner = [
            each
            for each in self.store.users
            if each.id in self.bound("support.requester")
        ][:2]
        self.store.merge_users(loser, winner)
        self.sync()
        self.assertNoDeadJob()
        bound = self.bound("support.requester")
        self.assertNotIn(loser.id, bound)
        self.assertIn(winner.id, bound)

    # -- out ------------------------------------------------------------------

    def test_partners_of_odoo_go_there_once(self):
        self.connect()
        self.run_jobs()
        self.let_send("organizations", "users")
        company = self.env["res.partner"].create(
            {"name": "Aurora Cloud", "is_company": True}
        )
        person = self.env["res.partner"].create(
            {"name": "Ada", "email": "ada@aurora.example", "parent_id": company.id}
        )
        self.push()
        self.assertNoDeadJob()
        made = self.store.by_name("Aurora Cloud")
        user = self.store.by_email("ada@aurora.example")
        self.assertEqual(user.organization_id, made.id)
        self.assertEqual(self.bound("support.organization")[made.id], company.id)
        self.assertEqual(self.bound("support.requester")[user.id], person.id)
        self.assertIn("odoo_url", made.fields)
        self.assertIn("odoo_url", user.fields)
        self.assertFalse(self.store.ignored, "Zendesk knows all that is sent")
        count = len(self.store.organizations), len(self.store.users)
        person.phone = "+44 20 7946 0001"
        self.push()
        self.assertEqual(user.phone, "+44 20 7946 0001")
        self.assertEqual((len(self.store.organizations), len(self.store.users)), count)
        self.sync()
        self.assertEqual((len(self.store.organizations), len(self.store.users)), count)

    def test_many_go_by_one_job_that_nobody_waits_for(self):
        self.connect()
        self.run_jobs()
        self.let_send("organizations")
        self.desk.jobs.still = True
        companies = self.env["res.partner"].create(
            [{"name": f"Aurora {n}", "is_company": True} for n in range(20)]
        )
        self.push()
        self.assertNoDeadJob()
        self.assertEqual(len(self.asked("create_many", "POST")), 1)
        alone = [
            each
            for each in self.asked("/organizations", "PUT")
            if not each.path.endswith("update_many")
        ]
        self.assertFalse(alone)
        made = {self.store.by_name(each.name).id for each in companies}
        bound = self.bound("support.organization")
        self.assertEqual({bound[remote_id] for remote_id in made}, set(companies.ids))

    def test_a_comment_goes_into_its_ticket_once_with_the_status(self):
        self.connect()
        self.run_jobs()
        flow = self.flow("comments")
        flow.direction = "push"
        theirs = next(e for e in self.store.tickets if e.status == "open")
        ticket = self.record("support.ticket", theirs.id)
        comment = self.env["connector.ticket.comment"].create(
            {
                "ticket_id": ticket.id,
                "body": "The invoice is paid.",
                "status": "pending",
            }
        )
        self.env.cr.flush()
        flow._enqueue_push()
        self.run_jobs()
        self.assertNoDeadJob()
        [written] = theirs.comments
        self.assertIn("The invoice is paid.", written.body)
        self.assertTrue(written.body.endswith(f"Odoo reference: {comment.key}"))
        self.assertEqual((written.public, theirs.status), (False, "pending"))
        self.assertEqual(comment.state, "sent")
        self.sync()
        self.assertEqual(ticket.status, "pending")
        flow._enqueue_push()
        self.run_jobs()
        self.assertEqual(len(theirs.comments), 1)
