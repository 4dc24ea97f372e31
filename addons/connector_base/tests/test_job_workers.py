import contextlib
from unittest.mock import patch

import psycopg2
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import SUPERUSER_ID, api
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.connector_concurrency import is_concurrency_error
from .common_jobs import WORK, JobCase


@tagged("post_install", "-at_install")
class TestJobWorkers(JobCase):
    """Workers with transactions of their own, as two crons have them.

    What they commit is in the database for good and is deleted at the end.
    """

    def setUp(self):
        super().setUp()
        self.job_ids = []
        self.addCleanup(self.delete_jobs)

    @contextlib.contextmanager
    def real_worker(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})["connector.job"]

    def delete_jobs(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM connector_job WHERE id = ANY(%s)", [self.job_ids])

    def enqueue_for_real(self, **options):
        with self.real_worker() as jobs:
            job = self.enqueue_in(jobs, **options)
            self.job_ids += job.ids
            return job.id

    def enqueue_in(self, jobs, **options):
        # A trigger of the cron would be committed, too.
        with patch.object(self.registry["connector.job"], "_wake_lanes"):
            return jobs.enqueue(
                jobs.env[WORK],
                "_job_step",
                name="work",
                kwargs={"step": "work"},
                lane="bulk",
                **options,
            )

    def uncommitted(self):
        """Workers that stop right before they commit."""
        return patch.object(Cursor, "commit")

    def claimed(self, jobs):
        return [row["id"] for row in jobs._claim("bulk", 1, "worker")]

    def state_of(self, job_id):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT state, attempt FROM connector_job WHERE id = %s", [job_id]
            )
            return cr.fetchone()

    def test_workers_that_claim_at_the_same_time_get_different_jobs(self):
        first, second = self.enqueue_for_real(), self.enqueue_for_real()
        with (
            self.real_worker() as one,
            self.real_worker() as two,
            self.real_worker() as three,
            self.uncommitted(),
        ):
            self.assertEqual(self.claimed(one), [first])
            self.assertEqual(self.claimed(two), [second])
            self.assertEqual(self.claimed(three), [])

    def test_a_worker_that_saw_the_job_before_another_took_it_gets_nothing(self):
        job = self.enqueue_for_real()
        with self.real_worker() as one, self.real_worker() as two:
            self.assertTrue(two._has_work("bulk"))
            self.assertEqual(self.claimed(one), [job])
            with mute_logger("odoo.sql_db"):
                self.assertEqual(self.claimed(two), [])
        self.assertEqual(self.state_of(job), ("started", 0))

    def test_the_next_of_an_order_key_is_not_claimed_beside_the_first(self):
        first = self.enqueue_for_real(order_key="test deal")
        self.enqueue_for_real(order_key="test deal")
        with (
            self.real_worker() as one,
            self.real_worker() as two,
            self.uncommitted(),
        ):
            self.assertEqual(self.claimed(one), [first])
            self.assertEqual(self.claimed(two), [])

    def test_the_slow_worker_of_a_job_that_was_taken_over_changes_nothing(self):
        job_id = self.enqueue_for_real()

        def step(env, job):
            with self.registry.cursor() as cr:
                cr.execute(
                    "UPDATE connector_job SET worker = 'another' WHERE id = %s",
                    [job_id],
                )
            self.order.append("work")

        self.steps["work"] = step
        with (
            self.real_worker() as jobs,
            self.assertLogs("odoo.addons.connector_base", "WARNING"),
            mute_logger("odoo.sql_db"),
        ):
            jobs = jobs.with_context(connector_worker="worker")
            [row] = jobs._claim("bulk", 1, "worker")
            jobs._begin(row, "worker")
            jobs._perform(row)
        self.assertEqual(self.order, ["work"])
        self.assertEqual(self.state_of(job_id), ("started", 1))

    def test_no_transaction_is_open_while_the_vendor_is_asked(self):
        """What it answers would be compared with a state from before the request."""
        self.enqueue_for_real()
        open_after = []

        def step(env, job):
            env.cr.execute("SELECT 1")
            job._checkpoint()
            open_after.append(env.cr.connection.info.transaction_status)

        self.steps["work"] = step
        with self.real_worker() as jobs:
            jobs = jobs.with_context(connector_worker="worker", connector_lane="bulk")
            [row] = jobs._claim("bulk", 1, "worker")
            jobs._begin(row, "worker")
            jobs._perform(row)
        self.assertEqual(open_after, [TRANSACTION_STATUS_IDLE])

    def test_the_like_that_another_has_just_enqueued_is_seen_by_the_next_try(self):
        with self.real_worker() as jobs:
            self.assertFalse(jobs.search_count([("identity_key", "=", "test same")]))
            self.enqueue_for_real(identity_key="test same")
            # At REPEATABLE READ PostgreSQL does not let it pass in silence; Odoo and
            # the queue take the work up again, in a transaction that sees the other.
            with (
                self.assertRaises(psycopg2.Error) as caught,
                mute_logger("odoo.sql_db"),
            ):
                self.enqueue_in(jobs, identity_key="test same")
            self.assertTrue(is_concurrency_error(caught.exception))
            jobs.env.cr.rollback()
            again = self.enqueue_in(jobs, identity_key="test same")
            self.assertEqual(again.ids, self.job_ids)
