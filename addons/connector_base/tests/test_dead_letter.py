from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import errors
from .common_jobs import JobCase
from .common_vendor import remote


class DeadLetterCase(JobCase):
    def dead_pull(self, remote_ids, error=None):
        """A dead letter that was to read some companies again."""
        flow = self.flow("companies")
        self.env["connector.pull"]._enqueue_ids(flow, remote_ids)
        job = self.last_job(flow)
        self.vendor.failures = [error or errors.InvalidRecord("No.", code="refused")]
        self.run_jobs()
        self.assertEqual(job.state, "dead")
        return job


@tagged("post_install", "-at_install")
class TestDeadLetter(DeadLetterCase):
    """Dead letters are corrected, put back and closed with their cause."""

    # -- closing --------------------------------------------------------------

    def test_a_cause_stays_open_as_long_as_a_dead_letter_of_it_is_there(self):
        job = self.dead_pull(["1", "2"])
        self.assertEqual(len(self.exceptions()), 1)
        self.pull("companies", remote(9, name="Other"))
        self.assertEqual(job.state, "dead")
        self.assertEqual(len(self.exceptions()), 1, "its records were not read")

    def test_dead_letter_and_cause_close_when_their_records_were_read(self):
        job = self.dead_pull(["1", "2"])
        self.vendor.add("companies", remote(3, name="C"))
        self.pull_again(
            "companies", remote(1, name="A"), remote(2, name="B"), remote(3, name="C")
        )
        self.assertEqual(job.state, "cancelled")
        self.assertEqual(job.close_reason, "Done by a later try.")
        self.assertFalse(self.exceptions())
        self.assertEqual(len(self.exceptions("resolved")), 1)

    def test_reading_some_of_its_records_does_not_close_it(self):
        job = self.dead_pull(["1", "2"])
        self.pull_again("companies", remote(1, name="A"))
        self.assertEqual(job.state, "dead")
        self.assertTrue(self.exceptions())

    def test_a_cause_with_two_dead_letters_waits_for_both(self):
        first, second = self.dead_pull(["1", "2"]), self.dead_pull(["3", "4"])
        self.assertEqual(len(self.exceptions()), 1)
        self.pull_again("companies", remote(1, name="A"), remote(2, name="B"))
        self.assertEqual((first.state, second.state), ("cancelled", "dead"))
        self.assertTrue(self.exceptions())
        self.pull_again("companies", remote(3, name="A"), remote(4, name="B"))
        self.assertFalse(self.exceptions())

    def test_a_later_job_of_the_same_call_closes_the_dead_one(self):
        job = self.run_failing(ValueError("broken"), identity_key="the-work")
        self.assertEqual(job.state, "dead")
        later = self.enqueue(name="work", identity_key="the-work")
        self.run_jobs()
        self.assertEqual((later.state, job.state), ("done", "cancelled"))

    def test_a_job_of_another_call_closes_nothing(self):
        job = self.run_failing(ValueError("broken"))
        self.enqueue(name="other work")
        self.run_jobs()
        self.assertEqual(job.state, "dead")

    def test_an_ignored_cause_lets_its_dead_letters_be(self):
        job = self.dead_pull(["1", "2"])
        exception = self.exceptions()
        exception.ignore_reason = "Not needed"
        exception.action_ignore()
        self.pull("companies", remote(9, name="Other"))
        self.assertEqual((exception.state, job.state), ("ignored", "dead"))

    def test_trying_a_cause_again_replays_its_dead_letters(self):
        job = self.dead_pull(["1", "2"])
        self.vendor.add("companies", remote(1, name="A"), remote(2, name="B"))
        self.exceptions().action_retry()
        self.assertEqual(job.state, "pending")
        self.run_jobs()
        self.assertEqual(job.state, "done")
        self.assertFalse(self.exceptions())
        self.assertTrue(self.taken("companies", 1))

    # -- the payload ----------------------------------------------------------

    def edit(self, job, payload, user=None):
        wizard = self.env["connector.job.edit"]
        if user:
            wizard = wizard.with_user(user)
        wizard = wizard.create({"job_id": job.id, "payload": payload})
        return wizard.action_apply()

    def test_a_corrected_payload_is_used_and_the_original_kept(self):
        job = self.dead_pull(["1", "2"])
        operator = self.user_of("operator")
        flow = self.flow("companies")
        self.edit(job, f'{{"flow_id": {flow.id}, "remote_ids": ["7"]}}', operator)
        self.edit(job, f'{{"flow_id": {flow.id}, "remote_ids": ["8"]}}', operator)
        self.assertEqual(job.original_kwargs["remote_ids"], ["1", "2"])
        self.assertEqual(job.edited_by_id, operator)
        self.assertTrue(job.edited_at)
        self.vendor.add("companies", remote(8, name="Right"))
        job.action_retry()
        self.run_jobs()
        self.assertEqual(job.state, "done")
        self.assertTrue(self.taken("companies", 8))

    def test_a_payload_stays_an_object_with_its_keys_and_types(self):
        job = self.dead_pull(["1", "2"])
        for payload in (
            "nonsense",
            "[1]",
            '{"flow_id": 1}',
            '{"flow_id": 1, "remote_ids": [], "more": 1}',
            '{"flow_id": "1", "remote_ids": []}',
        ):
            with self.subTest(payload=payload), self.assertRaises(UserError):
                self.edit(job, payload)
        self.assertFalse(job.original_kwargs)

    def test_what_is_no_dead_letter_keeps_its_payload(self):
        job = self.enqueue()
        with self.assertRaises(UserError):
            self.edit(job, '{"step": "work"}')

    def test_viewers_neither_see_nor_correct_a_payload(self):
        job = self.dead_pull(["1", "2"])
        viewer = self.user_of("viewer")
        with self.assertRaises(AccessError):
            job.with_user(viewer).read(["payload_text"])
        with self.assertRaises(AccessError):
            self.edit(job, "{}", viewer)
        with self.assertRaises(AccessError):
            job.with_user(self.user_of("operator")).write({"kwargs": {}})

    def test_the_form_says_what_was_asked_and_answered(self):
        error = errors.InvalidRecord(
            "No.",
            code="refused",
            request={"method": "GET", "url": "https://api.fake.example/x"},
            response={"status": 422, "body": "no such field"},
        )
        job = self.dead_pull(["1", "2"], error)
        self.assertEqual(job.request_text, "GET https://api.fake.example/x")
        self.assertEqual(job.response_text, "422 no such field")
        self.assertEqual(job.error_code, "refused")
        self.assertIn('"remote_ids"', job.payload_text)
