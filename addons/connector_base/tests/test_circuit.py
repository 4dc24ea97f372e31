import datetime

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..engine import errors
from .common_jobs import JobCase

DOWN = errors.RemoteDown("Not there.", code="unreachable", params={"vendor": "Fake"})


@tagged("post_install", "-at_install")
class TestCircuit(JobCase):
    """A vendor that fails again and again is left alone and looked at."""

    def setUp(self):
        super().setUp()
        self.connection.circuit_failures = 3

    @property
    def circuit(self):
        return self.connection.circuit_ids

    def fails(self, error=DOWN, times=1):
        for number in range(times):
            self.run_failing(error, name=f"failing {len(self.order)}.{number}")

    def note(self, error_class="remote_down", times=1):
        """What the queue notes of a failed job, without one that would come back."""
        with self.worker() as env:
            connection = env["connector.connection"].browse(self.connection.id)
            for _number in range(times):
                connection._note_failure(error_class, "Not there.")

    def open(self):
        self.note(times=3)
        self.assertEqual(self.circuit.state, "open")

    def probe_job(self):
        return self.env["connector.job"].search(
            [("connection_id", "=", self.connection.id), ("probe", "=", True)]
        )

    def kinds(self):
        return self.connection.circuit_event_ids.sorted("id").mapped("kind")

    # -- opening --------------------------------------------------------------

    def test_a_new_connection_has_a_circuit_that_is_closed(self):
        self.assertEqual(self.connection.circuit_state, "closed")
        self.assertFalse(self.connection.circuit_text)

    def test_failures_of_the_vendor_open_it_with_an_event(self):
        self.fails(times=2)
        self.assertEqual(self.circuit.state, "closed")
        self.fails()
        self.assertEqual(self.circuit.state, "open")
        event = self.connection.circuit_event_ids
        self.assertEqual(event.kind, "opened")
        self.assertIn("Fake can't be reached", event.reason)
        self.assertIn("Fake is down since", self.connection.circuit_text)

    def test_what_is_an_answer_of_the_vendor_does_not_open_it(self):
        answers = (
            errors.InvalidRecord("No."),
            errors.RemoteNotFound("Gone."),
            errors.MappingError("What?"),
        )
        for answer in answers:
            self.fails(answer, times=4)
        self.note("rate_limited", times=4)
        self.note("authentication", times=4)
        self.assertEqual(self.circuit.state, "closed")

    def test_a_bug_of_ours_does_not_open_it(self):
        with self.assertLogs("odoo.addons.connector_base", "ERROR"):
            self.fails(ZeroDivisionError("by nought"), times=4)
        self.assertEqual(self.circuit.state, "closed")

    def test_failures_that_are_far_apart_do_not_open_it(self):
        for _number in range(4):
            self.note()
            self.time_passes(seconds=200)
        self.assertEqual(self.circuit.state, "closed")

    def test_a_success_forgets_the_failures_before(self):
        self.fails(times=2)
        self.env["connector.circuit"]._note_success([self.connection.id])
        self.fails(times=2)
        self.assertEqual(self.circuit.state, "closed")

    def test_a_success_writes_nothing_where_nothing_is_to_be_forgotten(self):
        ids = [self.connection.id]
        self.env.cr.execute("SELECT xmin FROM connector_circuit")
        before = self.env.cr.fetchall()
        with self.assertQueryCount(1):
            self.env["connector.circuit"]._note_success(ids)
        self.env.cr.execute("SELECT xmin FROM connector_circuit")
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_a_success_of_what_was_under_way_does_not_close_it(self):
        self.open()
        self.env["connector.circuit"]._note_success([self.connection.id])
        self.assertEqual(self.circuit.state, "open")

    def test_a_connection_from_before_gets_its_circuit_when_it_is_needed(self):
        self.env.cr.execute("DELETE FROM connector_circuit")
        self.env.invalidate_all()
        self.assertEqual(self.connection.circuit_state, "closed")
        self.open()

    # -- open -----------------------------------------------------------------

    def test_nothing_is_tried_while_it_is_open(self):
        self.open()
        waiting = self.enqueue(name="waiting")
        other = self.connect(name="Other CRM")
        self.enqueue(name="other", connection=other)
        self.enqueue(name="none", connection=None)
        self.run_jobs()
        self.assertEqual((waiting.state, waiting.attempt), ("pending", 0))
        self.assertEqual(self.order[-2:], ["other", "none"])

    def test_one_look_is_enqueued_for_the_time_of_the_first_probe(self):
        self.open()
        job = self.probe_job()
        self.assertEqual(len(job), 1)
        self.assertEqual((job.lane, job.state), ("realtime", "pending"))
        self.assertEqual(job.eta, self.circuit.probe_at)
        wait = job.eta - self.circuit.opened_at
        self.assertEqual(wait, datetime.timedelta(seconds=30))

    def test_looks_that_fail_come_later_and_later_and_are_no_failed_tries(self):
        self.open()
        self.vendor.failures = [DOWN] * 20
        waits = []
        for _number in range(8):
            self.time_passes(seconds=900)
            self.run_jobs()
            wait = self.circuit.probe_at - fields.Datetime.now()
            waits.append(round(wait.total_seconds() / 10) * 10)
        self.assertEqual(waits, [60, 120, 240, 480, 900, 900, 900, 900])
        job = self.probe_job()
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertEqual(self.kinds(), ["opened"] + ["probe_failed"] * 8)
        self.assertEqual(self.vendor.requests, [("account",)] * 8)
        self.assertFalse(self.exceptions())

    def test_no_look_is_made_before_its_time(self):
        self.open()
        self.probe_job().action_run_now()
        self.run_jobs()
        self.assertFalse(self.vendor.requests)
        self.assertEqual(self.probe_job().state, "pending")

    def test_the_first_look_that_succeeds_closes_it_and_work_goes_on(self):
        self.open()
        waiting = self.enqueue(name="waiting")
        self.time_passes(seconds=31)
        with CronMixinCase.capture_triggers(
            self, "connector_base.cron_lane_default"
        ) as captured:
            self.run_jobs()
        self.assertTrue(captured.records)
        self.assertEqual(self.circuit.state, "closed")
        self.assertEqual(waiting.state, "done")
        self.assertEqual(self.kinds(), ["opened", "closed"])
        self.assertEqual(self.probe_job().state, "done")

    def test_an_answer_that_asks_to_wait_shows_that_the_vendor_is_up(self):
        self.open()
        until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=5)
        self.vendor.failures = [errors.RateLimited("Slow down.", retry_at=until)]
        self.time_passes(seconds=31)
        self.run_jobs()
        self.assertEqual(self.circuit.state, "closed")
        self.assertGreater(self.connection.blocked_until, fields.Datetime.now())

    def test_a_refused_sign_in_closes_it_and_stops_the_connection(self):
        self.open()
        self.vendor.failures = [errors.AuthenticationError("Who?", code="wrong_token")]
        self.time_passes(seconds=31)
        self.run_jobs()
        self.assertEqual(self.circuit.state, "closed")
        self.assertEqual(self.connection.state, "attention")
        self.assertEqual(len(self.exceptions(error_class="authentication")), 1)

    def test_an_outage_of_three_days_costs_no_tries_and_only_the_looks(self):
        self.open()
        waiting = self.enqueue(name="waiting")
        self.vendor.failures = [DOWN] * 1000
        tried = len(self.order)
        hours = 0
        while hours < 72:
            self.time_passes(hours=1)
            hours += 1
            self.env["connector.connection"]._cron_schedule()
            self.run_jobs()
        self.assertEqual(len(self.order), tried)
        self.assertLessEqual(len(self.vendor.requests), 72)
        self.assertEqual((waiting.state, waiting.attempt), ("pending", 0))
        self.vendor.reset()
        self.time_passes(minutes=16)
        self.run_jobs()
        self.assertEqual(waiting.state, "done")

    def test_a_look_whose_job_is_gone_is_enqueued_again(self):
        self.open()
        self.probe_job().action_cancel()
        self.env["connector.connection"]._cron_schedule()
        job = self.probe_job().filtered(lambda job: job.state == "pending")
        self.assertEqual(job.eta, self.circuit.probe_at)

    def test_a_worker_that_dies_while_it_looks_does_not_ask_more_often(self):
        self.open()
        self.time_passes(seconds=31)
        self.assertTrue(self.claim("realtime").probe)
        with self.worker() as env:
            connection = env["connector.connection"].browse(self.connection.id)
            self.assertEqual(connection._in_circuit("_begin_probe"), 0)
        self.assertEqual(self.circuit.state, "half_open")
        self.time_passes(seconds=0)
        self.env.cr.execute("UPDATE connector_job SET lease_until = '2020-01-01'")
        self.run_jobs()
        self.assertFalse(self.vendor.requests)
        self.time_passes(seconds=61)
        self.run_jobs()
        self.assertEqual(self.vendor.requests, [("account",)])
        self.assertEqual(self.circuit.state, "closed")

    # -- people ---------------------------------------------------------------

    def test_resuming_and_connecting_close_it(self):
        self.open()
        self.connection.action_pause()
        self.connection.action_resume()
        self.assertEqual(self.circuit.state, "closed")
        self.assertIn(self.env.user.name, self.connection.circuit_event_ids[0].reason)
        self.open()
        self.connection.action_connect()
        self.assertEqual(self.circuit.state, "closed")
        self.assertEqual(self.kinds(), ["opened", "closed"] * 2)

    def test_it_opens_again_with_an_early_look_although_an_old_one_waits(self):
        self.open()
        self.env["connector.job"].search([("probe", "=", True)]).eta = (
            fields.Datetime.now() + datetime.timedelta(seconds=900)
        )
        self.connection.action_pause()
        self.connection.action_resume()
        self.open()
        self.assertEqual(self.probe_job().eta, self.circuit.probe_at)

    def test_an_administrator_has_a_look_made_at_once(self):
        self.open()
        connection = self.connection.with_user(self.user_of("administrator"))
        connection.action_look_now()
        self.run_jobs()
        self.assertEqual(self.circuit.state, "closed")
        with self.assertRaises(AccessError):
            self.connection.with_user(self.user_of("operator")).action_look_now()

    def test_the_history_stays_as_it_is(self):
        self.open()
        event = self.connection.circuit_event_ids
        with self.assertRaises(UserError):
            event.reason = "Nothing happened"
        with self.assertRaises(UserError):
            event.unlink()

    def test_the_history_is_forgotten_after_its_time(self):
        self.open()
        self.env.cr.execute(
            "UPDATE connector_circuit_event SET create_date = '2020-01-01'"
        )
        self.assertEqual(self.env["connector.circuit.event"]._gc_expired(), (1, False))
        self.env.invalidate_all()
        self.assertFalse(self.connection.circuit_event_ids)

    def test_open_circuits_are_found(self):
        found = [("circuit_ids.state", "in", ("open", "half_open"))]
        connections = self.env["connector.connection"]
        self.assertNotIn(self.connection, connections.search(found))
        self.open()
        self.assertIn(self.connection, connections.search(found))

    def test_rules_that_make_no_sense_are_refused(self):
        for vals in (
            {"circuit_failures": 0},
            {"circuit_window": 0},
            {"circuit_first_probe": 0},
            {"circuit_first_probe": 1000, "circuit_longest_probe": 900},
            {"circuit_longest_probe": 100000},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.connection.write(vals)
