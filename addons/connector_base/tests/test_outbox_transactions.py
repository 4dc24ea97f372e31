import contextlib

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged

from ..engine.outbox import WRITE
from ..models.connector_change import WOKEN
from .common_outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestOutboxTransactions(OutboxCase):
    """What is committed is recorded, what is rolled back isn't."""

    @contextlib.contextmanager
    def rolled_back(self):
        with contextlib.suppress(ZeroDivisionError), self.env.cr.savepoint():
            yield
            raise ZeroDivisionError

    def test_what_a_savepoint_takes_back_is_not_recorded(self):
        partner = self.partner()
        with self.rolled_back():
            partner.city = "Paris"
        self.assertEqual(self.changes(partner), [])

    def test_what_came_before_a_savepoint_that_is_taken_back_is_recorded(self):
        partner = self.partner()
        partner.city = "Paris"
        with self.rolled_back():
            partner.zip = "75001"
        self.assertEqual(self.changes(partner), [("write", ["city"])])

    def test_what_comes_after_a_savepoint_that_is_taken_back_is_recorded(self):
        partner = self.partner()
        with self.rolled_back():
            partner.city = "Paris"
        partner.city = "Rome"
        self.assertEqual(self.changes(partner), [("write", ["city"])])

    def test_what_a_kept_savepoint_did_is_recorded(self):
        partner = self.partner()
        with self.env.cr.savepoint():
            partner.city = "Paris"
        self.assertEqual(self.changes(partner), [("write", ["city"])])

    def test_a_savepoint_within_one_that_is_taken_back_leaves_nothing(self):
        partner = self.partner()
        with self.rolled_back(), self.env.cr.savepoint():
            partner.city = "Paris"
        self.assertEqual(self.changes(partner), [])

    def test_a_savepoint_that_flushes_nothing_loses_nothing(self):
        partner = self.partner()
        partner.city = "Paris"
        with contextlib.suppress(ZeroDivisionError):
            with self.env.cr.savepoint(flush=False):
                raise ZeroDivisionError
        self.assertEqual(self.changes(partner), [("write", ["city"])])

    def test_a_lane_is_woken_once_in_a_transaction(self):
        woken = []
        self.patch(
            self.registry["connector.job"],
            "_wake_lanes",
            lambda jobs, lanes=None, at=None: woken.append(lanes),
        )
        partner = self.partner()
        self.env.cr.cache.pop(WOKEN, None)
        woken.clear()
        partner.city = "Paris"
        self.commit()
        partner.city = "Rome"
        self.commit()
        self.assertEqual(woken, [{"default"}])


@tagged("post_install", "-at_install")
class TestOutboxConcurrency(OutboxCase):
    """Two transactions of their own, as two people's requests are."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create({"name": "Acme", "is_company": True})
            # Before there is a flow that it matters to.
            self.partner_id = partner.id
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connection = env["connector.connection"].create(
                {"name": "Committed", "provider": "fake", "state": "connected"}
            )
            flow = env["connector.flow"].create(
                {
                    "connection_id": connection.id,
                    "name": "Committed companies",
                    "stream": "companies",
                    "entity": "customer.company",
                    "direction": "both",
                }
            )
            self.flow_id, self.connection_id = flow.id, connection.id
        self.addCleanup(self.delete_committed)

    def delete_committed(self):
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM connector_connection WHERE id = %s", [self.connection_id]
            )
            cr.execute("DELETE FROM res_partner WHERE id = %s", [self.partner_id])
            cr.execute(
                "DELETE FROM connector_change WHERE flow_id = %s", [self.flow_id]
            )
        self.registry.clear_cache()

    def own_transaction(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        cr.execute("SET LOCAL lock_timeout = '2s'")
        return api.Environment(cr, SUPERUSER_ID, {})

    def record(self, env):
        """What a transaction that changed a certain record writes to the outbox."""
        flow = env["connector.flow"]._watch_list().flows[self.flow_id]
        changes = env["connector.change"]
        changes._insert([changes._rows(flow, WRITE, ["city"], [self.partner_id])])

    def test_two_people_who_change_the_same_record_do_not_wait_for_each_other(self):
        first, second = self.own_transaction(), self.own_transaction()
        for env in (first, second):
            # Neither has committed when the other one records.
            self.record(env)
        for env in (second, first):
            env.cr.commit()
        reader = self.own_transaction()
        recorded = reader["connector.change"].search([("flow_id", "=", self.flow_id)])
        self.assertEqual(len(recorded), 2)

    def test_a_flow_that_is_pulled_meanwhile_keeps_nobody_from_recording(self):
        worker, person = self.own_transaction(), self.own_transaction()
        person.cr.execute("SELECT 1")
        worker["connector.flow"].browse(self.flow_id).last_result = "running"
        worker.cr.flush()
        self.record(person)
        worker.cr.commit()
        self.record(person)
        person.cr.commit()
