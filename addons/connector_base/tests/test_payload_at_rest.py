import importlib.util
import os
import pathlib
import tempfile
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, config, file_path, sql

from ..engine.masking import mask_keys, mask_paths
from ..models.connector_credential import KEYS_VARIABLE
from .common import ConnectorCase
from .common_vendor import inbound, remote


@tagged("post_install", "-at_install")
class TestPayloadAtRest(ConnectorCase):
    """What a vendor sent is encrypted, and shown with what is personal masked."""

    def held(self):
        self.pull("companies", remote(1, phone="+49 30 1234567", city="Nirgendwo"))
        return self.exceptions().item_ids

    def received(self):
        self.receive(
            inbound("e1", "companies", 1, phone="+49 30 1234567", city="Nirgendwo")
        )
        return self.event("e1")

    def row(self, record):
        record.env.flush_all()
        [(text,)] = self.env.execute_query(
            SQL(
                "SELECT t::text FROM %s t WHERE id = %s",
                SQL.identifier(record._table),
                record.id,
            )
        )
        return text

    # -- at rest --------------------------------------------------------------

    def test_the_database_has_no_word_of_it(self):
        for record in (self.held(), self.received()):
            with self.subTest(record._name):
                self.assertNotIn("Nirgendwo", self.row(record))
                self.assertEqual(record.sudo().payload["city"], "Nirgendwo")

    def test_another_key_says_what_is_wrong_and_loses_nothing(self):
        operator = self.user_of("operator")
        held, received = self.held(), self.received()
        self.env.invalidate_all()
        with patch.dict(os.environ, {KEYS_VARIABLE: Fernet.generate_key().decode()}):
            for record in (held, received):
                with self.subTest(record._name):
                    seen = record.with_user(operator)
                    self.assertFalse(seen.payload)
                    self.assertIn("can't be read", seen.payload_problem)
        self.env.invalidate_all()
        self.assertEqual(held.sudo().payload["city"], "Nirgendwo")
        self.assertFalse(held.payload_problem)

    def test_without_a_key_nothing_is_stored_plainly(self):
        with patch.dict(os.environ, {KEYS_VARIABLE: "nonsense"}):
            with self.assertRaises(UserError):
                self.received()
        self.assertFalse(self.event("e1"))

    def test_a_renewed_record_keeps_what_came_last(self):
        item = self.held()
        self.pull_again("companies", remote(1, phone="+49 30 1234567", city="Woanders"))
        item.invalidate_recordset()
        self.assertEqual(item.sudo().payload["city"], "Woanders")

    def test_the_key_file_is_read_once_and_another_one_noticed(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "connector_base.key"
            vaults = self.env["connector.credential"]
            with (
                patch.dict(os.environ, {KEYS_VARIABLE: ""}),
                patch.dict(config.options, {"data_dir": folder}),
            ):
                token = vaults._vault().encrypt("x")
                with patch.object(pathlib.Path, "read_text", side_effect=OSError):
                    self.assertEqual(vaults._vault().decrypt(token), "x")
                keys = path.read_text()
                path.write_text(f"{Fernet.generate_key().decode()},{keys}")
                newest = vaults._vault()
                self.assertEqual(newest.decrypt(token), "x")
                self.assertNotEqual(newest.rotate(token), token)

    # -- masked ---------------------------------------------------------------

    def test_people_see_hints_and_the_engine_all(self):
        operator = self.user_of("operator")
        for record in (self.held(), self.received()):
            with self.subTest(record._name):
                seen = record.with_user(operator).payload
                self.assertEqual(seen["phone"], "•••67")
                self.assertEqual(seen["city"], "Nirgendwo")
                self.assertEqual(record.sudo().payload["phone"], "+49 30 1234567")

    def test_who_wants_to_see_it_all_is_noted(self):
        operator = self.user_of("operator")
        item = self.held()
        action = item.with_user(operator).action_show_payload()
        shown = self.env[action["res_model"]].browse(action["res_id"])
        self.assertIn("+49 30 1234567", shown.with_user(operator).payload_text)
        self.assertNotIn("1234567", self.row(shown))
        self.env.cr.precommit.run()
        noted = self.env["connector.audit"].search([("action", "=", "reveal")])
        self.assertEqual(noted.user_id, operator)
        self.assertEqual((noted.res_model, noted.res_id), (item._name, item.id))

    def test_paths_into_lists_and_objects_are_masked(self):
        payload = {
            "who": {"mail": "jane@x.example", "tags": ["a", 1]},
            "lines": [{"name": "Jane"}, {"name": None}],
            "note": "ask joe@y.example",
        }
        self.assertEqual(
            mask_paths(payload, ["who.tags", "lines[0].name"]),
            {
                "who": {"mail": "j•••@x.example", "tags": ["a•••", "1•••"]},
                "lines": [{"name": "J•••"}, {"name": None}],
                "note": "ask j•••@y.example",
            },
        )

    def test_an_event_is_masked_by_names_wherever_they_stand(self):
        payload = {"data": [{"object": {"phone": "+49 30 1234567", "id": 7}}]}
        self.assertEqual(
            mask_keys(payload, ["properties.phone", "x"]),
            {"data": [{"object": {"phone": "•••67", "id": 7}}]},
        )

    # -- from before ----------------------------------------------------------

    def test_what_stood_there_plainly_is_encrypted(self):
        records = (self.held(), self.received())
        cr = self.env.cr
        for record in records:
            sql.create_column(cr, record._table, "payload", "jsonb")
            cr.execute(
                SQL(
                    "UPDATE %s SET payload_token = NULL, payload = %s",
                    SQL.identifier(record._table),
                    '{"city": "Nirgendwo"}',
                )
            )
        path = file_path("connector_base/migrations/19.0.6.0.0/post-payload.py")
        spec = importlib.util.spec_from_file_location("post_payload", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for _again in range(2):
            module.migrate(cr, "19.0.3.0.0")
            for record in records:
                with self.subTest(record._name):
                    self.assertNotIn("Nirgendwo", self.row(record))
                    self.assertEqual(record.sudo().payload, {"city": "Nirgendwo"})
                    self.assertFalse(sql.column_exists(cr, record._table, "payload"))
