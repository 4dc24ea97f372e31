from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import connector_exception_retry
from .common import ConnectorCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestExceptionCount(ConnectorCase):
    """What a cause counts is stored, and right whatever happens to its records."""

    def held(self, *numbers):
        """Companies without a name are held: one cause."""
        self.pull("companies", *(remote(n, name="", phone=f"030 {n}") for n in numbers))
        return self.exceptions()

    def counted(self, exception):
        """What a fresh look at the records gives."""
        items = self.env["connector.exception.item"].search(
            [("exception_id", "=", exception.id), ("state", "=", "open")]
        )
        return len(items), sum(items.mapped("amount"))

    def assert_counted(self, exception):
        self.assertEqual(
            (exception.open_count, exception.amount), self.counted(exception)
        )

    def test_records_that_come_go_and_come_back_are_counted(self):
        exception = self.held(1, 2, 3)
        self.assertEqual(exception.open_count, 3)
        self.held(3, 4)
        self.assertEqual(exception.open_count, 4)
        self.pull("companies", remote(1, name="One"), remote(2, name="Two"))
        self.assertEqual(exception.open_count, 2)
        self.held(2)
        self.assertEqual(exception.open_count, 3)
        self.assert_counted(exception)

    def test_a_record_twice_in_one_report_counts_once(self):
        exception = self.held(1)
        self.env["connector.exception.item"]._note_held(
            self.flow("companies"),
            "pull",
            "remote_id",
            [(exception, self.item_vals("1")), (exception, self.item_vals("1"))],
        )
        self.assertEqual(exception.open_count, 1)

    def item_vals(self, remote_id, amount=0.0):
        return {
            "remote_id": remote_id,
            "label": False,
            "partner_label": False,
            "amount": amount,
            "payload": {},
            "message": "Held",
            "depends_entity": False,
            "depends_remote_id": False,
        }

    def test_what_is_at_stake_follows_the_records_amounts(self):
        exception = self.held(1)
        note = self.env["connector.exception.item"]._note_held
        flow = self.flow("companies")

        def noted(remote_id, amount):
            cases = [(exception, self.item_vals(remote_id, amount))]
            note(flow, "pull", "remote_id", cases)

        noted("1", 100.0)
        noted("2", 50.5)
        self.assertEqual(exception.amount, 150.5)
        noted("1", 40.0)
        self.assertEqual(exception.amount, 90.5)
        self.pull("companies", remote(1, name="One"))
        self.assertEqual(exception.amount, 50.5)
        self.assert_counted(exception)

    def test_a_count_that_went_wrong_is_mended(self):
        exception = self.held(1, 2)
        self.env.execute_query(
            SQL(
                "UPDATE connector_exception SET open_count = 77 WHERE id = %s"
                " RETURNING id",
                exception.id,
            )
        )
        exception.invalidate_recordset()
        self.env["connector.exception"]._recount_all()
        self.assertEqual(exception.open_count, 2)

    def test_nothing_held_costs_one_query(self):
        flow = self.flow("companies")
        exceptions = self.env["connector.exception"]
        # What Odoo keeps in memory once it has been asked is not the question.
        exceptions._settle_items(flow, ["1", "2"])
        self.env.flush_all()
        with self.assertQueryCount(1):
            exceptions._settle_items(flow, ["1", "2"])

    def test_a_form_reads_the_first_records_only(self):
        exception = self.held(*range(30))
        self.assertEqual(len(exception.sample_item_ids), 20)
        self.assertEqual(exception.open_count, 30)

    def test_one_record_is_named_and_the_others_are_counted(self):
        self.change_map("companies", {"city": {"required": True}})
        self.pull("companies", remote(1, name="Acme"))
        exception = self.exceptions()
        self.assertEqual(exception.document, "Acme")
        self.pull("companies", remote(2, name="Beta"), remote(3, name="Gamma"))
        exception.invalidate_recordset()
        self.assertIn("and 2 more", exception.document)

    # -- all again ------------------------------------------------------------

    def retry_jobs(self):
        return self.env["connector.job"].search(
            [("method_name", "=", "_job_retry")], order="id"
        )

    def test_all_records_are_tried_by_one_job_that_hands_on_when_its_time_is_over(self):
        exception = self.held(*range(1, 6))
        self.vendor.add("companies", *(remote(n, name=f"C{n}") for n in range(1, 6)))
        # No job ever has enough time for a second batch.
        with (
            patch.object(connector_exception_retry, "RETRY_BATCH", 2),
            patch.object(self.registry["connector.job"], "_checkpoint", lambda _job: 0),
        ):
            exception.action_retry()
            self.assertEqual(exception.progress, "0 of 5 done")
            self.run_jobs()
        self.assertEqual(exception.state, "resolved")
        after = [job.kwargs["after_id"] for job in self.retry_jobs()]
        self.assertEqual(len(after), 3)
        self.assertEqual(after, sorted(set(after)))

    def test_what_is_still_held_is_tried_once_and_the_progress_ends(self):
        exception = self.held(1, 2, 3)
        self.vendor.add("companies", remote(1, name="One"))
        exception.action_retry()
        self.vendor.requests.clear()
        self.run_jobs()
        self.assertEqual(len(self.vendor.requests), 1)
        self.assertEqual((exception.state, exception.open_count), ("open", 2))
        self.assertFalse(exception.progress)

    def test_trying_again_twice_is_one_job(self):
        exception = self.held(1, 2)
        exception.action_retry()
        exception.action_retry()
        self.assertEqual(len(self.retry_jobs()), 1)

    # -- ignore ---------------------------------------------------------------

    def test_nothing_is_ignored_without_a_reason(self):
        exception = self.held(1, 2)
        for attempt in (
            exception.action_ignore,
            lambda: exception.action_ignore("  "),
            lambda: exception.item_ids[:1].ignore(""),
        ):
            with self.assertRaises(UserError):
                attempt()
        self.assertEqual(exception.open_count, 2)

    def test_one_of_many_is_ignored_and_the_others_stay(self):
        exception = self.held(1, 2)
        exception.item_ids.filtered(lambda i: i.remote_id == "1").ignore("A test")
        self.assertEqual((exception.state, exception.open_count), ("open", 1))
        self.held(1)
        self.assertEqual(exception.open_count, 1, "the very same stays ignored")
        self.pull("companies", remote(1, name="", phone="another"))
        self.assertEqual(exception.open_count, 2, "what changes comes back")

    def test_a_cause_of_which_all_is_ignored_is_ignored(self):
        exception = self.held(1, 2)
        exception.item_ids.ignore("A test")
        self.assertEqual(exception.state, "ignored")
        self.assertEqual(exception.ignore_reason, "A test")

    def test_what_is_no_longer_ignored_is_tried_again(self):
        exception = self.held(1, 2)
        exception.action_ignore("A test")
        self.vendor.add("companies", remote(1, name="One"))
        exception.action_stop_ignoring()
        self.assertEqual((exception.state, exception.open_count), ("open", 2))
        self.run_jobs()
        self.assertTrue(self.taken("companies", 1))
        self.assertEqual((exception.state, exception.open_count), ("open", 1))
        self.assert_counted(exception)

    def test_what_is_no_longer_ignored_joins_a_cause_that_came_back(self):
        exception = self.held(1, 2)
        exception.action_ignore("A test")
        again = self.held(3)
        exception.action_stop_ignoring()
        self.assertEqual(exception.state, "resolved")
        self.assertEqual(again.open_count, 3)
        self.assert_counted(again)
