from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from ..engine.records import RemoteField
from .common import activate, steps
from .common_vendor import remote
from .test_remote_field import RemoteFieldCase


@tagged("post_install", "-at_install")
class TestMapCheck(RemoteFieldCase):
    """A line says at once what the vendor's own description says against it."""

    def setUp(self):
        super().setUp()
        self.describe(
            RemoteField("count", "Count", "text"),
            RemoteField("price", "Price", "number"),
            RemoteField("tags", "Tags", "options"),
            RemoteField("about", "About", "long_text"),
            RemoteField("total", "Total", "number", writable=False),
            RemoteField("parts", "Parts", "references"),
            RemoteField("must", "Must", "text", required=True),
        )
        self.read_fields()
        flow = self.flow("companies")
        action = flow.active_map_id.action_new_draft()
        self.draft = self.env["connector.field.map"].browse(action["res_id"])
        self.editor = self.user_of("map_editor")

    def line(self, path, target, **vals):
        line = self.draft.line_ids.create(
            {"map_id": self.draft.id, "remote_path": path, "target": target, **vals}
        )
        return line

    def assertSays(self, line, severity, part):
        self.assertEqual(line.severity, severity, line.warning)
        self.assertIn(part, line.warning or "")

    def test_lines_that_fit_say_nothing(self):
        self.assertEqual(set(self.draft.line_ids.mapped("severity")), {"ok"})
        self.assertFalse(any(self.draft.line_ids.mapped("warning")))

    def test_a_text_into_a_number_is_warned_of(self):
        line = self.line("count", "odoo.color")
        self.assertSays(line, "warning", "no numbers will be held")

    def test_a_number_with_decimals_into_a_whole_one(self):
        self.assertSays(self.line("price", "odoo.color"), "warning", "decimals")

    def test_a_long_text_into_one_line(self):
        self.assertSays(self.line("about", "odoo.ref"), "warning", "one line")
        self.draft.line_ids.filtered(lambda li: li.target == "description").unlink()
        self.assertSays(self.line("about", "odoo.comment"), "ok", "")

    def test_several_values_into_one_need_a_step(self):
        line = self.line("tags", "odoo.ref")
        self.assertSays(line, "error", "take the first or join them")
        line.step_ids = steps(("join", ", "))
        self.assertSays(line, "ok", "")

    def test_one_of_several_by_its_number_is_one(self):
        self.assertSays(self.line("parts", "parent"), "error", "several values")
        self.assertSays(self.line("parts[0]", "parent"), "ok", "")

    def test_a_path_that_the_vendor_does_not_have(self):
        self.assertSays(
            self.line("nope", "odoo.ref"), "error", "Fake has no such field"
        )

    def test_a_field_that_is_gone(self):
        line = self.line("about", "odoo.ref")
        self.describe(without=["about"])
        self.read_fields()
        self.assertSays(line, "error", "doesn't have “About” any more")

    def test_what_can_not_be_written_only_matters_where_it_is_sent(self):
        line = self.line("total", "odoo.partner_latitude")
        self.assertSays(line, "ok", "")
        self.flow("companies").direction = "both"
        line.invalidate_recordset()
        self.assertSays(line, "warning", "doesn't let “Total” be written")
        line.direction = "push"
        self.assertSays(line, "error", "doesn't let “Total” be written")

    def test_what_the_vendor_wants_of_every_record(self):
        self.flow("companies").direction = "both"
        line = self.line("must", "odoo.ref")
        self.assertSays(line, "warning", "wants “Must” of every record")
        line.required = True
        self.assertSays(line, "ok", "")

    def test_a_value_map_takes_whatever_values_there_are(self):
        line = self.line("count", "owner")
        self.assertSays(line, "ok", "")

    def test_a_map_with_errors_is_not_activated_and_the_lines_are_named(self):
        self.line("tags", "odoo.ref")
        self.assertEqual(self.draft.error_count, 1)
        with self.assertRaisesRegex(UserError, "tags: There are several values"):
            self.draft.action_submit()
        self.assertEqual(self.draft.state, "draft")

    def test_warnings_do_not_keep_a_map_from_being_activated(self):
        self.line("count", "odoo.color")
        activate(self.draft)
        self.assertEqual(self.draft.state, "active")

    def test_where_the_vendor_describes_nothing_nothing_is_checked(self):
        self.env["connector.remote.field"].search([]).unlink()
        self.assertSays(self.line("whatever", "odoo.ref"), "ok", "")

    def test_lines_are_checked_with_one_query_for_all(self):
        lines = self.draft.line_ids
        lines.mapped("target_label")
        lines.invalidate_recordset(["severity", "warning"])
        self.env.flush_all()
        with self.assertQueryCount(2):
            lines.mapped("severity")

    # -- suggestions ------------------------------------------------------------

    def suggest(self, method, text, user=None):
        lines = self.env["connector.field.map.line"]
        lines = lines.with_user(user or self.editor)
        return getattr(lines, method)(self.flow("companies").id, text)

    def test_remote_fields_are_suggested_by_label_and_path(self):
        self.pull("companies", self.company(about="We make anvils"))
        [first, *_rest] = self.suggest("suggest_paths", "abo")
        self.assertEqual(
            first,
            {
                "value": "about",
                "label": "About",
                "type": "a long text",
                "sample": "We make anvils",
            },
        )

    def test_of_linked_records_the_first_is_offered(self):
        [found] = self.suggest("suggest_paths", "parts")
        self.assertEqual(found["value"], "parts[0]")

    def test_targets_are_the_entity_s_fields_then_those_of_odoo(self):
        found = self.suggest("suggest_targets", "city")
        self.assertEqual((found[0]["value"], found[0]["label"]), ("city", "City"))
        found = self.suggest("suggest_targets", "Latitude")
        self.assertIn("odoo.partner_latitude", [one["value"] for one in found])

    def test_suggestions_are_few(self):
        for method in ("suggest_paths", "suggest_targets"):
            self.assertLessEqual(len(self.suggest(method, "")), 12)

    def test_suggestions_need_the_right_to_read_the_flow(self):
        stranger = new_test_user(self.env, login="stranger")
        for method in ("suggest_paths", "suggest_targets"):
            with self.assertRaises(AccessError):
                self.suggest(method, "", stranger)

    def test_a_sample_stands_beside_what_odoo_has(self):
        self.pull(
            "companies",
            remote(1, name="Acme", city="Berlin", owner="x"),
            remote(2, name="Bolt", zip="53111"),
        )
        self.taken("companies", 1).city = "Bonn"
        self.taken("companies", 1).comment = "<p>Call <b>first</b></p>"
        shown = {
            line.target: (line.sample, line.odoo_sample)
            for line in self.flow("companies").active_map_id.line_ids
        }
        self.assertEqual(shown["city"], ("Berlin", "Bonn"))
        self.assertEqual(shown["zip"], ("53111", "53111"), "of the other record")
        self.assertEqual(shown["street"], (False, False))

    def test_samples_are_masked_for_those_who_may_not_see_payloads(self):
        self.pull("companies", self.company(phone="+49 30 123456", city="Berlin"))
        viewer = self.user_of("viewer")
        lines = self.draft.line_ids.with_user(viewer)
        by_target = {line.target: line.sample for line in lines}
        self.assertNotIn("123", by_target["phone"])
        self.assertEqual(by_target["city"], "Berlin")
        [phone, *_rest] = self.suggest("suggest_paths", "phone", viewer)
        self.assertNotIn("123", phone["sample"])
        lines = self.draft.line_ids.with_user(self.user_of("operator"))
        self.assertIn("+49 30 123456", lines.mapped("sample"))
