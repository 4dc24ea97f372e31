from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ConnectorCase, steps
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestFieldMapChain(ConnectorCase):
    """What a line does with a value on its way into Odoo."""

    def setUp(self):
        super().setUp()
        self.editor = self.user_of("map_editor")
        self.administrator = self.user_of("administrator")

    def chained(self, target, *chain, path=None, **vals):
        """Activate a map of companies whose line has that chain."""
        line_vals = {"step_ids": steps(*chain), **vals}
        if path:
            line_vals["remote_path"] = path
        self.change_map("companies", {target: line_vals})

    def draft(self, user=None):
        field_map = self.flow("companies").active_map_id.with_user(user or self.editor)
        action = field_map.action_new_draft()
        return field_map.browse(action["res_id"])

    def line(self, draft, target="city"):
        return draft.line_ids.filtered(lambda line: line.target == target)

    # -- the chain ------------------------------------------------------------

    def test_the_steps_are_taken_in_their_order(self):
        self.chained("city", "trim", "title", ("default", "n/a"))
        self.assertEqual(
            self.map_line("companies", "city").chain,
            "Trim › Title Case › If Empty: n/a",
        )
        self.pull(
            "companies",
            remote(1, name="A", city="  NEW   york "),
            remote(2, name="B", city="  "),
            remote(3, name="C", city=None),
            remote(4, name="D"),
        )
        cities = [self.taken("companies", n).city for n in (1, 2, 3, 4)]
        self.assertEqual(cities, ["New York", "n/a", "n/a", False])

    def test_a_default_of_the_chain_leaves_alone_what_is_not_sent(self):
        self.chained("city", ("default", "n/a"))
        self.pull("companies", remote(1, name="A", city="Bonn"))
        self.pull("companies", remote(1, name="A2"))
        self.assertEqual(self.taken("companies", 1).city, "Bonn")

    def test_a_constant_is_there_whatever_came(self):
        self.chained("city", ("constant", "Bonn"))
        self.pull("companies", remote(1, name="A"), remote(2, name="B", city=None))
        cities = [self.taken("companies", n).city for n in (1, 2)]
        self.assertEqual(cities, ["Bonn", "Bonn"])

    def test_a_path_with_a_filter_picks_by_type(self):
        self.chained("city", path="addresses[type=billing].city")
        addresses = [{"type": "x", "city": "A"}, {"type": "billing", "city": "B"}]
        self.pull("companies", remote(1, name="A", addresses=addresses))
        self.assertEqual(self.taken("companies", 1).city, "B")

    def test_a_new_draft_has_the_steps_of_the_version_before(self):
        self.chained("city", "trim", ("default", "n/a"))
        draft = self.draft()
        self.assertEqual(self.line(draft).chain, "Trim › If Empty: n/a")
        self.line(draft).step_ids[0].unlink()
        self.assertEqual(self.line(draft).chain, "If Empty: n/a")
        self.assertEqual(
            self.map_line("companies", "city").chain, "Trim › If Empty: n/a"
        )

    def test_the_steps_of_an_active_map_stay_as_they_are(self):
        self.chained("city", "trim")
        line = self.map_line("companies", "city").with_user(self.editor)
        with self.assertRaises(UserError):
            line.step_ids.transform = "lower"
        with self.assertRaises(UserError):
            line.step_ids.unlink()
        with self.assertRaises(UserError):
            line.step_ids.create({"line_id": line.id, "transform": "lower"})
        other = self.line(self.draft())
        with self.assertRaises(UserError):
            other.step_ids.line_id = line

    def test_an_operator_changes_no_steps(self):
        self.chained("city", "trim")
        step = self.line(self.draft()).step_ids.with_user(self.user_of("operator"))
        with self.assertRaises(AccessError):
            step.transform = "lower"

    def test_a_chain_that_can_not_work_is_refused_when_saved(self):
        line = self.line(self.draft())
        for chain in (
            [("default", False)],
            [("trim", "x")],
            [("number", "xx_YY")],
            [("date", "%H:%M")],
            [("extract", "(a+)+$")],
            [("extract", "(")],
            [("replace", "no arrow")],
            [("pairs", "a")],
            ["split", "trim"],
            ["trim", "join"],
            [("value_map", "weather")],
            [("binding", "weather")],
            [("key", "res.partner.no_such_field")],
            [("key", "no.such.model.name")],
            # City holds no users.
            [("value_map", "owner")],
            [("key", "res.users.login")],
        ):
            with self.subTest(chain=chain), self.assertRaises(ValidationError):
                line.step_ids = steps(*chain)

    def test_a_look_up_is_the_last_step(self):
        line = self.line(self.draft(), "owner")
        line.step_ids = steps("lower", ("key", "res.users.login"))
        with self.assertRaises(ValidationError):
            line.step_ids = steps(("key", "res.users.login"), "lower")

    def test_a_secret_field_is_not_looked_up_by(self):
        line = self.line(self.draft(), "owner")
        with self.assertRaises(ValidationError):
            line.step_ids = steps(("key", "res.users.password"))

    def test_a_chain_is_put_together_in_the_form_of_a_line(self):
        line = self.line(self.draft())
        view = "connector_base.connector_field_map_line_view_form"
        with Form(line, view) as form:
            for name, argument in (
                ("trim", None),
                ("pairs", "b=Berlin"),
                ("replace", "B => P"),
            ):
                with form.step_ids.new() as step:
                    step.transform = name
                    self.assertEqual(bool(step.help_text), bool(argument))
                    if argument:
                        step.argument = argument
        self.assertEqual(
            line.chain, "Trim › Translate: b=Berlin › Replace by Pattern: B => P"
        )
        with Form(self.line(line.map_id, "owner"), view) as form:
            for name in ("value_map", "binding", "key"):
                with form.step_ids.new() as step:
                    # Nothing fails before it is said what is looked up, and by what.
                    step.transform = name
                form.step_ids.remove(0)

    # -- what fails -----------------------------------------------------------

    def test_a_transform_that_fails_holds_its_record_only(self):
        self.chained("city", ("pairs", "b=Berlin; p=Paris"))
        self.pull(
            "companies",
            remote(1, name="A", city="b"),
            remote(2, name="B", city="x"),
            remote(3, name="C", city="p"),
        )
        self.assertEqual(self.taken("companies", 1).city, "Berlin")
        self.assertFalse(self.taken("companies", 2))
        self.assertEqual(self.taken("companies", 3).city, "Paris")
        exception = self.exceptions()
        self.assertEqual(exception.error_class, "mapping")
        self.assertEqual(
            exception.item_ids.message, "City: “Translate” can't work with “x”."
        )

    def test_a_personal_value_that_fails_is_masked(self):
        self.chained("phone", ("phone", "e164 DE"))
        self.pull("companies", remote(1, name="A", phone="secret name"))
        self.assertNotIn("secret", self.exceptions().item_ids.message)
        self.assertIn("s•••", self.exceptions().item_ids.message)

    # -- expressions ----------------------------------------------------------

    def test_an_expression_sees_the_value_and_the_record(self):
        self.chained(
            "city", ("expression", "(value or '-') + ' ' + record.get('zone', '?')")
        )
        self.pull(
            "companies",
            remote(1, name="A", city="Bonn", zone="West"),
            remote(2, name="B"),
        )
        cities = [self.taken("companies", n).city for n in (1, 2)]
        self.assertEqual(cities, ["Bonn West", "- ?"])

    def test_an_expression_changes_copies_only(self):
        self.chained("city", ("expression", "record.update(name='Changed') or 'x'"))
        self.pull("companies", remote(1, name="A", city="Bonn"))
        self.assertEqual(self.taken("companies", 1).name, "A")

    def test_an_expression_that_fails_holds_its_record_only(self):
        self.chained("city", ("expression", "str(1 / int(value))"))
        self.pull(
            "companies",
            remote(1, name="A", city="0"),
            remote(2, name="B", city="private text"),
            remote(3, name="C", city="1"),
        )
        self.assertTrue(self.taken("companies", 3))
        self.assertFalse(self.taken("companies", 1) + self.taken("companies", 2))
        said = " ".join(self.exceptions().item_ids.mapped("message"))
        self.assertIn("(ZeroDivisionError)", said)
        self.assertIn("(ValueError)", said)
        self.assertNotIn("private", said)

    def test_an_expression_reaches_neither_database_nor_server(self):
        line = self.line(self.draft(self.administrator))
        for expression in (
            "().__class__",
            "value.__globals__",
            "import os",
            "a = 1",
            "1 +",
            "x" * 501,
        ):
            with self.subTest(expression), self.assertRaises(ValidationError):
                line.step_ids = steps(("expression", expression))
        self.chained("city", ("expression", "env['res.users'].search([])"))
        self.pull("companies", remote(1, name="A", city="x"))
        self.assertEqual(self.exceptions().code, "expression_failed")

    def test_only_an_administrator_writes_expressions(self):
        draft = self.draft()
        line = self.line(draft)
        with self.assertRaises(AccessError):
            line.step_ids = steps(("expression", "value"))
        with self.assertRaises(AccessError):
            draft.line_ids.create(
                {
                    "map_id": draft.id,
                    "remote_path": "x",
                    "target": "street",
                    "step_ids": steps(("expression", "value")),
                }
            )
        line.step_ids = steps("trim")
        with self.assertRaises(AccessError):
            line.step_ids.write({"transform": "expression", "argument": "value"})
        line.with_user(self.administrator).step_ids = steps(("expression", "value"))
        with self.assertRaises(AccessError):
            line.step_ids.argument = "value * 2"
        # Taking it away is no danger.
        line.step_ids.unlink()

    def test_an_expression_can_not_be_imported_by_an_editor(self):
        draft = self.draft()
        fields = ["line_id/.id", "transform", "argument"]
        rows = [[str(self.line(draft).id), "Expression", "value"]]
        steps_model = self.env["connector.field.map.step"]
        result = steps_model.with_user(self.editor).load(fields, rows)
        self.assertFalse(result["ids"])
        result = steps_model.with_user(self.administrator).load(fields, rows)
        self.assertTrue(result["ids"], result["messages"])

    def test_an_editor_carries_the_expression_of_an_administrator_over(self):
        self.chained("city", ("expression", "value"))
        draft = self.draft()
        self.assertEqual(self.line(draft).chain, "Expression: value")
        # But at its place only.
        with self.assertRaises(AccessError):
            self.line(draft, "street").step_ids = steps(("expression", "value"))

    # -- personal data --------------------------------------------------------

    def test_an_editor_marks_personal_data_and_does_not_unmark_it(self):
        line = self.line(self.draft())
        self.assertFalse(line.pii)
        line.pii = True
        with self.assertRaises(AccessError):
            line.pii = False
        phone = self.line(line.map_id, "phone")
        with self.assertRaises(AccessError):
            phone.pii = False
        phone.with_user(self.administrator).pii = False

    def test_an_editor_adds_no_line_that_shows_personal_data(self):
        draft = self.draft()
        vals = {"map_id": draft.id, "remote_path": "mobile", "target": "phone"}
        with self.assertRaises(AccessError):
            draft.line_ids.create({**vals, "pii": False})
        self.assertTrue(draft.line_ids.create(vals).pii)

    def test_a_marked_value_is_masked_in_the_log(self):
        self.chained("city", pii=True)
        self.pull("companies", remote(1, name="A", city="Bonn", phone="+49 30 1234567"))
        changes = self.logs("companies", 1).changes
        self.assertEqual(changes["city"], [None, "B•••"])
        self.assertNotIn("1234567", str(changes["phone"]))

    def test_an_unmarked_value_is_shown_in_the_log(self):
        self.chained("phone", pii=False)
        self.pull("companies", remote(1, name="A", phone="+49 30 12345678"))
        changes = self.logs("companies", 1).changes
        self.assertEqual(changes["phone"][1], "+49 30 12345678")
