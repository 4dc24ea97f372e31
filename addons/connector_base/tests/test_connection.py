import datetime

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..engine import errors
from ..engine.records import AccountInfo, ReferenceValue
from .common import ConnectorCase
from .common_vendor import SECRET, remote


@tagged("post_install", "-at_install")
class TestConnection(ConnectorCase):
    # -- set up ---------------------------------------------------------------

    def test_address_and_version_come_from_the_provider(self):
        connection = self.new_connection()
        self.assertEqual(connection.base_url, "https://api.fake.example")
        self.assertEqual(connection.api_version, "2026-01")
        self.assertEqual(connection.state, "draft")
        self.assertEqual(connection.credential_ids.label, "API Key")

    def test_only_encrypted_addresses_are_taken(self):
        refused = (
            *("http://api.fake.example", "ftp://api.fake.example", "api.fake.example"),
            # What looks like this machine and is not.
            *("http://localhost.evil.example", "http://127.0.0.1.evil.example"),
            *("http://localhost@evil.example", "http://127.0.0.1:1@evil.example"),
            "https://",
        )
        for url in refused:
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.connection.base_url = url

    def test_this_machine_may_be_spoken_to_in_clear(self):
        for url in ("http://127.0.0.1:8081", "http://localhost/v1", "http://[::1]:80"):
            with self.subTest(url=url):
                self.connection.base_url = url

    def test_the_system_of_a_connection_is_not_changed(self):
        with self.assertRaises(UserError):
            self.connection.provider = "other"

    def test_a_provider_whose_addon_is_gone_is_named(self):
        self.env.cr.execute("UPDATE connector_connection SET provider = 'gone'")
        self.connection.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "gone"):
            self.connection._provider()

    # -- test -----------------------------------------------------------------

    def test_a_test_says_which_account_answers(self):
        answer = self.connection.action_test()
        self.assertEqual(answer["params"]["type"], "success")
        self.assertIn("Fake Account", self.connection.last_test_result)

    def test_a_test_says_what_may_not_be_read(self):
        self.vendor.denied["contacts"] = errors.PermissionDenied(
            "No.", code="missing_scope", params={"scope": "crm.contacts.read"}
        )
        answer = self.connection.action_test()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertIn("Contacts", self.connection.last_test_result)
        self.assertIn("crm.contacts.read", self.connection.last_test_result)

    def test_a_test_without_a_credential_says_so(self):
        connection = self.new_connection(name="Without")
        answer = connection.action_test()
        self.assertEqual(answer["params"]["type"], "danger")
        self.assertIn("API Key", connection.last_test_result)

    # -- connect --------------------------------------------------------------

    def test_connecting_makes_the_flows_with_their_maps_and_starts_them(self):
        connection = self.new_connection()
        connection.credential_ids.secret = SECRET
        self.vendor.add_page("companies", remote(1, name="Acme"))
        connection.action_connect()
        flows = connection.flow_ids
        self.assertCountEqual(
            flows.mapped("stream"), ["companies", "products", "contacts"]
        )
        self.assertEqual(set(flows.active_map_id.mapped("version")), {1})
        self.assertEqual(connection.pending_job_count, 3)
        self.run_jobs()
        connection.invalidate_recordset()
        self.assertEqual(connection.synced_count, 1)

    def test_connecting_again_keeps_flows_and_maps(self):
        flow = self.flow("companies")
        flow.write({"interval_minutes": 60, "active": False})
        before = self.connection.with_context(active_test=False).flow_ids
        self.connection.action_connect()
        after = self.connection.with_context(active_test=False).flow_ids
        self.assertEqual(after, before)
        self.assertEqual(flow.interval_minutes, 60)

    def test_the_accounts_currency_and_zone_are_taken_over(self):
        self.vendor.account = AccountInfo(
            "4711", currency="JPY", timezone="Asia/Tokyo", web_url="https://x.example"
        )
        self.connection.action_connect()
        self.assertEqual(self.connection.currency_id.name, "JPY")
        self.assertEqual(self.connection.tz, "Asia/Tokyo")
        self.assertEqual(self.connection.account_ref, "4711")

    def test_an_unknown_zone_or_currency_changes_nothing(self):
        self.connection.write({"tz": "Europe/Paris", "currency_id": 1})
        self.vendor.account = AccountInfo("4711", currency="ZZZ", timezone="Mars/Base")
        self.connection.action_connect()
        self.assertEqual(self.connection.tz, "Europe/Paris")
        self.assertEqual(self.connection.currency_id.id, 1)

    def test_a_failed_connect_changes_nothing_and_says_why(self):
        connection = self.new_connection()
        connection.credential_ids.secret = SECRET
        self.vendor.failures = [errors.AuthenticationError("x", code="wrong_token")]
        with self.assertRaisesRegex(UserError, "access token"):
            connection.action_connect()
        self.assertEqual(connection.state, "draft")
        self.assertFalse(connection.flow_ids)

    # -- pause ----------------------------------------------------------------

    def test_a_paused_connection_gathers_work_and_does_none(self):
        self.connection.action_pause()
        self.vendor.add_page("companies", remote(1, name="Acme"))
        self.flow("companies").action_sync()
        self.run_jobs()
        self.assertFalse(self.vendor.requests)
        self.connection.action_resume()
        self.run_jobs()
        self.assertTrue(self.taken("companies", 1))

    def test_a_flow_that_is_not_connected_can_not_be_started(self):
        self.connection.state = "draft"
        with self.assertRaises(UserError):
            self.flow("companies").action_sync()

    # -- schedule -------------------------------------------------------------

    def jobs(self):
        jobs = self.env["connector.job"].search(
            [("connection_id", "=", self.connection.id), ("state", "=", "pending")]
        )
        return jobs.mapped("method_name")

    def test_the_schedule_starts_flows_that_are_due(self):
        now = fields.Datetime.now()
        self.connection.references_read_at = now
        hour = datetime.timedelta(hours=1)
        self.connection.flow_ids.next_run_at = now + hour
        self.flow("companies").next_run_at = now - hour
        self.env["connector.connection"]._cron_schedule()
        self.assertEqual(self.jobs(), ["_job_pull"])
        self.assertGreater(self.flow("companies").next_run_at, now)
        self.env["connector.connection"]._cron_schedule()
        self.assertEqual(self.jobs(), ["_job_pull"])

    def test_the_schedule_leaves_paused_connections_and_stopped_flows_alone(self):
        self.connection.flow_ids.active = False
        self.connection.references_read_at = fields.Datetime.now()
        self.env["connector.connection"]._cron_schedule()
        self.connection.flow_ids.with_context(active_test=False).active = True
        self.connection.action_pause()
        self.env["connector.connection"]._cron_schedule()
        self.assertFalse(self.jobs())

    def test_the_vendors_lists_are_read_again_every_hour(self):
        self.connection.flow_ids.active = False
        self.connection.references_read_at = False
        self.vendor.references = [ReferenceValue("owner", "7", "Jo")]
        self.env["connector.connection"]._cron_schedule()
        self.assertEqual(self.jobs(), ["_job_refresh_references"])
        self.run_jobs()
        self.assertEqual(
            self.connection.value_map_ids.line_ids.mapped("remote_label"), ["Jo"]
        )
        self.env["connector.connection"]._cron_schedule()
        self.assertFalse(self.jobs())

    def test_a_flow_that_was_stopped_meanwhile_is_skipped(self):
        flow = self.flow("companies")
        flow.action_sync()
        job = self.last_job(flow)
        flow.active = False
        self.run_jobs()
        self.assertEqual(job.result, {"skipped": 1})
        self.assertFalse(self.vendor.requests)

    # -- health ---------------------------------------------------------------

    def test_a_flow_tells_its_health(self):
        flow = self.flow("companies")
        self.assertEqual(flow.health, "waiting")
        self.pull("companies")
        self.assertEqual(flow.health, "good")
        flow.last_success_at -= datetime.timedelta(minutes=flow.latency_target + 1)
        self.assertEqual(flow.health, "late")
        self.connection.action_pause()
        self.assertEqual(flow.health, "stopped")
