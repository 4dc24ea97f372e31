import dataclasses
import datetime

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..engine import errors
from ..engine.records import MapLine, ReferenceValue
from ..models.connector_setup import STEP_NAMES
from .common_vendor import remote
from .test_setup import SetupCase


@tagged("post_install", "-at_install")
class TestSetupChoices(SetupCase):
    """What is chosen in each step, and what is looked at before Go."""

    # -- ownership ------------------------------------------------------------

    def test_presets_say_who_owns_what(self):
        self.to("ownership")
        for preset, companies, products in (
            ("crm", "remote", "odoo"),
            ("odoo", "odoo", "odoo"),
            ("remote", "remote", "remote"),
        ):
            self.choose(preset)
            for stream, owner in (("companies", companies), ("products", products)):
                with self.subTest(preset=preset, stream=stream):
                    row = self.line(stream)
                    ours = owner == "odoo"
                    self.assertEqual(row.direction, "both" if ours else "pull")
                    self.assertEqual(row.may_create, not ours)
                    name = row.owner_ids.filtered(lambda o: o.target == "name")
                    self.assertEqual(name.owner, owner)

    def test_what_only_goes_out_is_odoos_whoever_owns_the_rest(self):
        remark = MapLine("remark", "description", direction="push", owner="odoo")
        streams = self.vendor.streams
        self.addCleanup(setattr, self.vendor, "streams", streams)
        self.vendor.streams = tuple(
            dataclasses.replace(each, default_map=(*each.default_map, remark))
            if each.name == "companies"
            else each
            for each in streams
        )
        self.to("ownership")
        for preset in ("remote", "odoo", "crm"):
            self.choose(preset)
            rows = self.line("companies").owner_ids
            own = rows.filtered(lambda row: row.remote_path == "remark")
            self.assertEqual(own.owner, "odoo", preset)

    def test_owners_come_into_force_with_go_as_a_version_of_the_map(self):
        self.to("ownership")
        self.choose("remote")
        row = self.line("companies")
        row.owner_ids.filtered(lambda o: o.target == "phone").owner = "odoo"
        row.direction = "both"
        shipped = row.flow_id.active_map_id
        self.to("start")
        self.assertEqual(row.flow_id.active_map_id, shipped, "not before")
        self.assertEqual(row.flow_id.direction, "pull")
        self.setup.action_go()
        flow = row.flow_id
        self.assertEqual(flow.active_map_id.version, 2)
        owners = {li.target: li.owner for li in flow.active_map_id.line_ids}
        self.assertEqual((owners["phone"], owners["name"]), ("odoo", "remote"))
        self.assertEqual(flow.direction, "both")
        unchanged = self.line("contacts").flow_id
        self.assertEqual(unchanged.active_map_id.version, 1)

    def test_what_is_left_out_is_switched_off(self):
        self.to("ownership")
        self.line("products").included = False
        self.to("start")
        self.setup.action_go()
        self.assertFalse(self.line("products").flow_id.active)
        self.assertTrue(self.line("companies").flow_id.active)

    # -- values ---------------------------------------------------------------

    def test_suggestions_for_values_are_taken_together(self):
        self.env["res.users"].create({"name": "Jo Smith", "login": "jo@x.example"})
        self.vendor.references = [
            ReferenceValue("owner", "7", "Jo", {"email": "jo@x.example"}),
            ReferenceValue("owner", "8", "Someone"),
        ]
        self.to("values")
        self.assertEqual(self.setup.value_line_ids.mapped("state"), ["mapped", "open"])
        open_line = self.setup.value_line_ids[1]
        open_line.suggested_id = self.env.user.id
        self.setup.action_accept_values()
        self.assertEqual(open_line.res_id, self.env.user.id)
        self.to("start")
        self.assertEqual(self.verdict("Values"), "ok")

    # -- matches --------------------------------------------------------------

    def test_the_dry_run_counts_exact_to_review_and_new(self):
        partners = self.env["res.partner"]
        partners.create({"name": "A", "website": "a.example", "is_company": True})
        for _number in range(2):
            partners.create(
                {"name": "Twin", "website": "twin.example", "is_company": True}
            )
        self.vendor.add_page(
            "companies",
            remote(1, name="A", domain="a.example"),
            remote(2, name="Twin", domain="twin.example"),
        )
        self.vendor.add_page("companies", remote(3, name="N", domain="n.example"))
        self.to("matches")
        self.match()
        row = self.line("companies")
        counts = (row.exact_count, row.review_count, row.new_count, row.read_count)
        self.assertEqual(counts, (1, 1, 1, 3))
        self.assertEqual(self.setup.match_state, "done")
        self.assertEqual(
            self.setup.match_sentence, "1 exact, 1 to review, 1 new; nobody is mailed."
        )
        outcomes = {e.remote_id: e.outcome for e in self.setup.example_ids}
        self.assertEqual(outcomes, {"1": "exact", "2": "review"}, "of the first page")

    def test_the_dry_run_ends_at_its_limit(self):
        for page in range(4):
            self.vendor.add_page(
                "companies", *(remote(10 * page + i, name=f"C{i}") for i in range(5))
            )
        self.to("matches")
        self.setup.match_limit = 7
        self.match()
        self.assertEqual(self.line("companies").read_count, 7)

    def test_the_dry_run_can_be_stopped_and_run_again(self):
        self.vendor.add_page("companies", remote(1, name="A"))
        self.to("matches")
        self.setup.action_match()
        with self.assertRaisesRegex(UserError, "stop it"):
            self.setup.action_next()
        self.setup.action_stop_match()
        self.run_jobs()
        self.assertEqual(self.setup.match_state, "stopped")
        self.assertFalse(self.line("companies").read_count)
        self.match()
        self.assertEqual(self.setup.match_state, "done")

    def test_a_dry_run_that_fails_says_why(self):
        self.to("matches")
        self.vendor.failures = [
            errors.AuthenticationError("No.", code="x", params={"detail": "Shut out."})
        ]
        self.setup.action_match()
        self.run_jobs()
        self.assertEqual(self.setup.match_state, "failed")
        self.assertEqual(self.setup.match_error, "Shut out.")
        self.assertEqual(self.setup.connection_id.state, "draft")

    # -- first load -----------------------------------------------------------

    def test_the_estimate_says_how_long_and_how_much_of_the_quota(self):
        self.to("scope")
        setup = self.setup
        for seconds, words in (
            (30, "Less than a minute"),
            (80, "A minute or two"),
            (40 * 60, "About 40 minutes"),
            (5 * 3600, "About 5 hours"),
            (5 * 86400, "About 5 days"),
        ):
            self.assertEqual(setup._duration_in_words(seconds), words)
        self.env["connector.budget"].sudo().create(
            {
                "connection_id": setup.connection_id.id,
                "name": "day",
                "label": "Requests",
                "everything": True,
                "requests": 100,
                "seconds": 10,
                "quota_limit": 1000,
                "quota_remaining": 100,
                "quota_at": fields.Datetime.now(),
            }
        )
        setup.write({"load_count": 4000, "load_seconds": 2400, "load_requests": 40})
        text = setup._eta_text()
        self.assertIn("About 40 minutes for 4,000 records; uses 4 % of today's", text)
        setup.load_requests = 400
        self.assertIn("100 are left today", setup._eta_text())

    def test_since_when_is_asked_and_kept_with_the_flows(self):
        self.to("scope")
        self.setup.scope_choice = "since"
        with self.assertRaisesRegex(UserError, "since when"):
            self.setup.action_next()
        self.setup.since = fields.Date.today() + datetime.timedelta(days=2)
        with self.assertRaisesRegex(UserError, "future"):
            self.setup.action_next()
        self.setup.since = "2026-01-01"
        self.to("start")
        self.setup.action_go()
        flow = self.line("companies").flow_id
        self.assertEqual(flow.pull_since, datetime.date(2026, 1, 1))

    # -- checks ---------------------------------------------------------------

    def test_errors_stop_go_and_say_where_to_put_them_right(self):
        self.to("start")
        self.assertEqual(self.verdict("Credentials"), "ok")
        self.assertEqual(self.verdict("Matches"), "warning")
        self.setup.connection_id.write(
            {"last_test_passed": False, "last_test_access": False}
        )
        self.setup.action_check()
        self.assertEqual(self.verdict("Credentials"), "error")
        with self.assertRaisesRegex(UserError, "Credentials"):
            self.setup.action_go()
        self.assertEqual(self.setup.connection_id.state, "draft")
        self.setup.check_ids.filtered(lambda c: c.name == "Credentials").action_fix()
        self.assertEqual(self.setup.step, "credentials")

    def test_scheduled_actions_that_are_off_stop_go(self):
        self.to("start")
        self.env.ref("connector_base.cron_schedule").active = False
        self.setup.action_check()
        self.assertEqual(self.verdict("Background Work"), "error")

    def test_a_copy_of_the_database_is_not_connected_to_production(self):
        self.setup.environment = "production"
        self.to("start")
        self.assertEqual(self.verdict("Environment"), "ok")
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("database.is_neutralized", True)
        self.setup.action_check()
        self.assertEqual(self.verdict("Environment"), "error")

    def test_the_steps_are_eight(self):
        self.assertEqual(len(STEP_NAMES), 8)
        self.assertEqual([s["key"] for s in self.setup.steps], STEP_NAMES)
