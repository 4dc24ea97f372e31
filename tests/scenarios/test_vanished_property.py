"""A property that an administrator at HubSpot takes away empties nothing in Odoo."""

from odoo.addons.connector_base.tests.common import activate

from .hubspot_case import HubSpotCase

HOUR = 3600


class TestVanishedProperty(HubSpotCase):
    def setUp(self):
        super().setUp()
        self.store.define_property(
            "companies", "customer_number", label="Customer Number"
        )
        self.acme = self.company("Acme", customer_number="C-1", city="Berlin")
        self.connect()
        draft = self.flow("companies").active_map_id.copy({"version": 2})
        draft.line_ids.create(
            {
                "map_id": draft.id,
                "remote_path": "properties.customer_number",
                "target": "odoo.ref",
            }
        )
        activate(draft)
        self.run_jobs()
        self.partner = self.record("customer.company", self.acme)

    def take_away(self):
        """As an administrator does it: HubSpot archives the property."""
        client = self.connection._provider()._client(self.connection)
        client.request("DELETE", "crm/properties/2026-09/companies/customer_number")

    def test_the_value_stays_one_exception_tells_and_all_else_goes_on(self):
        self.assertEqual(self.partner.ref, "C-1")
        self.take_away()
        # Nobody has asked HubSpot for its fields since.
        self.store.update("companies", self.acme, {"city": "Bonn"})
        self.sync()
        self.assertEqual((self.partner.city, self.partner.ref), ("Bonn", "C-1"))

        self.connection.action_read_fields()
        self.run_jobs()
        exception = self.exceptions()
        self.assertEqual((exception.code, exception.blocking), ("field_gone", False))
        self.assertIn("HubSpot has no field “Customer Number”", exception.name)
        self.store.update("companies", self.acme, {"city": "Köln"})
        other = self.company("Bolt")
        self.sync()
        self.assertEqual((self.partner.city, self.partner.ref), ("Köln", "C-1"))
        self.assertTrue(self.record("customer.company", other))
        self.assertEqual(self.exceptions(), exception)

        # It is restored, with another value; HubSpot calls no record changed for that.
        self.store.define_property(
            "companies", "customer_number", label="Customer Number"
        )
        self.store.tables["companies"].find(self.acme).properties["customer_number"] = (
            "C-2"
        )
        self.connection.action_read_fields()
        self.run_jobs()
        self.run_jobs()
        self.assertEqual(exception.state, "resolved")
        self.assertEqual(self.partner.ref, "C-2")
        self.assertFalse(self.exceptions())

    def test_a_push_leaves_out_just_that_property(self):
        flow = self.flow("companies")
        flow.direction = "both"
        draft = flow.active_map_id.copy({"version": 3})
        draft.line_ids.owner = "odoo"
        activate(draft)
        self.take_away()
        self.connection.action_read_fields()
        self.run_jobs()
        self.partner.write({"ref": "C-9", "city": "Lyon"})
        self.env.cr.flush()
        flow._enqueue_push()
        self.run_jobs()
        self.assertEqual(self.store.get("companies", self.acme)["city"], "Lyon")
        codes = set(self.exceptions().mapped("code"))
        self.assertEqual(codes, {"field_gone"}, "HubSpot refused nothing")

    def test_connecting_reads_what_hubspot_has(self):
        fields = self.env["connector.remote.field"].search(
            [("connection_id", "=", self.connection.id)]
        )
        custom = fields.filtered("custom")
        self.assertEqual(custom.mapped("path"), ["properties.customer_number"])
        self.assertEqual(
            set(fields.mapped("stream")), set(self.connection.flow_ids.mapped("stream"))
        )
        lines = self.connection.flow_ids.active_map_id.line_ids
        wrong = lines.filtered(lambda line: line.severity == "error")
        self.assertEqual(wrong.mapped("warning"), [], "the shipped maps fit")
        warned = lines.filtered(
            lambda line: line.severity == "warning" and not line.optional
        )
        self.assertEqual(
            [(line.remote_path, line.warning) for line in warned], [], "and well"
        )
