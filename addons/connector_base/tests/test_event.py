import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine import errors
from ..engine.queue import Again
from ..models import connector_event, connector_event_take
from .common import ConnectorCase
from .common_vendor import inbound, remote

FAILURES = "odoo.addons.connector_base.models.connector_job_failure"


@tagged("post_install", "-at_install")
class TestEvent(ConnectorCase):
    """From the inbox to Odoo's records."""

    def take(self, *events):
        """A delivery comes in and is worked on."""
        self.receive(*events)
        self.run_jobs()
        self.env.invalidate_all()

    def event_jobs(self, *states):
        domain = [("method_name", "=", "_job_take_events")]
        if states:
            domain.append(("state", "in", states))
        return self.env["connector.job"].search(domain)

    def states(self):
        events = self.env["connector.event"].search([])
        return {event.event_key: event.state for event in events}

    # -- taken ----------------------------------------------------------------

    def test_the_record_is_read_again_and_taken(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.take(inbound("e1", "companies", 1, name="Not to be believed"))
        self.assertEqual(self.taken("companies", 1).name, "Acme")
        event = self.event("e1")
        self.assertEqual(event.state, "done")
        self.assertTrue(event.processed_at)
        self.assertEqual(event.job_id, self.event_jobs("done"))

    def test_event_job_and_log_share_their_trail(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.take(inbound("e1", "companies", 1))
        trails = {
            self.event("e1").correlation_id,
            self.event_jobs().correlation_id,
            self.logs("companies", 1).correlation_id,
        }
        self.assertEqual(len(trails), 1)
        self.assertTrue(trails.pop())

    def test_all_events_of_one_record_are_one_request(self):
        self.vendor.add("companies", remote(1, name="Acme"), remote(2, name="Bolt"))
        self.take(
            *(inbound(f"e{number}", "companies", 1) for number in range(5)),
            inbound("other", "companies", 2),
        )
        self.assertEqual(self.vendor.requests, [("companies", ("1", "2"))])
        self.assertEqual(set(self.states().values()), {"done"})

    def test_many_records_are_asked_for_in_batches(self):
        known = [remote(number, name=f"C{number}") for number in range(250)]
        self.vendor.add("companies", *known)
        self.take(
            *(inbound(f"e{r.remote_id}", "companies", r.remote_id) for r in known)
        )
        sizes = [len(ids) for _stream, ids in self.vendor.requests]
        self.assertEqual(sizes, [100, 100, 50])
        self.assertEqual(set(self.states().values()), {"done"})

    def test_parents_are_taken_before_their_children(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.vendor.add("contacts", remote(7, last_name="Ada", company="1"))
        self.take(inbound("child", "contacts", 7), inbound("parent", "companies", 1))
        self.assertEqual(
            self.vendor.requests, [("companies", ("1",)), ("contacts", ("7",))]
        )
        self.assertEqual(
            self.taken("contacts", 7).parent_id, self.taken("companies", 1)
        )

    def test_a_record_that_is_gone_is_archived(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.take(inbound("e1", "companies", 1))
        self.vendor.records["companies"].clear()
        self.take(inbound("e2", "companies", 1))
        self.assertFalse(self.taken("companies", 1).active)
        self.assertEqual(self.event("e2").state, "done")

    def test_a_record_that_is_as_it_was_is_not_written(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.take(inbound("e1", "companies", 1))
        logs = self.logs("companies", 1)
        self.take(inbound("e2", "companies", 1))
        self.assertEqual(self.logs("companies", 1), logs)
        self.assertEqual(self.event("e2").state, "done")

    def test_what_a_newer_version_was_taken_of_is_not_asked_for(self):
        new = remote(1, name="Acme", at="2026-03-01T12:00:10")
        self.pull("companies", new)
        self.vendor.requests.clear()
        self.take(
            inbound("old", "companies", 1, at="2026-03-01T12:00:09.999"),
            inbound("older", "companies", 1, at="2026-03-01T11:00:00"),
        )
        self.assertFalse(self.vendor.requests)
        self.assertEqual(self.event("old").state, "done")
        self.assertIn("newer", self.event("old").note)

    def test_one_newer_event_is_enough_to_ask(self):
        self.pull("companies", remote(1, name="Acme", at="2026-03-01T12:00:10"))
        self.vendor.add("companies", remote(1, name="New", at="2026-03-01T12:00:11"))
        self.take(
            inbound("new", "companies", 1, at="2026-03-01T12:00:11"),
            inbound("old", "companies", 1, at="2026-03-01T12:00:09"),
        )
        self.assertEqual(self.taken("companies", 1).name, "New")

    def test_an_older_answer_never_overwrites_a_newer_record(self):
        self.pull("companies", remote(1, name="New", at="2026-03-01T12:00:10"))
        self.vendor.add("companies", remote(1, name="Old", at="2026-03-01T12:00:05"))
        self.take(inbound("e1", "companies", 1, at="2026-03-01T12:00:11"))
        self.assertEqual(self.taken("companies", 1).name, "New")

    def test_a_record_that_can_not_be_taken_is_an_exception_not_a_dead_event(self):
        self.vendor.add("companies", remote(1, phone="1"))
        self.take(inbound("e1", "companies", 1))
        self.assertEqual(self.event("e1").state, "done")
        self.assertTrue(self.exceptions())

    # -- ignored --------------------------------------------------------------

    def test_events_of_no_flow_are_ignored_and_say_why(self):
        self.flow("contacts").active = False
        self.flow("products").direction = "push"
        self.take(
            inbound("no stream", None, 1),
            inbound("unknown", "tickets", 1),
            inbound("archived", "contacts", 1),
            inbound("push", "products", 1),
            inbound("nameless", "companies", None),
        )
        self.assertFalse(self.vendor.requests)
        self.assertEqual(set(self.states().values()), {"ignored"})
        self.assertIn("No flow", self.event("no stream").note)
        self.assertIn("archived", self.event("archived").note)
        self.assertIn("nothing into Odoo", self.event("push").note)
        self.assertIn("no record", self.event("nameless").note)

    # -- jobs -----------------------------------------------------------------

    def test_one_job_waits_for_each_connection_with_something_to_do(self):
        other = self.connect(name="Other")
        self.connect(name="Idle")
        self.receive(inbound("e1", "companies", 1))
        self.receive(inbound("e1", "companies", 1), connection=other)
        for _round in range(2):
            self.env["connector.job"]._collect_work("realtime")
            self.assertEqual(
                self.event_jobs("pending").connection_id, self.connection + other
            )
            self.assertEqual(len(self.event_jobs()), 2)

    def test_other_lanes_leave_the_inbox_alone(self):
        self.receive(inbound("e1", "companies", 1))
        for lane in ("finance", "default", "bulk"):
            self.env["connector.job"]._collect_work(lane)
        self.assertFalse(self.event_jobs())

    def test_a_job_goes_on_until_the_inbox_is_empty(self):
        self.patch(connector_event_take, "TAKE_BATCH", 2)
        self.vendor.add("companies", *(remote(n, name=f"C{n}") for n in range(5)))
        self.take(*(inbound(f"e{n}", "companies", n) for n in range(5)))
        self.assertEqual(len(self.event_jobs("done")), 1)
        self.assertEqual(set(self.states().values()), {"done"})

    def test_a_job_whose_time_is_over_comes_back(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.receive(inbound("e1", "companies", 1))
        jobs = self.env["connector.job"]
        with patch.object(self.registry["connector.job"], "_checkpoint") as checkpoint:
            checkpoint.return_value = 1.0
            answer = self.env["connector.event"]._job_take_events(
                jobs, self.connection.id
            )
        self.assertIsInstance(answer, Again)
        self.assertFalse(self.vendor.requests)
        self.assertEqual(self.event("e1").state, "pending")
        self.run_jobs()
        self.assertEqual(self.event("e1").state, "done")

    def test_a_failing_job_leaves_its_events_waiting_and_tries_again(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.vendor.failures = [errors.TransientError("Busy.")]
        self.take(inbound("e1", "companies", 1))
        self.assertEqual(self.event("e1").state, "pending")
        self.assertEqual(self.event_jobs().state, "pending")
        self.time_passes(hours=1)
        self.run_jobs()
        self.assertEqual(self.event("e1").state, "done")

    def test_after_the_last_try_the_events_of_the_job_are_dead_and_say_why(self):
        self.vendor.failures = [errors.InvalidRecord("They refuse.")]
        self.take(inbound("e1", "companies", 1))
        self.assertEqual(self.event("e1").state, "dead")
        self.assertEqual(self.event("e1").error, self.event_jobs("dead").error)
        self.vendor.add("companies", remote(2, name="Acme"))
        self.take(inbound("e2", "companies", 2))
        self.assertEqual(self.states(), {"e1": "dead", "e2": "done"})

    def test_what_was_done_before_the_failure_stays_done(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        fetch = self.registry["connector.event"]._take_batch

        def failing(model, run, ids, groups):
            if run.flow.stream == "contacts":
                raise errors.InvalidRecord("They refuse.")
            return fetch(model, run, ids, groups)

        self.patch(self.registry["connector.event"], "_take_batch", failing)
        self.take(inbound("e1", "companies", 1), inbound("e2", "contacts", 1))
        self.assertEqual(self.states(), {"e1": "done", "e2": "dead"})

    def test_the_retry_of_a_dead_letter_brings_its_events_back(self):
        self.vendor.failures = [errors.InvalidRecord("They refuse.")]
        self.take(inbound("e1", "companies", 1))
        self.vendor.add("companies", remote(1, name="Acme"))
        operator = self.user_of("operator")
        self.event_jobs("dead").with_user(operator).action_retry()
        self.run_jobs()
        self.assertEqual(self.event("e1").state, "done")
        self.assertFalse(self.event("e1").error)

    def test_so_does_its_replay_with_many_others(self):
        self.vendor.failures = [errors.InvalidRecord("They refuse.")]
        self.take(inbound("e1", "companies", 1))
        self.vendor.add("companies", remote(1, name="Acme"))
        replay = self.env["connector.replay"].create(
            {"job_ids": self.event_jobs("dead").ids}
        )
        replay.action_replay()
        self.run_jobs()
        self.assertEqual(self.states(), {"e1": "done"})

    def test_a_poll_takes_what_the_webhooks_missed(self):
        self.pull("companies", remote(1, name="Acme", at="2026-03-01T12:00:00"))
        # The vendor told nobody of it; the overlap of the cursor finds it.
        self.pull("companies", remote(1, name="Bolt", at="2026-03-01T12:05:00"))
        self.vendor.requests.clear()
        self.take(inbound("late", "companies", 1, at="2026-03-01T12:04:00"))
        self.assertEqual(self.taken("companies", 1).name, "Bolt")
        self.assertFalse(self.vendor.requests)

    # -- people ---------------------------------------------------------------

    def test_what_is_done_and_unchanged_says_so_when_it_is_processed_again(self):
        at = "2026-03-01T12:00:00.400"
        self.vendor.add("companies", remote(1, name="Acme", at=at))
        self.take(inbound("e1", "companies", 1, at=at))
        answer = self.event("e1").with_user(self.user_of("operator"))
        message = answer.action_process_again()["params"]["message"]
        self.assertIn("nothing to do", message)
        self.assertEqual(self.event("e1").state, "done")

    def test_dead_and_ignored_events_can_be_processed_again(self):
        self.take(inbound("e1", "tickets", 1), inbound("e2", "companies", 1))
        self.event("e2").sudo().write({"state": "dead", "error": "Bad."})
        self.vendor.add("companies", remote(1, name="Acme"))
        events = self.event("e1") + self.event("e2")
        message = events.action_process_again()["params"]["message"]
        self.assertIn("2 events", message)
        self.assertEqual(set(self.states().values()), {"pending"})
        self.run_jobs()
        self.assertEqual(self.states(), {"e1": "ignored", "e2": "done"})

    def test_what_came_in_is_never_changed(self):
        self.receive(inbound("e1", "companies", 1))
        event = self.event("e1")
        for name in ("payload", "event_key", "remote_id", "occurred_at"):
            with self.subTest(field=name), self.assertRaises(UserError):
                event.sudo().write({name: False})
        with self.assertRaises(UserError):
            event.unlink()
        with self.assertRaises(AccessError):
            event.with_user(self.user_of("operator")).write({"state": "done"})

    def test_viewers_put_nothing_back(self):
        self.take(inbound("e1", "tickets", 1))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
            self.event("e1").with_user(self.user_of("viewer")).action_process_again()

    def test_a_connection_says_what_came_in_and_what_waits(self):
        self.assertFalse(self.connection.webhook_last_at)
        self.receive(inbound("e1", "companies", 1), inbound("e2", "companies", 1))
        self.event("e2").sudo().state = "dead"
        self.connection.invalidate_recordset()
        self.assertTrue(self.connection.webhook_last_at)
        self.assertEqual(self.connection.pending_event_count, 1)
        self.assertEqual(self.connection.dead_event_count, 1)
        self.assertEqual(self.connection.webhook_last_text, "Just now")

    # -- vacuum ---------------------------------------------------------------

    def test_finished_events_go_after_their_time_in_bounded_batches(self):
        keys = ("done", "ignored", "dead", "pending", "fresh")
        self.receive(*(inbound(key, "companies", 1) for key in keys))
        old = fields.Datetime.now() - datetime.timedelta(days=31)
        for key in keys:
            self.event(key).sudo().write(
                {
                    "state": "done" if key == "fresh" else key,
                    "processed_at": fields.Datetime.now() if key == "fresh" else old,
                }
            )
        self.patch(connector_event, "VACUUM_BATCH", 1)
        events = self.env["connector.event"]
        answers = [events._gc_finished() for _pass in range(3)]
        self.assertEqual(answers, [(1, True), (1, True), (0, False)])
        self.assertEqual(set(self.states()), {"dead", "pending", "fresh"})

    def test_the_inbox_is_found_without_reading_what_is_done(self):
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute(
            "EXPLAIN SELECT id FROM connector_event"
            " WHERE connection_id = 1 AND state = 'pending' ORDER BY id LIMIT 1000"
        )
        plan = str(self.env.cr.fetchall())
        self.assertIn("connector_event_pending_idx", plan)
