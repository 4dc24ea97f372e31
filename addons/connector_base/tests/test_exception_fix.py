import datetime
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import errors
from .common_fix import FixCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestExceptionFix(FixCase):
    """Settling a cause in place: for one record or all, with a look at it before."""

    def hold_by_name(self, *numbers):
        self.pull("companies", *(remote(n, name="", city="Bonn") for n in numbers))
        return self.exceptions()

    # -- what fits ------------------------------------------------------------

    def test_the_kinds_fit_the_cause(self):
        self.pull("companies", remote(1, city="Bonn"))
        self.assertEqual(
            self.exceptions()._fix_kinds(), ["correct_value", "fetch_again", "ignore"]
        )
        self.flow("companies").may_create = False
        self.pull("companies", remote(2, name="Acme", owner="7"))
        by_code = {e.code: e._fix_kinds()[0] for e in self.exceptions()}
        self.assertEqual(by_code["create_not_allowed"], "create_missing")
        self.assertEqual(by_code["unmapped_value_empty"], "map_value")

    def test_what_does_not_fit_is_refused(self):
        fix = self.fix(self.hold_by_name(1), kind="map_value")
        with self.assertRaises(UserError):
            fix.action_apply()

    def test_a_viewer_fixes_nothing(self):
        exception = self.hold_by_name(1)
        with self.assertRaises(AccessError):
            self.fix(exception, user=self.user_of("viewer"))

    def test_what_is_settled_is_not_fixed_again(self):
        exception = self.hold_by_name(1)
        fix = self.fix(exception, kind="fetch_again")
        exception.action_ignore("A test")
        with self.assertRaises(UserError):
            fix.action_apply()

    # -- say what a value means -----------------------------------------------

    def test_one_decision_about_a_value_settles_all_of_its_records(self):
        self.pull("companies", *(remote(n, name=f"C{n}", owner="7") for n in range(5)))
        exception = self.exceptions()
        fix = self.fix(exception, kind="map_value")
        with self.assertRaises(UserError):
            fix.action_apply()
        fix.value_res_id = self.env.user.id
        fix.action_apply()
        self.assertEqual(exception.progress, "0 of 5 done")
        self.run_jobs()
        self.assertEqual(exception.state, "resolved")
        for number in range(5):
            self.assertEqual(self.taken("companies", number).user_id, self.env.user)

    def test_a_value_may_mean_nothing(self):
        self.pull("companies", remote(1, name="Acme", owner="7"))
        exception = self.exceptions()
        self.fix(exception, kind="map_value", leave_empty=True).action_apply()
        self.run_jobs()
        self.assertEqual(exception.state, "resolved")

    # -- correct a value ------------------------------------------------------

    def correct(self, exception, **vals):
        fix = self.fix(exception, kind="correct_value", **vals)
        fix.action_apply()
        self.run_jobs()
        return fix

    def test_a_value_is_corrected_for_one_record(self):
        exception = self.hold_by_name(1, 2)
        item = exception.item_ids.filtered(lambda i: i.remote_id == "1")
        self.correct(
            exception,
            item_ids=item.ids,
            scope="chosen",
            right_value="Acme",
            reason="Its letterhead says so",
        )
        self.assertEqual(self.taken("companies", 1).name, "Acme")
        self.assertEqual(exception.open_count, 1)
        self.pull("companies", remote(1, name="", city="Köln"))
        self.assertEqual(self.taken("companies", 1).city, "Köln")
        self.assertEqual(self.taken("companies", 1).name, "Acme", "it stays corrected")

    def test_a_correction_ends_when_the_vendor_sends_another_value(self):
        exception = self.hold_by_name(1)
        self.correct(exception, right_value="Acme", reason="Known")
        self.pull("companies", remote(1, name="Acme GmbH"))
        self.assertEqual(self.taken("companies", 1).name, "Acme GmbH")

    def test_a_value_is_corrected_for_every_record_that_has_the_same(self):
        self.pull("contacts", remote(1, last_name="A", country="Atlantis"))
        exception = self.exceptions()
        self.correct(exception, right_value="DE", reason="A typo", reach="value")
        self.assertEqual(self.taken("contacts", 1).country_id.code, "DE")
        self.assertEqual(exception.state, "resolved")
        self.pull(
            "contacts",
            remote(2, last_name="B", country="Atlantis"),
            remote(3, last_name="C", country="Lemuria"),
        )
        self.assertEqual(self.taken("contacts", 2).country_id.code, "DE")
        self.assertFalse(self.taken("contacts", 3).country_id)

    def test_a_correction_needs_a_reason_and_a_value_that_can_be_read(self):
        self.pull("contacts", remote(1, last_name="A", country="Atlantis"))
        exception = self.exceptions()
        with self.assertRaises(UserError):
            self.fix(exception, kind="correct_value", right_value="DE").action_apply()
        with self.assertRaises(UserError):
            self.fix(
                exception, kind="correct_value", right_value="Mu Mu", reason="Why not"
            ).action_apply()

    def test_a_correction_is_revoked_and_the_record_read_again(self):
        exception = self.hold_by_name(1)
        self.correct(exception, right_value="Acme", reason="Known")
        correction = self.env["connector.correction"].search([])
        correction.with_user(self.operator()).action_revoke()
        self.assertEqual(correction.revoked_by_id, self.operator())
        self.run_jobs()
        self.assertEqual(self.exceptions().code, "required_missing")

    def test_a_wrong_value_has_one_right_value(self):
        exception = self.hold_by_name(1)
        self.correct(exception, right_value="Acme", reason="Known")
        flow = self.flow("companies")
        corrections = self.env["connector.correction"]
        corrections._correct(flow, "name", [("1", None)], "Acme GmbH", "Better")
        self.assertEqual(corrections.search([]).value, "Acme GmbH")
        both = corrections.with_context(active_test=False).search([])
        self.assertEqual(len(both), 2)

    def test_a_flow_without_corrections_looks_nothing_up(self):
        flow = self.flow("companies")
        self.assertIsNone(self.env["connector.correction"]._of_flow(flow))

    # -- create what is missing -----------------------------------------------

    def test_only_who_may_change_the_flow_lets_it_create(self):
        self.flow("companies").may_create = False
        self.pull("companies", remote(1, name="Acme"))
        exception = self.exceptions()
        with self.assertRaises(AccessError):
            self.fix(exception, kind="create_missing").action_apply()
        self.fix(
            exception, user=self.user_of("map_editor"), kind="create_missing"
        ).action_apply()
        self.run_jobs()
        self.assertTrue(self.taken("companies", 1))
        self.assertTrue(self.flow("companies").may_create)

    def test_a_missing_parent_is_fetched_and_the_record_follows(self):
        self.pull("contacts", remote(1, last_name="Doe", company="9"))
        exception = self.exceptions()
        self.assertEqual(exception.error_class, "missing_dependency")
        self.vendor.add("companies", remote(9, name="Acme"))
        self.fix(exception, kind="create_missing").action_apply()
        self.run_jobs()
        self.assertEqual(
            self.taken("contacts", 1).parent_id, self.taken("companies", 9)
        )
        self.assertEqual(exception.state, "resolved")

    # -- reconnect ------------------------------------------------------------

    def test_only_an_administrator_is_led_to_the_credentials(self):
        self.vendor.failures = [errors.AuthenticationError("Who?", code="wrong_token")]
        self.flow("companies").action_sync()
        self.run_jobs()
        exception = self.exceptions(error_class="authentication")
        fix = self.fix(exception)
        self.assertEqual(fix.kind, "reconnect")
        self.assertIn("Ask", fix.explanation)
        with self.assertRaises(AccessError):
            fix.action_apply()
        action = self.fix(exception, user=self.user_of("administrator")).action_apply()
        self.assertEqual(action["res_id"], self.connection.id)

    # -- a date in an open period ---------------------------------------------

    def test_a_date_is_chosen_in_an_open_period_for_each_of_the_records(self):
        entity = type(self.env["connector.entity.customer.company"])
        closed_until = datetime.date(2026, 6, 30)

        def closed_period(_self, _company, date):
            return date <= closed_until and "Closed until June."

        self.change_map("companies", {"description": {"required": True}})
        self.pull("companies", remote(1, name="A"), remote(2, name="B"))
        exception = self.exceptions()
        exception.error_class = "closed_period"
        with (
            patch.object(entity, "_period_field", lambda _self: "description"),
            patch.object(entity, "_closed_period", closed_period),
        ):
            fix = self.fix(exception, kind="open_period", period_date="2026-05-01")
            with self.assertRaisesRegex(UserError, "Closed until June"):
                fix.action_apply()
            fix.period_date = fields.Date.to_date("2026-07-01")
            fix.action_apply()
        self.run_jobs()
        self.assertIn("2026-07-01", self.taken("companies", 1).comment)
        self.assertEqual(exception.state, "resolved")

    # -- ignore ---------------------------------------------------------------

    def test_ignoring_wants_a_reason_here_too(self):
        exception = self.hold_by_name(1)
        fix = self.fix(exception, kind="ignore")
        with self.assertRaises(UserError):
            fix.action_apply()
        fix.reason = "A test record"
        fix.action_apply()
        self.assertEqual(exception.state, "ignored")

    # -- preview --------------------------------------------------------------

    def test_a_preview_shows_the_difference_and_writes_nothing(self):
        exception = self.hold_by_name(*range(5))
        fix = self.fix(
            exception, kind="correct_value", right_value="Acme", reason="Known"
        )
        self.vendor.requests.clear()
        lines = self.preview(fix)
        self.assertEqual(len(lines), 3)
        self.assertEqual(set(lines.mapped("outcome")), {"Would be created"})
        self.assertIn("City: Bonn", lines[0].changes)
        self.assertEqual(len(self.vendor.requests), 1, "one request for all samples")
        self.assertFalse(self.taken("companies", 0))
        self.assertFalse(self.env["connector.correction"].search([]))
        self.assertEqual((exception.state, exception.open_count), ("open", 5))

    def test_a_preview_shows_what_would_still_be_held(self):
        exception = self.hold_by_name(1)
        lines = self.preview(self.fix(exception, kind="fetch_again"))
        self.assertEqual(lines.outcome, "Still held")
        self.assertIn("Name", lines.changes)
        self.assertFalse(lines.good)

    def test_a_preview_reads_what_the_vendor_has_now(self):
        exception = self.hold_by_name(1)
        self.vendor.add("companies", remote(1, name="Acme", city="Köln"))
        lines = self.preview(self.fix(exception, kind="fetch_again"))
        self.assertIn("Köln", lines.changes)

    def test_a_preview_says_what_becomes_of_what_is_gone(self):
        self.pull("companies", remote(1, name="Acme"))
        self.pull("companies", remote(1, name="Acme", owner="7"))
        exception = self.exceptions()
        del self.vendor.records["companies"]["1"]
        lines = self.preview(self.fix(exception, kind="fetch_again"))
        self.assertEqual(lines.outcome, "Gone at Fake CRM: would be archived")
        self.assertFalse(lines.good)
        self.assertTrue(self.taken("companies", 1).active)
        exception.action_retry()
        self.run_jobs()
        self.assertFalse(self.taken("companies", 1).active, "as it was said")

    def test_a_preview_shows_values_plainly_and_the_log_does_not(self):
        exception = self.hold_by_name(1)
        fix = self.fix(
            exception, kind="correct_value", right_value="Acme", reason="Known"
        )
        self.assertIn("Name: Acme", self.preview(fix).changes)
        fix.action_apply()
        self.run_jobs()
        self.assertNotIn("Acme", self.logs("companies", 1)[-1:].changes_text)

    def test_a_preview_says_when_the_vendor_does_not_answer(self):
        exception = self.hold_by_name(1)
        fix = self.fix(exception, kind="fetch_again")
        self.vendor.failures = [errors.RemoteTimeout("slow", code="timeout")]
        self.assertFalse(self.preview(fix))
        self.assertIn("did not answer", fix.preview_text)

    def test_a_preview_of_a_parent_that_is_fetched(self):
        self.pull("contacts", remote(1, last_name="Doe", company="9"))
        self.vendor.add("companies", remote(9, name="Acme"))
        lines = self.preview(self.fix(self.exceptions(), kind="create_missing"))
        self.assertEqual(lines.outcome, "Would be created")
        self.assertFalse(self.taken("companies", 9))

    def test_the_form_opens_the_dialog_with_the_difference(self):
        exception = self.hold_by_name(1)
        self.flow("companies").may_create = False
        self.pull("companies", remote(2, name="Acme"))
        exception = self.exceptions(code="create_not_allowed")
        with self.enter_registry_test_mode():
            action = exception.action_preview()
        fix = self.env["connector.fix"].browse(action["res_id"])
        self.assertEqual(fix.line_ids.outcome, "Would be created")
        self.assertFalse(self.flow("companies").may_create)
