import datetime
import time
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..engine import retry
from ..engine.errors import RemoteTimeout
from ..engine.queue import Again
from ..models import connector_job
from .common_jobs import WORK, JobCase

MINUTES = datetime.timedelta(minutes=1)


@tagged("post_install", "-at_install")
class TestJobEnqueue(JobCase):
    def test_only_job_methods_can_be_enqueued(self):
        jobs = self.env["connector.job"]
        for method in ("no_job", "unlink", "_job_unknown"):
            with self.subTest(method=method), self.assertRaises(ValueError):
                jobs.enqueue(self.env[WORK], method, name="no job")

    def test_a_changed_method_name_is_refused_when_the_job_runs(self):
        job = self.enqueue()
        job.method_name = "no_job"
        with self.assertLogs("odoo.addons.connector_base", "ERROR"):
            self.run_jobs()
        self.assertEqual(job.state, "dead")
        self.assertEqual(self.order, [])

    def test_a_job_of_the_same_identity_waits_once(self):
        first = self.enqueue(identity_key="same")
        second = self.enqueue(identity_key="same")
        self.assertTrue(first)
        self.assertEqual(first, second)
        self.run_jobs()
        self.assertEqual(self.order, ["work"])

    def test_one_more_may_wait_while_one_of_the_same_identity_runs(self):
        self.enqueue(identity_key="same")
        self.claim()
        second = self.enqueue(identity_key="same")
        third = self.enqueue(identity_key="same")
        self.assertEqual(second.state, "pending")
        self.assertEqual(second, third)

    def test_a_job_of_an_identity_that_is_done_may_come_again(self):
        self.enqueue(identity_key="same")
        self.run_jobs()
        self.enqueue(identity_key="same")
        self.run_jobs()
        self.assertEqual(self.order, ["work", "work"])

    def test_the_work_knows_the_company_of_its_connection(self):
        company = self.env["res.company"].create({"name": "Second"})
        connection = self.connect(name="Second CRM", company_id=company.id)
        job = self.enqueue(
            lambda env, job: {"company": env.company.name}, connection=connection
        )
        self.run_jobs()
        self.assertEqual(job.company_id, company)
        self.assertEqual(job.result, {"company": "Second"})

    def test_enqueuing_wakes_the_cron_of_the_lane_at_once(self):
        cron = self.env.ref("connector_base.cron_lane_finance")
        self.env.cr.flush()
        before = self.env["ir.cron.trigger"].search([])
        self.enqueue(lane="finance")
        self.env.cr.flush()
        triggers = self.env["ir.cron.trigger"].search([]) - before
        self.assertEqual(triggers.cron_id, cron)
        self.assertLessEqual(triggers.call_at, fields.Datetime.now())

    def test_a_later_job_wakes_its_lane_when_it_is_due(self):
        eta = fields.Datetime.now() + 10 * MINUTES
        self.env.cr.flush()
        before = self.env["ir.cron.trigger"].search([])
        self.enqueue(eta=eta)
        self.env.cr.flush()
        triggers = self.env["ir.cron.trigger"].search([]) - before
        self.assertGreaterEqual(triggers.call_at, eta.replace(microsecond=0))
        self.assertLess(triggers.call_at, eta + 2 * MINUTES)


@tagged("post_install", "-at_install")
class TestJobOrder(JobCase):
    def test_more_urgent_jobs_run_first_then_the_earlier_due_ones(self):
        now = fields.Datetime.now()
        self.enqueue(name="late", priority=20, eta=now - 9 * MINUTES)
        self.enqueue(name="second", priority=5, eta=now - 1 * MINUTES)
        self.enqueue(name="first", priority=5, eta=now - 2 * MINUTES)
        self.run_jobs()
        self.assertEqual(self.order, ["first", "second", "late"])

    def test_a_job_does_not_run_before_its_time(self):
        self.enqueue(eta=fields.Datetime.now() + 5 * MINUTES)
        self.run_jobs()
        self.assertEqual(self.order, [])
        self.time_passes(minutes=6)
        self.run_jobs()
        self.assertEqual(self.order, ["work"])

    def test_run_now_does_not_wait_for_the_time(self):
        job = self.enqueue(eta=fields.Datetime.now() + 5 * MINUTES)
        job.action_run_now()
        self.run_jobs()
        self.assertEqual(self.order, ["work"])

    def test_a_lane_runs_its_own_jobs_only(self):
        self.enqueue(name="invoice", lane="finance")
        self.enqueue(name="catalogue", lane="bulk")
        with self.worker() as env:
            env["connector.job"]._cron_run_lane("finance")
        self.assertEqual(self.order, ["invoice"])

    def test_jobs_of_one_order_key_run_in_their_order(self):
        now = fields.Datetime.now()
        self.enqueue(name="first", order_key="deal 1", priority=20)
        self.enqueue(name="second", order_key="deal 1", priority=1)
        self.enqueue(name="other", order_key="deal 2", eta=now - MINUTES)
        self.run_jobs()
        self.assertLess(self.order.index("first"), self.order.index("second"))
        self.assertEqual(len(self.order), 3)

    def test_a_job_waits_while_an_earlier_one_of_its_order_key_runs(self):
        first = self.enqueue(name="first", order_key="deal 1")
        self.enqueue(name="second", order_key="deal 1")
        self.assertEqual(self.claim(), first)
        self.assertFalse(self.claim())

    def test_a_dead_letter_does_not_block_its_order_key(self):
        self.enqueue(name="first", order_key="deal 1").state = "dead"
        self.enqueue(name="second", order_key="deal 1")
        self.run_jobs()
        self.assertEqual(self.order, ["second"])

    def test_jobs_of_a_connection_that_is_not_connected_wait(self):
        self.enqueue()
        for state in ("paused", "attention", "draft"):
            with self.subTest(state=state):
                self.connection.state = state
                self.assertFalse(self.claim())
        self.connection.state = "connected"
        self.assertTrue(self.claim())

    def test_jobs_of_a_blocked_connection_wait_and_others_do_not(self):
        other = self.connect(name="Other CRM")
        self.connection.blocked_until = fields.Datetime.now() + 2 * MINUTES
        self.enqueue(name="blocked")
        self.enqueue(name="free", connection=other)
        self.enqueue(name="of nobody", connection=None)
        self.run_jobs()
        self.assertCountEqual(self.order, ["free", "of nobody"])
        self.time_passes(minutes=3)
        self.run_jobs()
        self.assertIn("blocked", self.order)

    def test_the_lane_comes_back_when_the_block_is_over(self):
        until = fields.Datetime.now() + 7 * MINUTES
        self.connection.blocked_until = until
        self.enqueue()
        before = self.env["ir.cron.trigger"].search([])
        self.run_jobs()
        triggers = self.env["ir.cron.trigger"].search([]) - before
        cron = self.env.ref("connector_base.cron_lane_default")
        self.assertEqual(triggers.cron_id, cron)
        self.assertGreaterEqual(
            min(triggers.mapped("call_at")), until.replace(microsecond=0)
        )

    def test_a_lane_stops_when_the_time_of_its_cron_is_over(self):
        self.enqueue(name="first")
        self.enqueue(name="second")
        with self.worker() as env:
            ended = env["connector.job"].with_context(cron_end_time=time.monotonic())
            ended._cron_run_lane("default")
        self.assertEqual(self.order, ["first"])

    def test_the_work_commits_at_its_checkpoints(self):
        def step(env, job):
            env["res.partner"].create({"name": "Kept by the checkpoint"})
            job._checkpoint()
            env["res.partner"].create({"name": "Rolled back"})
            raise ZeroDivisionError

        self.enqueue(step)
        with self.assertLogs("odoo.addons.connector_base", "ERROR"):
            self.run_jobs()
        partners = self.env["res.partner"]
        self.assertTrue(partners.search([("name", "=", "Kept by the checkpoint")]))
        self.assertFalse(partners.search([("name", "=", "Rolled back")]))

    def test_again_puts_the_job_back_without_counting_the_try(self):
        answers = [Again(after=60, result={"created": 5}), {"created": 9}]
        job = self.enqueue(lambda env, job: answers.pop(0))
        self.run_jobs()
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertEqual(job.result, {"created": 5})
        self.assertGreater(job.eta, fields.Datetime.now())
        self.time_passes(minutes=2)
        self.run_jobs()
        self.assertEqual((job.state, job.attempt), ("done", 1))
        self.assertEqual(job.result_text, "created: 9")


@tagged("post_install", "-at_install")
class TestJobLease(JobCase):
    def test_a_claimed_job_is_leased_and_not_given_to_another_worker(self):
        job = self.enqueue()
        self.assertEqual(self.claim(), job)
        self.assertEqual((job.state, job.attempt), ("started", 1))
        self.assertGreater(job.lease_until, fields.Datetime.now())
        self.assertFalse(self.claim())

    def test_the_job_of_a_dead_worker_comes_back_and_its_try_counts(self):
        job = self.enqueue()
        self.claim()
        self.time_passes(minutes=5)
        with self.assertLogs("odoo.addons.connector_base", "WARNING"):
            self.run_jobs()
        self.assertEqual(self.order, ["work"])
        self.assertEqual((job.state, job.attempt), ("done", 2))

    def test_the_job_of_a_living_worker_is_left_alone(self):
        job = self.enqueue()
        self.claim()
        self.time_passes(minutes=1)
        self.run_jobs()
        self.assertEqual((job.state, job.attempt), ("started", 1))

    def test_where_its_like_waits_a_dead_workers_job_is_cancelled(self):
        dead = self.enqueue(identity_key="same")
        self.claim()
        waiting = self.enqueue(identity_key="same")
        self.time_passes(minutes=5)
        self.run_jobs()
        self.assertEqual(dead.state, "cancelled")
        self.assertEqual(waiting.state, "done")
        self.assertEqual(self.order, ["work"])

    def test_two_dead_workers_jobs_of_one_identity_come_back_as_one(self):
        first = self.enqueue(identity_key="same")
        self.claim()
        second = self.enqueue(identity_key="same")
        self.claim()
        self.time_passes(minutes=5)
        with self.assertLogs("odoo.addons.connector_base", "WARNING"):
            self.run_jobs()
        self.assertEqual(self.order, ["work"])
        self.assertCountEqual((first + second).mapped("state"), ["done", "cancelled"])

    def test_a_job_that_takes_each_worker_with_it_becomes_a_dead_letter(self):
        job = self.enqueue()
        for _number in range(retry.POLICIES["transient"].tries):
            self.assertEqual(self.claim(), job)
            self.time_passes(minutes=5)
            with self.assertLogs("odoo.addons.connector_base", "WARNING"):
                with self.worker() as env:
                    env["connector.job"]._reclaim_expired()
        self.assertEqual(job.state, "dead")
        self.assertIn("8 times", job.error)
        self.assertEqual(self.exceptions().name, job.error)
        self.assertFalse(self.claim())

    def lose_lease(self, env, job):
        """Another worker has found the lease at its end and taken the job over."""
        env.cr.execute(
            "UPDATE connector_job SET worker = 'another', session_key = NULL"
            " WHERE id = %s",
            [job.id],
        )
        env.cr.commit()

    def assert_left_to_other_worker(self, step):
        def losing(env, job):
            self.lose_lease(env, job)
            env["res.partner"].create({"name": "Of the slow worker"})
            return step(env, job)

        job = self.enqueue(losing)
        with self.assertLogs("odoo.addons.connector_base", "WARNING"):
            self.run_jobs()
        partners = self.env["res.partner"].search([("name", "=", "Of the slow worker")])
        self.assertFalse(partners)
        self.assertEqual((job.state, job.worker), ("started", "another"))
        self.assertFalse(job.error)

    def test_a_checkpoint_after_a_lost_lease_rolls_the_work_back(self):
        self.assert_left_to_other_worker(lambda env, job: job._checkpoint())

    def test_the_end_of_work_after_a_lost_lease_rolls_it_back(self):
        self.assert_left_to_other_worker(lambda env, job: {"created": 1})

    def test_a_failure_after_a_lost_lease_is_not_recorded(self):
        def step(env, job):
            raise RemoteTimeout("No answer.")

        self.assert_left_to_other_worker(step)


@tagged("post_install", "-at_install")
class TestJobPeople(JobCase):
    def test_a_dead_letter_is_tried_again_from_the_start(self):
        job = self.enqueue()
        job.write({"state": "dead", "attempt": 8})
        job.action_retry()
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.run_jobs()
        self.assertEqual(job.state, "done")

    def test_dead_letters_of_one_identity_are_tried_again_once(self):
        first = self.enqueue(identity_key="same")
        first.state = "dead"
        second = self.enqueue(identity_key="same")
        second.state = "dead"
        (first + second).action_retry()
        self.run_jobs()
        self.assertEqual(self.order, ["work"])

    def test_a_cancelled_job_does_not_run(self):
        job = self.enqueue()
        job.action_cancel()
        self.run_jobs()
        self.assertEqual(job.state, "cancelled")
        self.assertEqual(self.order, [])

    def test_a_job_that_runs_is_not_cancelled(self):
        job = self.enqueue()
        self.claim()
        job.action_cancel()
        self.assertEqual(job.state, "started")


@tagged("post_install", "-at_install")
class TestJobVacuum(JobCase):
    def jobs(self, count, state):
        jobs = self.env["connector.job"]
        for number in range(count):
            jobs |= self.enqueue(name=f"{state} {number}")
        jobs.write({"state": state, "finished_at": fields.Datetime.now()})
        return jobs

    def test_finished_jobs_past_their_time_are_deleted_in_batches(self):
        old = self.jobs(3, "done")
        self.time_passes(days=connector_job.KEEP_DONE_DAYS + 1)
        fresh = self.jobs(1, "cancelled")
        with patch.object(connector_job, "VACUUM_BATCH", 2):
            self.assertEqual(self.env["connector.job"]._gc_done(), (2, True))
            self.assertEqual(self.env["connector.job"]._gc_done(), (1, False))
        self.assertFalse(old.exists())
        self.assertTrue(fresh.exists())

    def test_dead_letters_are_kept(self):
        dead = self.jobs(1, "dead")
        self.time_passes(days=connector_job.KEEP_DONE_DAYS + 1)
        self.env["connector.job"]._gc_done()
        self.assertTrue(dead.exists())
