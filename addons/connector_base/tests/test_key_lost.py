import json
import os
import pathlib
import tempfile
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import tools
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import webhook
from ..engine import errors
from ..engine.rate_limit import RateLimit
from ..engine.throttle import Throttle
from ..models.connector_credential import KEY_FILE, KEYS_OPTION, KEYS_VARIABLE
from .common import KEY, ConnectorCase
from .common_vendor import SECRET, remote, sign

LOST = "odoo.addons.connector_base.models.connector_key_lost"


def keys(*given):
    return patch.dict("os.environ", {KEYS_VARIABLE: ",".join(given)})


def another_key():
    return keys(Fernet.generate_key().decode())


@tagged("post_install", "-at_install")
class TestKeyLost(ConnectorCase):
    """The key of the stored secrets is missing: a clear state, and nothing is lost."""

    def stop(self):
        self.flow("companies").action_sync()
        self.flow("contacts").action_sync()
        self.run_jobs()
        return self.last_job(self.flow("companies"))

    def schedule(self):
        with self.worker() as env:
            env["connector.connection"]._cron_schedule()
        self.env.invalidate_all()

    def test_one_exception_and_one_to_do_say_which_secrets_and_what_to_do(self):
        with another_key():
            job = self.stop()
        self.assertEqual(self.connection.state, "attention")
        self.assertEqual(
            (job.state, job.attempt), ("pending", 0), "it waits, unchanged"
        )
        exception = self.exceptions()
        self.assertEqual(len(exception), 1)
        self.assertEqual(exception.error_class, "authentication")
        for text in (exception.name, self.connection.attention_reason):
            self.assertIn("API Key", text)
            self.assertIn("can't be read", text)
        self.assertIn("enter the secrets again", exception.advice)
        self.assertEqual(len(self.connection.activity_ids), 1)
        self.assertFalse(self.vendor.requests, "nothing was asked with garbage")

    def test_malformed_keys_stop_the_connection_and_kill_no_job(self):
        self.vendor.add_page("companies", remote(1, name="Acme"))
        with keys("not-a-key"):
            job = self.stop()
            self.assertIn("malformed", self.connection.secret_trouble)
        self.assertEqual(job.state, "pending")
        self.assertIn("malformed", self.connection.attention_reason)
        self.assertNotIn("not-a-key", self.connection.attention_reason)

    def test_keys_that_vanish_in_mid_run_kill_no_job(self):
        self.vendor.add_page("companies", remote(1, name="Acme"))
        answer = type(self.vendor).answer

        def vanish(vendor, *asked):
            self.startPatcher(keys("not-a-key"))
            return answer(vendor, *asked)

        with patch.object(type(self.vendor), "answer", vanish):
            job = self.stop()
        self.assertEqual((job.state, job.error_class), ("pending", "authentication"))

    def test_it_goes_on_by_itself_when_the_key_is_back(self):
        self.vendor.add_page("companies", remote(1, name="Acme"))
        with another_key():
            self.stop()
            self.schedule()
            self.assertEqual(self.connection.state, "attention")
        self.schedule()
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.exceptions())
        self.assertFalse(self.connection.activity_ids)
        self.run_jobs()
        self.assertTrue(self.taken("companies", 1))

    def test_what_somebody_has_entered_meanwhile_is_theirs_to_test(self):
        with another_key():
            self.stop()
            self.connection.credential_ids.secret = "entered-again-by-a-person"
            self.connection.credential_ids.changed_at = "2099-01-01"
            self.schedule()
        self.assertEqual(self.connection.state, "attention")

    def test_a_server_that_lacks_the_key_for_good_does_not_stop_and_go_for_ever(self):
        for _time in range(4):
            with another_key():
                self.stop()
            self.schedule()
        self.assertEqual(self.connection.state, "attention")

    def test_who_stopped_for_another_reason_is_left_alone(self):
        self.vendor.failures = [errors.AuthenticationError("Who?", code="wrong_token")]
        self.stop()
        self.schedule()
        self.assertEqual(self.connection.state, "attention")

    # -- a container without a volume --------------------------------------------------

    def test_a_key_file_that_is_made_anew_is_told_of(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(tools.config.options, {"data_dir": folder, KEYS_OPTION: ""}),
            patch.dict("os.environ"),
        ):
            del os.environ[KEYS_VARIABLE]
            path = pathlib.Path(folder) / KEY_FILE
            self.connection.credential_ids.secret = SECRET
            self.connection.credential_ids.changed_at = "2026-01-01 00:00:00"
            good = path.read_text()
            path.unlink()
            with self.assertLogs(LOST, "ERROR") as logs:
                self.stop()
            self.assertIn("data folder was lost", logs.output[0])
            self.assertTrue(path.exists())
            status = self.env["connector.key.status"]
            status = status.browse(status.action_open()["res_id"])
            self.assertEqual(status.verdict, "bad")
            self.assertIn("data folder was lost", status.sentence)
            self.assertFalse(self.env["connector.metrics"]._is_up())
            lost = f'connector_secrets_unreadable{{id="{self.connection.id}"'
            [line] = [
                line
                for line in self.env["connector.metrics"]._text().splitlines()
                if line.startswith(lost)
            ]
            self.assertTrue(line.endswith(" 1"), line)
            # Both keys: nothing that was stored with either one is lost.
            path.write_text(f"{path.read_text().strip()},{good}")
            self.schedule()
            self.assertEqual(self.connection.state, "connected")
            self.assertEqual(self.connection._secret("api_key"), SECRET)


@tagged("post_install", "-at_install")
class TestWebhookWithoutKey(ConnectorCase, HttpCase):
    """A vendor delivers later; it must not be told that we don't want it any more."""

    def deliver(self):
        self.patch(webhook, "refusals", Throttle(60))
        self.patch(webhook, "refused_callers", RateLimit(rate=1, burst=60))
        event = {"key": "e1", "stream": "companies", "remote_id": "1"}
        body = json.dumps([event]).encode()
        with mute_logger("odoo.addons.connector_base.controllers.webhook"):
            return self.url_open(
                f"/connector/webhook/{self.connection.webhook_token}",
                data=body,
                headers={"X-Sign": sign(body)},
                method="POST",
            )

    def test_a_delivery_that_can_not_be_checked_is_to_come_again(self):
        for missing in (another_key(), keys("not-a-key")):
            self.env.registry.clear_cache()
            with missing:
                answer = self.deliver()
            self.assertEqual(answer.status_code, 503)
            self.assertTrue(answer.headers["Retry-After"])
            self.assertFalse(self.env["connector.event"].search([]))
        self.env.registry.clear_cache()
        with keys(KEY):
            self.assertEqual(self.deliver().status_code, 200)
        self.assertTrue(self.event("e1"))
