from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import new_test_user
from odoo.tools import SQL

from ..engine.errors import TransientError
from ..models import connector_field_map_impact as impact
from .common import ConnectorCase, activate, steps
from .common_vendor import remote

#: Tables of the wizard itself: what is shown has to be kept somewhere.
OWN_TABLES = {"connector_map_preview", "connector_map_preview_line"}


class TrialCase(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.pull(
            "companies",
            remote(1, name="Acme", city="Berlin", phone="+49 30 123456"),
            remote(2, name="Bolt", city="Bonn"),
        )
        self.draft = self.new_draft("companies")
        self.operator = self.user_of("operator")

    def new_draft(self, stream):
        action = self.flow(stream).active_map_id.action_new_draft()
        return self.env["connector.field.map"].browse(action["res_id"])

    def line(self, target, field_map=None):
        lines = (field_map or self.draft).line_ids
        return lines.filtered(lambda line: line.target == target)


@tagged("post_install", "-at_install")
class TestMapPreview(TrialCase):
    """A real record through a map: both sides, before and after, nothing written."""

    def preview(self, remote_id=1, field_map=None, user=None):
        wizard = self.env["connector.map.preview"]
        return wizard.with_user(user or self.operator).create(
            {"map_id": (field_map or self.draft).id, "remote_id": str(remote_id)}
        )

    def number_ranges(self):
        """``[(name, last number)]`` of what documents are numbered from."""
        return self.env.execute_query(
            SQL(
                "SELECT sequencename, last_value FROM pg_sequences"
                " WHERE sequencename LIKE %s ORDER BY 1",
                "ir_sequence_%",
            )
        )

    def row(self, preview, path):
        return preview.line_ids.filtered(lambda line: line.remote_path == path)

    def test_a_changed_line_shows_both_sides_before_and_after(self):
        self.line("city").step_ids = steps("upper")
        preview = self.preview()
        preview.action_show()
        city = self.row(preview, "city")
        self.assertEqual(
            (city.raw, city.result, city.ours, city.written, city.outcome),
            ("Berlin", "BERLIN", "Berlin", "BERLIN", "Written."),
        )
        name = self.row(preview, "name")
        self.assertEqual((name.written, name.outcome), ("", "The same on both sides."))
        self.assertIn("would be updated", preview.summary)
        self.assertIn("Nothing has been written", preview.summary)

    def test_no_row_of_any_table_changes(self):
        self.line("city").step_ids = steps("upper")
        # A value that nobody mapped is noted on the way, and a new record is made.
        self.vendor.add(
            "companies", remote(1, name="A", owner="unknown"), remote(9, name="New")
        )
        known, new = self.preview(1), self.preview(9)
        known.action_show()
        before, numbers = self.fingerprint(), self.number_ranges()
        known.action_show()
        known.action_fetch()
        new.action_fetch()
        changed = {k for k, v in self.fingerprint().items() if before[k] != v}
        self.assertEqual(changed - OWN_TABLES, set())
        self.assertEqual(self.number_ranges(), numbers, "which no rollback gives back")
        self.assertIn("A new record would be made", new.summary)
        self.assertIn("unknown", known.problem_text)

    def test_a_value_that_odoo_does_not_know_is_not_called_the_same(self):
        self.draft.line_ids.create(
            {"map_id": self.draft.id, "remote_path": "state", "target": "state"}
        )
        self.vendor.add("companies", remote(1, name="Acme", state="Nowhere"))
        preview = self.preview()
        preview.action_fetch()
        self.assertEqual(
            self.row(preview, "state").outcome,
            "Odoo doesn't know this value: it stays empty.",
        )

    def test_what_odoo_owns_is_said(self):
        self.line("city").owner = "odoo"
        self.taken("companies", 1).city = "Paris"
        preview = self.preview()
        preview.action_show()
        city = self.row(preview, "city")
        self.assertEqual(
            (city.ours, city.written, city.outcome),
            ("Paris", "", "Odoo owns this field: nothing written."),
        )

    def test_why_a_record_would_be_held_is_a_sentence(self):
        self.line("zip").required = True
        preview = self.preview()
        preview.action_show()
        self.assertEqual(preview.summary_kind, "bad")
        self.assertEqual(
            preview.problem_text, "Postal Code is empty, and every record needs it."
        )
        self.assertEqual(self.row(preview, "zip").outcome, "Holds the record.")
        self.assertFalse(self.exceptions())

    def test_a_record_is_fetched_from_the_vendor_with_one_request(self):
        self.vendor.add("companies", remote(1, name="Acme", city="Rome"))
        self.vendor.requests.clear()
        preview = self.preview()
        preview.action_fetch()
        self.assertEqual(self.vendor.requests, [("companies", ("1",))])
        self.assertEqual(self.row(preview, "city").written, "Rome")
        self.assertEqual(preview.source, "live")

    def test_a_vendor_that_does_not_answer_is_a_sentence(self):
        self.vendor.failures = [
            TransientError("No.", code="timeout", params={"vendor": "Fake"})
        ]
        with self.assertRaisesRegex(UserError, "Fake did not answer in time"):
            self.preview().action_fetch()

    def test_a_record_that_is_nowhere_is_a_sentence(self):
        with self.assertRaisesRegex(UserError, "fetch it from the vendor"):
            self.preview(77).action_show()
        with self.assertRaisesRegex(UserError, "Fake has no record 77"):
            self.preview(77).action_fetch()

    def test_records_are_offered_by_name_and_by_remote_id(self):
        self.pull("companies", remote(35))
        wizards = self.env["connector.map.preview"].with_user(self.operator)
        flow = self.flow("companies")
        acme = {"value": "1", "label": "Acme", "type": ""}
        self.assertIn(acme, wizards.suggest_records(flow.id))
        self.assertEqual(wizards.suggest_records(flow.id, "acm"), [acme])
        self.assertEqual(wizards.suggest_records(flow.id, "1"), [acme])
        [held] = wizards.suggest_records(flow.id, "35")
        self.assertEqual(held["type"], "held")
        with self.assertRaises(AccessError):
            stranger = new_test_user(self.env, login="stranger")
            wizards.with_user(stranger).suggest_records(flow.id)

    def test_personal_data_is_masked_for_those_who_may_not_see_it(self):
        preview = self.preview(user=self.user_of("viewer"))
        preview.action_show()
        phone = self.row(preview, "phone")
        for text in (phone.raw, phone.result, phone.ours, preview.remote_name):
            self.assertIn("•••", text)
        self.assertEqual(self.row(preview, "city").raw, "Berlin")
        with self.assertRaises(UserError):
            preview.action_fetch()

    def test_another_s_preview_is_not_seen(self):
        preview = self.preview()
        preview.action_show()
        other = self.user_of("operator", name="Another")
        with self.assertRaises(AccessError):
            preview.with_user(other).read(["summary"])

    def test_a_locked_record_would_not_be_touched(self):
        self.binding("companies", 1).state = "locked"
        preview = self.preview()
        preview.action_show()
        self.assertIn("locked", preview.summary)

    def test_what_would_be_sent_is_shown_against_what_the_vendor_has(self):
        self.flow("companies").direction = "both"
        self.line("city").owner = "odoo"
        self.taken("companies", 1).city = "Paris"
        self.env.flush_all()
        preview = self.preview()
        preview.action_show()
        lines = preview.push_line_ids.grouped("remote_path")
        city = lines["city"]
        self.assertEqual(
            (city.ours, city.raw, city.written, city.outcome),
            ("Paris", "Berlin", "Paris", "Sent."),
        )
        self.assertIn("nothing sent", lines["zip"].outcome)
        self.assertFalse(self.vendor.sent)


@tagged("post_install", "-at_install")
class TestMapImpact(TrialCase):
    """What a draft would change is counted on the records that came last."""

    def count(self):
        return self.draft._impact()

    def test_an_unchanged_draft_changes_nothing(self):
        found = self.count()
        self.assertEqual((found["records"], found["changed"]), (2, 0))
        self.assertEqual(
            self.draft.impact_text, "0 of the last 2 records would change."
        )

    def test_records_that_would_change_are_counted_by_field_with_examples(self):
        self.line("city").step_ids = steps("upper")
        found = self.count()
        self.assertEqual(found["changed"], 2)
        self.assertEqual(found["fields"], {"city": 2})
        examples = {e["remote_id"]: e["fields"] for e in found["examples"]}
        self.assertEqual(examples["1"], {"city": ["Berlin", "BERLIN"]})
        self.assertIn("City: Berlin → BERLIN", self.draft.impact_detail)

    def test_personal_data_is_masked_in_examples(self):
        self.line("phone").step_ids = steps("trim")
        self.line("name").step_ids = steps("upper")
        found = self.count()
        self.assertNotIn("ACME", str(found["examples"]))

    def test_what_no_kept_record_tells_of_is_named(self):
        self.draft.line_ids.create(
            {"map_id": self.draft.id, "remote_path": "tier", "target": "odoo.ref"}
        )
        self.count()
        self.assertIn("no kept record has them yet: tier.", self.draft.impact_text)

    def test_records_that_would_be_held_and_released(self):
        self.line("zip").required = True
        self.assertEqual(self.count()["held"], 2)
        self.assertEqual(
            self.draft.impact_text,
            "0 of the last 2 records would change, 2 would be held.",
        )
        activate(self.draft)
        self.draft = self.new_draft("companies")
        self.line("zip").required = False
        self.assertEqual(self.count()["released"], 2)

    def test_nothing_but_the_count_is_written(self):
        self.line("city").step_ids = steps("upper")
        before = self.fingerprint()
        self.count()
        changed = {k for k, v in self.fingerprint().items() if before[k] != v}
        self.assertEqual(changed, {"connector_field_map"})

    def test_an_edit_makes_the_count_stale(self):
        self.count()
        self.assertFalse(self.draft.impact_stale)
        self.line("city").step_ids = steps("upper")
        self.draft.invalidate_recordset()
        self.assertTrue(self.draft.impact_stale)
        self.count()
        self.assertFalse(self.draft.impact_stale)

    def test_few_records_are_counted_at_once_and_many_in_the_background(self):
        draft = self.draft.with_user(self.operator)
        draft.action_count_impact()
        self.assertTrue(draft.impact_at)
        self.pull("companies", *(remote(n, name=f"C{n}") for n in range(10, 520)))
        draft.action_count_impact()
        self.assertIn("background", draft.impact_text)
        self.run_jobs()
        self.env.invalidate_all()
        self.assertEqual(draft.impact_text, "0 of the last 512 records would change.")

    def test_a_connection_that_is_paused_is_no_reason_to_wait(self):
        self.patch(impact, "AT_ONCE", 1)
        self.line("city").step_ids = steps("upper")
        self.connection.action_pause()
        self.draft.action_count_impact()
        self.assertIn("in the background", self.draft.impact_text)
        self.run_jobs()
        self.assertIn("2 of the last 2 records", self.draft.impact_text)

    def test_of_one_reason_there_are_a_few_examples(self):
        self.pull("companies", *(remote(n, name=f"C{n}") for n in range(3, 9)))
        self.line("zip").required = True
        self.draft.action_count_impact()
        self.assertIn("8 would be held", self.draft.impact_text)
        self.assertEqual(len(self.draft.sudo().impact["examples"]), 3)

    def test_a_viewer_does_not_start_it(self):
        with self.assertRaises(UserError):
            self.draft.with_user(self.user_of("viewer")).action_count_impact()

    def test_an_active_version_is_not_counted(self):
        with self.assertRaises(UserError):
            self.flow("companies").active_map_id.action_count_impact()

    def test_without_kept_records_it_says_so(self):
        self.env["connector.payload"].search([]).unlink()
        self.count()
        self.assertIn("No record is kept", self.draft.impact_text)
