import datetime

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from .common_jobs import JobCase


@tagged("post_install", "-at_install")
class TestGate(JobCase):
    """What must be so for a job of a connection to start."""

    def open_for(self, probe):
        """Whether the gate of our connection is open, asked without a job."""
        self.env.flush_all()
        connections = self.env["connector.connection"]
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM connector_connection c WHERE %s",
                connections._gate("bulk", probe=probe),
            )
        )
        return (self.connection.id,) in rows

    def assertGate(self, ordinary, looks):
        self.assertIs(self.open_for(SQL("FALSE")), ordinary)
        self.assertIs(self.open_for(SQL("TRUE")), looks)

    def in_minutes(self, minutes):
        return fields.Datetime.now() + datetime.timedelta(minutes=minutes)

    def next_change(self):
        self.env.flush_all()
        return self.env["connector.connection"]._next_gate_change()

    def set_circuit(self, state, probe_at=None):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE connector_circuit SET state = %s, probe_at = %s"
            " WHERE connection_id = %s",
            [state, probe_at, self.connection.id],
        )
        self.env.invalidate_all()

    def test_a_connection_that_works_is_open(self):
        self.assertGate(True, True)
        self.assertIsNone(self.next_change())

    def test_a_connection_that_is_stopped_or_archived_is_shut(self):
        for vals in ({"state": "paused"}, {"state": "attention"}, {"active": False}):
            self.connection.write({"state": "connected", "active": True, **vals})
            with self.subTest(vals):
                self.assertGate(False, False)

    def test_the_vendors_wait_shuts_it_until_it_is_over(self):
        self.connection.blocked_until = self.in_minutes(5)
        self.assertGate(False, False)
        self.assertEqual(self.next_change(), self.connection.blocked_until)
        self.connection.blocked_until = self.in_minutes(-5)
        self.assertGate(True, True)
        self.assertIsNone(self.next_change())

    def test_a_circuit_that_is_not_closed_lets_only_looks_through(self):
        for state in ("open", "half_open"):
            self.set_circuit(state, self.in_minutes(2))
            with self.subTest(state):
                self.assertGate(False, True)
                self.assertEqual(self.next_change(), self.in_minutes(2))

    def test_an_open_circuit_of_a_connection_that_is_paused_wakes_nobody(self):
        self.set_circuit("open", self.in_minutes(2))
        self.connection.state = "paused"
        self.assertIsNone(self.next_change())

    def test_the_earliest_of_several_moments_counts(self):
        self.connection.blocked_until = self.in_minutes(30)
        self.set_circuit("open", self.in_minutes(20))
        self.env["connector.maintenance.window"].create(
            {
                "connection_id": self.connection.id,
                "reason": "Upgrade",
                "start_at": self.in_minutes(-1),
                "end_at": self.in_minutes(10),
            }
        )
        self.assertGate(False, False)
        self.assertAlmostEqual(
            self.next_change(), self.in_minutes(10), delta=datetime.timedelta(minutes=1)
        )

    def test_a_job_that_looks_runs_although_the_others_wait(self):
        self.set_circuit("open", self.in_minutes(-1))
        ordinary = self.enqueue(name="ordinary")
        look = self.enqueue(name="look")
        look.probe = True
        self.run_jobs()
        self.assertEqual(self.order, ["look"])
        self.assertEqual(ordinary.state, "pending")
