from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import errors
from ..engine.records import AccountInfo, ReferenceValue
from .common import ConnectorCase
from .common_vendor import SECRET, remote

#: Tables that a set-up writes before Go: its own, the draft of the connection with what
#: runs nothing yet, and the jobs that only read. All others stay as they are.
SET_UP = (
    *("connector_setup", "connector_setup_check", "connector_setup_example"),
    *("connector_setup_flow", "connector_setup_owner"),
    *("connector_connection", "connector_credential", "connector_flow"),
    *("connector_field_map", "connector_field_map_line", "connector_field_map_step"),
    *("connector_value_map", "connector_value_map_line", "connector_remote_field"),
    *("connector_match_rule", "connector_circuit", "connector_budget"),
    *("connector_job", "connector_lane_worker", "ir_cron_trigger"),
    # What was set up by whom, on the pages of connection and maps, and in the audit.
    *("mail_message", "mail_followers", "mail_tracking_value"),
    "connector_audit",
)


class SetupCase(ConnectorCase):
    """A set-up that has just been begun."""

    def setUp(self):
        super().setUp()
        self.setup = self.env["connector.setup"].create(
            {
                "provider": "fake",
                "connection_name": "New CRM",
                "environment": "sandbox",
            }
        )

    def to(self, step):
        """Go on to a step, deciding as little as there must be."""
        while self.setup.step != step:
            connection = self.setup.connection_id
            if self.setup.step == "credentials" and not connection.last_test_at:
                connection.credential_ids.secret = SECRET
                self.setup.action_test()
            if self.setup.step == "company" and not self.setup.currency_id:
                self.setup.currency_id = self.env.company.currency_id
            if self.setup.step == "ownership" and not self.setup.preset:
                self.choose("remote")
            self.setup.action_next()

    def choose(self, preset):
        self.setup.with_context(connector_preset=preset).action_preset()

    def line(self, stream):
        return self.setup.flow_line_ids.filtered(lambda r: r.flow_id.stream == stream)

    def match(self):
        self.setup.action_match()
        job = self.setup.match_job_id
        self.run_jobs()
        self.assertEqual(job.state, "done", job.traceback or job.error)

    def verdict(self, name):
        return self.setup.check_ids.filtered(lambda c: c.name == name).verdict


@tagged("post_install", "-at_install")
class TestSetup(SetupCase):
    # -- the way --------------------------------------------------------------

    def test_nothing_is_written_to_either_side_before_go(self):
        self.env["res.partner"].create(
            {"name": "Acme", "website": "acme.example", "is_company": True}
        )
        self.vendor.references = [ReferenceValue("owner", "8", "Someone")]
        self.vendor.add_page(
            "companies",
            remote(1, name="Acme", domain="acme.example", owner="8"),
            remote(2, name="New One", domain="new.example", owner="nobody"),
        )
        partners = self.env["res.partner"].search_count([])
        last = self.env["mail.message"].search([], order="id desc", limit=1)
        before = self.fingerprint()
        self.to("matches")
        self.match()
        self.to("start")
        self.setup.action_check()
        after = self.fingerprint()
        changed = {table for table in after if after[table] != before[table]}
        self.assertEqual(changed - {*SET_UP}, set())
        self.assertFalse(self.vendor.sent)
        connection = self.setup.connection_id
        self.assertEqual(connection.state, "draft")
        messages = self.env["mail.message"].search([("id", ">", last.id)])
        about = {m.model for m in messages if m.res_id == connection.id}
        self.assertLessEqual(about, {"connector.connection", "connector.flow"})
        self.setup.action_go()
        self.assertEqual(connection.state, "connected")
        self.assertFalse(self.setup.example_ids, "names are kept to decide by only")
        self.run_jobs()
        self.assertGreater(self.env["res.partner"].search_count([]), partners)

    def test_each_step_says_what_is_missing(self):
        self.setup.provider = False
        with self.assertRaisesRegex(UserError, "Choose the system"):
            self.setup.action_next()
        self.setup.provider = "fake"
        self.setup.action_next()
        with self.assertRaisesRegex(UserError, "press Test"):
            self.setup.action_next()
        self.to("company")
        self.setup.currency_id = False
        with self.assertRaisesRegex(UserError, "currency"):
            self.setup.action_next()
        self.to("ownership")
        with self.assertRaisesRegex(UserError, "who owns what"):
            self.setup.action_next()
        self.choose("remote")
        self.setup.flow_line_ids.included = False
        with self.assertRaisesRegex(UserError, "at least one"):
            self.setup.action_next()

    def test_it_is_left_and_gone_on_with(self):
        self.to("ownership")
        self.choose("odoo")
        self.env.flush_all()
        self.env.invalidate_all()
        setup = self.env["connector.setup"].search([("state", "=", "open")], limit=1)
        self.assertEqual((setup.step, setup.preset), ("ownership", "odoo"))
        setup.action_back()
        self.assertEqual(setup.step, "company")
        states = [step["state"] for step in setup.steps]
        self.assertEqual(states, ["done", "done", "current", "open", *["later"] * 4])
        setup.action_open_step("ownership")
        self.assertEqual(setup.preset, "odoo")

    def test_a_step_that_was_not_reached_is_not_opened(self):
        for step in ("start", "values", "nonsense"):
            with self.subTest(step=step), self.assertRaises(UserError):
                self.setup.action_open_step(step)
        with self.assertRaises(UserError):
            self.setup.action_go()

    def test_only_administrators_set_up(self):
        for group in ("viewer", "operator", "map_editor"):
            setup = self.setup.with_user(self.user_of(group))
            with self.subTest(group=group), self.assertRaises(AccessError):
                setup.action_next()
        self.setup.with_user(self.user_of("administrator")).action_next()
        self.assertEqual(self.setup.step, "credentials")

    def test_a_running_connection_is_not_set_up_again(self):
        self.to("start")
        self.setup.action_go()
        for action in ("action_next", "action_back", "action_match", "action_go"):
            with self.subTest(action=action), self.assertRaises(UserError):
                getattr(self.setup, action)()

    def test_connect_does_not_pass_over_what_was_chosen(self):
        self.to("ownership")
        with self.assertRaisesRegex(UserError, "is being set up"):
            self.setup.connection_id.action_connect()
        self.assertEqual(self.setup.connection_id.state, "draft")
        arch = self.setup.connection_id.get_view(view_type="form")["arch"]
        self.assertEqual(arch.count("or (has_setup)"), 3)

    def test_no_set_up_changes_the_owners_of_a_flow_that_has_run(self):
        """Over RPC an administrator may say which connection it is, and in which state:
        what runs is changed by two people."""
        self.pull("companies", remote(1, name="Acme", city="Bonn"))
        admin = self.user_of("administrator")
        flow = self.flow("companies")
        setup = self.setup.with_user(admin).create(
            {
                "connection_id": self.connection.id,
                "connection_name": "Mine",
                "provider": "fake",
                "state": "open",
                "step": "start",
                "preset": "custom",
            }
        )
        row = setup.flow_line_ids.create({"setup_id": setup.id, "flow_id": flow.id})
        row.owner_ids.create(
            {
                "setup_id": setup.id,
                "flow_line_id": row.id,
                "target": "city",
                "remote_path": "city",
                "owner": "odoo",
            }
        )
        with self.assertRaisesRegex(UserError, "runs already"):
            setup.action_go()
        self.connection.sudo().state = "draft"
        with self.assertRaisesRegex(UserError, "has run already"):
            setup._apply_choices()
        self.assertEqual(flow.active_map_id.version, 1)
        self.assertEqual(self.map_line("companies", "city").owner, "remote")

    # -- credentials and company ----------------------------------------------

    def test_rights_are_shown_by_name_and_what_is_denied_is_left_out(self):
        self.vendor.denied["contacts"] = errors.PermissionDenied(
            "No.", code="missing_scope", params={"scope": "crm.contacts.read"}
        )
        self.to("ownership")
        verdicts = dict(self.setup.scope_ids.mapped(lambda s: (s.name, s.verdict)))
        self.assertEqual(verdicts["read Companies"], "ok")
        self.assertEqual(verdicts["read Contacts"], "error")
        self.assertFalse(self.line("contacts").included)
        self.line("contacts").included = True
        self.choose("remote")
        with self.assertRaisesRegex(UserError, "Contacts"):
            self.setup.action_next()

    def test_a_sign_in_that_fails_ends_it_there(self):
        self.to("credentials")
        self.setup.connection_id.credential_ids.secret = SECRET
        self.vendor.failures.append(
            errors.AuthenticationError("No.", code="wrong_token", params={})
        )
        self.setup.action_test()
        with self.assertRaisesRegex(UserError, "last test failed"):
            self.setup.action_next()

    def test_what_was_tested_is_what_is_connected(self):
        """A test of other credentials, or of another address, says nothing."""
        self.to("company")
        changes = {
            "secret": lambda: self.setup.credential_ids.write({"secret": "other"}),
            "address": lambda: self.setup.write({"base_url": "https://x.example"}),
        }
        for name, change in changes.items():
            with self.subTest(name):
                self.setup.action_open_step("credentials")
                change()
                with self.assertRaisesRegex(UserError, "press Test"):
                    self.setup.action_next()
                self.setup.action_open_step("company")
                self.setup._check_all()
                self.assertEqual(self.verdict("Credentials"), "error")
                self.setup.action_test()
                self.assertTrue(self.setup.last_test_passed)

    def test_what_is_chosen_for_the_company_stays_until_go(self):
        self.vendor.account = AccountInfo("4711", timezone="America/New_York")
        self.to("company")
        self.assertEqual(self.setup.tz, "America/New_York", "as the account says")
        self.setup.tz = "Europe/Paris"
        self.to("start")
        self.setup.action_go()
        self.assertEqual(self.setup.connection_id.tz, "Europe/Paris")

    def test_another_company_is_chosen_for_all_that_is_made(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.to("company")
        self.setup.company_id = other
        self.to("start")
        self.setup.action_go()
        connection = self.setup.connection_id
        self.assertEqual(connection.company_id, other)
        made = [connection.flow_ids, connection.credential_ids, connection.circuit_ids]
        for records in made:
            self.assertEqual(records.company_id, other, records._name)
