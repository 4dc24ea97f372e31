from odoo.tests import tagged

from ..engine.errors import InvalidRecord
from .common_push import PushCase
from .common_vendor import inbound, remote


@tagged("post_install", "-at_install")
class TestOwnership(PushCase):
    """Who may create, update and archive where: whatever way a record comes along."""

    def known(self, remote_id=1, **values):
        """A company that both sides have."""
        self.pull("companies", remote(remote_id, **({"name": "Acme"} | values)))
        self.forget()
        self.vendor.sent.clear()
        return self.taken("companies", remote_id)

    def every_way_in(self, *records):
        """Page, event, a person's retry and a dead letter bring these records."""
        ids = [record.remote_id for record in records]
        self.pull("companies", *records)
        yield "page"
        for number, remote_id in enumerate(ids):
            self.receive(inbound(f"e{number}", "companies", remote_id))
        self.run_jobs()
        yield "event"
        job = self.pull_again("companies", *records)
        yield "retry"
        job.state = "dead"
        job._replay()
        self.run_jobs()
        yield "replay"

    def excluded(self, record):
        """Why the log says that a change did not go out."""
        return (
            self.env["connector.log"]
            .search([("action", "=", "exclude"), ("res_id", "=", record.id)])
            .mapped("note")
        )

    # -- into Odoo: nothing at all --------------------------------------------

    def test_a_flow_that_only_sends_takes_nothing_whatever_comes(self):
        self.companies.direction = "push"
        for way in self.every_way_in(remote(1, name="Acme")):
            with self.subTest(way=way):
                self.assertFalse(self.taken("companies", 1))
        self.assertEqual(self.vendor.requests, [])

    def test_nor_does_it_bring_the_parents_of_others(self):
        self.companies.direction = "push"
        self.vendor.add("companies", remote(1, name="Acme"))
        self.pull("contacts", remote(5, last_name="Doe", company="1"))
        self.assertFalse(self.taken("companies", 1))
        self.assertFalse(self.taken("contacts", 5))
        self.assertEqual(self.exceptions().error_class, "missing_dependency")

    def test_the_schedule_does_not_ask_for_it(self):
        self.companies.write({"direction": "push", "next_run_at": "2026-01-01"})
        self.env["connector.connection"]._cron_schedule()
        self.assertFalse(
            self.env["connector.job"].search([("flow_id", "=", self.companies.id)])
        )

    def test_a_flow_that_was_switched_off_takes_nothing_by_an_old_job(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.env["connector.pull"]._enqueue_ids(self.companies, ["1"])
        self.companies.active = False
        self.run_jobs()
        self.assertFalse(
            self.env["connector.binding"].search([("remote_id", "=", "1")])
        )

    # -- into Odoo: create ----------------------------------------------------

    def test_what_may_not_be_created_is_held_and_says_so(self):
        self.companies.may_create = False
        for way in self.every_way_in(remote(1, name="Acme")):
            with self.subTest(way=way):
                self.assertFalse(self.taken("companies", 1))
                self.assertEqual(self.exceptions().code, "create_not_allowed")
                self.assertEqual(self.exceptions().open_count, 1)

    def test_nor_as_the_parent_of_what_may(self):
        self.companies.may_create = False
        self.vendor.add("companies", remote(1, name="Acme"))
        self.pull("contacts", remote(5, last_name="Doe", company="1"))
        self.assertFalse(self.taken("companies", 1))
        self.assertEqual(
            set(self.exceptions().mapped("code")), {"create_not_allowed", "parent_held"}
        )

    def test_a_parent_may_be_created_by_its_own_flow_though_its_child_may_not(self):
        self.contacts.may_create = False
        self.vendor.add("companies", remote(1, name="Acme"))
        self.pull("contacts", remote(5, last_name="Doe", company="1"))
        self.assertTrue(self.taken("companies", 1))
        self.assertFalse(self.taken("contacts", 5))

    # -- into Odoo: update ----------------------------------------------------

    def test_what_may_not_be_updated_stays_as_it_is(self):
        acme = self.known(city="Berlin")
        self.companies.may_update = False
        for way in self.every_way_in(remote(1, name="New", city="Bonn")):
            with self.subTest(way=way):
                self.assertEqual((acme.name, acme.city), ("Acme", "Berlin"))

    def test_nor_by_a_push_that_looks_first(self):
        acme = self.known(city="Berlin")
        self.companies.may_update = False
        acme.zip = "2"
        self.vendor.add("companies", remote(1, name="New", city="Bonn"))
        self.push()
        self.assertEqual((acme.name, acme.city), ("Acme", "Berlin"))
        self.assertEqual(self.sent(), [{"zip": "2"}])

    def test_nor_by_a_correction(self):
        acme = self.known(city="Berlin")
        self.companies.may_update = False
        self.env["connector.correction"]._correct(
            self.companies, "city", [("1", "Bonn")], "Köln", "Known"
        )
        for way in self.every_way_in(remote(1, name="Acme", city="Bonn")):
            with self.subTest(way=way):
                self.assertEqual(acme.city, "Berlin")

    # -- into Odoo: archive ---------------------------------------------------

    def test_what_is_archived_there_is_kept_here_if_the_flow_says_so(self):
        acme = self.known()
        self.companies.on_archive = "keep"
        for way in self.every_way_in(remote(1, archived=True)):
            with self.subTest(way=way):
                self.assertTrue(acme.active)
        self.vendor.records["companies"].clear()
        self.env["connector.pull"]._enqueue_ids(self.companies, ["1"])
        self.run_jobs()
        self.assertTrue(acme.active)

    def test_what_people_archived_here_does_not_come_back_with_it_then(self):
        acme = self.known()
        self.companies.on_archive = "keep"
        self.pull("companies", remote(1, archived=True))
        acme.active = False
        self.pull("companies", remote(1, name="Acme", city="Bonn"))
        self.assertFalse(acme.active)
        self.assertEqual(acme.city, "Bonn")

    # -- out of Odoo: nothing at all ------------------------------------------

    def test_a_flow_that_only_takes_sends_nothing_whatever_waits(self):
        acme = self.known()
        acme.city = "Lyon"
        self.commit()
        self.companies.direction = "pull"
        self.companies._enqueue_push()
        self.run_jobs()
        self.assertEqual(self.sent(), [])

    # -- out of Odoo: create --------------------------------------------------

    def test_what_may_not_be_made_there_is_not_and_its_log_says_why(self):
        acme = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.commit()
        self.companies.push_create = False
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(
            self.excluded(acme),
            [f"{self.companies.name} may not create records remotely."],
        )

    def test_nor_by_trying_again_what_was_refused_before(self):
        self.vendor.refused["Acme"] = InvalidRecord("no")
        acme = self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.push()
        self.vendor.refused.clear()
        self.vendor.sent.clear()
        self.companies.push_create = False
        self.items()._retry()
        self.run_jobs()
        self.assertEqual(self.sent(), [])
        self.assertTrue(self.excluded(acme))

    def test_nor_is_it_made_as_the_parent_of_what_may(self):
        acme = self.partner("Acme")
        self.companies.push_create = False
        self.env["res.partner"].create({"name": "Jane Doe", "parent_id": acme.id})
        self.push("contacts")
        self.assertEqual(self.sent("create"), [])
        self.assertEqual(self.exceptions().code, "parent_not_sent")

    def test_nor_by_the_sweep(self):
        self.companies.push_create = False
        self.partner("Acme")
        self.companies.swept_at = "2026-01-01"
        self.companies._sweep_outbox()
        self.push()
        self.assertEqual(self.sent(), [])

    # -- out of Odoo: update --------------------------------------------------

    def test_what_may_not_be_updated_there_is_not_and_its_log_says_why(self):
        acme = self.known(city="Berlin")
        self.companies.push_update = False
        acme.city = "Lyon"
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(
            self.excluded(acme),
            [f"{self.companies.name} may not update records remotely."],
        )

    def test_nor_to_correct_what_odoo_owns_nor_by_the_sweep(self):
        self.change_map("companies", {"city": {"owner": "odoo"}})
        acme = self.known(city="Berlin")
        self.companies.push_update = False
        self.pull("companies", remote(1, name="Acme", city="Bonn"))
        self.companies.swept_at = "2026-01-01"
        self.companies._sweep_outbox()
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(acme.city, "Berlin")

    # -- out of Odoo: archive -------------------------------------------------

    def test_what_is_archived_or_deleted_here_stays_there(self):
        acme, bolt = self.known(), self.known(2)
        acme.active = False
        bolt.unlink()
        self.push()
        self.companies.swept_at = "2026-01-01"
        self.companies._sweep_outbox()
        self.push()
        self.assertEqual(self.sent(), [])

    # -- fields ---------------------------------------------------------------

    def test_what_odoo_owns_is_taken_by_no_way(self):
        self.change_map("companies", {"city": {"owner": "odoo"}})
        acme = self.known(city="Berlin")
        acme.city = "Lyon"
        for way in self.every_way_in(remote(1, name="Acme", city="Bonn")):
            with self.subTest(way=way):
                self.assertEqual(acme.city, "Lyon")

    def test_what_the_vendor_owns_is_sent_by_no_way(self):
        self.change_map("companies", {"city": {"owner": "remote"}})
        acme = self.known(city="Berlin")
        acme.city = "Lyon"
        self.push()
        self.companies.swept_at = "2026-01-01"
        self.companies._sweep_outbox()
        self.push()
        acme.zip = "2"
        self.push()
        self.assertEqual(self.sent(), [{"zip": "2"}])

    def test_a_value_made_of_others_has_the_owner_of_its_parts(self):
        """A last name alone, or a domain alone, decide over name and website."""
        for entity, part, name in (
            ("customer.contact", "last_name", "name"),
            ("customer.company", "domain", "website"),
        ):
            with self.subTest(part=part):
                owners = self.env[f"connector.entity.{entity}"]._owners({part: "odoo"})
                self.assertEqual(owners[name], "odoo")
