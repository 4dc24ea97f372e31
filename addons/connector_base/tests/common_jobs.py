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

    def claim(self, lane="default"):
        """What a worker gets that claims a job, without running it."""
        with self.worker() as env:
            return self.env["connector.job"].browse(
                env["connector.job"]._claim(lane).ids
            )
