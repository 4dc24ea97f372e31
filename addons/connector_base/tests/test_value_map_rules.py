from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..engine import financial
from ..engine.records import ReferenceValue
from ..models import connector_value_map
from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestValueMapRules(ConnectorCase):
    """What happens to unmapped values, and who decides on them."""

    def setUp(self):
        super().setUp()
        self.user = self.env["res.users"].create({"name": "Jo Doe", "login": "jo"})
        self.value_map = self.env["connector.value.map"]._ensure(
            self.connection, "owner"
        )
        self.editor = self.user_of("map_editor")
        self.operator = self.user_of("operator")

    def line(self, value="7", **vals):
        return self.env["connector.value.map.line"].create(
            {"map_id": self.value_map.id, "remote_value": value, **vals}
        )

    # -- unmapped values ------------------------------------------------------

    def test_a_new_value_map_does_as_its_field_declares(self):
        self.assertEqual(self.value_map.on_unmapped, "empty")

    def test_a_strict_value_map_holds_records(self):
        self.value_map.on_unmapped = "hold"
        self.pull("companies", remote(1, name="A", owner="7"), remote(2, name="B"))
        self.assertFalse(self.taken("companies", 1))
        self.assertTrue(self.taken("companies", 2))
        self.assertEqual(self.exceptions().code, "unmapped_value")
        self.value_map.line_ids.res_id = self.user.id
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1).user_id, self.user)

    def test_a_default_stands_in_until_the_value_is_mapped(self):
        admin = self.env.ref("base.user_admin")
        self.value_map.write({"on_unmapped": "default", "default_res_id": admin.id})
        self.pull("companies", remote(1, name="A", owner="7"))
        self.assertEqual(self.taken("companies", 1).user_id, admin)
        exception = self.exceptions()
        self.assertEqual(exception.code, "unmapped_value_default")
        self.assertEqual(exception.value_line_id, self.value_map.line_ids)
        self.assertEqual(self.value_map.unmapped_count, 1)
        self.value_map.line_ids.res_id = self.user.id
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1).user_id, self.user)
        self.assertFalse(self.exceptions())

    def test_a_default_has_to_be_chosen_among_what_the_values_may_mean(self):
        with self.assertRaises(ValidationError):
            self.value_map.on_unmapped = "default"
        portal = self.user.copy(
            {"login": "p", "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)]}
        )
        with self.assertRaises(ValidationError):
            self.value_map.default_res_id = portal.id

    def test_what_is_left_empty_is_not_given_the_default(self):
        admin = self.env.ref("base.user_admin")
        self.value_map.write({"on_unmapped": "default", "default_res_id": admin.id})
        self.line(skip=True)
        self.pull("companies", remote(1, name="A", owner="7"))
        self.assertFalse(self.taken("companies", 1).user_id)

    def test_records_are_counted_by_their_unmapped_values(self):
        self.pull(
            "companies",
            remote(1, name="A", owner="7"),
            remote(2, name="B", owner="7"),
            remote(3, name="C", owner="8"),
            remote(4, name="D"),
        )
        self.pull("companies", remote(5, name="E", owner="7"))
        lines = self.value_map.line_ids
        self.assertEqual(
            {line.remote_value: line.met_count for line in lines}, {"7": 3, "8": 1}
        )
        # The one that most records wait for stands first, what is decided last.
        self.assertEqual(lines[0].remote_value, "7")
        lines[0].res_id = self.user.id
        lines = lines.search([("map_id", "=", self.value_map.id)])
        self.assertEqual(lines.mapped("remote_value"), ["8", "7"])

    def test_a_batch_counts_in_one_statement(self):
        records = [remote(n, name=f"C{n}", owner=str(n % 5)) for n in range(20)]
        statements = []
        execute = type(self.env.cr).execute

        def counting(cr, query, *args, **kwargs):
            text = getattr(query, "code", query)
            if "SET met_count" in text:
                statements.append(text)
            return execute(cr, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", counting):
            self.pull("companies", *records)
        self.assertEqual(len(statements), 1)
        self.assertEqual(sum(self.value_map.line_ids.mapped("met_count")), 20)

    # -- suggestions ----------------------------------------------------------

    def test_all_suggestions_are_accepted_at_once(self):
        lines = self.line("7") + self.line("8") + self.line("9")
        lines[:2].suggested_id = self.user.id
        self.assertEqual(self.value_map.suggested_count, 2)
        self.value_map.with_user(self.operator).action_accept_suggestions()
        self.assertEqual(lines.mapped("state"), ["mapped", "mapped", "open"])

    # -- who decides ----------------------------------------------------------

    def test_an_operator_decides_values_and_not_how_strict_the_map_is(self):
        line = self.line().with_user(self.operator)
        line.res_id = self.user.id
        with self.assertRaises(AccessError):
            line.map_id.on_unmapped = "hold"
        self.value_map.with_user(self.editor).on_unmapped = "hold"

    def test_a_viewer_decides_nothing(self):
        line = self.line().with_user(self.user_of("viewer"))
        with self.assertRaises(AccessError):
            line.skip = True

    def test_a_finance_approver_decides_on_finance_only(self):
        approver = self.user_of("finance_approver")
        line = self.line(suggested_id=self.user.id)
        with self.assertRaises(AccessError):
            line.with_user(approver).skip = True
        found = frozenset({*financial.FINANCIAL_MODELS, "res.users"})
        with patch.object(connector_value_map, "FINANCIAL_MODELS", found):
            for user in (self.operator, self.editor):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    line.with_user(user).res_id = self.user.id
                with self.subTest(user.login), self.assertRaises(AccessError):
                    line.with_user(user).action_accept_suggestion()
                # Not by a button that acts with all rights either.
                with self.subTest(user.login), self.assertRaises(AccessError):
                    line.with_user(user).sudo().action_accept_suggestion()
            with self.assertRaises(AccessError):
                self.value_map.with_user(self.editor).on_unmapped = "hold"
            line.with_user(approver).res_id = self.user.id
            line.with_user(self.user_of("administrator")).skip = True

    def test_what_is_of_finance_is_suggested_and_never_taken_without_asking(self):
        found = frozenset({"res.partner.industry"})
        target = "connector_base.entities.entity.FINANCIAL_MODELS"
        industry = self.env["res.partner.industry"].create({"name": "Space"})
        line = self.env["connector.value.map.line"].new(
            {"remote_value": "Space", "res_model": "res.partner.industry"}
        )
        entity = self.connection._entity("customer.company")
        self.assertEqual(entity._suggest_value(line), (industry, True))
        with patch(f"odoo.addons.{target}", found):
            self.assertEqual(entity._suggest_value(line), (industry, False))

    def test_an_editor_makes_a_value_map_for_a_mapped_field_only(self):
        maps = self.env["connector.value.map"].with_user(self.editor)
        vals = {
            "connection_id": self.connection.id,
            "name": "odoo.res.partner.industry_id",
            "label": "Industry",
            "res_model": "res.partner.industry",
        }
        with self.assertRaises(UserError):
            maps.create(vals)
        self.change_map(
            "companies", {}, [{"remote_path": "i", "target": "odoo.industry_id"}]
        )
        with self.assertRaises(UserError):
            maps.create({**vals, "res_model": "res.users"})
        line = self.map_line("companies", "odoo.industry_id").with_user(self.editor)
        action = line.action_open_value_map()
        value_map = maps.browse(action["res_id"])
        self.assertEqual(value_map.res_model, "res.partner.industry")
        with self.assertRaises(UserError):
            value_map.res_model = "res.users"
        with self.assertRaises(AccessError):
            maps.with_user(self.operator).create({**vals, "name": "x"})

    def test_the_vendors_list_fills_a_value_map_of_a_field(self):
        self.change_map(
            "companies", {}, [{"remote_path": "i", "target": "odoo.industry_id"}]
        )
        self.env["res.partner.industry"].create({"name": "Space"})
        kind = "odoo.res.partner.industry_id"
        self.env["connector.value.map"]._refresh(
            self.connection, [ReferenceValue(kind, "1", "Space")]
        )
        lines = self.connection.value_map_ids.filtered(lambda m: m.name == kind)
        self.assertEqual(lines.line_ids.state, "mapped")
