"""What people decide holds, and what they may not touch they can't."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .hubspot_case import HubSpotCase


class TestPeople(HubSpotCase):
    def operator(self):
        return new_test_user(
            self.env, "operator", groups="base.group_user,connector_base.group_operator"
        )

    def test_what_is_ignored_stays_ignored_until_the_record_changes(self):
        nameless = self.store.create("companies", {"city": "Rome"})
        self.connect()
        self.run_jobs()
        exception = self.exceptions()
        exception.ignore_reason = "A test record of theirs"
        exception.with_user(self.operator()).action_ignore()
        self.flow("companies").action_full_sync()
        self.run_jobs()
        self.assertFalse(self.exceptions(), "seen again, and nothing new")
        self.store.update("companies", nameless, {"city": "Milan"})
        self.sync()
        self.assertEqual(len(self.exceptions()), 1, "it is another record now")

    def test_a_link_that_is_removed_there_is_removed_here(self):
        acme = self.company("Acme")
        ada = self.contact(company=acme)
        self.connect()
        self.run_jobs()
        contact = self.record("customer.contact", ada)
        self.assertTrue(contact.parent_id)
        self.store.dissociate("contacts", ada, "companies", acme)
        self.store.update("contacts", ada, {"jobtitle": "Freelancer"})
        self.sync()
        self.assertFalse(contact.parent_id)

    def test_sync_now_does_not_wait_for_a_later_retry(self):
        self.company("Acme")
        self.connect()
        # However often the first tries fail: this is not about a vendor that is down.
        self.connection.circuit_failures = 100
        self.hubspot.down()
        self.run_jobs()
        self.assertTrue(self.jobs("pending"))
        self.hubspot.up()
        self.flow("companies").action_sync()
        self.run_jobs()
        self.assertTrue(self.flow("companies").last_success_at)

    def test_the_engines_own_fields_are_nobodys_to_write(self):
        nameless = self.store.create("companies", {"city": "Rome"})
        self.company("Acme")
        self.connect()
        self.run_jobs()
        self.assertTrue(nameless)
        operator = self.operator()
        binding = self.env["connector.binding"].search([], limit=1)
        for record, vals in (
            (binding, {"res_id": 1}),
            (binding, {"state": "missing"}),
            (self.exceptions(), {"state": "resolved"}),
            (self.exceptions().item_ids, {"remote_id": "7"}),
        ):
            with self.subTest(record=record, vals=vals), self.assertRaises(AccessError):
                record.with_user(operator).write(vals)
        administrator = self.env.ref("base.user_admin")
        for vals in ({"cursor": {}}, {"entity": "product"}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                self.flow("companies").with_user(administrator).write(vals)

    def test_a_record_can_be_locked_with_a_reason_and_unlocked(self):
        acme = self.company("Acme")
        self.connect()
        self.run_jobs()
        operator = self.operator()
        binding = self.env["connector.binding"].search([("remote_id", "=", acme)])
        binding = binding.with_user(operator)
        with self.assertRaises(UserError):
            binding.action_lock(" ")
        binding.action_lock("Under audit")
        self.store.update("companies", acme, {"city": "Rome"})
        self.sync()
        self.assertFalse(self.record("customer.company", acme).city)
        binding.action_unlock()
        binding.action_sync_now()
        self.run_jobs()
        self.assertEqual(self.record("customer.company", acme).city, "Rome")

    def test_a_connection_with_a_log_is_archived_not_deleted(self):
        self.company("Acme")
        self.connect()
        self.run_jobs()
        with self.assertRaisesRegex(UserError, "archive"):
            self.connection.unlink()
        self.connection.active = False
