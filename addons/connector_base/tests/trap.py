"""Trap jobs in tests: see what was enqueued, and run it here and now."""

import contextlib
from unittest.mock import patch

from odoo.addons.connector_base.engine.queue import Again


class Trap:
    """The jobs that were enqueued while the trap was open.

    ``trap.jobs`` are records of ``connector.job``, in order. They run by
    :meth:`run` only.
    """

    def __init__(self):
        self._jobs = []

    def add(self, jobs):
        # A job that waited already was asked for again: it is in the trap once.
        self._jobs += [job for job in jobs if job not in self._jobs]

    @property
    def jobs(self):
        return self._jobs[0].union(*self._jobs) if self._jobs else []

    def enqueued(self, method=None, **kwargs):
        """The trapped jobs that call ``method`` with these arguments among others."""
        return [
            job
            for job in self._jobs
            if method in (None, job.method_name)
            and kwargs.items() <= (job.kwargs or {}).items()
        ]

    def assert_enqueued(self, method, count=1, **kwargs):
        """:raises AssertionError: where not just ``count`` such jobs were enqueued"""
        found = self.enqueued(method, **kwargs)
        if len(found) != count:
            names = [f"{job.method_name}({job.kwargs})" for job in self._jobs]
            raise AssertionError(
                f"{len(found)} jobs of {method}({kwargs}) instead of {count};"
                f" enqueued were: {names or 'none'}"
            )

    def run(self):
        """Run the trapped jobs, and what they enqueue, in the test's transaction.

        Parents come before the jobs that wait for them. What a job raises is raised
        here, and its work is rolled back.

        :return: number of jobs that were run
        :raises AssertionError: where jobs wait for others that will not be done
        """
        count = 0
        while todo := [job for job in self._jobs if job.state == "pending"]:
            for job in todo:
                self._run(job)
                count += 1
        if waiting := [job.name for job in self._jobs if job.state == "waiting"]:
            raise AssertionError(f"these jobs wait for others: {waiting}")
        return count

    def _run(self, job):
        fields = ["model_name", "method_name", "record_ids", "kwargs", "company_id"]
        fields.append("correlation_id")
        job.write({"state": "started", "attempt": job.attempt + 1})
        with job.env.cr.savepoint(), patch.object(type(job), "_checkpoint", _flush):
            [row] = job.read(fields, load=None)
            result = job._call(row)
        if isinstance(result, Again):
            job.write({"state": "pending", "result": result.result})
        else:
            job._finish({"state": "done", "result": result})
            job._release()


def _flush(job):
    """A checkpoint that commits nothing: the test's transaction stays open."""
    job.env.flush_all()
    return float("inf")


@contextlib.contextmanager
def trap_jobs(env):
    """Trap what is enqueued in this block::

        with trap_jobs(self.env) as trap:
            order.action_confirm()
        trap.assert_enqueued("_job_push", flow_id=flow.id)
        trap.run()

    :param env: any environment of the test's registry
    :return: :class:`Trap`
    """
    trap = Trap()
    jobs = env.registry["connector.job"]
    insert = jobs._insert_jobs

    def trapped(self, calls, waiting):
        inserted = insert(self, calls, waiting)
        trap.add(inserted.sudo())
        return inserted

    with patch.object(jobs, "_insert_jobs", trapped):
        yield trap
