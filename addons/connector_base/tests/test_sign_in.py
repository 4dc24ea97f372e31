import datetime
import json
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..engine import errors, oauth
from ..engine.records import AccountInfo
from ..models.connector_connection_oauth import CALLBACK
from ..models.connector_oauth_request import LIFETIME
from .common_place import PlaceMixin
from .common_sign_in import ACCESS, CODE, REFRESH, SECRETS, SignInCase, Vendor


@tagged("post_install", "-at_install")
class TestSignIn(PlaceMixin, SignInCase):
    def pressed(self, user=None):
        """Where the button sends the browser."""
        action = self.connection.with_user(user or self.admin).action_sign_in()
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertEqual(action["target"], "self")
        return parse_qs(urlsplit(action["url"]).query)

    def sign_out(self):
        with self.enter_registry_test_mode():
            return self.connection.with_user(self.admin).action_sign_out()

    def test_the_browser_is_sent_to_the_vendor_and_only_a_digest_is_kept(self):
        query = self.pressed()
        request = self.begun()
        self.assertEqual(request.connection_id, self.connection)
        self.assertEqual(request.user_id, self.admin)
        [state] = query["state"]
        self.assertEqual(request.state_digest, oauth.digest(state))
        self.assertEqual(query["redirect_uri"], [request.redirect_uri])
        self.assertTrue(request.redirect_uri.endswith(CALLBACK))
        self.env.cr.execute("SELECT * FROM connector_oauth_request")
        self.assertNotIn(state, str(self.env.cr.fetchall()))
        vault = self.env["connector.credential"]._vault()
        challenge = oauth.challenge(vault.decrypt(request.verifier))
        self.assertEqual(query["code_challenge"], [challenge])

    def test_it_asks_for_what_the_flows_that_are_on_need(self):
        self.assertEqual(self.pressed()["scope"], ["read"])
        self.flow("companies").direction = "both"
        self.assertEqual(self.pressed()["scope"], ["read write"])
        self.flow("companies").active = False
        self.assertEqual(self.pressed()["scope"], ["read"])
        self.assertEqual(len(self.begun()), 1, "who begins anew leaves the one before")

    def test_only_administrators_press_it(self):
        for group in ("viewer", "operator", "map_editor"):
            user = self.user_of(group)
            for action in ("sign_in", "sign_out"):
                with self.subTest(group=group, action=action):
                    with self.assertRaises(AccessError):
                        getattr(self.connection.with_user(user), f"action_{action}")()
        self.assertFalse(self.begun())

    def test_without_the_secret_of_the_app_nobody_is_sent_anywhere(self):
        connection = self.new_connection(name="New")
        self.assertTrue(connection.oauth_supported)
        self.assertFalse(connection.oauth_ready)
        with self.assertRaises(UserError):
            connection.action_sign_in()
        self.assertTrue(self.connection.oauth_ready)

    def test_nobody_is_sent_anywhere_from_a_copy(self):
        with self.copied(), self.assertRaises(UserError):
            self.connection.with_user(self.admin).action_sign_in()
        self.assertFalse(self.begun())

    def test_nobody_is_sent_back_without_tls(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "http://odoo.example")
        with self.assertRaises(UserError) as caught:
            self.connection.action_sign_in()
        self.assertIn("web.base.url", str(caught.exception))

    def test_what_is_said_after_it_names_what_is_missing(self):
        connection = self.connection.with_user(self.admin)
        connection.action_test()
        said = connection.action_signed_in()["params"]
        self.assertEqual(said["type"], "success")
        self.assertEqual(said["title"], "Signed in at Fake")
        self.assertEqual(said["next"]["res_id"], connection.id)
        connection.sudo().granted_scopes = "write"
        said = connection.action_signed_in()["params"]
        self.assertEqual(said["type"], "warning")
        self.assertIn("scopes are missing", said["message"])
        with self.assertRaises(AccessError):
            self.connection.with_user(self.user_of("viewer")).action_signed_in()

    def test_signing_out_ends_it_there_and_forgets_it_here(self):
        self.credential("refresh").secret = REFRESH
        self.connection.sudo().write(
            {"granted_scopes": "read", "signed_in_at": fields.Datetime.now()}
        )
        connection = self.connection.with_user(self.admin)
        self.assertTrue(connection.oauth_signed_in)
        answer = self.sign_out()
        self.assertEqual(answer["params"]["type"], "success")
        self.assertEqual(self.side.ended, [REFRESH])
        self.assertFalse(self.credential("refresh").sudo().token)
        self.assertFalse(connection.granted_scopes)
        self.assertFalse(connection.oauth_signed_in)
        row = self.env["connector.audit"].search([("action", "=", "sign_out")])
        self.assertEqual(row.user_id, self.admin)
        with self.assertRaises(UserError):
            connection.action_sign_out()

    def test_where_the_vendor_can_not_be_told_the_user_is(self):
        self.credential("refresh").secret = REFRESH
        with patch.object(Vendor, "revoke", side_effect=errors.RemoteDown("Down")):
            answer = self.sign_out()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertFalse(self.credential("refresh").sudo().token)

    def test_what_was_granted_to_another_app_counts_no_more(self):
        self.connection.sudo().granted_scopes = "read"
        self.flow("companies").direction = "both"
        self.assertEqual(self.connection.missing_scopes, "write")
        self.credential("app_secret").secret = "secret-of-another-app"
        self.assertFalse(self.connection.granted_scopes)
        self.assertFalse(self.connection.missing_scopes)

    def test_what_nobody_came_back_from_is_deleted(self):
        self.pressed()
        self.env["connector.oauth.request"]._gc_over()
        self.assertTrue(self.begun())
        late = fields.Datetime.now() - datetime.timedelta(minutes=LIFETIME, seconds=1)
        self.begun().created_at = late
        self.env.flush_all()
        self.env["connector.oauth.request"]._gc_over()
        self.env.invalidate_all()
        self.assertFalse(self.begun())


@tagged("post_install", "-at_install")
class TestSignInCallback(SignInCase, HttpCase):
    """What becomes of a browser that comes back."""

    def setUp(self):
        super().setUp()
        self.authenticate("signer", "signer")
        self.state = self.press()

    def press(self):
        """Press the button in this browser; the state that the vendor is given."""
        answer = self.url_open(
            "/web/dataset/call_button/connector.connection/action_sign_in",
            data=json.dumps(
                {
                    "params": {
                        "model": "connector.connection",
                        "method": "action_sign_in",
                        "args": [self.connection.ids],
                        "kwargs": {},
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        query = parse_qs(urlsplit(answer.json()["result"]["url"]).query)
        [self.redirect_uri] = query["redirect_uri"]
        [self.challenge] = query["code_challenge"]
        return query["state"][0]

    def come_back(self, **query):
        query = {"state": self.state, "code": CODE, **query}
        return self.url_open(
            f"{CALLBACK}?{'&'.join(f'{k}={v}' for k, v in query.items() if v)}",
            allow_redirects=False,
        )

    def refresh_token(self):
        self.env.invalidate_all()
        return self.credential("refresh").sudo().token

    def assertNothing(self, answer, *words, status=400, asked=0):
        """Nothing was stored, and a plain page says why, and nothing else."""
        self.assertEqual(answer.status_code, status)
        for word in words:
            self.assertIn(word, answer.text)
        for secret in (*SECRETS.values(), CODE, REFRESH, ACCESS, self.state):
            self.assertNotIn(secret, answer.text)
        self.assertSafe(answer)
        self.assertEqual(len(self.side.codes), asked)
        self.assertFalse(self.refresh_token())
        self.assertFalse(self.connection.signed_in_by_id)
        audit = self.env["connector.audit"].search([("action", "=", "sign_in")])
        self.assertFalse(audit)

    def assertSafe(self, answer):
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")

    def test_who_comes_back_is_signed_in_and_lands_on_the_connection(self):
        answer = self.come_back()
        self.assertEqual(answer.status_code, 303)
        place = urlsplit(answer.headers["Location"])
        self.assertEqual(place.path, "/odoo/connector-connections/connector-signed-in")
        self.assertEqual(place.query, f"active_id={self.connection.id}")
        self.assertSafe(answer)
        [(secrets, code)] = self.side.codes
        self.assertEqual(secrets, SECRETS)
        self.assertEqual((code.code, code.redirect_uri), (CODE, self.redirect_uri))
        self.assertEqual(oauth.challenge(code.verifier), self.challenge)
        self.env.invalidate_all()
        credential = self.credential("refresh")
        self.assertEqual(self.connection._secret("refresh"), REFRESH)
        self.assertEqual(credential.changed_by_id, self.admin)
        self.assertNotIn(REFRESH[-4:], credential.hint)
        token = self.env["connector.token"].search(
            [("connection_id", "=", self.connection.id)]
        )
        secrets = {key: self.connection._secret(key) for key in (*SECRETS, "refresh")}
        place = self.connection._token_place("access", secrets, ("refresh",))
        kept = place._open(token.sudo().token, token.expires_at)
        self.assertEqual(kept.value, ACCESS, "the engine goes on with it")
        self.assertEqual(self.connection.granted_scopes, "read write")
        self.assertEqual(self.connection.signed_in_by_id, self.admin)
        row = self.env["connector.audit"].search([("action", "=", "sign_in")])
        self.assertEqual((row.user_id, row.res_id), (self.admin, self.connection.id))
        self.assertNotIn(REFRESH, str(row.changes))

    def test_a_state_is_good_once(self):
        self.come_back()
        answer = self.come_back()
        self.assertEqual(answer.status_code, 400)
        self.assertIn("finished already", answer.text)
        self.assertEqual(len(self.side.codes), 1)

    def test_a_state_that_failed_is_not_good_again(self):
        self.side.error = errors.TransientError("Down", code="server_error")
        self.assertNothing(self.come_back(), "nothing was stored", asked=1)
        self.side.error = None
        self.assertNothing(self.come_back(), "finished already", asked=1)

    def test_a_state_of_nobody_or_none_is_refused(self):
        for state in ("made-up", "", "%00", "x" * 3000):
            with self.subTest(state=state[:9]):
                self.assertNothing(self.come_back(state=state), "finished already")
        self.assertTrue(self.begun())

    def test_somebody_elses_state_is_refused_and_stays_theirs(self):
        new_test_user(self.env, "other", groups="connector_base.group_administrator")
        self.authenticate("other", "other")
        self.assertNothing(self.come_back(), "none of yours")
        self.assertTrue(self.begun())

    def test_another_browser_of_the_same_user_is_refused(self):
        self.authenticate("signer", "signer")
        self.assertNothing(self.come_back(), "another browser")

    def test_who_is_not_signed_in_to_odoo_is_told_so(self):
        self.logout()
        answer = self.come_back()
        self.assertNothing(answer, "not signed in to Odoo", status=403)
        self.assertTrue(self.begun())

    def test_who_takes_too_long_begins_anew(self):
        late = fields.Datetime.now() - datetime.timedelta(minutes=LIFETIME, seconds=1)
        self.begun().created_at = late
        self.env.flush_all()
        self.assertNothing(self.come_back(), f"{LIFETIME} minutes")

    def test_who_is_no_administrator_any_more_is_refused(self):
        self.admin.group_ids -= self.env.ref("connector_base.group_administrator")
        self.env.flush_all()
        self.assertNothing(self.come_back(), "may not sign in")

    def test_a_connection_of_another_company_is_refused(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.connection.company_id = company
        self.env.flush_all()
        self.assertNothing(self.come_back(), "may not sign in")

    def test_who_says_no_is_told_that_nothing_happened(self):
        answer = self.come_back(code=None, error="access_denied")
        self.assertNothing(answer, "You didn&#39;t allow it at Fake")

    def test_an_error_of_the_vendor_is_named_and_its_text_is_not(self):
        answer = self.come_back(
            code=None, error="invalid_scope", error_description="Call-0190-now"
        )
        self.assertNothing(answer, "invalid_scope")
        self.assertNotIn("0190", answer.text)

    def test_an_error_that_is_no_name_is_not_shown(self):
        answer = self.come_back(error="%3Cscript%3Ealert(1)%3C/script%3E")
        self.assertNothing(answer, "no reason was given")
        self.assertNotIn("alert(1)", answer.text)

    def test_a_code_that_the_vendor_refuses_ends_on_a_plain_page(self):
        self.side.error = errors.AuthenticationError("No", code="grant_refused")
        self.assertNothing(self.come_back(), "Fake didn&#39;t let us in", asked=1)

    def test_an_answer_of_another_shape_ends_there_too(self):
        with patch.object(Vendor, "exchange", side_effect=KeyError("access_token")):
            self.assertNothing(self.come_back(), "nothing was stored")

    def test_who_gives_nothing_that_lasts_is_refused(self):
        self.side.secrets = {}
        self.assertNothing(self.come_back(), "gave nothing that lasts", asked=1)

    def test_another_account_is_refused_and_what_it_gave_is_ended(self):
        self.side.account = AccountInfo(account_id="4712", name="Sandbox")
        answer = self.come_back()
        self.assertNothing(answer, "Sandbox", "Fake Account", asked=1)
        self.assertEqual(self.side.ended, [REFRESH])

    def test_who_grants_less_than_needed_is_told_on_the_connection(self):
        self.flow("companies").direction = "both"
        self.env.flush_all()
        self.side.scopes = ("read",)
        self.assertEqual(self.come_back().status_code, 303)
        self.env.invalidate_all()
        self.assertEqual(self.connection.missing_scopes, "write")

    def test_the_browser_goes_nowhere_else_whatever_the_address_says(self):
        answer = self.come_back(redirect="https://evil.example", next="//evil.example")
        self.assertNotIn("evil", answer.headers["Location"])

    def test_only_get_is_answered(self):
        answer = self.url_open(CALLBACK, data={"state": self.state, "code": CODE})
        self.assertEqual(answer.status_code, 405)
        self.assertFalse(self.side.codes)

    def test_who_signs_in_from_the_set_up_comes_back_to_it(self):
        setup = self.env["connector.setup"].create(
            {
                "provider": "fake",
                "connection_name": "Fake CRM",
                "connection_id": self.connection.id,
                "step": "credentials",
            }
        )
        self.connection.state = "draft"
        self.begun().setup_id = setup
        self.env.flush_all()
        answer = self.come_back()
        place = f"/odoo/connector-setup/{setup.id}"
        self.assertEqual(urlsplit(answer.headers["Location"]).path, place)
        self.env.invalidate_all()
        self.assertTrue(setup.last_test_at)
