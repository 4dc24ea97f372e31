"""Flows that send, a vendor that takes, and workers that die on demand."""

import contextlib
import dataclasses

from odoo import SUPERUSER_ID, api

from .common_outbox import OutboxCase
from .common_vendor import COMPANIES, CONTACTS, PRODUCTS


def owned(stream, owner):
    """A stream whose lines have another owner."""
    lines = [dataclasses.replace(line, owner=owner) for line in stream.default_map]
    return dataclasses.replace(stream, default_map=tuple(lines))


class WorkerDied(BaseException):
    """The process is gone: nothing of what follows is carried out."""


class PushCase(OutboxCase):
    """Companies and contacts go both ways; who edited last is right."""

    streams = (
        owned(COMPANIES, "newest"),
        owned(CONTACTS, "newest"),
        owned(PRODUCTS, "newest"),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contacts = cls.send(cls.connection, "contacts")

    def setUp(self):
        super().setUp()
        self.forget()

    # -- what happens ---------------------------------------------------------

    def push(self, stream="companies", connection=None):
        """All that waits goes out; returns the job."""
        job = self.try_push(stream, connection)
        self.assertEqual(job.state, "done", job.traceback or job.error)
        return job

    def try_push(self, stream="companies", connection=None):
        self.commit()
        flow = self.flow(stream, connection)
        flow._enqueue_push()
        self.run_jobs()
        return self.env["connector.job"].search(
            [("flow_id", "=", flow.id), ("model_name", "=", "connector.push")],
            limit=1,
        )

    def die(self, operation):
        """A worker dies in the middle of its work and another one takes over."""

        def dying(done):
            if done == operation:
                self.vendor.before_write = self.vendor.after_write = lambda o: None
                raise WorkerDied

        return dying

    @contextlib.contextmanager
    def other_worker(self):
        """An environment beside that of the worker which waits for the vendor."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def push_dying(self, stream="companies"):
        """The worker that pushes dies, its lease runs out, the next one goes on."""
        self.commit()
        self.flow(stream)._enqueue_push()
        self.run_until_death()
        self.time_passes(hours=1)
        self.run_jobs()

    def run_until_death(self):
        """What the worker had committed is kept: assertRaises would roll it back."""
        try:
            self.run_jobs()
        except WorkerDied:
            return
        self.fail("the worker lives")

    # -- what came of it ------------------------------------------------------

    def sent(self, operation=None):
        """The values of all rows that were sent, in order."""
        return [
            row.values
            for done, _stream, rows in self.vendor.sent
            if operation in (None, done)
            for row in rows
        ]

    def binding_of(self, record, flow=None):
        flow = flow or self.companies
        return self.env["connector.binding"].search(
            [
                ("connection_id", "=", flow.connection_id.id),
                ("entity", "=", flow.entity),
                ("res_id", "=", record.id),
            ]
        )

    def items(self, state="open"):
        return self.env["connector.exception.item"].search(
            [("direction", "=", "push"), ("state", "=", state)], order="id"
        )

    def waiting(self):
        """``[(record id, state)]`` of the outbox."""
        self.commit()
        found = self.env["connector.change"].search([], order="id")
        return [(change.res_id, change.state) for change in found]
