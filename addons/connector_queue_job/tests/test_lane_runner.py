import datetime
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ..hooks import uninstall_hook
from ..models.connector_lane import QUEUE_JOB
from .common import RunnerCase

HOUR = datetime.timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestLaneRunner(RunnerCase):
    def test_a_job_asks_for_one_turn_a_worker_and_wakes_no_cron(self):
        before = self.triggers("bulk")
        self.enqueue(lane="bulk")
        self.commit()
        turns = self.turns()
        self.assertEqual(turns.mapped("args"), [[1], [2]])
        self.assertEqual(set(turns.mapped("channel")), {"root.connector_bulk"})
        self.assertEqual(set(turns.mapped("state")), {"pending"})
        self.assertFalse(any(turns.mapped("eta")))
        self.assertEqual(self.triggers("bulk"), before)

    def test_nothing_is_asked_for_before_the_commit(self):
        self.enqueue(lane="bulk")
        self.env.cr.flush()
        self.assertFalse(self.turns())

    def test_lanes_of_scheduled_actions_stay_with_them(self):
        before = self.triggers("default")
        self.enqueue(lane="default")
        self.commit()
        self.assertFalse(self.turns())
        self.assertEqual(len(self.triggers("default") - before), 1)

    def test_turns_that_wait_already_are_enough(self):
        for _number in range(3):
            self.enqueue(lane="bulk")
            self.commit()
        self.assertEqual(len(self.turns()), 2)

    def test_behind_turns_that_have_begun_others_wait(self):
        self.enqueue(lane="bulk")
        self.commit()
        # It may have looked for jobs already, and not seen the next one.
        self.set_state(self.turns(), "started")
        self.enqueue(lane="bulk")
        self.commit()
        self.assertEqual(
            self.turns().mapped("state"), ["started", "started", "pending", "pending"]
        )

    def test_the_turn_of_a_later_job_waits_for_it(self):
        eta = (fields.Datetime.now() + HOUR).replace(microsecond=0)
        self.enqueue(lane="bulk", eta=eta)
        self.commit()
        self.assertEqual(self.turns().mapped("eta"), [eta, eta])

    def test_a_turn_that_waits_for_later_comes_sooner_for_an_earlier_job(self):
        now = fields.Datetime.now()
        self.enqueue(lane="bulk", eta=now + HOUR)
        self.commit()
        later = self.turns()
        self.enqueue(lane="bulk")
        self.commit()
        self.assertEqual(self.turns(), later)
        self.assertTrue(all(turn.eta < now + HOUR / 2 for turn in later))

    def test_a_paused_lane_asks_for_nothing_until_it_is_resumed(self):
        self.lane.action_pause()
        self.enqueue(lane="bulk")
        self.commit()
        self.assertFalse(self.turns())
        self.lane.action_resume()
        self.commit()
        self.assertEqual(len(self.turns()), 2)

    @mute_logger("odoo.addons.connector_queue_job.models.connector_job")
    def test_what_is_committed_stays_so_where_no_turn_can_be_asked_for(self):
        job = self.enqueue(lane="bulk")
        with patch.object(
            self.registry["connector.lane"], "_ask_for_turns", side_effect=OSError
        ):
            self.commit()
        self.assertEqual(job.state, "pending")
        self.assertFalse(self.turns())

    # -- the safety net -------------------------------------------------------

    def run_cron(self, number=1):
        with self.wakers(), self.worker() as env:
            env["connector.job"]._cron_run_lane("bulk", number)
        self.env.invalidate_all()

    def test_the_scheduled_action_runs_no_job_and_asks_for_lost_turns(self):
        self.enqueue(lane="bulk")
        self.commit()
        self.turns().unlink()
        self.run_cron()
        self.assertFalse(self.order)
        self.assertEqual(len(self.turns()), 2)

    def test_the_scheduled_action_of_a_further_worker_does_nothing(self):
        self.enqueue(lane="bulk")
        self.commit()
        self.turns().unlink()
        self.run_cron(number=2)
        self.assertFalse(self.turns() or self.order)

    def test_the_scheduled_action_leaves_a_lane_alone_where_somebody_works(self):
        self.enqueue(lane="bulk")
        self.commit()
        self.turns().unlink()
        workers = self.env["connector.lane.worker"]
        _name, key = workers._open("bulk", "queue_job 1")
        self.run_cron()
        self.assertFalse(self.turns())
        workers._close(key)
        self.run_cron()
        self.assertTrue(self.turns())

    def test_workers_help_lanes_of_their_own_runner_only(self):
        self.enqueue(lane="default", eta=fields.Datetime.now() - HOUR)
        jobs = self.env["connector.job"]
        self.assertEqual(jobs._deserted_lanes("bulk"), [])
        self.env["connector.lane"].of("default").runner = QUEUE_JOB
        self.assertEqual(jobs._deserted_lanes("bulk"), ["default"])

    # -- people ---------------------------------------------------------------

    def test_a_change_of_the_runner_hands_waiting_jobs_over(self):
        self.enqueue(lane="default")
        self.commit()
        self.env["connector.lane"].of("default").runner = QUEUE_JOB
        self.commit()
        self.assertEqual(self.turns().mapped("channel"), ["root.connector_default"])
        before = self.triggers("bulk")
        self.lane.runner = "cron"
        self.commit()
        self.assertEqual((self.triggers("bulk") - before).cron_id, self.lane.cron_ids)

    def test_the_form_says_when_this_server_starts_no_runner(self):
        with patch.dict(config.options, {"server_wide_modules": ["base", "web"]}):
            self.assertIn("server_wide_modules", self.lane.runner_text)
            self.assertFalse(self.env["connector.lane"].of("default").runner_text)
        self.lane.invalidate_recordset()
        with patch.dict(config.options, {"server_wide_modules": ["queue_job"]}):
            self.assertFalse(self.lane.runner_text)

    def test_a_lane_whose_runner_does_not_come_stands_still_and_says_so(self):
        self.enqueue(lane="bulk")
        self.commit()
        self.time_passes(hours=1)
        self.lane.invalidate_recordset()
        self.assertEqual(self.lane.health, "standing")
        self.assertIn("queue_job", self.lane.health_text)
        self.assertIn("root.connector_bulk", self.lane.health_text)

    def test_without_the_addon_the_lanes_are_run_by_scheduled_actions(self):
        self.enqueue(lane="bulk")
        self.commit()
        self.set_state(self.turns()[0], "started")
        before = self.triggers("bulk")
        uninstall_hook(self.env)
        self.assertEqual(self.lane.runner, "cron")
        self.assertFalse(self.turns())
        self.assertEqual((self.triggers("bulk") - before).cron_id, self.lane.cron_ids)
