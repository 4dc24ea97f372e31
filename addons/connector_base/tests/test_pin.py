import importlib.util
import os
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, file_path

from ..engine import errors
from ..engine.records import AccountInfo
from ..models import connector_place
from ..models.connector_place import HOST_OPTION, HOST_VARIABLE
from .common import HOST, ConnectorCase
from .common_place import PlaceMixin
from .common_vendor import SECRET, inbound, remote


class PinCase(PlaceMixin, ConnectorCase):
    def wizard(self, choice, reason="Moved on Sunday", user=None, **vals):
        rearm = self.env["connector.rearm"].with_user(user or self.env.user)
        return rearm.create({"choice": choice, "reason": reason, **vals})

    def rearm(self, choice, **vals):
        return self.wizard(choice, **vals).action_rearm()

    def note(self, action):
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.env["connector.audit"].search(
            [("action", "=", action), ("res_id", "=", self.connection.id)]
        )

    def works_by_the_metrics(self):
        start = f'connector_connected{{id="{self.connection.id}"'
        lines = self.env["connector.metrics"]._text().splitlines()
        [line] = [line for line in lines if line.startswith(start)]
        return line.endswith(" 1")

    def gates(self):
        """Whether jobs, and looks at a system that is down, may start."""
        self.env.flush_all()
        connections = self.env["connector.connection"]
        return [
            (self.connection.id,)
            in self.env.execute_query(
                SQL(
                    "SELECT c.id FROM connector_connection c WHERE %s",
                    connections._gate("bulk", probe=SQL(probe)),
                )
            )
            for probe in ("FALSE", "TRUE")
        ]


@tagged("post_install", "-at_install")
class TestPin(PinCase):
    """A connection calls its vendor from where it was armed, and from nowhere else."""

    def test_it_is_armed_where_it_is_made(self):
        self.assertFalse(self.connection.elsewhere)
        self.assertIn(HOST, self.connection.armed_for)
        self.assertIn(self.env.cr.dbname, self.connection.armed_for)
        self.assertEqual(self.gates(), [True, True])
        self.assertIsNone(self.env["connector.connection"]._copy_banner())

    def test_each_part_of_the_place_counts_by_itself(self):
        for parts in (
            {"uuid": "another"},
            {"server": "7000000000000000001"},
            {"database": "copy"},
            {"host": "copy.test"},
        ):
            with self.subTest(parts), self.elsewhere(**parts):
                self.assertEqual(self.gates(), [False, False])
                self.assertTrue(self.connection.elsewhere)
                self.assertTrue(self.env["connector.connection"]._copy_banner())

    def test_a_server_that_is_not_told_says_nothing(self):
        with self.elsewhere(server=None):
            self.assertEqual(self.gates(), [True, True])
        self.connection.sudo().pin_server = False
        self.assertEqual(self.gates(), [True, True])
        self.assertFalse(self.connection.elsewhere)

    def test_a_copy_calls_nobody_whatever_is_pressed(self):
        self.flow("companies").action_sync()
        job = self.last_job(self.flow("companies"))
        self.receive(inbound("e1", "companies", 1))
        self.vendor.reset()
        buttons = ("test", "connect", "resume", "sync", "look_now", "read_fields")
        with self.copied():
            for button in (*buttons, "add_object"):
                with self.subTest(button), self.assertRaisesRegex(UserError, "armed"):
                    getattr(self.connection, f"action_{button}")()
            self.env["connector.connection"]._cron_schedule()
            self.run_jobs()
            self.assertFalse(self.vendor.requests)
            self.assertEqual(job.state, "pending")
            self.assertEqual(self.event("e1").state, "pending")
            self.assertFalse(self.works_by_the_metrics())
        self.assertTrue(self.works_by_the_metrics())
        self.run_jobs()
        self.assertEqual(job.state, "done")
        self.assertEqual(self.event("e1").state, "done")

    def test_a_draft_does_not_call_from_a_copy_either(self):
        draft = self.new_connection(name="Draft")
        draft.credential_ids.secret = SECRET
        with self.copied(), self.assertRaisesRegex(UserError, "armed"):
            draft.action_test()
        self.assertFalse(self.vendor.requests)

    def test_no_secret_is_opened_in_a_copy(self):
        credential = self.connection.credential_ids
        with self.copied():
            with self.assertRaises(errors.RateLimited) as caught:
                self.connection._secret("api_key")
            self.assertEqual(caught.exception.code, errors.NOT_ARMED)
            with self.assertRaises(errors.RateLimited):
                self.connection._tokens("access", lambda secrets: None)
            with self.assertRaises(UserError):
                credential._reveal()
            with self.assertRaises(errors.AuthenticationError):
                self.connection._webhook_secret()
            with self.assertRaises(UserError):
                credential.secret = "another"
        self.assertEqual(self.connection._secret("api_key"), SECRET)

    def test_a_job_that_has_begun_waits_and_stops_nothing(self):
        self.flow("companies").action_sync()
        job = self.last_job(self.flow("companies"))
        connections = self.registry["connector.connection"]
        # It was claimed while all was well.
        with (
            self.copied(),
            patch.object(connections, "_armed", lambda _self: SQL("TRUE")),
        ):
            self.run_jobs()
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertIn("armed", job.error)
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.blocked_until)
        self.assertFalse(self.exceptions())

    def test_nobody_gets_a_mail_from_a_copy(self):
        self.vendor.failures = [errors.PermissionDenied("No.", code="scope")]
        users = self.registry["connector.exception"]
        with patch.object(users, "_digest_users") as asked:
            with self.copied():
                self.env["connector.exception"]._cron_digest()
                self.env["connector.exception"]._cron_escalate()
            asked.assert_not_called()

    def test_what_was_connected_before_there_were_places_is_armed_by_the_upgrade(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE connector_connection SET pin_uuid = NULL, pin_server = NULL,"
            " pin_database = NULL, pin_hosts = NULL"
        )
        self.env.invalidate_all()
        self.assertEqual(self.gates(), [False, False])
        path = file_path("connector_base/migrations/19.0.6.0.0/post-pin.py")
        spec = importlib.util.spec_from_file_location("post_pin", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.5.0.0")
        self.env.invalidate_all()
        self.assertEqual(self.gates(), [True, True])

    # -- what the place is ----------------------------------------------------

    def test_the_same_odoo_by_another_address_goes_on_by_both(self):
        self.flow("companies").action_sync()
        job = self.last_job(self.flow("companies"))
        with self.renamed():
            self.assertIn("nothing is lost", self.connection.elsewhere)
            self.assertFalse(self.wizard("original").needs_name)
            self.rearm("original")
            self.run_jobs()
            self.assertEqual(job.state, "done")
        self.assertFalse(self.connection.elsewhere)

    def test_the_original_that_moved_goes_on_with_all_that_waited(self):
        self.connection.environment = "production"
        self.flow("companies").action_sync()
        job = self.last_job(self.flow("companies"))
        self.vendor.add_page("companies", remote(1, name="Acme"))
        with self.moved():
            with self.assertRaisesRegex(UserError, "Type the name"):
                self.rearm("original", database="production")
            with self.assertRaisesRegex(UserError, "Say why"):
                self.rearm("original", database=self.env.cr.dbname, reason=" ")
            self.assertFalse(self.vendor.requests)
            self.rearm("original", database=self.env.cr.dbname)
            self.assertIsNone(self.env["connector.connection"]._copy_banner())
            self.run_jobs()
            self.assertEqual(job.state, "done")
            self.assertEqual(len(self.binding("companies", 1)), 1)
            note = self.note("rearm")
            self.assertEqual(note.note, "Moved on Sunday")
            self.assertIn(HOST, note.changes["armed_for"][0])
        # The old place is none of it any more.
        self.assertEqual(self.gates(), [False, False])

    def test_a_copy_keeps_nothing_to_act_for_the_original_with(self):
        self.connection.environment = "production"
        self.flow("companies").action_sync()
        job = self.last_job(self.flow("companies"))
        with self.copied():
            self.rearm("copy", reason="For training")
            self.assertEqual(self.connection.state, "draft")
            self.assertEqual(self.connection.environment, "sandbox")
            self.assertEqual(job.state, "cancelled")
            self.assertFalse(self.connection.sudo().webhook_token)
            self.assertFalse(self.connection.credential_ids.sudo().token)
            self.assertFalse(self.connection.elsewhere)
            self.assertIsNone(self.env["connector.connection"]._copy_banner())
            self.assertEqual(self.note("disarm").note, "For training")
            # It may be connected to a sandbox, and is armed here then.
            self.connection.credential_ids.secret = SECRET
            self.connection.action_connect()
            self.assertEqual(self.gates(), [True, True])
        self.assertEqual(self.gates(), [False, False])

    def test_only_administrators_of_all_companies_concerned_decide(self):
        with self.copied():
            for group in ("viewer", "operator", "map_editor"):
                with self.subTest(group), self.assertRaises(AccessError):
                    self.wizard("copy", user=self.user_of(group))
            admin = self.user_of("administrator")
            company = self.env["res.company"].create({"name": "Other"})
            self.connection.sudo().write({"company_id": company.id})
            wizard = self.wizard("copy", user=admin)
            self.assertFalse(wizard.connection_ids)
            with self.assertRaisesRegex(AccessError, "companies"):
                wizard.action_rearm()
            self.assertTrue(self.connection.elsewhere)
            admin.company_ids = [Command.link(company.id)]
            wizard.action_rearm()
            self.assertFalse(self.connection.elsewhere)

    def test_the_banner_is_for_who_uses_connectors_and_its_button_for_who_decides(self):
        banner = {}
        with self.copied():
            for group in ("viewer", "administrator"):
                connections = self.env["connector.connection"]
                found = connections.with_user(self.user_of(group))._copy_banner()
                banner[group] = found
        self.assertIn("copy.test", banner["viewer"]["text"])
        self.assertNotIn("action", banner["viewer"])
        action = self.env.ref(banner["administrator"]["action"])
        self.assertEqual(action.res_model, "connector.rearm")

    # -- where we are ---------------------------------------------------------

    def test_the_server_says_where_it_is_before_the_database_does(self):
        place = self.env["connector.place"]
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.base.url", "https://Erp.Example.com/odoo")
        with patch.dict(os.environ):
            del os.environ[HOST_VARIABLE]
            with self.option(HOST_OPTION, None):
                self.assertEqual(place._here().host, "erp.example.com")
            with self.option(HOST_OPTION, "production"):
                self.assertEqual(place._here().host, "production")
                os.environ[HOST_VARIABLE] = "other"
                self.assertEqual(place._here().host, "other")

    def test_a_server_that_does_not_tell_breaks_nothing(self):
        self.env.cr.execute("SELECT system_identifier::text FROM pg_control_system()")
        told = self.env.cr.fetchone()[0]
        self.assertEqual(self.env["connector.place"]._ask_server(), told)
        with patch.object(connector_place, "QUESTION", "SELECT nobody_may_ask()"):
            self.assertIsNone(self.env["connector.place"]._ask_server())
        self.env.cr.execute("SELECT 1")

    # -- production and sandbox -----------------------------------------------

    def test_an_account_of_the_other_environment_is_refused(self):
        draft = self.new_connection(name="Draft", environment="sandbox")
        draft.credential_ids.secret = SECRET
        for environment, account, works in (
            ("sandbox", "production", False),
            ("production", "sandbox", False),
            ("sandbox", "sandbox", True),
            ("production", None, True),
            ("sandbox", None, True),
            ("production", "production", True),
        ):
            with self.subTest(environment=environment, account=account):
                draft.environment = environment
                self.assertFalse(draft.last_test_at)
                self.vendor.account = AccountInfo("4711", environment=account)
                draft.action_test()
                self.assertIs(draft.last_test_passed, works)
                if not works:
                    with self.assertRaisesRegex(UserError, "is marked as"):
                        draft.action_connect()
                    self.assertEqual(draft.state, "draft")

    def test_one_that_runs_does_not_change_sides_against_what_its_address_tells(self):
        provider = self.registry["connector.provider.fake"]
        told = patch.object(provider, "_environment_of", lambda *args: "sandbox")
        with told, self.assertRaisesRegex(UserError, "is marked as production"):
            self.connection.environment = "production"

    def test_nor_against_what_its_account_has_said(self):
        self.vendor.account = AccountInfo("4711", environment="sandbox")
        self.connection.action_test()
        with self.assertRaisesRegex(UserError, "is marked as production"):
            self.connection.environment = "production"

    def test_a_neutralized_database_is_connected_to_no_production(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("database.is_neutralized", "True")
        draft = self.new_connection(name="Draft", environment="production")
        draft.credential_ids.secret = SECRET
        with self.assertRaisesRegex(UserError, "neutralized"):
            draft.action_connect()
        self.assertFalse(self.vendor.requests)

    def test_a_neutralized_database_runs_when_somebody_says_so(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        connections = self.env["connector.connection"]
        self.assertIsNone(connections._copy_banner())
        crons = self.env["connector.lane"].search([]).cron_ids
        crons |= self.env.ref("connector_base.cron_schedule")
        crons.active = False
        self.assertIn("neutralized", connections._copy_banner()["text"])
        self.rearm(False)
        self.assertEqual(set(crons.mapped("active")), {True})
        self.assertIsNone(connections._copy_banner())


@tagged("post_install", "-at_install")
class TestPinWebhook(PinCase, HttpCase):
    """What a vendor hears that delivers to a database which isn't armed."""

    def deliver(self):
        return self.url_open(
            f"/connector/webhook/{self.connection.webhook_token}",
            data=b"[]",
            method="POST",
            headers={"X-Sign": "wrong"},
        ).status_code

    def test_a_copy_takes_nothing_and_asks_to_be_called_again(self):
        with self.moved():
            self.assertEqual(self.deliver(), 503)
        # It is looked at: its signature is wrong.
        self.assertEqual(self.deliver(), 401)

    def test_another_address_is_still_the_same_database(self):
        with self.renamed():
            self.assertEqual(self.deliver(), 401)
            self.assertEqual(self.connection._webhook_secret(), SECRET)

    def test_a_page_is_told_only_where_something_is_wrong(self):
        self.authenticate("admin", "admin")
        said = [self.url_open("/odoo").text]
        with self.copied():
            said.append(self.url_open("/odoo").text)
        self.assertEqual(
            ["connector_copy_banner" in page for page in said], [False, True]
        )
