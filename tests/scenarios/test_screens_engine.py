"""The engine's screens, in a real browser."""

from odoo.tests import tagged

from odoo.addons.connector_base.tests.common import activate

from .screen_case import ScreenCase


@tagged("-at_install", "post_install")
class TestEngineScreens(ScreenCase):
    def setUp(self):
        super().setUp()
        self.acme = self.company("Acme", city="Berlin")
        self.connect()
        self.run_jobs()
        self.partner = self.record("customer.company", self.acme)

    def test_a_lane_is_paused_widened_and_resumed(self):
        lane = self.env["connector.lane"].of("bulk")
        self.start_tour(
            "/odoo/connector-lanes", "connector_hubspot_lane", login="admin"
        )
        self.env.invalidate_all()
        self.assertFalse(lane.paused)
        self.assertEqual(lane.workers, 2)
        self.assertEqual(lane.cron_ids.mapped("active"), [True, True])
        said = lane.message_ids.tracking_value_ids.mapped("field_id.name")
        self.assertLessEqual({"paused", "workers"}, set(said))

    def test_an_event_that_died_is_processed_again(self):
        self.store.update("companies", self.acme, {"city": "Paris"})
        event = self.env["connector.event"].create(
            {
                "connection_id": self.connection.id,
                "company_id": self.connection.company_id.id,
                "event_key": "1",
                "stream": "companies",
                "remote_id": str(self.acme),
                "kind": "company.propertyChange",
                "received_at": "2026-01-01 00:00:00",
                "state": "dead",
                "error": "HubSpot did not answer.",
            }
        )
        self.start_tour(
            "/odoo/action-connector_base.connector_event_action",
            "connector_hubspot_event",
            login="admin",
        )
        self.run_jobs()
        self.assertEqual(event.state, "done")
        self.assertEqual(self.partner.city, "Paris")

    def test_an_edit_is_seen_on_its_way_out_and_gone_after_it(self):
        flow = self.flow("companies")
        flow.direction = "both"
        draft = flow.active_map_id.copy({"version": 2})
        draft.line_ids.owner = "newest"
        activate(draft)
        self.env.flush_all()
        self.partner.city = "Lyon"
        self.env.cr.flush()
        self.start_tour(
            "/odoo/connectors", "connector_hubspot_change_waits", login="admin"
        )
        flow._enqueue_push()
        self.run_jobs()
        self.assertEqual(self.store.get("companies", self.acme)["city"], "Lyon")
        self.start_tour(
            "/odoo/connector-changes", "connector_hubspot_change_gone", login="admin"
        )

    def test_a_system_that_is_down_is_shown_and_looked_at_now(self):
        self.connection.circuit_failures = 1
        self.hubspot.faults.add("status", status=503, times=None)
        self.sync()
        self.assertEqual(self.connection.circuit_state, "open")
        # As if the next look were hours away.
        self.connection.circuit_ids.sudo().probe_at = "2100-01-01"
        self.jobs("pending").filtered("probe").sudo().eta = "2100-01-01"
        self.hubspot.faults.clear()
        self.run_jobs()
        self.assertEqual(self.connection.circuit_state, "open")
        self.start_tour("/odoo/connectors", "connector_hubspot_circuit", login="admin")
        self.run_jobs()
        self.assertEqual(self.connection.circuit_state, "closed")
