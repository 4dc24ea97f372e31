"""A field map on its way from a draft to the active version, in a real browser."""

from odoo.tests import new_test_user, tagged

from .screen_case import ScreenCase


@tagged("-at_install", "post_install")
class TestMapScreens(ScreenCase):
    def setUp(self):
        super().setUp()
        self.connect()
        self.deals = self.flow("deals")
        for login in ("map_editor", "finance_approver"):
            new_test_user(self.env, login, groups=f"connector_base.group_{login}")

    def walk(self, field_map, tour, login):
        self.start_tour(
            f"/odoo/connector-field-maps/{field_map.id}",
            f"connector_hubspot_map_{tour}",
            login=login,
        )
        self.env.invalidate_all()

    def test_two_people_bring_a_map_into_effect_and_back(self):
        first = self.deals.active_map_id
        self.walk(first, "draft", "map_editor")
        second = self.deals.map_ids - first
        self.assertEqual(second.state, "submitted")
        self.walk(second, "send_back", "finance_approver")
        self.assertEqual(second.state, "draft")
        self.walk(second, "submit", "map_editor")
        self.walk(second, "approve", "finance_approver")
        self.assertEqual(second.approved_by_id.login, "finance_approver")
        self.assertEqual(self.deals.active_map_id, first)
        self.walk(second, "activate", "map_editor")
        self.assertEqual(self.deals.active_map_id, first)
        self.assertEqual(second.state, "retired")
        self.assertTrue(second.activated_at)

    def test_a_file_becomes_a_draft(self):
        self.start_tour(
            f"/odoo/connector-flows/{self.deals.id}",
            "connector_hubspot_map_import",
            login="map_editor",
        )
        self.env.invalidate_all()
        draft = self.deals.map_ids - self.deals.active_map_id
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.line_ids.mapped("target"), ["name"])
        self.assertEqual(draft.last_edited_by_id.login, "map_editor")
