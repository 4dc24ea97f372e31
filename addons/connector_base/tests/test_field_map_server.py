from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from ..engine.transforms import Transform
from ..entities import entity_finance
from .common import activate, steps
from .common_vendor import remote
from .test_field_map_review import MapCase

#: What the issue of a gate for finance names, as Odoo models.
BOOKING = {"account.account", "account.tax", "account.journal", "account.payment.term"}


@tagged("post_install", "-at_install")
class TestFieldMapServer(MapCase):
    """Whatever a client sends: the server holds the rules, not the screen."""

    def call(self, record, method, *args, user=None):
        """As over RPC: by name, with public methods only."""
        model = record.with_user(user or self.editor).browse()
        return call_kw(model, method, [record.ids, *args], {})

    def test_only_buttons_are_called(self):
        draft = self.new_draft()
        for method, args in (
            ("_take_effect", ()),
            ("_back_to_draft", ()),
            ("_reject", ("No.",)),
            ("_schedule", (False,)),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                self.call(draft, method, *args)
        self.assertEqual(draft.state, "draft")

    def test_a_version_is_not_decided_on_through_its_flow(self):
        draft = self.new_draft()
        other = self.flow("contacts").active_map_id
        for command in (
            (1, draft.id, {"state": "active"}),
            (1, draft.id, {"approved_by_id": self.colleague.id}),
            (0, 0, {"state": "active"}),
            (4, other.id),
            (2, self.companies.active_map_id.id),
        ):
            with self.subTest(command=command), self.assertRaises(UserError):
                self.call(self.companies, "write", {"map_ids": [command]})
        self.assertEqual(self.companies.active_map_id.version, 1)
        self.assertEqual(other.flow_id, self.flow("contacts"))

    def test_no_forged_count_or_decision_is_brought_along(self):
        forged = {
            "version": 99,
            "impact_text": "0 of the last 5,000 records would change.",
            "impact_at": "2026-01-01",
            "impact_digest": "x",
            "impact": {"records": 5000},
            "reject_reason": "Fine.",
            "activated_at": "2026-01-01",
            "activated_by_id": self.colleague.id,
            "base_id": self.companies.active_map_id.id,
        }
        active = self.companies.active_map_id
        maps = active.with_user(self.editor)
        made = maps.create({"flow_id": self.companies.id, **forged})
        copied = maps.browse(self.call(active, "copy", forged))
        for number, draft in enumerate((made, copied), start=2):
            self.assertEqual((draft.version, draft.state), (number, "draft"))
            for name in forged.keys() - {"version"}:
                self.assertFalse(draft[name], name)

    def test_who_approves_has_seen_what_it_changes(self):
        """Another version that became active meanwhile makes another difference."""
        draft = self.submitted(city={"owner": "odoo"}).with_user(self.colleague)
        seen = draft.compared_id
        other = activate(self.new_draft(phone={"owner": "odoo"}))
        with self.assertRaisesRegex(UserError, "v3 has become active since"):
            draft.with_context(seen_active_id=seen.id).action_approve()
        self.assertEqual(draft.state, "submitted")
        draft.with_context(seen_active_id=other.id).action_approve()
        self.assertEqual(draft.base_id, other)
        arch = draft.get_view(view_type="form")["arch"]
        self.assertIn("'seen_active_id': compared_id", arch)

    # -- what an administrator let at one place ---------------------------------

    def test_an_expression_stays_at_its_place(self):
        self.change_map("companies", {"city": {"step_ids": steps(("expression", "1"))}})
        line = self.new_draft().line_ids.filtered(lambda li: li.target == "city")
        for vals in ({"target": "street"}, {"remote_path": "secret"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self.call(line, "write", vals)
        self.call(line, "write", {"owner": "odoo"})
        self.assertEqual((line.target, line.owner), ("city", "odoo"))

    def test_a_line_that_is_shown_does_not_become_personal_data_in_full(self):
        line = self.new_draft().line_ids.filtered(lambda li: li.target == "city")
        with self.assertRaises(AccessError):
            self.call(line, "write", {"target": "phone", "pii": False})
        self.call(line, "write", {"target": "phone"})
        self.assertTrue(line.pii)

    # -- finance ------------------------------------------------------------------

    def test_any_odoo_field_that_points_to_what_is_booked_by_is_for_finance(self):
        self.assertLessEqual(BOOKING, entity_finance.FINANCE_MODELS)
        line = {"remote_path": "trade", "target": "odoo.industry_id"}
        draft = self.new_draft()
        draft.write({"line_ids": [(0, 0, line)]})
        self.assertFalse(draft.needs_finance)
        # As if an industry were an account.
        models = entity_finance.FINANCE_MODELS | {"res.partner.industry"}
        with patch.object(entity_finance, "FINANCE_MODELS", models):
            draft.invalidate_recordset()
            self.assertTrue(draft.needs_finance)
            draft.action_submit()
            with self.assertRaisesRegex(AccessError, "finance approver"):
                self.call(draft, "action_approve", user=self.colleague)
            self.call(draft, "action_approve", user=self.finance)
        self.assertEqual(draft.approved_by_id, self.finance)


@tagged("post_install", "-at_install")
class TestBrokenTransform(MapCase):
    """An error of a transform itself holds its records, and nothing else."""

    def declare(self, *transforms):
        known = type(self.env["connector.transform"])
        declared = known._transforms
        self.patch(known, "_transforms", lambda self: [*declared(self), *transforms])

    def test_whatever_a_transform_raises_holds_the_record(self):
        def broken(value, argument):
            return {}[value]

        self.declare(Transform("broken", "Broken", broken))
        self.change_map("companies", {"city": {"step_ids": steps("broken")}})
        logger = "odoo.addons.connector_base.models.connector_mapper"
        with self.assertLogs(logger, "ERROR") as log:
            self.pull(
                "companies",
                remote(1, name="A", city="private text"),
                remote(2, name="B", city=None),
            )
        self.assertFalse(self.taken("companies", 1))
        self.assertTrue(self.taken("companies", 2))
        self.assertIn("“Broken” can't work with", self.exceptions().item_ids.message)
        self.assertIn("broken raised KeyError at", log.output[0])
        self.assertNotIn("private", log.output[0])

    def test_a_transform_that_is_not_installed_any_more_holds_records(self):
        self.change_map("companies", {"city": {"step_ids": steps("trim")}})
        step = self.map_line("companies", "city").step_ids
        self.env.cr.execute(
            "UPDATE connector_field_map_step SET transform = 'gone' WHERE id = %s",
            [step.id],
        )
        self.env.invalidate_all()
        self.pull("companies", remote(1, name="A", city="x"))
        self.assertFalse(self.taken("companies", 1))
        self.assertIn("“gone” can't work with", self.exceptions().item_ids.message)
        self.assertTrue(self.map_line("companies", "city").push_obstacle is not None)
