from odoo.tests import tagged

from ..engine.queue import Again
from .common_jobs import WORK, JobCase
from .trap import trap_jobs


@tagged("post_install", "-at_install")
class TestJobGraph(JobCase):
    def calls(self, *names, **options):
        for name in names:
            self.steps[name] = lambda env, job, name=name: self.order.append(name)
        return [
            self.env["connector.job"].call(
                self.env[WORK],
                "_job_step",
                kwargs={"step": name},
                name=name,
                connection=self.connection,
                **options,
            )
            for name in names
        ]

    def test_a_job_runs_after_the_one_that_it_waits_for(self):
        first = self.enqueue(name="first", priority=90)
        second = self.enqueue(name="second", priority=1, after=first)
        self.assertEqual(second.state, "waiting")
        self.assertIn("first", second.waiting_text)
        self.run_jobs()
        self.assertEqual(self.order, ["first", "second"])

    def test_a_job_after_one_that_is_done_waits_for_nothing(self):
        first = self.enqueue(name="first")
        self.run_jobs()
        second = self.enqueue(name="second", after=first)
        self.assertEqual(second.state, "pending")

    def test_a_job_waits_for_all_of_a_group(self):
        jobs = self.env["connector.job"]
        group = jobs.enqueue_group(self.calls("a", "b", "c"))
        last = self.enqueue(name="last", after=group, priority=1)
        self.run_jobs()
        self.assertEqual(self.order[-1], "last")
        self.assertCountEqual(self.order, ["a", "b", "c", "last"])
        self.assertEqual(last.state, "done")

    def test_the_links_of_a_chain_run_one_after_the_other(self):
        chain = self.env["connector.job"].enqueue_chain(self.calls("a", "b", "c"))
        self.assertEqual(chain.mapped("state"), ["pending", "waiting", "waiting"])
        self.run_jobs()
        self.assertEqual(self.order, ["a", "b", "c"])

    def test_a_group_goes_into_the_queue_in_one_statement(self):
        self.env.cr.flush()
        calls = self.calls(*map(str, range(100)))
        # The other one wakes the lane.
        with self.assertQueryCount(2):
            self.env["connector.job"].enqueue_group(calls)

    def test_a_failed_parent_leaves_its_children_waiting_visibly(self):
        def failing(env, job):
            raise ZeroDivisionError

        first = self.enqueue(failing, name="first")
        second = self.enqueue(name="second", after=first)
        with self.assertLogs("odoo.addons.connector_base", "ERROR"):
            self.run_jobs()
        self.assertEqual((first.state, second.state), ("dead", "waiting"))
        self.assertIn("Dead Letter", second.waiting_text)

    def test_its_children_run_when_a_failed_parent_succeeds_at_last(self):
        answers = [1]

        def failing_once(env, job):
            if answers:
                answers.pop()
                raise ZeroDivisionError

        first = self.enqueue(failing_once, name="first")
        self.enqueue(name="second", after=first)
        with self.assertLogs("odoo.addons.connector_base", "ERROR"):
            self.run_jobs()
        first.action_retry()
        self.run_jobs()
        self.assertEqual(self.order, ["first", "first", "second"])

    def test_a_person_lets_a_child_run_anyway(self):
        first = self.enqueue(name="first")
        first.action_cancel()
        second = self.enqueue(name="second", after=first)
        self.run_jobs()
        self.assertEqual(second.state, "waiting")
        second.with_user(self.user_of("operator")).action_run_anyway()
        self.run_jobs()
        self.assertEqual(self.order, ["second"])

    def test_what_was_released_by_nobody_is_released_by_the_next_run(self):
        """As where a worker dies between the end of a job and what follows from it."""
        first = self.enqueue(name="first")
        second = self.enqueue(name="second", after=first)
        first.state = "done"
        self.run_jobs()
        self.assertEqual(second.state, "done")

    def test_a_waiting_job_of_an_identity_is_enough(self):
        first = self.enqueue(name="first")
        second = self.enqueue(name="second", after=first, identity_key="same")
        third = self.enqueue(name="second", identity_key="same")
        self.assertEqual(second, third)

    def test_a_job_going_on_releases_nobody(self):
        answers = [Again(after=60), None]
        first = self.enqueue(lambda env, job: answers.pop(0), name="first")
        second = self.enqueue(name="second", after=first)
        self.run_jobs()
        self.assertEqual(second.state, "waiting")
        self.time_passes(minutes=2)
        self.run_jobs()
        self.assertEqual(second.state, "done")


@tagged("post_install", "-at_install")
class TestTrapJobs(JobCase):
    def test_the_trap_holds_what_was_enqueued_and_nothing_else(self):
        self.enqueue(name="before")
        with trap_jobs(self.env) as trap:
            self.enqueue(name="in the trap")
        self.enqueue(name="after")
        self.assertEqual(trap.jobs.mapped("name"), ["in the trap"])
        trap.assert_enqueued("_job_step", step="in the trap")
        with self.assertRaises(AssertionError):
            trap.assert_enqueued("_job_step", step="before")

    def test_trapped_jobs_run_in_the_tests_transaction_parents_first(self):
        with trap_jobs(self.env) as trap:
            first = self.enqueue(
                lambda env, job: env["res.partner"].create({"name": "Trapped"}).ids,
                name="first",
            )
            self.enqueue(name="second", after=first)
            self.assertEqual(trap.run(), 2)
        self.assertEqual(self.order, ["first", "second"])
        self.assertEqual(first.state, "done")
        self.assertTrue(self.env["res.partner"].search([("name", "=", "Trapped")]))

    def test_what_a_trapped_job_enqueues_is_run_too(self):
        with trap_jobs(self.env) as trap:
            self.enqueue(lambda env, job: self.enqueue(name="child") and None, "parent")
            trap.run()
        self.assertEqual(self.order, ["parent", "child"])

    def test_what_a_trapped_job_raises_reaches_the_test(self):
        with trap_jobs(self.env) as trap:
            self.enqueue(lambda env, job: 1 / 0)
            with self.assertRaises(ZeroDivisionError):
                trap.run()

    def test_a_checkpoint_in_a_trapped_job_commits_nothing(self):
        with trap_jobs(self.env) as trap:
            self.enqueue(lambda env, job: {"left": job._checkpoint() > 0})
            trap.run()
        self.assertEqual(trap.jobs.result, {"left": True})
