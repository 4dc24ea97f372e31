import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import ConnectorCase, activate, steps
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestFieldMap(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.editor = self.user_of("map_editor")
        self.active_map = self.flow("companies").active_map_id.with_user(self.editor)

    def new_draft(self):
        action = self.active_map.action_new_draft()
        return self.env[action["res_model"]].browse(action["res_id"])

    # -- versions -------------------------------------------------------------

    def test_a_new_draft_is_a_copy_with_the_next_version(self):
        draft = self.new_draft()
        self.assertEqual((draft.version, draft.state), (2, "draft"))
        names = ["remote_path", "target", "chain", "owner", "required"]
        copied = [line.read(names, load=None)[0] for line in draft.line_ids]
        lines = [line.read(names, load=None)[0] for line in self.active_map.line_ids]
        for line in copied + lines:
            del line["id"]
        self.assertEqual(copied, lines)
        self.assertEqual(self.flow("companies").active_map_id.version, 1)

    def test_activating_a_draft_retires_the_version_before(self):
        draft = activate(self.new_draft().with_user(self.editor))
        self.assertEqual(draft.state, "active")
        self.assertEqual(draft.activated_by_id, self.editor)
        self.assertEqual(self.active_map.state, "retired")
        self.assertEqual(self.flow("companies").active_map_id, draft)

    def test_a_flow_has_one_active_map_even_for_the_database(self):
        draft = self.new_draft()
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"):
            self.env.cr.execute(
                "UPDATE connector_field_map SET state = 'active' WHERE id = %s",
                [draft.id],
            )

    def test_a_retired_version_is_not_activated_again(self):
        activate(self.new_draft())
        with self.assertRaises(UserError):
            self.active_map.action_activate()

    def test_a_map_without_a_required_field_is_not_activated(self):
        draft = self.flow("contacts").active_map_id.action_new_draft()
        draft = self.env["connector.field.map"].browse(draft["res_id"])
        # A contact's name can be made of these.
        makes_name = ("first_name", "last_name", "email")
        lines = draft.line_ids.filtered(lambda line: line.target in makes_name)
        lines[1:].unlink()
        draft._check_complete()
        lines[:1].unlink()
        with self.assertRaisesRegex(UserError, "Name"):
            draft.action_submit()

    def test_only_the_active_version_is_applied(self):
        self.new_draft().line_ids.filtered(lambda li: li.target == "city").unlink()
        self.pull("companies", remote(1, name="Acme", city="Berlin"))
        self.assertEqual(self.taken("companies", 1).city, "Berlin")
        self.assertEqual(self.binding("companies", 1).map_version, 1)

    def test_a_new_version_reads_known_records_anew(self):
        record = remote(1, name="Acme", city="Berlin", town="Bonn")
        self.pull("companies", record)
        self.change_map("companies", {"city": {"remote_path": "town"}})
        job = self.pull("companies", record)
        self.assertEqual(job.result, {"updated": 1})
        self.assertEqual(self.taken("companies", 1).city, "Bonn")
        self.assertEqual(self.binding("companies", 1).map_version, 2)

    # -- what may be changed --------------------------------------------------

    def test_only_drafts_are_changed(self):
        active_line = self.active_map.line_ids[:1]
        attempts = {
            "lines of the map": lambda: self.active_map.write(
                {"line_ids": [(2, active_line.id)]}
            ),
            "version": lambda: self.active_map.write({"version": 9}),
            "a line": lambda: active_line.write({"owner": "odoo"}),
            "new line": lambda: active_line.copy({"sequence": 99}),
            "fewer lines": lambda: active_line.unlink(),
            "the map": lambda: self.active_map.unlink(),
        }
        for name, attempt in attempts.items():
            with self.subTest(name), self.assertRaises(UserError):
                attempt()

    def test_a_line_does_not_move_into_or_out_of_an_active_map(self):
        draft = self.new_draft()
        with self.assertRaises(UserError):
            draft.line_ids[0].map_id = self.active_map
        with self.assertRaises(UserError):
            self.active_map.line_ids[0].map_id = draft

    def test_a_draft_is_changed_and_deleted(self):
        draft = self.new_draft().with_user(self.editor)
        draft.line_ids[0].owner = "odoo"
        draft.line_ids[1].unlink()
        draft.write(
            {"note": "Cities are ours.", "line_ids": [(2, draft.line_ids[2].id)]}
        )
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_the_note_of_any_version_may_be_written(self):
        self.active_map.note = "The one of the first load."

    def test_the_state_changes_by_buttons_only(self):
        draft = self.new_draft().with_user(self.editor)
        for state in ("approved", "active"):
            with self.subTest(state=state), self.assertRaises(UserError):
                draft.write({"state": state})

    def test_a_map_is_not_created_in_another_state_than_draft(self):
        maps = self.env["connector.field.map"].with_user(self.editor)
        vals = {"flow_id": self.flow("companies").id, "version": 7}
        self.active_map.sudo().state = "retired"
        for state in ("approved", "active", "submitted"):
            with self.subTest(state=state), self.assertRaises(UserError):
                maps.create({**vals, "state": state})
            with self.subTest(default=state), self.assertRaises(UserError):
                maps.with_context(default_state=state).create(vals)

    def test_an_operator_does_not_change_maps(self):
        draft = self.new_draft().with_user(self.user_of("operator"))
        with self.assertRaises(AccessError):
            draft.note = "x"
        with self.assertRaises(AccessError):
            draft.action_activate()

    # -- lines ----------------------------------------------------------------

    def add_line(self, draft, path, target, **vals):
        return draft.line_ids.create(
            {
                "map_id": draft.id,
                "remote_path": path,
                "target": target,
                "sequence": 99,
                **vals,
            }
        )

    def test_what_is_no_path_is_refused(self):
        draft = self.new_draft()
        for path in (".", "a..b", "a[", "a[x]", "[0]", ".a"):
            with self.subTest(path=path), self.assertRaises(ValidationError):
                self.add_line(draft, path, "city")

    def test_unknown_targets_are_refused(self):
        draft = self.new_draft()
        unknown = (
            *("town", "odoo.town", "odoo.", "Name"),
            # Not stored, of no type that a value has, or not for people to fill.
            *("odoo.display_name", "odoo.child_ids", "odoo.id", "odoo.create_date"),
            *("odoo.email_normalized", "odoo.company_id", "odoo.image_1920"),
        )
        for target in unknown:
            with self.subTest(target=target), self.assertRaises(ValidationError):
                self.add_line(draft, "x", target)

    def test_a_line_says_what_its_target_is(self):
        phone = self.map_line("companies", "phone")
        self.assertEqual((phone.target_label, phone.target_kind), ("Phone", "phone"))
        self.assertTrue(phone.pii)

    def test_two_lines_of_one_field_take_the_first_value_there_is(self):
        self.change_map(
            "companies", new_lines=[{"remote_path": "town", "target": "city"}]
        )
        self.pull(
            "companies",
            remote(1, name="A", city="Berlin", town="Bonn"),
            remote(2, name="B", city="", town="Bonn"),
            remote(3, name="C", town="Bonn"),
        )
        cities = [self.taken("companies", number).city for number in (1, 2, 3)]
        self.assertEqual(cities, ["Berlin", "Bonn", "Bonn"])

    def test_a_default_fills_what_is_empty(self):
        self.change_map("companies", {"country": {"default_value": "FR"}})
        self.pull(
            "companies",
            remote(1, name="A"),
            remote(2, name="B", country=""),
            remote(3, name="C", country="Germany"),
        )
        codes = [self.taken("companies", n).country_id.code for n in (1, 2, 3)]
        self.assertEqual(codes, ["FR", "FR", "DE"])

    def test_a_transform_changes_the_value(self):
        self.change_map("companies", {"name": {"step_ids": steps("upper")}})
        self.pull("companies", remote(1, name="Acme"))
        self.assertEqual(self.taken("companies", 1).name, "ACME")

    def test_a_transform_that_can_not_work_holds_the_record(self):
        self.change_map("companies", {"city": {"step_ids": steps("join")}})
        self.pull("companies", remote(1, name="A", city="Berlin"))
        self.assertEqual(self.exceptions().code, "transform_failed")
        self.assertFalse(self.taken("companies", 1))

    def test_a_required_line_holds_records_without_a_value(self):
        self.change_map("companies", {"city": {"required": True}})
        self.pull("companies", remote(1, name="A"), remote(2, name="B", city="Bonn"))
        self.assertFalse(self.taken("companies", 1))
        self.assertTrue(self.taken("companies", 2))
        self.assertEqual(
            self.exceptions().name, "City is empty, and every record needs it."
        )

    def test_the_form_of_a_draft_can_be_saved(self):
        with Form(self.new_draft()) as form, form.line_ids.new() as line:
            line.remote_path = "town"
            line.target = "city"


@tagged("post_install", "-at_install")
class TestCustomField(ConnectorCase):
    """Fields that a company added itself are mapped without code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo sets its models up again for a custom field, ours among them.
        cls.env["ir.model.fields"].create(
            [
                {
                    "name": f"x_{name}",
                    "field_description": name.title(),
                    "model_id": cls.env["ir.model"]._get_id("res.partner"),
                    "ttype": ttype,
                    "state": "manual",
                }
                for name, ttype in (
                    ("tier", "char"),
                    ("seats", "integer"),
                    ("score", "float"),
                    ("since", "date"),
                    ("vip", "boolean"),
                )
            ]
        )

    def test_custom_fields_take_values_of_their_types(self):
        self.change_map(
            "companies",
            new_lines=[
                {"remote_path": f"extra.{name}", "target": f"odoo.x_{name}"}
                for name in ("tier", "seats", "score", "since", "vip")
            ],
        )
        extra = {
            "tier": "gold",
            "seats": "12",
            "score": 0.5,
            "since": "2024-02-29",
            "vip": "yes",
        }
        self.pull("companies", remote(1, name="Acme", extra=extra))
        partner = self.taken("companies", 1)
        self.assertEqual(
            (partner.x_tier, partner.x_seats, partner.x_score, partner.x_vip),
            ("gold", 12, 0.5, True),
        )
        self.assertEqual(str(partner.x_since), "2024-02-29")
        self.pull("companies", remote(1, name="Acme", extra={**extra, "seats": None}))
        self.assertEqual(partner.x_seats, 0)
        self.assertEqual(partner.x_tier, "gold")

    def test_a_value_of_another_type_holds_the_record(self):
        self.change_map(
            "companies", new_lines=[{"remote_path": "n", "target": "odoo.x_seats"}]
        )
        self.pull("companies", remote(1, name="Acme", n="many"))
        self.assertEqual(self.exceptions().cause, "invalid_number")

    def test_fields_of_the_product_are_mapped_for_its_variant(self):
        line = {"remote_path": "rank", "target": "odoo.sequence", "owner": "odoo"}
        self.change_map("products", new_lines=[line])
        self.flow("products").direction = "both"
        self.pull("products", remote(1, name="Seat", rank="7"))
        product = self.taken("products", 1)
        self.assertEqual(product.sequence, 7)
        self.env.flush_all()
        product.product_tmpl_id.sequence = 8
        self.env.cr.flush()
        change = self.env["connector.change"].search([("res_id", "=", product.id)])
        self.assertEqual(change.flow_id, self.flow("products"))

    def test_the_owner_of_a_custom_field_is_heeded(self):
        self.change_map(
            "companies",
            new_lines=[
                {"remote_path": "tier", "target": "odoo.x_tier", "owner": "odoo"}
            ],
        )
        self.pull("companies", remote(1, name="Acme", tier="gold"))
        partner = self.taken("companies", 1)
        partner.x_tier = "silver"
        self.pull("companies", remote(1, name="Acme", tier="platinum"))
        self.assertEqual(partner.x_tier, "silver")
