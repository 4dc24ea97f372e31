"""A conflict between both sides, decided in a real browser."""

from odoo.tests import tagged

from odoo.addons.connector_base.tests.common import activate

from .screen_case import ScreenCase


@tagged("-at_install", "post_install")
class TestConflictScreens(ScreenCase):
    def setUp(self):
        super().setUp()
        self.acme = self.company(
            "Acme", city="Berlin", zip="10115", country="Germany", numberofemployees=5
        )
        self.connect()
        self.run_jobs()
        flow = self.flow("companies")
        flow.direction = "both"
        draft = flow.active_map_id.copy({"version": 2})
        draft.line_ids.owner = "ask"
        activate(draft)
        self.env.flush_all()
        self.partner = self.record("customer.company", self.acme)
        self.partner.write(
            {
                "city": "Lyon",
                "zip": "69001",
                "country_id": self.env.ref("base.fr").id,
                "comment": "<p>Call <b>before</b> noon.</p>",
            }
        )
        self.env.cr.flush()
        self.store.update(
            "companies",
            self.acme,
            {
                "city": "Nice",
                "zip": "06000",
                "country": "Italy",
                "description": "Prefers e-mail. " * 12,
            },
        )
        self.sync()
        self.conflicts = self.env["connector.conflict"].search([])

    def test_both_values_stand_side_by_side_and_one_is_chosen(self):
        self.assertEqual(
            set(self.conflicts.mapped("field_name")),
            {"city", "zip", "country_id", "comment"},
        )
        self.start_tour(
            "/odoo/connector-conflicts", "connector_hubspot_conflict", login="admin"
        )
        self.run_jobs()
        self.env.invalidate_all()
        self.assertEqual(self.partner.city, "Nice")
        self.assertEqual(self.store.get("companies", self.acme)["zip"], "69001")
        self.assertEqual(self.partner.country_id.code, "IT")
        self.assertFalse(self.conflicts.filtered(lambda c: c.state == "open"))

    def test_a_record_is_locked_with_a_reason_and_unlocked(self):
        binding = self.env["connector.binding"].search(
            [("res_id", "=", self.partner.id)]
        )
        self.start_tour(
            f"/odoo/connector-records/{binding.id}",
            "connector_hubspot_lock",
            login="admin",
        )
        self.env.invalidate_all()
        actions = self.env["connector.log"].search(
            [("action", "in", ("lock", "unlock"))], order="id"
        )
        self.assertEqual(actions.mapped("action"), ["lock", "unlock"])
        self.assertEqual(actions.user_id, self.env.ref("base.user_admin"))
