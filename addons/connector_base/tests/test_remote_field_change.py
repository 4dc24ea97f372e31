from odoo.tests import tagged

from ..engine.records import RemoteField
from .common import activate, steps
from .test_remote_field import RemoteFieldCase


@tagged("post_install", "-at_install")
class TestChangedField(RemoteFieldCase):
    """Other changes of a vendor's fields."""

    def setUp(self):
        super().setUp()
        self.describe()
        self.read_fields()

    def change(self, path, **vals):
        self.describe(RemoteField(path, path.title(), **vals))
        self.read_fields()

    def pushes(self):
        self.flow("companies").direction = "both"

    def test_a_type_that_does_not_fit_any_more(self):
        self.change("city", kind="text")
        self.assertFalse(self.exceptions(), "a text fits")
        self.change("city", kind="references")
        exception = self.exceptions()
        self.assertEqual(exception.code, "field_type")
        self.assertIn("was something unknown and is several linked", exception.name)
        self.change("city", kind="text")
        self.assertEqual(exception.state, "resolved")

    def test_a_new_version_of_the_map_accepts_the_new_type(self):
        self.describe(RemoteField("n", "N", "number"))
        self.read_fields()
        self.change_map("companies", {"description": {"remote_path": "n"}})
        self.change("n", kind="options")
        exception = self.exceptions()
        self.assertEqual(exception.code, "field_type")
        self.change_map("companies", {"description": {"step_ids": steps("join")}})
        self.assertEqual(exception.state, "resolved")

    def test_what_became_required_matters_to_a_flow_that_sends(self):
        self.change("city", required=True)
        self.assertFalse(self.exceptions())
        self.pushes()
        self.read_fields()
        exception = self.exceptions()
        self.assertEqual(
            (exception.code, exception.direction), ("field_required", "push")
        )
        self.change("city")
        self.assertEqual(exception.state, "resolved")

    def test_a_new_required_field_that_nothing_is_mapped_to(self):
        self.pushes()
        self.change("tier")
        self.change("tier", required=True)
        self.assertIn("sends nothing there", self.exceptions().name)

    def test_what_became_read_only_is_left_out_and_the_rest_is_sent(self):
        self.pushes()
        self.pull("companies", self.company(city="Berlin", zip="1"))
        draft = self.change_map(
            "companies", {name: {"owner": "odoo"} for name in ("city", "zip")}
        )
        self.change("city", writable=False)
        self.assertEqual(self.exceptions().code, "field_read_only")
        partner = self.taken("companies", 1)
        partner.write({"city": "Bonn", "zip": "2"})
        self.env.cr.flush()
        self.flow("companies")._enqueue_push()
        self.run_jobs()
        sent = [row.values for _op, _stream, rows in self.vendor.sent for row in rows]
        self.assertEqual(sent, [{"zip": "2"}])
        self.assertEqual(draft.state, "active")

    def test_what_is_writable_again_is_sent_then(self):
        self.pushes()
        self.pull("companies", self.company(city="Berlin", zip="1"))
        self.change_map("companies", {"city": {"owner": "odoo"}})
        self.describe(without=["city"])
        self.read_fields()
        partner = self.taken("companies", 1)
        partner.city = "Bonn"
        self.env.cr.flush()
        self.flow("companies")._enqueue_push()
        self.run_jobs()
        self.assertFalse(self.vendor.sent)
        self.change("city")
        self.run_jobs()
        sent = [row.values for _op, _stream, rows in self.vendor.sent for row in rows]
        self.assertEqual(sent, [{"city": "Bonn"}])

    def test_no_other_line_is_sent_in_its_place(self):
        self.pushes()
        self.describe(RemoteField("mobile", "Mobile"))
        self.read_fields()
        self.change_map(
            "companies", new_lines=[{"remote_path": "mobile", "target": "phone"}]
        )
        self.describe(without=["phone"])
        self.read_fields()
        compiled = self.env["connector.mapper"]._compile_outgoing(
            self.flow("companies").active_map_id
        )
        self.assertNotIn("phone", compiled.targets)

    def test_lost_options_that_a_value_map_names(self):
        options = (("1", "Ann"), ("2", "Bob"))
        self.change("owner", kind="option", options=options)
        value_map = self.env["connector.value.map"]._ensure(self.connection, "owner")
        line = value_map.line_ids.create(
            {"map_id": value_map.id, "remote_value": "2", "remote_label": "Bob"}
        )
        self.change("owner", kind="option", options=options[:1])
        self.assertFalse(self.exceptions(code="field_options"), "nobody mapped it")
        line.res_id = self.env.user.id
        self.read_fields()
        exception = self.exceptions(code="field_options")
        self.assertIn(
            "has lost values that Fake CRM · Companies maps: 2", exception.name
        )
        self.change("owner", kind="option", options=options)
        self.assertEqual(exception.state, "resolved")


@tagged("post_install", "-at_install")
class TestOptionalLine(RemoteFieldCase):
    """A line whose field not every account has."""

    def setUp(self):
        super().setUp()
        self.change_map(
            "companies",
            new_lines=[{"remote_path": "tier", "target": "ref", "optional": True}],
        )
        self.describe()
        self.read_fields()

    def test_without_its_field_it_is_as_if_it_were_not_there(self):
        self.assertFalse(self.exceptions())
        self.pull("companies", self.company())
        self.taken("companies", 1).ref = "ours"
        run = self.env["connector.pull"]._build(
            self.flow("companies"), self.env["connector.job"], self.vendor, {}
        )
        self.assertNotIn("tier", run.paths)
        self.assertFalse(run.idle)

    def test_it_can_be_activated_and_says_what_it_waits_for(self):
        draft = self.env["connector.field.map"].browse(
            self.flow("companies").active_map_id.action_new_draft()["res_id"]
        )
        line = draft.line_ids.filtered("optional")
        self.assertEqual(line.severity, "warning")
        self.assertIn("no such field yet", line.warning)
        activate(draft)

    def test_when_the_vendor_gets_the_field_all_is_read_again(self):
        self.pull("companies", self.company())
        self.assertFalse(self.taken("companies", 1).ref)
        self.describe(RemoteField("tier", "Tier"))
        self.vendor.pages["companies"] = [[self.company(tier="gold")]]
        self.read_fields()
        self.assertEqual(self.taken("companies", 1).ref, "gold")

    def test_when_the_field_goes_again_it_is_said_as_of_any_other(self):
        self.describe(RemoteField("tier", "Tier"))
        self.read_fields()
        self.describe(without=("tier",))
        self.read_fields()
        self.assertEqual(self.exceptions().mapped("code"), ["field_gone"])

    def test_a_file_says_so_only_of_optional_lines(self):
        text = self.flow("companies").active_map_id._export_text()
        self.assertEqual(text.count('"optional"'), 1)
