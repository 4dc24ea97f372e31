import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..controllers import webhook
from ..engine.rate_limit import RateLimit
from ..engine.throttle import Throttle
from .common import ConnectorCase
from .common_vendor import SECRET, remote, sign

LOGGER = "odoo.addons.connector_base.controllers.webhook"


@tagged("post_install", "-at_install")
class TestWebhook(ConnectorCase, HttpCase):
    """What a vendor's server gets for an answer, and what is stored of it."""

    def setUp(self):
        super().setUp()
        self.patch(webhook, "refusals", Throttle(60))
        self.patch(webhook, "refused_callers", RateLimit(rate=1, burst=60))

    def deliver(self, *events, body=None, token=None, secret=SECRET, **headers):
        if body is None:
            body = json.dumps(events).encode()
        token = token or self.connection.webhook_token
        return self.url_open(
            f"/connector/webhook/{token}",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Sign": sign(body, secret),
                **headers,
            },
            method="POST",
        )

    def stored(self):
        return self.env["connector.event"].search([])

    def event(self, key="e1", remote_id="1", **more):
        return {"key": key, "stream": "companies", "remote_id": remote_id, **more}

    def assertRefused(self, status, *events, **options):
        with mute_logger(LOGGER):
            self.assertEqual(self.deliver(*events, **options).status_code, status)
        self.assertFalse(self.stored())

    # -- stored ---------------------------------------------------------------

    def test_a_delivery_is_stored_as_it_came_and_acknowledged(self):
        at = "2026-03-01T12:00:00.250"
        answer = self.deliver(self.event(at=at, who="Ada"), self.event("e2", "2"))
        self.assertEqual((answer.status_code, answer.text), (200, ""))
        second, first = self.stored()
        self.assertEqual(first.connection_id, self.connection)
        self.assertEqual(first.company_id, self.connection.company_id)
        self.assertEqual(
            (first.event_key, first.stream, first.remote_id, first.kind, first.state),
            ("e1", "companies", "1", "changed", "pending"),
        )
        self.assertEqual(str(first.occurred_at), at.replace("T", " ") + "000")
        self.assertEqual(first.payload, {"who": "Ada"})
        self.assertEqual(second.remote_id, "2")
        self.assertFalse(second.occurred_at)

    def test_a_vendor_gets_the_answer_that_it_wants_once_all_is_stored(self):
        self.patch(
            self.registry["connector.provider.fake"],
            "_webhook_answer",
            lambda provider, connection, request: ("<ok/>", "text/xml"),
        )
        answer = self.deliver(self.event())
        self.assertEqual((answer.status_code, answer.text), (200, "<ok/>"))
        self.assertEqual(answer.headers["Content-Type"], "text/xml")
        self.assertEqual(len(self.stored()), 1)

    def test_a_vendor_that_signs_nothing_is_known_by_the_address(self):
        provider = self.registry["connector.provider.fake"]
        self.patch(provider, "_provider_webhook_secret", None)
        self.patch(provider, "_provider_webhook_unsigned", True)
        self.patch(provider, "_verify_webhook", lambda *args: None)
        self.env.registry.clear_cache()
        self.assertTrue(self.connection.webhook_supported)
        self.assertEqual(self.deliver(self.event()).status_code, 200)
        self.assertEqual(len(self.stored()), 1)
        self.assertEqual(
            self.deliver(self.event("e2"), token="x" * 43).status_code, 401
        )

    def test_an_event_that_comes_again_is_acknowledged_and_counted(self):
        self.deliver(self.event())
        answer = self.deliver(self.event(), self.event("e2"), self.event("e2"))
        self.assertEqual(answer.status_code, 200)
        counts = {event.event_key: event.duplicates for event in self.stored()}
        self.assertEqual(counts, {"e1": 1, "e2": 1})

    def test_the_same_event_id_of_another_connection_is_another_event(self):
        other = self.connect(name="Other")
        self.deliver(self.event())
        self.deliver(self.event(), token=other.webhook_token)
        self.assertEqual(self.stored().connection_id, self.connection + other)

    def test_the_first_event_that_waits_wakes_the_lane_for_all(self):
        jobs = self.registry["connector.job"]
        with patch.object(jobs, "_wake_lanes", autospec=True) as wake:
            self.deliver(self.event())
            self.assertEqual(wake.call_args.args[1], {"realtime"})
            wake.reset_mock()
            self.deliver(self.event())
            self.deliver(self.event("e2", "2"))
            wake.assert_not_called()
        self.run_jobs()
        self.assertEqual(set(self.stored().mapped("state")), {"done"})
        with patch.object(jobs, "_wake_lanes", autospec=True) as wake:
            self.deliver(self.event())
            wake.assert_not_called()
            self.deliver(self.event("e3", "3"))
            wake.assert_called_once()

    def test_a_paused_connection_stores_and_takes_when_it_is_resumed(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.connection.action_pause()
        self.assertEqual(self.deliver(self.event()).status_code, 200)
        self.run_jobs()
        self.assertFalse(self.taken("companies", 1))
        self.connection.action_resume()
        self.env.flush_all()
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1).name, "Acme")

    def test_what_postgresql_can_not_store_is_left_out(self):
        nul = chr(0)
        answer = self.deliver(
            self.event(f"e{nul}1", who=[f"A{nul}da", {nul: "\ud800"}])
        )
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.stored().event_key, "e1")
        self.assertEqual(self.stored().payload, {"who": ["Ada", {"": "?"}]})

    def test_a_key_of_any_length_is_known_again(self):
        for _again in range(2):
            answer = self.deliver(self.event("k" * 9000), self.event("k" * 8999))
            self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.stored().mapped("duplicates"), [1, 1])

    # -- refused --------------------------------------------------------------

    def test_a_wrong_signature_is_a_401(self):
        self.assertRefused(401, self.event(), secret="another")
        self.assertRefused(401, self.event(), **{"X-Sign": "ü"})

    def test_without_a_secret_nothing_can_be_verified(self):
        self.connection.credential_ids.token = False
        self.assertRefused(401, self.event())

    def test_refusals_are_logged_once_a_minute_with_their_number(self):
        now = [0.0]
        self.patch(webhook, "refusals", Throttle(60, clock=lambda: now[0]))
        with self.assertLogs(LOGGER, "WARNING") as logs:
            for second in (0, 1, 59, 60):
                now[0] = second
                self.deliver(self.event(), secret="another")
        self.assertEqual(len(logs.output), 2)
        self.assertIn("(0 more", logs.output[0])
        self.assertIn("(2 more", logs.output[1])
        self.assertNotIn(self.connection.webhook_token, str(logs.output))

    def test_an_unknown_token_is_a_401_that_was_verified_all_the_same(self):
        provider = self.registry["connector.provider.fake"]
        verify = provider._verify_webhook
        seen = []

        def noted(self, connection, request):
            seen.append((len(connection), connection._webhook_secret()))
            return verify(self, connection, request)

        self.patch(provider, "_verify_webhook", noted)
        self.assertRefused(401, self.event(), token="unknown")
        [(known, secret)] = seen
        self.assertFalse(known)
        self.assertNotEqual(secret, SECRET)

    def test_an_archived_connection_is_a_401_until_it_comes_back(self):
        self.connection.active = False
        self.assertRefused(401, self.event())
        self.connection.active = True
        self.assertEqual(self.deliver(self.event()).status_code, 200)

    def test_a_deleted_connection_is_a_401(self):
        other = self.new_connection()
        token = other.webhook_token
        other.unlink()
        self.assertRefused(401, self.event(), token=token)

    def test_a_renewed_token_ends_the_old_one_at_once(self):
        self.deliver(self.event())
        old = self.connection.webhook_token
        self.connection.action_renew_webhook_token()
        self.assertEqual(self.deliver(self.event(), token=old).status_code, 401)
        self.assertEqual(self.deliver(self.event("e2")).status_code, 200)

    def test_a_renewed_secret_ends_the_old_one_at_once(self):
        self.deliver(self.event())
        self.connection.credential_ids.secret = "a new secret"
        with mute_logger(LOGGER):
            self.assertEqual(self.deliver(self.event("e2")).status_code, 401)
        answer = self.deliver(self.event("e2"), secret="a new secret")
        self.assertEqual(answer.status_code, 200)

    def test_what_is_none_of_the_vendors_is_a_400(self):
        self.assertRefused(400, body=b"{not json")

    def test_what_can_not_be_encrypted_is_a_503_and_comes_again(self):
        events = type(self.env["connector.event"])
        with patch.object(events, "_payload_locked", side_effect=UserError("No key")):
            self.assertRefused(503, self.event(who="Ada"))
        self.assertEqual(self.deliver(self.event(who="Ada")).status_code, 200)

    def test_too_much_is_a_413_by_its_length_and_by_what_is_there(self):
        limit = self.env["ir.config_parameter"]
        limit.set_param(webhook.MAX_BYTES_PARAMETER, 500)
        self.assertEqual(self.deliver(self.event()).status_code, 200)
        many = [self.event(f"m{number}") for number in range(20)]
        stored = self.stored()
        self.assertEqual(self.deliver(*many).status_code, 413)

        def chunks():
            yield json.dumps(many).encode()

        token = self.connection.webhook_token
        answer = self.opener.post(
            f"{self.base_url()}/connector/webhook/{token}",
            data=chunks(),
            headers={"X-Sign": sign(json.dumps(many).encode())},
            timeout=10,
        )
        self.assertEqual(answer.status_code, 413)
        self.assertEqual(self.stored(), stored)

    def test_only_posts_are_deliveries(self):
        answer = self.url_open(f"/connector/webhook/{self.connection.webhook_token}")
        self.assertEqual(answer.status_code, 405)

    # -- the token ------------------------------------------------------------

    def test_tokens_are_long_and_each_connection_has_its_own(self):
        other = self.connection.copy()
        tokens = {self.connection.webhook_token, other.webhook_token}
        self.assertEqual(len(tokens), 2)
        self.assertTrue(all(len(token) >= 43 for token in tokens))

    def test_the_address_is_for_administrators_only(self):
        fields = ("webhook_token", "webhook_url")
        administrator = self.connection.with_user(self.user_of("administrator"))
        self.assertIn(administrator.webhook_token, administrator.webhook_url)
        seen = self.connection.with_user(self.user_of("map_editor"))
        self.assertFalse(set(fields) & set(seen.fields_get()))
        with self.assertRaises(AccessError):
            seen.read(["webhook_url"])
