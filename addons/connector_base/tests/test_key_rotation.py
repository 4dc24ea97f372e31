import contextlib
import io
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..cli.connector_keys import ConnectorKeys
from ..engine import crypto
from ..models import connector_key
from ..models.connector_credential import KEYS_VARIABLE
from .common import KEY, ConnectorCase
from .common_vendor import SECRET, remote

NEW = Fernet.generate_key().decode()


def keys(*given):
    """A server whose first key is the first of these."""
    return patch.dict("os.environ", {KEYS_VARIABLE: ",".join(given)})


@tagged("post_install", "-at_install")
class TestKeyRotation(ConnectorCase):
    """Another first key, and all that is stored follows it in the background."""

    def setUp(self):
        super().setUp()
        self.pull("companies", remote(1, name="Acme"))
        self.env["connector.signing.key"]._current()
        self.env.flush_all()

    def rotate(self):
        with self.worker() as env:
            env["connector.key"]._cron_rotate()
        self.env.invalidate_all()

    def stored(self):
        """``{table.column: [text]}`` of all that is encrypted in the database."""
        found = {}
        for model, column in self.env["connector.key"]._encrypted_columns():
            rows = self.env.execute_query(
                SQL(
                    "SELECT %(column)s FROM %(table)s WHERE %(column)s IS NOT NULL"
                    " ORDER BY id",
                    column=SQL.identifier(column),
                    table=SQL.identifier(model._table),
                )
            )
            found[f"{model._table}.{column}"] = [
                row[0] if isinstance(row[0], str) else bytes(row[0]).decode()
                for row in rows
            ]
        return found

    def assert_all_with(self, key):
        vault = crypto.Vault([key])
        for name, texts in self.stored().items():
            for text in texts:
                with self.subTest(name):
                    self.assertTrue(text.startswith(crypto.fingerprint(key)))
                    vault.decrypt_bytes(text.encode())

    def put(self, text):
        """A secret as something else has stored it, without the ORM's knowing."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE connector_credential SET token = %s", [text])
        self.env.invalidate_all()

    def status(self):
        return self.env["connector.key.status"].browse(
            self.env["connector.key.status"].action_open()["res_id"]
        )

    # -- what is rotated ----------------------------------------------------------

    def test_every_column_that_is_encrypted_can_be_rotated(self):
        columns = self.env["connector.key"]._encrypted_columns()
        self.assertTrue(columns)
        for model, column in columns:
            field = model._fields[column]
            with self.subTest(model=model._name, column=column):
                self.assertTrue(field.store)
                self.assertIn(field.column_type[0], ("varchar", "text", "bytea"))
                triggers = self.env.execute_query(
                    SQL(
                        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
                        " AND tgrelid = %s::regclass",
                        model._table,
                    )
                )
                self.assertFalse(triggers, "a guard could forbid it")

    def test_all_is_encrypted_with_the_first_key_and_stays_what_it_was(self):
        before = self.stored()
        self.assertTrue(
            all(
                before[f"connector_{name}"]
                for name in ("credential.token", "payload.blob", "signing_key.token")
            )
        )
        with keys(NEW, KEY):
            self.rotate()
            self.assert_all_with(NEW)
        with keys(NEW):
            self.assertEqual(self.connection._secret("api_key"), SECRET)
            self.env["connector.signing.key"]._current()
            kept = self.env["connector.payload"]._newest(self.flow("companies"), 9)
            self.assertEqual(kept[0].values["name"], "Acme")

    def test_many_rows_go_in_bounded_batches(self):
        for number in range(7):
            self.pull("companies", remote(1, name=f"Acme {number}"))
        self.patch(connector_key, "BATCH", 3)
        with (
            keys(NEW, KEY),
            patch.object(
                self.registry["connector.key"],
                "_rotate_rows",
                autospec=True,
                side_effect=self.registry["connector.key"]._rotate_rows,
            ) as batch,
        ):
            self.rotate()
        self.assertGreater(batch.call_count, 4)
        self.assert_all_with(NEW)

    def test_who_dies_in_between_is_followed_by_who_does_the_rest(self):
        store, calls = self.registry["connector.key"]._store, []

        def dies(key, model, column, fresh):
            calls.append(model._name)
            if len(calls) == 2:
                raise MemoryError("killed")
            return store(key, model, column, fresh)

        with keys(NEW, KEY):
            with (
                patch.object(self.registry["connector.key"], "_store", dies),
                self.assertRaises(MemoryError),
                self.worker() as env,
            ):
                env["connector.key"]._cron_rotate()
            # The one half is read with the new key and the other one with the old.
            self.env.invalidate_all()
            self.assertEqual(self.connection._secret("api_key"), SECRET)
            self.assertFalse(self.env["connector.key"].search([]).rotated_at)
            self.rotate()
            self.assert_all_with(NEW)
            self.assertTrue(self.env["connector.key"].search([]).rotated_at)

    def test_a_second_run_changes_nothing(self):
        with keys(NEW, KEY):
            self.rotate()
            before = self.stored()
            self.env["connector.key"].search([]).looked_at = False
            self.rotate()
        self.assertEqual(self.stored(), before)

    def test_what_a_server_stores_that_lacks_the_new_key_follows_later(self):
        with keys(NEW, KEY):
            self.rotate()
        with keys(KEY):
            self.connection.credential_ids.secret = "entered-at-the-other-server"
        with keys(NEW, KEY):
            self.rotate()
            self.assertEqual(self.status().verdict, "rotating", "not looked at again")
            self.env["connector.key"]._rotate_soon()
            self.rotate()
            self.assertEqual(self.status().verdict, "good")
            self.assert_all_with(NEW)

    def test_what_was_stored_before_keys_had_fingerprints_gets_one(self):
        self.put(Fernet(KEY.encode()).encrypt(SECRET.encode()).decode())
        self.assertEqual(self.connection._secret("api_key"), SECRET)
        self.rotate()
        self.assert_all_with(KEY)
        self.assertEqual(self.connection._secret("api_key"), SECRET)

    def test_webhooks_are_checked_with_the_secret_as_it_is_stored_now(self):
        self.connection._webhook_secret()
        with keys(NEW, KEY):
            self.rotate()
        with keys(NEW):
            self.assertEqual(self.connection._webhook_secret(), SECRET)

    def test_it_is_audited_with_numbers_and_without_secrets(self):
        with keys(NEW, KEY):
            self.rotate()
        rows = self.env["connector.audit"].search(
            [("res_model", "=", "connector.key"), ("action", "=", "rotate")]
        )
        self.assertEqual(len(rows), 2, "when it began, and when it was done")
        self.assertIn(crypto.fingerprint(NEW), rows[0].record_label)
        self.assertEqual(rows[-1].changes["Credential"], ["1", None])
        self.assertNotIn(NEW, str(rows.read()))

    # -- the screen -----------------------------------------------------------------

    def test_the_screen_says_when_an_old_key_may_go(self):
        with keys(NEW, KEY):
            status = self.status()
            self.assertEqual(status.verdict, "rotating")
            by_kind = {line.kind: line for line in status.line_ids}
            self.assertEqual(by_kind["Credential"].older_count, 1)
            self.rotate()
            status = self.status()
            self.assertEqual(status.verdict, "good")
            self.assertIn(crypto.fingerprint(KEY), status.sentence)
            self.assertEqual(sum(status.line_ids.mapped("older_count")), 0)
            self.assertTrue(status.rotated_at)
        self.assertNotIn(NEW, str(status.read()))

    def test_the_screen_counts_what_no_key_opens(self):
        with keys(NEW):
            self.rotate()
            status = self.status()
        self.assertEqual(status.verdict, "bad")
        by_kind = {line.kind: line.unreadable_count for line in status.line_ids}
        self.assertEqual(by_kind["Credential"], 1)
        self.assertEqual(by_kind["Payload"], 1)

    def test_what_names_no_key_and_is_opened_by_none_is_lost_once_it_was_tried(self):
        other = Fernet(Fernet.generate_key())
        self.put(other.encrypt(b"secret").decode())
        self.rotate()
        status = self.status()
        self.assertEqual(status.verdict, "bad")
        self.assertEqual(sum(status.line_ids.mapped("unreadable_count")), 1)

    def test_malformed_keys_are_said_and_not_repeated(self):
        with keys("not-a-key"):
            status = self.status()
            with self.assertLogs("odoo.addons.connector_base.models.connector_key"):
                self.rotate()
        self.assertEqual(status.verdict, "bad")
        self.assertIn("malformed", status.trouble)
        self.assertNotIn("not-a-key", str(status.read()))

    def test_the_command_line_says_it_and_exits_by_it(self):
        with (
            keys(NEW, KEY),
            contextlib.redirect_stdout(io.StringIO()) as told,
        ):
            self.assertEqual(ConnectorKeys()._say(self.env), 1)
            with self.worker() as env:
                env["connector.key"]._rotate_now()
            self.assertEqual(ConnectorKeys()._say(self.env), 0)
        self.assertIn("Credential: 1 with the first key", told.getvalue())
        self.assertNotIn(NEW, told.getvalue())

    def test_only_administrators_look_after_keys(self):
        for group in ("viewer", "operator", "map_editor"):
            keys_of = self.env["connector.key.status"].with_user(self.user_of(group))
            with self.subTest(group=group), self.assertRaises(AccessError):
                keys_of.action_open()
        admin = self.user_of("administrator")
        status = self.env["connector.key.status"].with_user(admin)
        status = status.browse(status.action_open()["res_id"])
        status.action_rotate()
        self.assertTrue(status.line_ids.mapped("kind"))
