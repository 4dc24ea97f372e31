from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_push import PushCase
from .common_vendor import inbound, remote
from .common_writer import FakeWriter


@tagged("post_install", "-at_install")
class TestLock(PushCase):
    """A record is kept out of the synchronization, and what was missed follows."""

    def setUp(self):
        super().setUp()
        self.pull("companies", remote(1, name="Acme", city="Berlin"))
        self.acme = self.taken("companies", 1)
        self.lock = self.binding("companies", 1)
        self.push()
        self.vendor.sent.clear()

    def logged(self, action):
        return self.logs("companies", 1).filtered(lambda log: log.action == action)

    # -- who and why ----------------------------------------------------------

    def test_it_says_why_who_and_when(self):
        operator = self.user_of("operator")
        self.lock.with_user(operator).action_lock("In dispute until May")
        self.assertEqual(self.lock.state, "locked")
        self.assertEqual(self.lock.lock_reason, "In dispute until May")
        log = self.logged("lock")
        self.assertEqual((log.note, log.user_id), ("In dispute until May", operator))
        self.lock.with_user(operator).action_unlock()
        self.assertEqual(self.lock.state, "synced")
        self.assertFalse(self.lock.lock_reason)
        self.assertEqual(self.logged("unlock").user_id, operator)

    def test_there_is_no_lock_without_a_reason(self):
        action = self.lock.action_lock()
        self.assertEqual(action["res_model"], "connector.lock")
        self.assertEqual(self.lock.state, "synced")
        with self.assertRaisesRegex(UserError, "Say why"):
            self.lock.action_lock("  ")

    def test_viewers_neither_lock_nor_unlock(self):
        viewer = self.user_of("viewer")
        with self.assertRaises(AccessError):
            self.lock.with_user(viewer).action_lock("Mine")
        self.lock.action_lock("In dispute")
        with self.assertRaises(AccessError):
            self.lock.with_user(viewer).action_unlock()

    def test_nobody_writes_the_state_or_the_reason_past_the_buttons(self):
        binding = self.lock.with_user(self.user_of("operator"))
        for vals in ({"state": "locked"}, {"lock_reason": "Mine"}):
            with self.subTest(vals), self.assertRaises(AccessError):
                binding.write(vals)

    def test_what_is_being_made_remotely_cannot_be_locked(self):
        self.lock.state = "creating"
        with self.assertRaisesRegex(UserError, "being made"):
            self.lock.action_lock("In dispute")

    # -- all connections ------------------------------------------------------

    def test_it_holds_for_one_connection_or_for_all(self):
        other = self.connect(name="Other CRM")
        flow = self.send(other, "companies")
        beside = self.bind(self.acme, "77", flow)
        wizard = self.env["connector.lock"].create(
            {"binding_ids": self.lock.ids, "reason": "In dispute"}
        )
        self.assertTrue(wizard.has_others)
        wizard.action_lock()
        self.assertEqual((self.lock.state, beside.state), ("locked", "synced"))
        wizard.all_connections = True
        wizard.action_lock()
        self.assertEqual((self.lock.state, beside.state), ("locked", "locked"))

    def test_the_panel_of_a_record_locks_it_everywhere(self):
        other = self.connect(name="Other CRM")
        beside = self.bind(self.acme, "77", self.send(other, "companies"))
        beside.synced_at = "2026-01-01"
        panel = self.env["connector.record.panel"].browse(
            self.acme.action_open_connector_panel()["res_id"]
        )
        action = panel.action_lock()
        wizard = (
            self.env["connector.lock"]
            .with_context(**action["context"])
            .create({"reason": "In dispute"})
        )
        panel = panel.browse(wizard.action_lock()["res_id"])
        self.assertEqual((self.lock.state, beside.state), ("locked", "locked"))
        panel.action_unlock()
        self.assertEqual((self.lock.state, beside.state), ("synced", "synced"))

    # -- what it keeps out ----------------------------------------------------

    def test_a_pull_an_event_and_a_persons_retry_leave_it_alone(self):
        self.lock.action_lock("In dispute")
        self.pull("companies", remote(1, name="Renamed", city="Berlin"))
        self.pull_again("companies", remote(1, name="Renamed again", city="Berlin"))
        self.receive(inbound("e1", "companies", 1))
        self.run_jobs()
        self.assertEqual(self.event("e1").state, "done")
        self.assertEqual(self.acme.name, "Acme")

    def test_what_is_archived_or_gone_remotely_stays_in_odoo(self):
        self.lock.action_lock("In dispute")
        self.pull("companies", remote(1, archived=True))
        self.vendor.records["companies"].clear()
        self.env["connector.pull"]._enqueue_ids(self.flow("companies"), ["1"])
        self.run_jobs()
        self.assertTrue(self.acme.active)
        self.assertEqual(self.lock.state, "locked")

    def test_a_child_that_arrives_does_not_touch_its_locked_parent(self):
        self.lock.action_lock("In dispute")
        self.vendor.add("companies", remote(1, name="Renamed"))
        self.pull("contacts", remote(5, last_name="Doe", company="1"))
        self.assertEqual(self.taken("contacts", 5).parent_id, self.acme)
        self.assertEqual(self.acme.name, "Acme")

    def test_changes_are_kept_and_neither_sent_nor_archived(self):
        self.companies.on_unlink = "archive"
        self.lock.action_lock("In dispute")
        self.acme.city = "Lyon"
        self.push()
        self.acme.active = False
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual({state for _id, state in self.waiting()}, {"held"})

    def test_it_is_not_sent_either_when_locked_while_the_push_runs(self):
        self.pull("companies", remote(2, name="Bolt"))
        bolt, binding = self.taken("companies", 2), self.binding("companies", 2)
        for partner in (self.acme, bolt):
            partner.city = "Lyon"
        self.patch(FakeWriter, "batch_size", 1)

        def lock_bolt(operation):
            binding.sudo().write({"state": "locked", "lock_reason": "Now"})
            self.env.flush_all()

        self.vendor.before_write = lock_bolt
        self.push()
        self.assertEqual(self.sent(), [{"city": "Lyon"}])
        self.assertEqual(binding.state, "locked")
        self.assertIn((bolt.id, "held"), self.waiting())

    def test_an_answer_that_comes_late_does_not_unlock_it(self):
        self.acme.city = "Lyon"

        def lock(operation):
            self.lock.sudo().write({"state": "locked", "lock_reason": "Now"})
            self.env.flush_all()

        self.vendor.after_write = lock
        self.push()
        self.env.invalidate_all()
        self.assertEqual(self.lock.state, "locked")

    def test_what_it_holds_leads_to_the_lock(self):
        self.lock.action_lock("In dispute")
        self.acme.city = "Lyon"
        self.push()
        change = self.env["connector.change"].search([("res_id", "=", self.acme.id)])
        action = change[:1].action_open_exception()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("connector.binding", self.lock.id)
        )

    # -- catching up ----------------------------------------------------------

    def test_unlocking_catches_up_in_both_directions(self):
        self.lock.action_lock("In dispute")
        self.acme.city = "Lyon"
        self.push()
        self.vendor.add("companies", remote(1, name="Acme Inc.", city="Berlin"))
        self.pull("companies", remote(1, name="Acme Inc.", city="Berlin"))
        self.lock.action_unlock()
        self.run_jobs()
        self.assertEqual(self.acme.name, "Acme Inc.")
        self.assertEqual(self.acme.city, "Lyon")
        self.assertEqual(self.vendor.records["companies"]["1"].values["city"], "Lyon")
        self.assertEqual(self.waiting(), [])

    def test_what_nobody_recorded_while_it_was_locked_goes_out_as_well(self):
        self.lock.action_lock("In dispute")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET city = 'Lyon' WHERE id = %s", (self.acme.id,)
        )
        self.env.invalidate_all()
        self.vendor.add("companies", remote(1, name="Acme", city="Berlin"))
        self.lock.action_unlock()
        self.run_jobs()
        self.assertEqual(self.sent(), [{"city": "Lyon"}])

    def test_what_was_archived_there_meanwhile_is_archived_then(self):
        self.lock.action_lock("In dispute")
        self.vendor.add("companies", remote(1, archived=True))
        self.lock.action_unlock()
        self.run_jobs()
        self.assertFalse(self.acme.active)
        self.assertEqual(self.lock.state, "archived")

    def test_unlocking_what_is_not_locked_says_so(self):
        with self.assertRaisesRegex(UserError, "None of these"):
            self.lock.action_unlock()
