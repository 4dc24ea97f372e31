from odoo.tests import tagged

from ..engine.errors import RateLimited
from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestPullWait(ConnectorCase):
    """A vendor that needs time, or can't tell any more what it has deleted."""

    def sync(self):
        flow = self.flow("companies")
        flow.action_sync()
        self.run_jobs()
        return self.last_job(flow)

    # -- wait -----------------------------------------------------------------

    def test_no_worker_waits_for_a_vendor_that_prepares_something(self):
        self.vendor.add_page("companies", remote(1, name="Acme"))
        self.vendor.add_page("companies", remote(2, name="Later"))
        self.vendor.remarks = {0: {"wait": 300}}
        job = self.sync()
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertTrue(self.taken("companies", 1))
        # What was begun at the vendor is known to whoever goes on.
        self.assertEqual(self.flow("companies").cursor, {"page": 1})
        self.assertEqual(self.vendor.requests, [("companies", 0)])
        self.time_passes(seconds=301)
        self.run_jobs()
        self.assertEqual(job.state, "done")
        self.assertTrue(self.taken("companies", 2))

    def test_the_cursor_is_kept_although_nothing_came(self):
        self.vendor.pages["companies"] = [[], [remote(1, name="Acme")]]
        self.vendor.remarks = {0: {"wait": 300}}
        self.sync()
        self.assertEqual(self.flow("companies").cursor, {"page": 1})

    def test_pages_without_news_count_where_the_vendor_lets_us_go_on_later(self):
        for number in range(3):
            self.vendor.add_page("companies", remote(number, name=f"C{number}"))
        self.sync()
        flow, answer = self.flow("companies"), self.vendor.answer
        flow.action_full_sync()
        self.vendor.requests.clear()

        def answer_once(*asked):
            if not allowed:
                raise RateLimited("Later.", code="rate_limited")
            allowed.pop()
            answer(*asked)

        self.patch(self.vendor, "answer", answer_once)
        for _run in range(2):
            allowed = [True]
            self.time_passes(hours=1)
            self.run_jobs()
        self.assertEqual(flow.cursor, {"page": 2})
        asked = [page for _stream, page in self.vendor.requests]
        self.assertEqual(asked, [0, 1], "a page is read twice")

    # -- a cursor that is thrown away -----------------------------------------

    def forgotten(self, busy):
        """Cursors that the vendor is told to forget from now on."""
        provider, told = self.registry["connector.provider.fake"], []
        self.patch(provider, "_keeps_vendor_busy", lambda provider, cursor: busy)
        self.patch(provider, "_drop_cursor", lambda provider, *what: told.append(what))
        return told

    def test_who_reads_all_anew_lets_the_vendor_end_what_it_does(self):
        self.pull("companies", remote(1, name="Acme"))
        cursor = self.flow("companies").cursor
        forgotten = self.forgotten(busy=True)
        self.flow("companies").action_full_sync()
        self.run_jobs()
        self.assertEqual(forgotten, [(self.vendor, "companies", cursor)])

    def test_a_vendor_that_does_nothing_for_it_is_not_called(self):
        self.pull("companies", remote(1, name="Acme"))
        forgotten = self.forgotten(busy=False)
        self.flow("companies").action_full_sync()
        self.run_jobs()
        self.assertFalse(forgotten)

    # -- a gap ----------------------------------------------------------------

    def test_after_a_gap_every_known_record_is_looked_at(self):
        self.pull("companies", remote(1, name="Acme"), remote(2, name="Gone"))
        del self.vendor.records["companies"]["2"]
        self.vendor.remarks = {1: {"gap": True}}
        self.sync()
        self.assertTrue(self.taken("companies", 1).active)
        self.assertFalse(self.taken("companies", 2).active)
        notes = self.env["connector.log"].search([("action", "=", "run")])
        self.assertTrue(any("can't tell any more" in (n.note or "") for n in notes))
        self.assertFalse(self.exceptions())

    def test_looking_goes_on_where_time_was_over(self):
        self.pull("companies", *(remote(n, name=f"C{n}") for n in range(250)))
        del self.vendor.records["companies"]["249"]
        self.patch(type(self.env["connector.job"]), "_checkpoint", lambda job: 0)
        self.vendor.remarks = {1: {"gap": True}}
        self.env["connector.pull"]._enqueue_compare(self.flow("companies"))
        self.run_jobs()
        self.assertFalse(self.taken("companies", 249).active)
        jobs = self.env["connector.job"].search([("name", "like", "Compare all")])
        self.assertEqual(len(jobs), 4)
        self.assertEqual(set(jobs.mapped("state")), {"done"})
