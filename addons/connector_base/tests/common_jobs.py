"""A model whose job methods do whatever a test tells them."""

from odoo import models

from .common import ConnectorCase, add_model

WORK = "connector.test.work"


def fake_work(steps):
    """:param steps: ``{name: function(env, job)}``, what ``_job_step`` may call"""

    class ConnectorTestWork(models.AbstractModel):
        _module = None
        _name = WORK
        _description = "Connector Test: Work"

        def _job_step(self, job, step):
            return steps[step](self.env, job)

        def no_job(self):
            """Not for the queue, by its name."""

    return ConnectorTestWork


class JobCase(ConnectorCase):
    """Jobs that are made of a function of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.steps = {}
        add_model(cls, fake_work(cls.steps))

    def setUp(self):
        super().setUp()
        self.steps.clear()
        self.order = []

    def enqueue(self, step=None, name="work", connection=True, **options):
        """A job that notes its name in ``self.order`` and then does ``step``.

        :param step: ``function(env, job)``; its answer is the job's
        :param connection: ``None`` for a job of no connection
        """

        def noted(env, job):
            self.order.append(name)
            return step(env, job) if step else None

        self.steps[name] = noted
        return self.env["connector.job"].enqueue(
            self.env[WORK],
            "_job_step",
            kwargs={"step": name},
            name=name,
            connection=self.connection if connection is True else connection,
            **options,
        )

    def run_failing(self, error, name="work", **options):
        """A job that raises ``error``, run once."""

        def failing(env, job):
            raise error

        job = self.enqueue(failing, name, **options)
        self.run_jobs()
        return job

    def run_side_by_side(self, lane="default", count=2):
        """Run jobs of which each had begun before the first one ended."""
        with self.worker() as env:
            jobs = env["connector.job"].with_context(connector_worker="one")
            rows = jobs._claim(lane, count, "one")
            self.assertEqual(len(rows), count)
            for row in rows:
                jobs._begin(row, "one")
            for row in rows:
                jobs._perform(row)
        self.env.invalidate_all()

    def claim(self, lane="default"):
        """What a worker gets that claims a job and dies before it has run it."""
        with self.worker() as env:
            jobs = env["connector.job"]
            rows = jobs._claim(lane, 1, "dead worker")
            for row in rows:
                jobs._begin(row, "dead worker")
        self.env.invalidate_all()
        return self.env["connector.job"].browse([row["id"] for row in rows])
