from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ConnectorCase, activate
from .common_vendor import remote


class MapCase(ConnectorCase):
    """Two map editors, a finance approver, and a draft of the companies' map."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor = cls.user_of("map_editor")
        cls.colleague = cls.user_of("map_editor", name="Colleague")
        cls.finance = cls.user_of("finance_approver")

    def setUp(self):
        super().setUp()
        self.companies = self.flow("companies")

    def new_draft(self, stream="companies", **lines):
        """A draft by the editor.

        :param lines: ``target=values of its line``
        """
        active = self.flow(stream).active_map_id.with_user(self.editor)
        draft = active.browse(active.action_new_draft()["res_id"])
        for target, vals in lines.items():
            draft.line_ids.filtered(lambda li, t=target: li.target == t).write(vals)
        return draft

    def submitted(self, *args, **lines):
        draft = self.new_draft(*args, **lines)
        draft.action_submit()
        return draft

    def approved(self, *args, **lines):
        draft = self.submitted(*args, **lines)
        draft.with_user(self.colleague).action_approve()
        return draft


@tagged("post_install", "-at_install")
class TestFieldMapReview(MapCase):
    # -- who may --------------------------------------------------------------

    def test_somebody_else_approves_what_one_has_submitted(self):
        draft = self.submitted(city={"owner": "odoo"})
        self.assertEqual(draft.submitted_by_id, self.editor)
        with self.assertRaisesRegex(AccessError, "You submitted it"):
            draft.action_approve()
        draft.with_user(self.colleague).action_approve()
        self.assertEqual(draft.state, "approved")
        self.assertEqual(draft.approved_by_id, self.colleague)

    def test_who_edited_last_does_not_approve_either(self):
        draft = self.new_draft()
        draft.with_user(self.colleague).line_ids[:1].owner = "odoo"
        self.assertEqual(draft.last_edited_by_id, self.colleague)
        draft.action_submit()
        with self.assertRaisesRegex(AccessError, "You edited it last"):
            draft.with_user(self.colleague).action_approve()
        draft.with_user(self.finance).action_approve()

    def test_each_kind_of_edit_is_an_edit(self):
        line = {"remote_path": "town", "target": "city"}
        edits = {
            "change": lambda m: m.line_ids[0].write({"owner": "odoo"}),
            "add": lambda m: m.line_ids.create({"map_id": m.id, **line}),
            "remove": lambda m: m.line_ids[0].unlink(),
            "through the map": lambda m: m.write({"line_ids": [(0, 0, line)]}),
        }
        for name, edit in edits.items():
            with self.subTest(name):
                draft = self.new_draft()
                self.assertEqual(draft.last_edited_by_id, self.editor)
                edit(draft.with_user(self.colleague))
                self.assertEqual(draft.last_edited_by_id, self.colleague)

    def test_an_administrator_does_not_approve_their_own_draft_either(self):
        admin = self.user_of("administrator")
        draft = self.new_draft().with_user(admin)
        draft.action_submit()
        for record in (draft, draft.sudo()):
            with self.subTest(su=record.env.su), self.assertRaises(AccessError):
                record.action_approve()

    def test_others_do_not_approve_or_reject(self):
        draft = self.submitted()
        for group in ("viewer", "operator"):
            user = self.user_of(group)
            with self.subTest(group=group):
                with self.assertRaises(AccessError):
                    draft.with_user(user).action_approve()
                with self.assertRaises(AccessError):
                    draft.with_user(user)._reject("No.")

    def test_a_finance_approver_neither_edits_submits_nor_activates(self):
        draft = self.new_draft().with_user(self.finance)
        for attempt in (
            draft.action_submit,
            draft.action_activate,
            draft.action_new_draft,
            draft.action_withdraw,
            draft.line_ids[:1].unlink,
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_of_another_company_nobody_approves(self):
        draft = self.submitted()
        company = self.env["res.company"].create({"name": "Other"})
        self.colleague.write({"company_ids": company.ids, "company_id": company.id})
        with self.assertRaises(AccessError):
            draft.with_user(self.colleague).action_approve()

    # -- what is for finance --------------------------------------------------

    def test_what_touches_a_currency_is_for_finance(self):
        draft = self.submitted("products", currency={"remote_path": "money"})
        self.assertTrue(draft.needs_finance)
        self.assertEqual(draft.finance_reason, "Currency")
        for user in (self.colleague, self.user_of("administrator", name="Another")):
            with self.assertRaisesRegex(AccessError, "finance approver.*Currency"):
                draft.with_user(user).action_approve()
        draft.with_user(self.finance).action_approve()
        self.assertEqual(draft.approved_by_id, self.finance)
        self.assertIn("Currency", draft.message_ids[0].body)

    def test_only_the_difference_counts(self):
        self.assertFalse(self.new_draft("products").needs_finance)
        self.assertFalse(
            self.new_draft("products", name={"owner": "odoo"}).needs_finance
        )
        added = self.new_draft("products")
        added.line_ids.create(
            {"map_id": added.id, "remote_path": "c", "target": "currency"}
        )
        removed = self.new_draft("products")
        removed.line_ids.filtered(lambda li: li.target == "currency").unlink()
        turned = self.new_draft("products", currency={"target": "description"})
        for draft in (added, removed, turned):
            self.assertTrue(draft.needs_finance)

    def test_a_federal_state_is_no_state_of_a_document(self):
        touches = self.companies._entity_model()._touches_finance
        self.assertFalse(touches("state"))
        self.assertFalse(touches("tax_id"))
        self.assertFalse(touches("nothing"))

    # -- there and back -------------------------------------------------------

    def test_a_submitted_version_is_not_changed(self):
        draft = self.submitted()
        for attempt in (
            lambda: draft.line_ids[0].write({"owner": "odoo"}),
            lambda: draft.write({"line_ids": [(2, draft.line_ids[0].id)]}),
            lambda: draft.unlink(),
        ):
            with self.assertRaisesRegex(UserError, "Only a draft"):
                attempt()

    def test_a_rejected_version_is_a_draft_again_and_says_why(self):
        draft = self.submitted()
        action = draft.with_user(self.finance).action_reject()
        wizard = self.env[action["res_model"]].with_user(self.finance)
        with Form(wizard.with_context(**action["context"])) as form:
            form.reason = "Cities are ours."
        form.save().action_reject()
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.reject_reason, "Cities are ours.")
        self.assertFalse(draft.submitted_by_id)
        self.assertIn("Cities are ours.", draft.message_ids[0].preview)
        self.assertEqual(draft.activity_ids.user_id, self.editor)
        draft.action_submit()
        self.assertFalse(draft.reject_reason or draft.activity_ids)

    def test_nobody_rejects_without_a_reason(self):
        draft = self.submitted().with_user(self.colleague)
        for reason in ("", "  ", False):
            with self.assertRaises(UserError):
                draft._reject(reason)

    def test_an_approved_version_that_is_taken_back_has_to_be_approved_again(self):
        draft = self.approved()
        draft.action_withdraw()
        self.assertEqual(draft.state, "draft")
        self.assertFalse(draft.approved_by_id | draft.submitted_by_id)
        with self.assertRaisesRegex(UserError, "submit it"):
            draft.action_activate()

    def test_what_was_changed_since_it_was_seen_is_not_approved(self):
        draft = self.submitted().with_user(self.colleague)
        seen = "2026-01-01 00:00:00"
        with self.assertRaisesRegex(UserError, "since you opened it"):
            draft.with_context(seen_submitted_at=seen).action_approve()

    def test_a_map_without_a_required_field_is_not_submitted(self):
        draft = self.new_draft("products")
        draft.line_ids.filtered(lambda li: li.target == "name").unlink()
        with self.assertRaisesRegex(UserError, "Nothing is mapped to Name"):
            draft.action_submit()
        self.assertEqual(draft.state, "draft")

    def test_decisions_are_not_written_or_brought_along(self):
        draft = self.submitted()
        for vals in (
            {"state": "approved"},
            {"approved_by_id": self.colleague.id},
            {"submitted_by_id": self.colleague.id},
            {"last_edited_by_id": self.colleague.id},
            {"base_id": self.companies.active_map_id.id},
            {"previous_id": draft.id},
            {"flow_id": self.flow("contacts").id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                draft.write(vals)
        vals = {
            "flow_id": self.companies.id,
            "submitted_by_id": self.colleague.id,
            "approved_by_id": self.colleague.id,
            "last_edited_by_id": self.colleague.id,
            "previous_id": draft.id,
            "origin": "shipped",
        }
        maps = self.env["connector.field.map"].with_user(self.editor)
        defaults = {f"default_{name}": value for name, value in vals.items()}
        for made in (maps.create(vals), maps.with_context(**defaults).create({})):
            self.assertEqual(made.last_edited_by_id, self.editor)
            self.assertFalse(made.submitted_by_id | made.approved_by_id)
            self.assertFalse(made.previous_id)
            self.assertEqual(made.origin, "user")

    def test_the_form_says_what_may_be_done(self):
        draft = self.submitted(city={"owner": "odoo"})
        self.assertFalse(draft.may_approve)
        self.assertIn("You submitted it", draft.approve_obstacle)
        self.assertTrue(draft.with_user(self.colleague).may_approve)
        self.assertEqual(draft.difference_summary, "1 line changed")


@tagged("post_install", "-at_install")
class TestFieldMapActivate(MapCase):
    def test_only_an_approved_version_is_activated(self):
        draft = self.new_draft()
        with self.assertRaisesRegex(UserError, "is a draft"):
            draft.action_activate()
        draft.action_submit()
        with self.assertRaisesRegex(UserError, "waits for its approval"):
            draft.action_activate()
        draft.with_user(self.colleague).action_approve()
        draft.action_activate()
        self.assertEqual(draft.state, "active")
        self.assertEqual(draft.previous_id.version, 1)
        with self.assertRaisesRegex(UserError, "active already"):
            draft.action_activate()

    def test_of_two_approved_versions_the_second_is_approved_anew(self):
        """Nobody agreed to lose what the first has changed."""
        first = self.approved(city={"owner": "odoo"})
        second = self.approved(phone={"owner": "odoo"})
        first.action_activate()
        with self.assertRaisesRegex(UserError, "as a change of v1, and v2 is active"):
            second.action_activate()
        self.assertEqual(self.companies.active_map_id, first)
        second.action_withdraw()
        second.action_submit()
        second.with_user(self.colleague).action_approve()
        second.action_activate()
        self.assertEqual(self.companies.active_map_id, second)

    def test_a_click_brings_the_version_before_back(self):
        first = self.companies.active_map_id
        second = activate(self.new_draft(city={"remote_path": "town"}))
        record = remote(1, name="Acme", city="Berlin", town="Bonn")
        self.pull("companies", record)
        self.assertEqual(self.taken("companies", 1).city, "Bonn")
        second.action_roll_back()
        self.assertEqual((first.state, second.state), ("active", "retired"))
        self.assertIn("v2 to v1", first.message_ids[0].body)
        self.assertIn(self.editor.name, second.message_ids[0].body)
        self.pull("companies", record)
        self.assertEqual(self.taken("companies", 1).city, "Berlin")
        versions = self.logs("companies", 1).mapped("map_version")
        self.assertEqual(versions, [2, 1])

    def test_back_goes_one_step_further_each_time_and_ends(self):
        first = self.companies.active_map_id.with_user(self.editor)
        second = activate(self.new_draft())
        third = activate(self.new_draft())
        third.action_roll_back()
        self.assertEqual(self.companies.active_map_id, second)
        with self.assertRaisesRegex(UserError, "isn't active any more"):
            third.action_roll_back()
        second.action_roll_back()
        self.assertEqual(self.companies.active_map_id, first)
        self.assertFalse(first.may_roll_back)
        with self.assertRaisesRegex(UserError, "No version was active before"):
            first.action_roll_back()

    def test_others_do_not_roll_back(self):
        activate(self.new_draft())
        for group in ("operator", "finance_approver"):
            active = self.companies.active_map_id
            user = self.user_of(group, name=f"Another {group}")
            with self.assertRaises(AccessError):
                active.with_user(user).action_roll_back()

    # -- later ----------------------------------------------------------------

    def scheduled(self, **lines):
        draft = self.approved(**lines)
        action = draft.action_schedule()
        wizard = self.env[action["res_model"]].with_user(self.editor)
        with Form(wizard.with_context(**action["context"])) as form:
            form.activate_at = "2100-01-01 08:00:00"
        form.save().action_schedule()
        return draft

    def its_time_comes(self, *drafts):
        for draft in drafts:
            draft.sudo().activate_at = "2020-01-01"
        self.env["connector.connection"]._cron_schedule()

    def test_a_version_becomes_active_at_its_time(self):
        draft = self.scheduled()
        self.env["connector.connection"]._cron_schedule()
        self.assertEqual(draft.state, "approved")
        self.its_time_comes(draft)
        self.assertEqual(draft.state, "active")
        self.assertEqual(draft.activated_by_id, self.editor)

    def test_a_time_can_be_taken_back(self):
        draft = self.scheduled()
        # Whatever else has happened.
        activate(self.new_draft())
        draft.action_unschedule()
        self.assertFalse(draft.activate_at or draft.scheduled_by_id)
        self.env["connector.connection"]._cron_schedule()
        self.assertEqual(draft.state, "approved")

    def test_a_time_lies_ahead(self):
        draft = self.approved()
        with self.assertRaises(UserError):
            draft._schedule(draft.submitted_at)

    def test_only_an_approved_version_gets_a_time(self):
        with self.assertRaisesRegex(UserError, "is a draft"):
            self.new_draft()._schedule(self.env.cr.now())

    def test_what_can_not_be_activated_at_its_time_goes_back_and_says_why(self):
        stuck = self.scheduled(city={"owner": "odoo"})
        good = self.approved("contacts")
        activate(self.new_draft(phone={"owner": "odoo"}))
        self.its_time_comes(stuck, good)
        self.assertEqual(stuck.state, "draft")
        self.assertFalse(stuck.activate_at)
        self.assertIn("v3 is active", stuck.reject_reason)
        self.assertIn("v3 is active", "".join(stuck.message_ids.mapped("body")))
        self.assertEqual(stuck.activity_ids.user_id, self.editor)
        self.assertEqual(good.state, "active", "its neighbours go on")

    def test_a_map_that_is_incomplete_by_now_goes_back(self):
        draft = self.scheduled()
        line = draft.line_ids.filtered(lambda li: li.target == "name")
        # As where an upgrade made a field required.
        self.env.cr.execute(
            "UPDATE connector_field_map_line SET target = 'city' WHERE map_id = %s",
            [line.map_id.id],
        )
        self.env.invalidate_all()
        self.its_time_comes(draft)
        self.assertEqual(draft.state, "draft")
        self.assertIn("Name", draft.reject_reason)
        self.assertEqual(self.companies.active_map_id.version, 1)
