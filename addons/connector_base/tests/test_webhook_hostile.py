import json
import logging
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import webhook
from ..engine.rate_limit import RateLimit
from ..engine.throttle import Throttle
from .common import ConnectorCase
from .common_vendor import SECRET, sign

LOGGER = "odoo.addons.connector_base.controllers.webhook"


@tagged("post_install", "-at_install")
class TestWebhookHostile(ConnectorCase, HttpCase):
    """Whoever isn't the vendor learns nothing, and doesn't keep the server busy."""

    def setUp(self):
        super().setUp()
        self.now = [0.0]
        self.patch(webhook, "refusals", Throttle(60))
        self.limit("refused_callers", rate=1, burst=3)

    def limit(self, name, **options):
        self.patch(webhook, name, RateLimit(**options, clock=lambda: self.now[0]))

    def deliver(self, token=None, secret=SECRET, body=None, **headers):
        if body is None:
            event = {"key": "e1", "stream": "companies", "remote_id": "1"}
            body = json.dumps([event]).encode()
        token = token or self.connection.webhook_token
        with mute_logger(LOGGER):
            return self.url_open(
                f"/connector/webhook/{token}",
                data=body,
                headers={"X-Sign": sign(body, secret), **headers},
                method="POST",
            )

    def stored(self):
        return self.env["connector.event"].search([])

    def test_whatever_is_wrong_the_answer_is_the_same(self):
        archived = self.connect(name="Archived")
        archived.active = False
        answers = [
            self.deliver(token="x" * 43),
            self.deliver(secret="another"),
            self.deliver(token=archived.webhook_token),
        ]
        told = {
            (
                answer.status_code,
                answer.content,
                tuple(sorted(answer.headers.keys() - {"Date"})),
            )
            for answer in answers
        }
        self.assertEqual(len(told), 1)
        self.assertEqual(answers[0].status_code, 401)
        self.assertFalse(answers[0].content)
        self.assertFalse(self.stored())

    def test_no_session_is_made(self):
        for answer in (self.deliver(), self.deliver(secret="another")):
            self.assertNotIn("Set-Cookie", answer.headers)

    def test_the_access_log_keeps_the_address_to_itself(self):
        token = self.connection.webhook_token
        # As Odoo's server says it; the tests switch its logger off.
        called = f"POST {webhook.PATH}{token} HTTP/1.1"
        values = ("werkzeug", logging.INFO, "", 0, '"%s" %s', (called, "200"), None)
        record = logging.LogRecord(*values)
        self.assertTrue(logging.getLogger("werkzeug").filter(record))
        self.assertIn(webhook.PATH, record.getMessage())
        self.assertNotIn(token, record.getMessage())

    def test_who_is_refused_again_and_again_has_to_wait(self):
        provider = self.registry["connector.provider.fake"]
        statuses = [self.deliver(token="x" * 43).status_code for _try in range(4)]
        self.assertEqual(statuses, [401, 401, 401, 429])
        with patch.object(provider, "_verify_webhook") as verify:
            answer = self.deliver(token="y" * 43)
            verify.assert_not_called()
        self.assertEqual(answer.headers["Retry-After"], webhook.PAUSE)
        # A wrong signature doesn't tell that the address is a right one.
        self.assertEqual(self.deliver(secret="another").status_code, 429)
        self.now[0] += 60
        self.assertEqual(self.deliver(token="x" * 43).status_code, 401)

    def test_the_vendor_is_heard_however_often_others_are_refused(self):
        """HubSpot's servers deliver for everybody who has an account there."""
        for _try in range(5):
            self.deliver(token="x" * 43)
        self.assertEqual(self.deliver().status_code, 200)
        self.assertTrue(self.stored())

    def test_a_flood_of_one_connection_is_held_up_and_others_are_not(self):
        other = self.connect(name="Other")
        self.limit("deliveries", rate=1, burst=2)
        self.deliver(secret="another")
        statuses = [self.deliver().status_code for _try in range(3)]
        self.assertEqual(statuses, [200, 200, 429])
        self.assertEqual(self.deliver(token=other.webhook_token).status_code, 200)

    def test_what_no_json_of_the_database_holds_is_refused(self):
        """Whatever the provider reads deliveries by: the fake one takes everything."""
        event = '[{"key": "e1", "stream": "companies", "remote_id": "1", "more": %s}]'
        deep = "[" * 700 + "]" * 700
        for more in ("NaN", "Infinity", "-Infinity", "1e999", deep):
            answer = self.deliver(body=(event % more).encode())
            self.assertEqual(answer.status_code, 400, more[:9])
        self.assertFalse(self.stored())

    def test_a_form_in_place_of_json_is_nothing_that_was_signed(self):
        answer = self.deliver(
            body=b"token=1&key=2",
            **{"Content-Type": "application/x-www-form-urlencoded"},
        )
        self.assertEqual(answer.status_code, 401)

    def test_a_host_that_is_none_changes_nothing(self):
        for host in ("a b", "x" * 300, "http://x/", "\xfc"):
            answer = self.deliver(secret="another", Host=host)
            self.assertIn(answer.status_code, (400, 401, 429), host)
        self.assertFalse(self.stored())
