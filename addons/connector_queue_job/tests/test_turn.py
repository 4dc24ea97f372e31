import contextlib
import datetime
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.connector_base.models import connector_lane_run
from odoo.addons.queue_job.exception import RetryableJobError

from ..models import connector_lane
from .common import RunnerCase

HOUR = datetime.timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestTurn(RunnerCase):
    def take_turn(self, slot=1):
        """Run a turn; returns when its lane is asked for again, in order."""
        asked = []
        jobs = self.registry["connector.job"]
        call_workers = jobs._call_workers

        def record(jobs, wanted):
            asked.extend(moment for lane, moment in sorted(wanted) if lane == "bulk")
            call_workers(jobs, wanted)

        with (
            self.enter_registry_test_mode(),
            patch.object(jobs, "_call_workers", record),
        ):
            self.lane._take_turn(slot)
        self.env.invalidate_all()
        return asked

    @contextlib.contextmanager
    def slot_of_another_host(self, slot=1):
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute(
                SQL(
                    "SELECT pg_advisory_xact_lock(%s, %s)",
                    connector_lane.SLOT_LOCK_CLASS,
                    self.lane._slot_number(slot),
                )
            )
            yield

    def test_a_turn_runs_the_jobs_of_its_lane_in_order(self):
        for name in ("first", "second", "third"):
            self.enqueue(name=name, lane="bulk", order_key="deal 1")
        self.enqueue(name="not ours", lane="default")
        self.assertEqual(self.take_turn(), [])
        self.assertEqual(self.order, ["first", "second", "third"])

    def test_a_turn_ends_in_time_and_asks_for_the_next_one(self):
        for name in ("first", "second"):
            self.enqueue(name=name, lane="bulk")
        with patch.object(connector_lane, "TURN_SECONDS", 0):
            asked = self.take_turn()
        self.assertEqual(self.order, ["first"])
        self.assertEqual(asked, [None])

    def test_a_turn_asks_for_one_at_the_time_of_the_next_job(self):
        eta = (fields.Datetime.now() + HOUR).replace(microsecond=0)
        self.enqueue(lane="bulk", eta=eta)
        self.assertEqual(self.take_turn(), [eta])
        self.assertFalse(self.order)

    def test_the_worker_of_a_turn_is_seen_at_the_lane(self):
        def look(env, job):
            self.assertEqual(env["connector.lane.worker"]._serving(), {"bulk": 1})

        job = self.enqueue(look, lane="bulk")
        self.take_turn(2)
        self.assertEqual(job.state, "done", job.error)
        self.assertEqual(self.lane.worker_ids.mapped("slot"), ["queue_job 2"])

    def test_the_turn_of_a_slot_that_another_host_has_comes_again(self):
        self.enqueue(lane="bulk")
        with self.slot_of_another_host():
            with self.assertRaises(RetryableJobError) as caught:
                self.take_turn()
            self.assertLessEqual(caught.exception.seconds, 1)
            self.assertTrue(caught.exception.ignore_retry)
            self.assertFalse(self.order)
            # The other slot is free.
            self.take_turn(2)
        self.assertEqual(self.order, ["work"])

    def test_of_two_turns_of_a_slot_that_is_taken_one_is_left(self):
        self.enqueue(lane="bulk")
        self.commit()
        with self.slot_of_another_host():
            self.assertEqual(self.take_turn(), [])

    def test_a_turn_of_much_later_does_not_count(self):
        self.enqueue(lane="bulk", eta=fields.Datetime.now() + HOUR)
        self.commit()
        with self.slot_of_another_host(), self.assertRaises(RetryableJobError):
            self.take_turn()

    def test_the_slot_is_free_after_a_turn_that_broke(self):
        with (
            patch.object(
                self.registry["connector.job"], "_run_lane", side_effect=ValueError
            ),
            self.assertRaises(ValueError),
        ):
            self.take_turn()
        self.enqueue(lane="bulk")
        self.take_turn()
        self.assertEqual(self.order, ["work"])

    def test_a_turn_of_a_worker_that_the_lane_no_longer_has_does_nothing(self):
        self.enqueue(lane="bulk")
        self.take_turn(3)
        self.assertFalse(self.order)

    def test_a_turn_of_a_lane_that_scheduled_actions_run_does_nothing(self):
        self.enqueue(lane="bulk")
        self.lane.runner = "cron"
        self.take_turn()
        self.assertFalse(self.order)

    def test_a_paused_lane_runs_nothing_in_a_turn(self):
        self.enqueue(lane="bulk")
        self.lane.action_pause()
        self.take_turn()
        self.assertFalse(self.order)

    def test_a_turn_helps_where_a_more_urgent_lane_of_queue_job_has_nobody(self):
        default = self.env["connector.lane"].of("default")
        default.runner = connector_lane.QUEUE_JOB
        with patch.object(connector_lane_run, "LOOK_SECONDS", 0):
            self.enqueue(name="ours", lane="bulk")
            ago = fields.Datetime.now() - HOUR
            self.enqueue(name="urgent", lane="default", eta=ago)
            self.take_turn()
        self.assertEqual(self.order, ["urgent", "ours"])
