import copy
import dataclasses

from odoo.tests import tagged

from ..engine.errors import InvalidRecord
from .common_push import PushCase
from .common_writer import FakeWriter


class BulkWriter(FakeWriter):
    """Takes five rows and more as a job; its jobs lie with the vendor."""

    bulk_size, bulk_from = 8, 5

    def __init__(self, vendor, stream):
        super().__init__(vendor, stream)
        self.jobs = vendor.__dict__.setdefault("jobs", {})

    def submit(self, action, rows):
        self.vendor.answer("submit", action)
        if getattr(self.vendor, "takes_no_jobs", False):
            return None
        number = str(len(self.jobs) + 1)
        # What is sent is sent, whatever becomes of it here.
        self.jobs[number] = (action, copy.deepcopy(rows))
        return {"job": number}, 30

    def seconds_left(self, ticket):
        self.vendor.answer("look", ticket["job"])
        return getattr(self.vendor, "working", 0)

    def collect(self, action, ticket, rows):
        job = self.jobs.get(ticket["job"])
        if job is None:
            return {}
        write = self.create if job[0] == "create" else self.update
        results = {result.key: result for result in write(job[1])}
        sent = {row.key: dataclasses.asdict(row) for row in job[1]}
        return {
            row.key: results[row.key]
            for row in rows
            if sent.get(row.key) == dataclasses.asdict(row)
        }


@tagged("post_install", "-at_install")
class TestPushBulk(PushCase):
    """Many records go by a job of the vendor, and nobody waits for it."""

    def setUp(self):
        super().setUp()
        self.patch(
            self.registry["connector.provider.fake"],
            "_writer",
            lambda provider, connection, stream, client: BulkWriter(client, stream),
        )
        self.vendor.__dict__.pop("jobs", None)
        self.vendor.working, self.vendor.takes_no_jobs = 0, False

    def make_companies(self, count=6):
        return self.env["res.partner"].create(
            [{"name": f"Company {n}", "is_company": True} for n in range(count)]
        )

    def names(self):
        return sorted(v["name"] for v in self.vendor.made("companies").values())

    def asked(self, what):
        return [asked for asked in self.vendor.requests if asked[0] == what]

    def test_a_job_takes_many_records_and_no_worker_waits(self):
        partners = self.make_companies()
        job = self.try_push()
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertEqual(self.flow("companies").push_tickets, {"create": {"job": "1"}})
        self.assertFalse(self.vendor.sent)
        self.time_passes(seconds=31)
        self.run_jobs()
        self.assertEqual(job.state, "done")
        self.assertEqual(self.names(), sorted(partners.mapped("name")))
        self.assertFalse(self.flow("companies").push_tickets)
        self.assertFalse(self.env["connector.change"].search([]))
        self.assertEqual(len(self.asked("submit")), 1)

    def test_while_it_works_no_record_is_read_and_nothing_is_sent(self):
        self.make_companies()
        self.vendor.working = 60
        job = self.try_push()
        for _look in range(3):
            self.time_passes(seconds=61)
            self.run_jobs()
        self.assertEqual(job.state, "pending")
        self.assertEqual(len(self.asked("look")), 3)
        self.assertFalse(self.vendor.sent)

    def test_a_few_records_go_as_ever(self):
        self.make_companies(4)
        self.push()
        self.assertEqual(len(self.names()), 4)
        self.assertFalse(self.asked("submit"))

    def test_what_changed_meanwhile_goes_afterwards(self):
        partners = self.make_companies()
        self.try_push()
        partners[0].name = "Renamed"
        self.commit()
        self.time_passes(seconds=31)
        self.run_jobs()
        self.assertIn("Renamed", self.names())
        self.assertEqual(len(self.names()), 6)
        self.assertFalse(self.env["connector.change"].search([]))

    def test_one_that_is_refused_is_held_and_the_others_are_done(self):
        self.make_companies()
        self.vendor.refused["Company 3"] = InvalidRecord("No.", code="refused")
        self.try_push()
        self.time_passes(seconds=31)
        self.run_jobs()
        self.assertEqual(len(self.names()), 5)
        self.assertEqual(self.exceptions().mapped("code"), ["refused_remotely"])

    def test_known_records_are_updated_by_a_job_as_well(self):
        partners = self.make_companies(4)
        self.push()
        partners |= self.make_companies(4)
        self.push()
        partners.write({"city": "Bonn"})
        self.try_push()
        self.assertEqual(list(self.flow("companies").push_tickets), ["update"])
        self.time_passes(seconds=31)
        self.run_jobs()
        cities = {v["city"] for v in self.vendor.made("companies").values()}
        self.assertEqual(cities, {"Bonn"})

    def test_a_job_that_came_to_nothing_loses_nothing(self):
        self.make_companies()
        self.try_push()
        self.vendor.jobs.clear()
        self.time_passes(seconds=31)
        self.run_jobs()
        self.assertEqual(len(self.names()), 6)

    def test_a_vendor_that_takes_no_jobs_gets_requests(self):
        self.vendor.takes_no_jobs = True
        self.make_companies()
        self.push()
        self.assertEqual(len(self.names()), 6)

    def test_more_than_a_job_takes_follows(self):
        self.make_companies(12)
        self.try_push()
        for _turn in range(4):
            self.time_passes(seconds=31)
            self.run_jobs()
        self.assertEqual(len(self.names()), 12)
        self.assertFalse(self.env["connector.change"].search([]))

    def test_a_record_that_is_locked_meanwhile_waits(self):
        partners = self.make_companies(6)
        self.push_known(partners)
        partners.write({"city": "Bonn"})
        self.try_push()
        binding = self.env["connector.binding"].search(
            [("res_id", "=", partners[0].id), ("res_model", "=", "res.partner")]
        )
        binding.action_lock("Checked by hand.")
        self.time_passes(seconds=31)
        self.run_jobs()
        changes = self.env["connector.change"].search([])
        self.assertEqual(changes.mapped("res_id"), partners[0].ids)

    def push_known(self, partners):
        self.try_push()
        self.time_passes(seconds=31)
        self.run_jobs()
        self.assertFalse(self.env["connector.change"].search([]))
