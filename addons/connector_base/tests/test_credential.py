import os
import pathlib
import tempfile
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo import tools
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import errors
from ..engine.crypto import fingerprint
from ..models.connector_credential import KEY_FILE, KEYS_OPTION, KEYS_VARIABLE
from .common import GROUPS, KEY, ConnectorCase
from .common_vendor import SECRET


def new_key():
    return Fernet.generate_key().decode()


@tagged("post_install", "-at_install")
class TestCredential(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.credential = self.connection.credential_ids
        self.admin = self.user_of("administrator")
        self.admin.group_ids += self.env.ref("base.group_allow_export")

    def stored(self):
        """The columns as they are in the database."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM connector_credential WHERE id = %s", [self.credential.id]
        )
        return self.env.cr.dictfetchone()

    # -- at rest --------------------------------------------------------------

    def test_a_secret_is_encrypted_at_rest(self):
        row = self.stored()
        self.assertNotIn(SECRET, str(row))
        self.assertNotIn("secret", row)
        self.assert_opened_by(KEY)

    def test_the_engine_gets_it_back(self):
        self.assertEqual(self.connection._secret("api_key"), SECRET)

    def test_blanks_around_a_pasted_secret_are_dropped(self):
        self.credential.secret = f"  {SECRET}\n"
        self.assertEqual(self.connection._secret("api_key"), SECRET)

    def test_the_hint_shows_the_last_four_characters_only(self):
        self.assertEqual(self.credential.hint, f"••••••••{SECRET[-4:]}")

    def test_a_short_secret_has_no_characters_in_its_hint(self):
        self.credential.secret = "short"
        self.assertEqual(self.credential.hint, "••••••••")

    def test_who_entered_it_and_when_is_kept(self):
        self.credential.with_user(self.admin).secret = "another-secret-of-the-vendor"
        self.assertEqual(self.credential.changed_by_id, self.admin)
        self.assertTrue(self.credential.changed_at)

    def test_saving_a_form_with_the_field_empty_keeps_the_secret(self):
        self.credential.write({"secret": False, "expires_on": "2027-01-01"})
        self.assertEqual(self.connection._secret("api_key"), SECRET)

    # -- nobody reads it ------------------------------------------------------

    def test_what_was_entered_never_comes_back_to_a_page(self):
        credential = self.credential.with_user(self.admin)
        credential.secret = "another-secret-of-the-vendor"
        self.env.invalidate_all()
        self.assertFalse(credential.secret)
        self.assertFalse(credential.read(["secret"])[0]["secret"])
        self.assertFalse(credential.export_data(["secret"])["datas"][0][0])
        [values] = credential.web_read({"secret": {}, "hint": {}})
        self.assertFalse(values["secret"])
        self.assertNotIn("another-secret-of-the-vendor", str(credential.read()))

    def test_not_even_in_the_answer_to_saving_it(self):
        [values] = self.credential.with_user(self.admin).web_save(
            {"secret": "another-secret-of-the-vendor"}, {"secret": {}, "hint": {}}
        )
        self.assertFalse(values["secret"])

    def test_the_stored_token_is_out_of_reach_for_every_group(self):
        users = [self.user_of(group) for group in GROUPS if group != "administrator"]
        users += [self.admin, self.env.ref("base.user_admin")]
        export = self.env.ref("base.group_allow_export")
        export.user_ids |= self.env["res.users"].union(*users)
        for user in users:
            credential = self.credential.with_user(user)
            reach = {
                "read": lambda c=credential: c.read(["token"]),
                "export": lambda c=credential: c.export_data(["token"]),
                "search": lambda c=credential: c.search([("token", "=like", "g%")]),
                "group": lambda c=credential: c.formatted_read_group([], ["token"], []),
                "order": lambda c=credential: c.search([], order="token"),
                "attribute": lambda c=credential: c.token,
                "write": lambda c=credential: c.write({"token": "x"}),
            }
            for way, attempt in reach.items():
                with self.subTest(user=user.login, way=way):
                    with self.assertRaises(AccessError):
                        attempt()

    def test_the_token_is_no_field_that_a_page_hears_of(self):
        credentials = self.env["connector.credential"].with_user(self.admin)
        self.assertNotIn("token", credentials.fields_get())
        self.assertNotIn("token", self.credential.with_user(self.admin).read()[0])

    def test_only_administrators_see_credentials_at_all(self):
        for group in ("viewer", "operator", "map_editor"):
            user = self.user_of(group)
            with self.subTest(group=group), self.assertRaises(AccessError):
                self.credential.with_user(user).read(["hint"])

    # -- copies ---------------------------------------------------------------

    def test_a_copied_connection_has_no_secret(self):
        copy = self.connection.copy()
        self.assertEqual(copy.credential_ids.mapped("key"), ["api_key"])
        self.assertFalse(copy.credential_ids.sudo().token)
        self.assertFalse(copy.credential_ids.hint)
        self.assertEqual(copy.state, "draft")
        with self.assertRaises(errors.AuthenticationError):
            copy._secret("api_key")

    # -- keys -----------------------------------------------------------------

    def use_keys(self, *keys):
        return patch.dict("os.environ", {KEYS_VARIABLE: ",".join(keys)})

    def test_with_two_keys_the_old_secret_opens_and_is_encrypted_anew(self):
        fresh = new_key()
        before = self.stored()["token"]
        with self.use_keys(fresh, KEY):
            self.assertEqual(self.connection._secret("api_key"), SECRET)
            self.credential.action_rotate_key()
        self.assertNotEqual(self.stored()["token"], before)
        with self.use_keys(fresh):
            self.assertEqual(self.connection._secret("api_key"), SECRET)

    def test_without_its_key_a_secret_can_not_be_rotated(self):
        with self.use_keys(new_key()), self.assertRaises(UserError):
            self.credential.action_rotate_key()

    def test_a_secret_that_no_key_opens_is_a_matter_of_sign_in(self):
        with self.use_keys(new_key()):
            with self.assertRaises(errors.AuthenticationError) as caught:
                self.connection._secret("api_key")
        self.assertIn("key", str(caught.exception))
        self.assertNotIn(SECRET, str(caught.exception))

    def test_flows_without_a_readable_secret_wait_for_an_administrator(self):
        self.flow("companies").action_sync()
        self.flow("contacts").action_sync()
        with self.use_keys(new_key()):
            self.run_jobs()
        self.assertEqual(self.connection.state, "attention")
        self.assertEqual(len(self.exceptions()), 1)
        self.connection.action_resume()
        self.run_jobs()
        self.assertTrue(self.flow("companies").last_success_at)

    def test_a_malformed_key_is_not_repeated_in_the_message(self):
        with self.use_keys("not-a-key"), self.assertRaises(UserError) as caught:
            self.credential.secret = "another"
        self.assertNotIn("not-a-key", str(caught.exception))

    def test_the_environment_comes_before_odoo_conf_and_that_before_the_file(self):
        conf = new_key()
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(tools.config.options, {"data_dir": folder, KEYS_OPTION: conf}),
        ):
            path = pathlib.Path(folder) / KEY_FILE
            self.credential.secret = SECRET
            self.assert_opened_by(KEY)
            with patch.dict("os.environ"):
                del os.environ[KEYS_VARIABLE]
                self.credential.secret = SECRET
                self.assert_opened_by(conf)
                self.assertFalse(path.exists())
                tools.config.options[KEYS_OPTION] = ""
                self.credential.secret = SECRET
                self.assert_opened_by(path.read_text().strip())
                self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_a_key_file_that_others_can_read_is_not_used(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(tools.config.options, {"data_dir": folder}),
            patch.dict("os.environ"),
        ):
            del os.environ[KEYS_VARIABLE]
            path = pathlib.Path(folder) / KEY_FILE
            path.write_text(new_key())
            path.chmod(0o644)
            with self.assertRaises(UserError):
                self.credential.secret = SECRET

    def assert_opened_by(self, key):
        name, _dot, token = self.stored()["token"].partition(".")
        self.assertEqual(name, fingerprint(key))
        opened = Fernet(key.encode()).decrypt(token.encode()).decode()
        self.assertEqual(opened, SECRET)
