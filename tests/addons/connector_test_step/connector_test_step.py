import os
import time

from odoo import api, fields, models


class ConnectorTestStep(models.Model):
    """What a job did: which process ran it, and from when to when."""

    _name = "connector.test.step"
    _description = "Connector Test: Step"
    _log_access = False

    key = fields.Char()
    number = fields.Integer()
    pid = fields.Integer()
    began_at = fields.Float(digits=False)
    ended_at = fields.Float(digits=False)

    @api.model
    def _enqueue_nothing(self, lane, count):
        """Enqueue jobs that do nothing."""
        jobs = self.env["connector.job"]
        jobs.enqueue_group(
            [
                jobs.call(self, "_job_nothing", name=f"nothing {number}", lane=lane)
                for number in range(count)
            ]
        )

    def _job_nothing(self, job):
        """What a queue costs without work."""

    def _do_nothing(self):
        """The same, for queues that give no job."""

    @api.model
    def _enqueue_steps(self, lane, keys, numbers):
        """Enqueue ``numbers`` steps for each of ``keys`` order keys, interleaved."""
        jobs = self.env["connector.job"]
        jobs.enqueue_group(
            [
                jobs.call(
                    self,
                    "_job_step",
                    name=f"step {number} of {key}",
                    kwargs={"key": f"key {key}", "number": number},
                    order_key=f"key {key}",
                    lane=lane,
                )
                for number in range(numbers)
                for key in range(keys)
            ]
        )

    def _job_step(self, job, key, number):
        began_at = time.time()
        time.sleep(0.02)
        self.create(
            {
                "key": key,
                "number": number,
                "pid": os.getpid(),
                "began_at": began_at,
                "ended_at": time.time(),
            }
        )
