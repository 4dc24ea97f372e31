from unittest.mock import patch

from odoo.tests import tagged

from ..engine import errors
from ..models.connector_job_run import ConnectorJob
from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestPull(ConnectorCase):
    # -- create and update ----------------------------------------------------

    def test_a_new_record_is_created_and_bound(self):
        job = self.pull(
            "companies",
            remote(1, name="Acme", domain="acme.example", city="Berlin", country="DE"),
        )
        partner = self.taken("companies", 1)
        self.assertEqual(partner.name, "Acme")
        self.assertEqual((partner.city, partner.country_id.code), ("Berlin", "DE"))
        self.assertTrue(partner.is_company)
        binding = self.binding("companies", 1)
        self.assertEqual((binding.state, binding.map_version), ("synced", 1))
        self.assertEqual(binding.record_name, "Acme")
        self.assertEqual(binding.remote_url, "https://app.fake.example/companies/1")
        self.assertEqual(job.result, {"created": 1})

    def test_many_pages_are_taken_in_one_run_and_the_cursor_moves_on(self):
        for number in range(3):
            self.vendor.add_page("companies", remote(number, name=f"C{number}"))
        job = self.pull("companies")
        self.assertEqual(job.result, {"created": 3})
        self.assertEqual(self.flow("companies").cursor, {"page": 3})
        self.pull("companies", remote(9, name="Later"))
        self.assertEqual(self.vendor.requests[-1], ("companies", 3))
        self.assertTrue(self.taken("companies", 9))

    def test_an_update_writes_what_changed_and_nothing_else(self):
        self.pull("companies", remote(1, name="Acme", city="Berlin", phone="1"))
        partner = self.taken("companies", 1)
        partner.zip = "10115"
        written = []
        write = self.registry["res.partner"].write

        def spy(partners, vals):
            written.append(vals)
            return write(partners, vals)

        with patch.object(self.registry["res.partner"], "write", spy):
            self.pull("companies", remote(1, name="Acme", city="Bonn", phone="1"))
        self.assertEqual(written, [{"city": "Bonn"}])
        self.assertEqual(partner.city, "Bonn")
        self.assertEqual(partner.zip, "10115")

    def test_null_empties_a_field_and_a_missing_key_leaves_it(self):
        self.pull("companies", remote(1, name="Acme", city="Berlin", street="A 1"))
        self.pull("companies", remote(1, name="Acme", city=None))
        partner = self.taken("companies", 1)
        self.assertFalse(partner.city)
        self.assertEqual(partner.street, "A 1")
        self.pull("companies", remote(1, name="Acme", street=""))
        self.assertFalse(partner.street)

    def test_a_text_of_several_lines_is_not_written_again_when_it_is_the_same(self):
        note = "First <line>\n\nSecond & last: https://x.example"
        self.pull("companies", remote(1, name="Acme", description=note))
        self.pull("companies", remote(1, name="Acme 2", description=note))
        self.assertEqual(set(self.logs("companies", 1)[-1].changes), {"name"})

    def test_products_are_bound_to_variants(self):
        self.pull(
            "products", remote(1, name="Seat", sku="S-1", price="12.50", currency=None)
        )
        product = self.taken("products", 1)
        self.assertEqual(product._name, "product.product")
        self.assertEqual((product.default_code, product.list_price), ("S-1", 12.5))
        self.assertEqual(product.product_tmpl_id.connector_state, "synced")

    # -- unchanged ------------------------------------------------------------

    def test_unchanged_records_are_not_touched(self):
        records = [remote(number, name=f"C{number}") for number in range(3)]
        self.pull("companies", *records)
        stamps = [self.taken("companies", n).write_date for n in range(3)]
        logs = self.env["connector.log"].search_count([])
        job = self.pull("companies", *records)
        self.assertEqual(job.result, {"unchanged": 3})
        self.assertEqual(
            [self.taken("companies", n).write_date for n in range(3)], stamps
        )
        self.assertEqual(self.env["connector.log"].search_count([]), logs)

    def queries_of(self, *records):
        """How many queries a pull of a page takes."""
        self.vendor.add_page("companies", *records)
        self.flow("companies").action_sync()
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.run_jobs()
        return self.cr.sql_log_count - before

    def test_more_unchanged_records_take_no_more_queries(self):
        few = [remote(f"few {number}", name=f"F{number}") for number in range(3)]
        many = [remote(f"many {number}", name=f"M{number}") for number in range(60)]
        self.pull("companies", *few, *many)
        self.queries_of(*few)  # caches are warm now
        self.assertEqual(self.queries_of(*many), self.queries_of(*few))

    def test_more_new_records_take_few_more_queries(self):
        self.pull("companies", remote(0, name="To warm the caches"))
        few = [remote(f"few {number}", name=f"F{number}") for number in range(3)]
        many = [remote(f"many {number}", name=f"M{number}") for number in range(63)]
        cost_of_few = self.queries_of(*few)
        cost_of_many = self.queries_of(*many)
        self.assertLess((cost_of_many - cost_of_few) / 60, 1.0)

    def test_more_updates_take_few_more_queries(self):
        def page(start, stop, note):
            # The notes of a partner are no field whose changes Odoo tracks.
            return [
                remote(number, name=f"C{number}", description=note)
                for number in range(start, stop)
            ]

        self.pull("companies", *page(0, 70, "Before"))
        self.queries_of(*page(0, 3, "After"))
        cost_of_few = self.queries_of(*page(3, 6, "After"))
        cost_of_many = self.queries_of(*page(6, 66, "After"))
        self.assertLess((cost_of_many - cost_of_few) / 57, 1.0)

    # -- order of time --------------------------------------------------------

    def test_a_record_older_than_what_is_known_is_not_taken(self):
        self.pull("companies", remote(1, at="2026-03-02T10:00", name="New"))
        job = self.pull("companies", remote(1, at="2026-03-01T10:00", name="Old"))
        self.assertEqual(job.result, {"out_of_date": 1})
        self.assertEqual(self.taken("companies", 1).name, "New")

    def test_two_changes_within_a_second_are_both_taken(self):
        self.pull("companies", remote(1, at="2026-03-02T10:00:00.700", name="First"))
        self.pull("companies", remote(1, at="2026-03-02T10:00:00.900", name="Second"))
        self.assertEqual(self.taken("companies", 1).name, "Second")

    def test_of_two_versions_in_a_page_the_later_one_is_taken(self):
        self.pull("companies", remote(1, name="First"), remote(1, name="Second"))
        self.assertEqual(self.taken("companies", 1).name, "Second")

    def test_a_change_that_was_undone_within_a_page_changes_nothing(self):
        self.pull("companies", remote(1, name="As it was"))
        job = self.pull(
            "companies", remote(1, name="Slip"), remote(1, name="As it was")
        )
        self.assertEqual(self.taken("companies", 1).name, "As it was")
        self.assertEqual(job.result, {"unchanged": 2})

    # -- broken off -----------------------------------------------------------

    def test_a_run_that_fails_goes_on_from_the_last_page_it_took(self):
        for number in range(3):
            self.vendor.add_page("companies", remote(number, name=f"C{number}"))
        answer = self.vendor.answer

        def failing(*asked):
            if asked == ("companies", 2) and not failed:
                failed.append(asked)
                raise errors.RemoteTimeout("No answer.")
            return answer(*asked)

        failed = []
        with patch.object(self.vendor, "answer", failing):
            self.flow("companies").action_sync()
            job = self.last_job(self.flow("companies"))
            self.run_jobs()
            self.assertEqual(job.state, "pending")
            self.time_passes(hours=1)
            self.run_jobs()
        self.assertEqual(job.state, "done")
        for number in range(3):
            self.assertTrue(self.taken("companies", number))

    def test_out_of_time_the_job_goes_on_later_and_keeps_its_counts(self):
        for number in range(3):
            self.vendor.add_page("companies", remote(number, name=f"C{number}"))
        checkpoint = ConnectorJob._checkpoint
        seconds = iter([60, 0])

        def short_of_time(job):
            checkpoint(job)
            return next(seconds, 60)

        with patch.object(self.registry["connector.job"], "_checkpoint", short_of_time):
            job = self.pull("companies")
        self.assertEqual(job.attempt, 1)
        self.assertEqual(job.result, {"created": 3})

    def test_a_record_that_the_vendor_lost_is_treated_as_archived(self):
        self.pull("companies", remote(1, name="Acme"))
        del self.vendor.records["companies"]["1"]
        self.binding("companies", 1).action_sync_now()
        self.run_jobs()
        self.assertEqual(self.binding("companies", 1).state, "archived")
        self.assertFalse(self.taken("companies", 1).active)

    def test_sync_now_reads_the_record_whatever_its_hash_says(self):
        record = remote(1, name="Acme", city="Berlin")
        self.pull("companies", record)
        self.taken("companies", 1).city = "Edited here"
        self.pull_again("companies", record)
        self.assertEqual(self.taken("companies", 1).city, "Berlin")

    def test_a_full_sync_starts_from_the_beginning(self):
        self.pull("companies", remote(1, name="Acme"))
        self.flow("companies").action_full_sync()
        self.run_jobs()
        self.assertEqual(self.vendor.requests[-1], ("companies", 0))

    def test_a_full_sync_asked_for_while_a_run_is_on_is_not_lost(self):
        flow = self.flow("companies")
        for number in range(3):
            self.vendor.add_page("companies", remote(number, name=f"C{number}"))
        self.pull("companies")
        checkpoint = ConnectorJob._checkpoint
        asked = []

        def ask_for_it(job):
            seconds = checkpoint(job)
            if job.flow_id and not asked:
                asked.append(job)
                job.flow_id.action_full_sync()
                job.env.cr.commit()
            return seconds

        self.vendor.requests.clear()
        with patch.object(self.registry["connector.job"], "_checkpoint", ask_for_it):
            self.pull("companies", remote(9, name="New"))
        self.assertEqual(
            [page for _stream, page in self.vendor.requests], [3, 0, 1, 2, 3]
        )
        self.assertEqual(flow.cursor, {"page": 4})

    def test_a_completed_run_is_noted(self):
        flow = self.flow("companies")
        self.pull("companies", remote(1, name="Acme"), remote(2, phone="1"))
        self.assertEqual(flow.last_result, "1 created, 1 held")
        self.assertTrue(flow.last_success_at)
        [log] = self.env["connector.log"].search(
            [("flow_id", "=", flow.id), ("action", "=", "run")]
        )
        self.assertEqual(log.note, "1 created, 1 held")


@tagged("post_install", "-at_install")
class TestParents(ConnectorCase):
    def test_missing_parents_are_fetched_in_one_request(self):
        self.vendor.add(
            "companies", *[remote(n, name=f"Company {n}") for n in (1, 2, 3)]
        )
        self.pull(
            "contacts",
            *[remote(10 + n, last_name=f"Doe {n}", company=str(n)) for n in (1, 2, 3)],
        )
        self.assertEqual(
            self.vendor.requests, [("contacts", 0), ("companies", ("1", "2", "3"))]
        )
        for n in (1, 2, 3):
            self.assertEqual(
                self.taken("contacts", 10 + n).parent_id, self.taken("companies", n)
            )

    def test_known_parents_are_not_fetched_again(self):
        self.pull("companies", remote(1, name="Acme"))
        self.vendor.requests.clear()
        self.pull("contacts", remote(2, last_name="Doe", company="1"))
        self.assertEqual(self.vendor.requests, [("contacts", 0)])

    def test_a_parent_in_the_same_page_is_linked_whatever_the_order(self):
        self.pull(
            "companies",
            remote("child", name="Child", parent="mother"),
            remote("mother", name="Mother", parent="grand"),
            remote("grand", name="Grand"),
        )
        child = self.taken("companies", "child")
        self.assertEqual(child.parent_id.name, "Mother")
        self.assertEqual(child.parent_id.parent_id.name, "Grand")
        self.assertFalse(self.exceptions())

    def test_parents_of_parents_are_fetched(self):
        self.vendor.add(
            "companies",
            remote(1, name="Mother", parent="2"),
            remote(2, name="Grand"),
        )
        self.pull("contacts", remote(3, last_name="Doe", company="1"))
        self.assertEqual(self.taken("contacts", 3).parent_id.parent_id.name, "Grand")

    def test_parents_in_a_ring_are_taken_and_the_ring_is_reported(self):
        self.pull(
            "companies",
            remote(1, name="One", parent="2"),
            remote(2, name="Two", parent="1"),
            remote(3, name="Self", parent="3"),
            remote(4, name="Other", parent="1"),
        )
        for number in (1, 2, 3, 4):
            self.assertTrue(self.taken("companies", number))
        one, two = self.taken("companies", 1), self.taken("companies", 2)
        # One of the two is the other's mother, and not the other way round, too.
        self.assertIn(one.parent_id | two.parent_id, (one, two))
        self.assertEqual(self.taken("companies", 4).parent_id, one)
        self.assertEqual(set(self.exceptions().mapped("code")), {"cyclic_reference"})
        self.assertEqual(set(self.exceptions().mapped("blocking")), {False})

    def test_a_ring_that_comes_later_holds_one_record_and_not_its_neighbours(self):
        self.pull("companies", remote(1, name="One", parent="2"), remote(2, name="Two"))
        self.pull(
            "companies",
            remote(2, name="Two", parent="1"),
            remote(3, name="Neighbour"),
        )
        self.assertFalse(self.taken("companies", 2).parent_id)
        self.assertTrue(self.taken("companies", 3))
        self.assertEqual(self.exceptions().item_ids.remote_id, "2")

    def test_a_missing_parent_holds_the_record_until_it_arrives(self):
        self.pull("contacts", remote(2, last_name="Doe", company="1"))
        self.assertFalse(self.taken("contacts", 2))
        exception = self.exceptions()
        self.assertEqual(exception.error_class, "missing_dependency")
        self.assertEqual(exception.code, "missing_parent")
        self.pull("companies", remote(1, name="Acme"))
        self.run_jobs()
        self.assertEqual(self.taken("contacts", 2).parent_id.name, "Acme")
        self.assertEqual(exception.state, "resolved")

    def test_a_held_parent_holds_its_children_and_releases_them(self):
        self.vendor.add("companies", remote(1, phone="1"))
        self.pull("contacts", remote(2, last_name="Doe", company="1"))
        self.assertEqual(
            set(self.exceptions().mapped("code")), {"required_missing", "parent_held"}
        )
        self.pull("companies", remote(1, name="Acme"))
        self.assertEqual(self.taken("contacts", 2).parent_id.name, "Acme")
        self.assertFalse(self.exceptions())

    def test_the_same_missing_parent_of_many_is_asked_for_once_a_run(self):
        self.vendor.add_page(
            "contacts", *[remote(n, last_name="Doe", company="1") for n in range(5)]
        )
        self.vendor.add_page("contacts", remote(9, last_name="Doe", company="1"))
        self.pull("contacts")
        asked = [ids for stream, ids in self.vendor.requests if stream == "companies"]
        self.assertEqual(asked, [("1",)])
        self.assertEqual(len(self.exceptions()), 1)
        self.assertEqual(self.exceptions().open_count, 6)
