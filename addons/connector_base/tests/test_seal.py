from unittest.mock import patch

import psycopg2.errors

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models import connector_seal_chain
from .common_seal import SealCase
from .common_vendor import remote

REFUSED = psycopg2.errors.RestrictViolation


@tagged("post_install", "-at_install")
class TestSeal(SealCase):
    """Rows of the log can't be changed unnoticed."""

    def refused(self, statement, *args):
        with (
            self.assertRaises(REFUSED),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(SQL(statement, *args))

    # -- the database refuses -------------------------------------------------

    def test_the_database_refuses_to_change_rows(self):
        row_id = self.rows[0].id
        self.refused("UPDATE connector_log SET note = 'x' WHERE id = %s", row_id)
        self.refused("DELETE FROM connector_log WHERE id = %s", row_id)
        self.refused("TRUNCATE connector_log CASCADE")

    def test_it_refuses_to_change_seals(self):
        self.seal()
        self.refused("UPDATE connector_seal SET hash = 'x'")
        self.refused("DELETE FROM connector_seal")

    def test_it_refuses_to_change_the_audit(self):
        self.env.cr.flush()
        self.refused("UPDATE connector_audit SET user_id = 1")
        self.refused("DELETE FROM connector_audit")

    def test_a_statement_that_touches_no_row_is_none_of_its_business(self):
        self.env.cr.execute("DELETE FROM connector_log WHERE id = 0")
        draft = self.new_connection(name="Never connected")
        draft.unlink()

    def test_the_announcement_ends_with_the_procedure(self):
        with self.log._announced():
            self.env.cr.execute("UPDATE connector_log SET note = NULL WHERE id = 0")
        self.refused("UPDATE connector_log SET note = 'x'")

    # -- seals ----------------------------------------------------------------

    def test_a_seal_covers_all_rows_and_follows_the_one_before_it(self):
        first = self.seal()
        self.assertEqual((first.number, first.count), (1, len(self.rows)))
        self.pull("companies", remote(9, name="Another"))
        second = self.seal()
        self.assertEqual((second.number, second.after_id), (2, first.last_id))
        self.assertEqual(second.previous_hash, first.hash)
        self.assertEqual(self.check().state, "good")

    def test_nothing_new_makes_no_seal(self):
        first = self.seal()
        self.assertEqual(self.seal(), first)

    def test_many_rows_make_several_seals(self):
        with patch.object(connector_seal_chain, "SEAL_ROWS", 2):
            last = self.seal()
        self.assertEqual(last.number, (len(self.rows) + 1) // 2)
        check = self.check()
        self.assertEqual((check.state, check.row_count), ("good", len(self.rows)))

    def test_the_mark_of_another_server_is_forgotten(self):
        """A restored copy counts its transactions anew."""
        chain = self.chain()
        chain.write({"mark_id": 2, "mark_xid": str(2**60), "reached_id": 2})
        self.assertEqual(chain._settled_id(), 2)

    def test_a_seal_costs_the_same_queries_for_few_rows_and_many(self):
        self.chain()
        self.env["connector.signing.key"]._current()
        counts = []
        # The first round fills caches.
        for number, records in enumerate((1, 1, 30)):
            ids = range(100 * number, 100 * number + records)
            self.pull("companies", *[remote(n, name=f"Many {n}") for n in ids])
            self.env.cr.flush()
            self.env.invalidate_all()
            [last] = self.log.search([], limit=1).ids
            before = self.env.cr.sql_log_count
            self.chain()._seal(last)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    # -- what a check finds ---------------------------------------------------

    def test_an_altered_row_is_named(self):
        self.seal()
        row = self.rows[1]
        with self.guards_off():
            self.env.cr.execute(
                "UPDATE connector_log SET note = 'paid in full' WHERE id = %s", [row.id]
            )
        check = self.assert_broken(row, "was altered", f"row {row.id}", "seal 1")
        self.assertEqual(check.seal_id.number, 1)

    def test_each_column_counts(self):
        seal = self.seal()
        other = self.new_connection(name="Other")
        self.env.flush_all()
        row = self.rows[0]
        values = {
            "datetime": "2001-01-01",
            "json": '{"name": [null, "x"]}',
            "integer": 4711,
            "many2one": other.id,
            "many2one_reference": 4711,
        }
        for column in self.log._seal_formats[1][1:]:
            value = values.get(self.log._fields[column].type, "x")
            with self.subTest(column=column), self.env.cr.savepoint() as undo:
                with self.log._announced():
                    self.env.cr.execute(
                        SQL(
                            "UPDATE connector_log SET %s = %s WHERE id = %s",
                            SQL.identifier(column),
                            value,
                            row.id,
                        )
                    )
                [found] = self.log._leaves(row.id - 1, row.id, 1)
                self.assertNotIn(found, seal._leaves())
                undo.rollback()

    def test_a_deleted_row_is_named(self):
        self.seal()
        row = self.rows[1]
        with self.guards_off():
            self.env.cr.execute("DELETE FROM connector_log WHERE id = %s", [row.id])
        self.assert_broken(row, "was deleted", f"row {row.id}")

    def test_a_row_that_is_slipped_in_is_named(self):
        """Also one that takes the number of a row that there never was."""
        [(row_id,)] = self.env.execute_query(
            SQL("SELECT nextval('connector_log_id_seq')")
        )
        self.pull("companies", remote(9, name="Another"))
        self.seal()
        vals = {"id": row_id, "connection_id": self.connection.id, "direction": "pull"}
        self.env.cr.execute(
            SQL(
                "INSERT INTO connector_log (id, connection_id, direction, action)"
                " VALUES %s",
                (*vals.values(), "keep"),
            )
        )
        self.assert_broken(self.log.browse(row_id), "was slipped in")

    def test_the_first_of_several_is_named(self):
        self.seal()
        with self.guards_off():
            self.env.cr.execute("UPDATE connector_log SET note = 'x'")
        self.assert_broken(self.rows[0], "was altered")

    def test_who_makes_hashes_anew_has_no_key_to_sign_them(self):
        seal = self.seal()
        row = self.rows[0]
        other = "ab" * 32
        with self.guards_off():
            self.env.cr.execute(
                "UPDATE connector_log SET note = 'x' WHERE id = %s", [row.id]
            )
            leaves = self.log._leaves(seal.after_id, seal.last_id, seal.format)
            values = seal.last_id, seal.newest_at, seal.key_id
            self.env.cr.execute("DELETE FROM connector_seal WHERE id = %s", [seal.id])
            fresh = self.env["connector.seal"]._insert(
                self.chain(),
                self.env["connector.seal"],
                leaves,
                *values,
                other,
            )
            self.assertEqual(fresh.number, 1)
        self.assert_broken(None, "false signature")

    def test_a_missing_seal_is_named(self):
        with patch.object(connector_seal_chain, "SEAL_ROWS", 1):
            self.seal()
        with self.guards_off():
            self.env.cr.execute("DELETE FROM connector_seal WHERE number = 2")
        self.assert_broken(None, "Seal 2 is missing")

    def test_seals_cut_off_at_the_end_are_missed_by_the_next_check(self):
        with patch.object(connector_seal_chain, "SEAL_ROWS", 1):
            last = self.seal()
        self.assertEqual(self.check().state, "good")
        with self.guards_off():
            self.env.cr.execute("DELETE FROM connector_seal WHERE id = %s", [last.id])
        self.assert_broken(None, f"Seal {last.number}", "is gone")

    def test_a_guard_that_is_switched_off_is_said(self):
        self.seal()
        self.switch("connector.log", "DISABLE")
        self.assert_broken(None, "guard", "switched off")

    def test_the_administrators_get_something_to_do_once(self):
        admin = self.user_of("administrator")
        self.seal()
        with self.guards_off():
            self.env.cr.execute("UPDATE connector_log SET note = 'x'")
        for _night in range(2):
            self.check()
        activities = self.chain().activity_ids.filtered(lambda a: a.user_id == admin)
        self.assertEqual(len(activities), 1)
        self.assertIn("was altered", activities.note)

    def test_a_viewer_checks_by_a_button_and_changes_nothing(self):
        self.seal()
        viewer = self.user_of("viewer")
        said = self.chain().with_user(viewer).action_check()["params"]
        self.assertEqual(said["type"], "success")
        self.assertIn(str(len(self.rows)), said["message"])

    def test_the_scheduled_check_covers_both_tables(self):
        self.seal()
        self.seal("connector.audit")
        with self.worker() as env:
            env["connector.seal.check"]._cron_check()
        checks = self.env["connector.seal.check"].search([])
        self.assertEqual(set(checks.mapped("state")), {"good"})
        self.assertEqual(len(checks.chain_id), 2)

    def test_moments_are_sealed_in_full(self):
        """Two rows of one second are told apart by their microseconds."""
        moment = fields.Datetime.now().replace(microsecond=123456)
        with self.log._announced():
            self.env.cr.execute("UPDATE connector_log SET create_date = %s", [moment])
        contents = self.log._contents(SQL("TRUE"), 1)
        self.assertTrue(contents[0]["create_date"].endswith(".123456"))
