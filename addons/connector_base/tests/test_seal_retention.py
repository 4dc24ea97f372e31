from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from ..models import connector_log, connector_seal_chain
from .common_seal import SealCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestSealRetention(SealCase):
    """What goes away goes by a procedure, and the chain can still be followed."""

    # -- retention ------------------------------------------------------------

    def old_and_fresh(self):
        self.row_ages(401, *self.rows.ids)
        self.seal()
        self.pull("companies", remote(9, name="Fresh"))
        return self.seal()

    def test_rows_past_their_time_go_with_their_seal_and_the_chain_holds(self):
        fresh = self.old_and_fresh()
        done, more = self.log._gc_expired()
        self.assertEqual((done, more), (len(self.rows), False))
        self.assertFalse(self.rows.exists())
        self.assertTrue(self.logs("companies", 9))
        old = self.chain().seal_ids - fresh
        self.assertTrue(old.expired_at)
        self.assertEqual(old.expired_by_id, self.env.user)
        self.assertEqual(self.check().state, "good")
        self.assertEqual(self.log._gc_expired(), (0, False))

    def test_the_audit_tells_of_it(self):
        self.old_and_fresh()
        self.log._gc_expired()
        self.env.cr.flush()
        row = self.env["connector.audit"].search([("action", "=", "expire")])
        self.assertEqual(row.res_model, "connector.seal.chain")
        self.assertIn(str(len(self.rows)), row.changes_text)

    def test_what_is_not_sealed_yet_is_kept(self):
        self.row_ages(401, *self.rows.ids)
        self.assertEqual(self.log._gc_expired(), (0, False))
        self.assertTrue(self.rows.exists())

    def test_the_retention_is_a_setting(self):
        self.row_ages(31, *self.rows.ids)
        self.seal()
        self.assertEqual(self.log._gc_expired(), (0, False))
        parameters = self.env["ir.config_parameter"]
        parameters.set_param(connector_log.RETENTION_PARAMETER, "30")
        self.log._gc_expired()
        self.assertFalse(self.rows.exists())

    def test_it_goes_in_bounded_batches(self):
        self.row_ages(401, *self.rows.ids)
        with patch.object(connector_seal_chain, "SEAL_ROWS", 1):
            self.seal()
        with patch.object(connector_seal_chain, "VACUUM_BATCH", 1):
            self.assertEqual(self.log._gc_expired(), (1, True))
        self.assertEqual(self.check().state, "good")
        self.log._gc_expired()
        self.assertEqual(self.check().state, "good")

    def test_who_deletes_rows_and_says_it_was_the_retention_is_found(self):
        seal = self.seal()
        with self.guards_off():
            self.env.cr.execute("DELETE FROM connector_log")
            self.env.cr.execute(
                "UPDATE connector_seal SET expired_at = now(), expired_by_id = %s,"
                " expired_signature = signature, leaves = NULL WHERE id = %s",
                [self.env.uid, seal.id],
            )
        self.assert_broken(None, "wasn't the retention")

    # -- erasure --------------------------------------------------------------

    def test_a_person_is_forgotten_and_the_chain_holds(self):
        self.pull("contacts", remote(7, last_name="Doe", email="jo@acme.example"))
        self.seal()
        row = self.logs("contacts", 7)
        self.assertTrue(row.changes)
        self.assertEqual(self.log._erase(row.ids, "Asked for it"), 1)
        self.assertFalse(row.changes)
        self.assertEqual(row.action, "create")
        self.assertEqual(self.check().state, "good")
        self.assertEqual(self.log._erase(row.ids, "Asked for it"), 0)
        self.env.cr.flush()
        told = self.env["connector.audit"].search([("action", "=", "erase")])
        self.assertEqual(told.note, "Asked for it")

    def test_what_is_erased_before_its_seal_is_good_as_well(self):
        self.log._erase(self.rows.ids, "Asked for it")
        self.seal()
        self.assertEqual(self.check().state, "good")

    def test_who_calls_a_change_an_erasure_is_found(self):
        self.seal()
        row = self.rows[0]
        self.log._erase(row.ids, "Asked for it")
        with self.guards_off():
            self.env.cr.execute(
                "UPDATE connector_log SET note = 'x' WHERE id = %s", [row.id]
            )
        self.assert_broken(row, "was altered")
        [(_id, after)] = self.log._leaves(row.id - 1, row.id, 1)
        with self.guards_off("connector.seal.erasure"):
            self.env.cr.execute(
                "UPDATE connector_seal_erasure SET hash_after = %s", [after]
            )
        self.assert_broken(row, "was altered")

    # -- keys -----------------------------------------------------------------

    def test_a_new_signing_key_goes_on_with_the_chain(self):
        first = self.seal()
        admin = self.user_of("administrator")
        self.chain().with_user(admin).action_replace_key()
        with self.assertRaises(AccessError):
            self.chain().with_user(self.user_of("map_editor")).action_replace_key()
        self.pull("companies", remote(9, name="Another"))
        second = self.seal()
        self.assertNotEqual(second.key_id, first.key_id)
        self.assertEqual(self.check().state, "good")

    def test_a_neutralized_copy_signs_by_a_key_of_its_own(self):
        first = self.seal()
        for query in get_neutralization_queries(["connector_base"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(first.key_id.sudo().token)
        self.assertEqual(self.check().state, "good")
        self.env["connector.log"].create(
            {
                "connection_id": self.connection.id,
                "direction": "pull",
                "action": "keep",
            }
        )
        second = self.seal()
        self.assertNotEqual(second.key_id, first.key_id)
        self.assertEqual(self.check().state, "good")

    def test_without_the_connector_keys_nothing_is_sealed_and_that_is_said(self):
        self.env["connector.signing.key"]._current()
        with (
            patch.object(
                type(self.env["connector.credential"]),
                "_vault",
                side_effect=UserError("No key."),
            ),
            self.assertRaises(UserError),
        ):
            self.seal()
        self.assertFalse(self.chain()._last_seal())
