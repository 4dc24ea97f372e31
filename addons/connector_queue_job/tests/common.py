import contextlib
from unittest.mock import patch

from odoo.tests.test_cursor import TestCursor
from odoo.tools import SQL

from odoo.addons.connector_base.tests.common_jobs import JobCase

from ..models.connector_lane import QUEUE_JOB


class RunnerCase(JobCase):
    """The lane “bulk” with two workers, run by queue_job."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lane = cls.env["connector.lane"].of("bulk")
        cls.lane.write({"runner": QUEUE_JOB, "workers": 2})
        cls.env.cr.flush()
        cls.env.cr.postcommit.clear()

    def commit(self):
        """What a commit does, as far as it wakes somebody."""
        with self.enter_registry_test_mode():
            self.env.cr.flush()
            self.env.cr.postcommit.run()
        self.env.invalidate_all()

    @contextlib.contextmanager
    def wakers(self):
        """Let the commits of workers wake others, which they don't do in tests."""
        commit = TestCursor.commit

        def commit_and_wake(cr):
            cr.flush()
            callbacks = list(cr.postcommit._funcs)
            commit(cr)
            for callback in callbacks:
                callback()

        with patch.object(TestCursor, "commit", commit_and_wake):
            yield

    def turns(self):
        return self.env["queue.job"].search(
            [("method_name", "=", "_take_turn"), ("state", "!=", "done")], order="id"
        )

    def set_state(self, turns, state):
        """As queue_job's runner does, past the ORM."""
        self.env.cr.execute(
            SQL("UPDATE queue_job SET state = %s WHERE id IN %s", state, turns._ids)
        )
        self.env.invalidate_all()

    def triggers(self, lane):
        crons = self.env["connector.lane"].of(lane).cron_ids
        return self.env["ir.cron.trigger"].search([("cron_id", "in", crons.ids)])
