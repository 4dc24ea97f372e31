import datetime
import functools
import time
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..models import connector_lane_run
from ..models.connector_lane import STANDING_MINUTES
from .common_jobs import JobCase

MINUTE = datetime.timedelta(minutes=1)


def lane_of(env, code):
    lane = env["connector.lane"].of(code)
    # What it shows is computed anew.
    lane.invalidate_recordset()
    return lane


@tagged("post_install", "-at_install")
class TestLane(JobCase):
    """How many workers a lane has, and how people stop and start it."""

    def lane(self, code):
        return lane_of(self.env, code)

    def crons(self, code, active=True):
        lane = self.lane(code).with_context(active_test=False)
        return lane.cron_ids.filtered(lambda cron: cron.active == active)

    def test_the_number_of_workers_is_the_number_of_cron_rows(self):
        lane = self.lane("bulk")
        self.assertEqual(len(self.crons("bulk")), 1)
        lane.workers = 3
        self.assertEqual(len(self.crons("bulk")), 3)
        self.assertEqual(len(set(self.crons("bulk").mapped("code"))), 3)
        lane.workers = 1
        self.assertEqual(len(self.crons("bulk")), 1)
        self.assertEqual(len(self.crons("bulk", active=False)), 2)
        lane.workers = 2
        self.assertEqual(len(self.crons("bulk")), 2)

    def test_a_cron_row_that_is_one_too_many_does_nothing(self):
        self.enqueue()
        with self.worker() as env:
            env["connector.job"]._cron_run_lane("default", 2)
        self.assertEqual(self.order, [])

    def test_further_cron_rows_go_with_the_addon(self):
        self.lane("bulk").workers = 2
        names = self.env["ir.model.data"].search([("name", "=", "cron_lane_bulk_2")])
        self.assertEqual((names.module, names.noupdate), ("connector_base", True))

    def test_a_lane_has_at_least_one_worker(self):
        for number in (0, -1, 1000):
            with self.subTest(number=number), self.assertRaises(ValidationError):
                self.lane("bulk").workers = number

    def test_enqueuing_wakes_all_workers_of_the_lane(self):
        self.lane("finance").workers = 2
        self.env.cr.flush()
        before = self.env["ir.cron.trigger"].search([])
        self.enqueue(lane="finance")
        self.env.cr.flush()
        triggers = self.env["ir.cron.trigger"].search([]) - before
        self.assertEqual(triggers.cron_id, self.crons("finance"))

    def test_a_thousand_jobs_of_a_transaction_wake_their_lane_once(self):
        self.env.cr.flush()
        before = self.env["ir.cron.trigger"].search([])
        for number in range(20):
            self.enqueue(name=str(number))
        self.env.cr.flush()
        self.assertEqual(len(self.env["ir.cron.trigger"].search([]) - before), 1)

    def test_no_job_of_a_paused_lane_starts_until_it_is_resumed(self):
        self.enqueue(name="bulk", lane="bulk")
        self.enqueue(name="other")
        operator = self.user_of("operator")
        self.lane("bulk").with_user(operator).action_pause()
        self.run_jobs()
        self.assertEqual(self.order, ["other"])
        self.assertEqual(self.lane("bulk").health, "paused")
        self.lane("bulk").with_user(operator).action_resume()
        self.run_jobs()
        self.assertEqual(self.order, ["other", "bulk"])

    def test_a_viewer_does_not_pause_a_lane_and_an_operator_adds_no_worker(self):
        with self.assertRaises(AccessError):
            self.lane("bulk").with_user(self.user_of("viewer")).action_pause()
        with self.assertRaises(AccessError):
            self.lane("bulk").with_user(self.user_of("operator")).workers = 2
        admin = self.user_of("administrator")
        self.lane("bulk").with_user(admin).workers = 2
        self.assertEqual(len(self.crons("bulk")), 2)

    # -- heartbeat ------------------------------------------------------------

    def test_a_lane_shows_when_it_last_ran_its_depth_and_its_oldest_job(self):
        now = fields.Datetime.now()
        self.enqueue(name="old", eta=now - 5 * MINUTE)
        self.enqueue(name="new", eta=now - MINUTE)
        self.enqueue(name="later", eta=now + 5 * MINUTE)
        lane = self.lane("default")
        self.assertEqual((lane.due_count, lane.waiting_count), (2, 3))
        self.assertEqual(lane.oldest_due_at, (now - 5 * MINUTE).replace(microsecond=0))
        self.assertFalse(lane.last_beat_at)
        self.run_jobs()
        lane.invalidate_recordset()
        self.assertEqual((lane.due_count, lane.waiting_count), (0, 1))
        self.assertGreaterEqual(lane.last_beat_at, now.replace(microsecond=0))
        self.assertEqual(lane.health, "idle")
        self.assertEqual(lane.worker_ids.job_count, 2)
        self.assertFalse(lane.worker_ids.is_alive)

    def stand(self):
        minutes = STANDING_MINUTES + 1
        self.enqueue(eta=fields.Datetime.now() - minutes * MINUTE)

    def alerts(self):
        self.lane("default")
        self.env["connector.connection"]._cron_schedule()
        return self.lane("default").activity_ids

    def test_a_lane_that_stands_still_raises_an_alert_once(self):
        self.assertFalse(self.alerts())
        self.stand()
        self.assertEqual(self.lane("default").health, "standing")
        self.assertEqual(len(self.alerts()), 1)
        self.assertEqual(len(self.alerts()), 1)
        self.assertEqual(self.alerts().user_id, self.lane("default").owner_id)

    def test_the_alert_ends_when_the_lane_moves(self):
        self.stand()
        self.assertTrue(self.alerts())
        self.run_jobs()
        self.assertFalse(self.alerts())

    def test_what_may_not_run_is_no_standstill(self):
        self.stand()
        self.connection.state = "paused"
        self.assertFalse(self.alerts())
        self.connection.state = "connected"
        self.lane("default").action_pause()
        self.assertFalse(self.alerts())


@tagged("post_install", "-at_install")
class TestLaneIsolation(JobCase):
    """A backlog of one lane doesn't hold up a more urgent one."""

    def bulk_with_an_invoice(self, at=1):
        """Three bulk jobs; while one runs, an invoice comes."""
        for number in range(3):

            def step(env, job, number=number):
                if number == at:
                    self.enqueue(name="invoice", lane="finance", connection=None)

            self.enqueue(step, name=f"bulk {number}", lane="bulk")

    def run_bulk_only(self, env):
        """As where both of Odoo's cron threads are at other work."""
        with patch.object(connector_lane_run, "LOOK_SECONDS", 0):
            env["connector.job"]._cron_run_lane("bulk")

    def test_an_invoice_waits_for_one_bulk_job_at_the_most(self):
        self.bulk_with_an_invoice()
        with self.worker() as env:
            self.run_bulk_only(env)
        self.assertEqual(self.order, ["bulk 0", "bulk 1", "invoice", "bulk 2"])

    def test_where_its_own_workers_are_at_it_nobody_helps_out(self):
        self.bulk_with_an_invoice()
        with self.worker() as env:
            env["connector.lane.worker"]._open("finance", "cron 1")
            self.run_bulk_only(env)
        self.assertEqual(self.order, ["bulk 0", "bulk 1", "bulk 2"])

    def test_nobody_helps_out_in_a_paused_lane(self):
        lane_of(self.env, "finance").action_pause()
        self.bulk_with_an_invoice()
        with self.worker() as env:
            self.run_bulk_only(env)
        self.assertEqual(self.order, ["bulk 0", "bulk 1", "bulk 2"])

    def test_a_less_urgent_lane_waits_for_its_own_workers(self):
        self.enqueue(name="invoice", lane="finance")
        self.enqueue(name="catalogue", lane="bulk")
        with self.worker() as env:
            env["connector.job"]._cron_run_lane("finance")
        self.assertEqual(self.order, ["invoice"])

    def test_a_long_job_gives_way_at_its_checkpoint(self):
        left = []

        def step(env, job):
            left.append(job._checkpoint())
            self.enqueue(name="invoice", lane="finance", connection=None)
            left.append(job._checkpoint())

        self.enqueue(step, name="bulk", lane="bulk")
        with self.worker() as env:
            self.run_bulk_only(env)
        self.assertGreater(left[0], 0)
        self.assertEqual(left[1], 0)

    def test_what_was_claimed_and_not_begun_goes_back_unharmed(self):
        for number in range(5):
            self.enqueue(name=f"bulk {number}", lane="bulk")
        with self.worker() as env:
            jobs = env["connector.job"].with_context(cron_end_time=time.monotonic())
            shift = functools.partial(connector_lane_run.Shift, size=5)
            with patch.object(connector_lane_run, "Shift", shift):
                jobs._cron_run_lane("bulk")
        states = self.env["connector.job"].search([("lane", "=", "bulk")])
        self.assertCountEqual(states.mapped("state"), ["done", *["pending"] * 4])
        self.assertEqual(set(states.mapped("attempt")), {0, 1})

    def test_a_lane_never_tells_odoo_that_something_remains(self):
        """Or Odoo would call it ten times over before another cron has the thread."""
        told = []
        self.enqueue(name="first")
        self.enqueue(name="second")
        with self.worker() as env:

            def commit_progress(crons, processed=0, *, remaining=None):
                told.append(remaining)
                crons.env.cr.commit()
                return 60

            ended = env["connector.job"].with_context(cron_end_time=time.monotonic())
            with patch.object(
                env.registry["ir.cron"], "_commit_progress", commit_progress
            ):
                ended._cron_run_lane("default")
        self.assertEqual(self.order, ["first"])
        self.assertEqual(set(told), {0})
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("connector_base.cron_lane_default").id)]
        )
        self.assertTrue(triggers.filtered(lambda t: t.call_at <= fields.Datetime.now()))


@tagged("post_install", "-at_install")
class TestWorkerSession(JobCase):
    """A worker lives as long as its database session."""

    def begun_by(self, env, worker, session_key):
        jobs = env["connector.job"]
        rows = jobs._claim("default", 1, worker, session_key)
        jobs._begin(rows[0], worker)

    def test_the_job_of_a_worker_whose_session_ended_is_back_at_once(self):
        job = self.enqueue()
        with self.worker() as env:
            name, key = env["connector.lane.worker"]._open("default", "cron 1")
            self.begun_by(env, name, key)
            env["connector.job"]._reclaim_expired()
            self.env.invalidate_all()
            self.assertEqual(job.state, "started")
            env["connector.lane.worker"]._close(key)
            with self.assertLogs("odoo.addons.connector_base", "WARNING"):
                env["connector.job"]._reclaim_expired()
        self.env.invalidate_all()
        self.assertEqual((job.state, job.attempt), ("pending", 1))

    def test_what_lies_behind_a_long_job_of_its_batch_is_free_for_others(self):
        first, second = self.enqueue(name="first"), self.enqueue(name="second")
        with self.worker() as env:
            jobs = env["connector.job"]
            name, key = env["connector.lane.worker"]._open("default", "cron 1")
            rows = jobs._claim("default", 2, name, key)
            jobs._begin(rows[0], name)
            self.time_passes(seconds=10)
            jobs._reclaim_expired()
            self.assertFalse(jobs._begin(rows[1], name))
            env["connector.lane.worker"]._close(key)
        self.env.invalidate_all()
        self.assertEqual((first.state, first.attempt), ("started", 1))
        self.assertEqual((second.state, second.attempt), ("pending", 0))

    def test_the_server_that_stops_leaves_no_time(self):
        class Server:
            quit_signals_received = 1

            def on_signal(self, *_arguments):
                """Odoo's servers keep what they were told in such a method's object."""

        self.assertFalse(connector_lane_run.server_is_stopping())
        with patch.object(
            connector_lane_run.signal, "getsignal", return_value=Server().on_signal
        ):
            self.assertTrue(connector_lane_run.server_is_stopping())
            self.assertEqual(self.env["connector.job"]._seconds_left(), 0)
