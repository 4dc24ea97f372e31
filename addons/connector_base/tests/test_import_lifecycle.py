from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestLifecycle(ConnectorCase):
    """Archived, restored, locked, deleted."""

    # -- archived remotely ----------------------------------------------------

    def test_what_is_archived_remotely_is_archived_in_odoo(self):
        self.pull("companies", remote(1, name="Acme"))
        partner = self.taken("companies", 1)
        job = self.pull("companies", remote(1, archived=True))
        self.assertEqual(job.result, {"archived": 1})
        self.assertFalse(partner.active)
        self.assertEqual(self.binding("companies", 1).state, "archived")
        self.assertEqual(self.logs("companies", 1)[-1].action, "archive")

    def test_archived_is_told_once(self):
        self.pull("companies", remote(1, name="Acme"))
        self.pull("companies", remote(1, archived=True))
        job = self.pull("companies", remote(1, archived=True))
        self.assertEqual(job.result, {"unchanged": 1})

    def test_where_the_flow_says_so_it_is_kept(self):
        self.flow("companies").on_archive = "keep"
        self.pull("companies", remote(1, name="Acme"))
        self.pull("companies", remote(1, archived=True))
        self.assertTrue(self.taken("companies", 1).active)
        self.assertEqual(self.binding("companies", 1).state, "archived")
        self.assertEqual(self.logs("companies", 1)[-1].action, "keep")

    def test_what_was_never_taken_is_not_created_to_be_archived(self):
        self.pull("companies", remote(1, name="Acme", archived=True))
        self.assertFalse(self.binding("companies", 1))

    def test_a_record_that_odoo_does_not_let_go_is_held_and_others_are_archived(self):
        self.pull("contacts", remote(1, last_name="User"), remote(2, last_name="Other"))
        partner = self.taken("contacts", 1)
        # Odoo does not archive a contact while its user is active.
        self.env["res.users"].create(
            {"name": "User", "login": "archived", "partner_id": partner.id}
        )
        self.pull("contacts", remote(1, archived=True), remote(2, archived=True))
        self.assertTrue(partner.active)
        self.assertFalse(self.taken("contacts", 2).active)
        exception = self.exceptions()
        self.assertEqual(exception.code, "refused_by_odoo")
        self.assertEqual(exception.item_ids.remote_id, "1")
        exception.action_retry()
        self.run_jobs()
        self.assertEqual(self.exceptions(), exception)
        partner.user_ids.active = False
        self.vendor.add("contacts", remote(1, archived=True))
        exception.action_retry()
        self.run_jobs()
        self.assertFalse(partner.active)
        self.assertEqual(exception.state, "resolved")

    # -- restored -------------------------------------------------------------

    def test_what_is_restored_remotely_is_restored_in_odoo(self):
        self.pull("companies", remote(1, name="Acme", city="Berlin"))
        self.pull("companies", remote(1, archived=True))
        self.pull("companies", remote(1, name="Acme", city="Bonn"))
        partner = self.taken("companies", 1)
        self.assertTrue(partner.active)
        self.assertEqual(partner.city, "Bonn")
        self.assertEqual(self.binding("companies", 1).state, "synced")
        self.assertEqual(self.logs("companies", 1)[-1].action, "restore")

    def test_an_older_version_that_comes_late_does_not_restore(self):
        self.pull("companies", remote(1, at="2026-03-01T10:00", name="Acme"))
        self.pull("companies", remote(1, at="2026-03-03T10:00", archived=True))
        job = self.pull("companies", remote(1, at="2026-03-02T10:00", name="Old"))
        self.assertEqual(job.result, {"out_of_date": 1})
        self.assertFalse(self.taken("companies", 1).active)

    def test_what_a_person_archived_in_odoo_is_not_brought_back(self):
        self.pull("companies", remote(1, name="Acme"))
        partner = self.taken("companies", 1)
        partner.active = False
        self.pull("companies", remote(1, name="Acme", city="Bonn"))
        self.assertFalse(partner.active)
        self.assertEqual(partner.city, "Bonn")

    # -- deleted in Odoo ------------------------------------------------------

    def test_what_a_person_deleted_in_odoo_is_not_brought_back(self):
        self.pull("companies", remote(1, name="Acme"), remote(2, name="Other"))
        self.taken("companies", 1).unlink()
        job = self.pull(
            "companies", remote(1, name="Acme 2"), remote(2, name="Other 2")
        )
        self.assertEqual(job.result, {"excluded": 1, "updated": 1})
        self.assertEqual(self.binding("companies", 1).state, "missing")
        self.assertFalse(self.taken("companies", 1))
        job = self.pull("companies", remote(1, name="Acme 3"))
        self.assertEqual(job.result, {"excluded": 1})

    def test_what_was_deleted_in_odoo_is_no_open_question_any_more(self):
        self.pull("contacts", remote(1, last_name="Doe", email="none"))
        self.assertTrue(self.exceptions())
        self.taken("contacts", 1).unlink()
        self.pull("contacts", remote(1, last_name="Moe", email="none"))
        self.assertFalse(self.exceptions())

    def test_what_was_deleted_in_odoo_can_be_archived_remotely(self):
        self.pull("companies", remote(1, name="Acme"))
        self.taken("companies", 1).unlink()
        self.pull("companies", remote(1, archived=True))
        self.assertFalse(self.exceptions())

    # -- locked ---------------------------------------------------------------

    def test_a_locked_record_is_left_alone_until_it_is_unlocked(self):
        self.pull("companies", remote(1, name="Acme"))
        binding = self.binding("companies", 1)
        binding.action_lock("In a lawsuit")
        job = self.pull("companies", remote(1, name="Renamed"))
        self.assertEqual(job.result, {"excluded": 1})
        self.pull("companies", remote(1, archived=True))
        self.assertEqual(self.taken("companies", 1).name, "Acme")
        self.assertTrue(self.taken("companies", 1).active)
        self.assertEqual(self.taken("companies", 1).connector_state, "excluded")
        binding.action_unlock()
        self.pull("companies", remote(1, name="Renamed"))
        self.assertEqual(self.taken("companies", 1).name, "Renamed")
        self.assertFalse(binding.lock_reason)

    def test_an_unlocked_record_is_taken_although_it_is_as_it_was_when_locked(self):
        record = remote(1, name="Acme", city="Berlin")
        self.pull("companies", record)
        binding = self.binding("companies", 1)
        binding.write({"lock_reason": "For a while", "state": "locked"})
        self.taken("companies", 1).city = "Edited"
        binding.action_unlock()
        self.pull("companies", record)
        self.assertEqual(self.taken("companies", 1).city, "Berlin")
