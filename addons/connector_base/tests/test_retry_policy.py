import psycopg2

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine import errors, retry
from .common_jobs import JobCase


@tagged("post_install", "-at_install")
class TestRetryPolicy(JobCase):
    """What a flow does after errors, where it differs from the default."""

    def policy(self, error_class="timeout", stream="companies", **vals):
        return self.env["connector.retry.policy"].create(
            {
                "flow_id": self.flow(stream).id,
                "error_class": error_class,
                "tries": 2,
                "base": 5,
                "cap": 60,
                **vals,
            }
        )

    def fails_with(self, error, name, stream="companies"):
        return self.run_failing(error, name=name, flow=self.flow(stream))

    def test_a_flow_may_have_fewer_tries_than_the_default(self):
        self.policy(tries=2)
        job = self.fails_with(errors.RemoteTimeout("No answer."), "ours")
        self.assertEqual(job.state, "pending")
        self.time_passes(minutes=10)
        self.run_jobs()
        self.assertEqual((job.state, job.attempt), ("dead", 2))

    def test_without_tries_the_first_failure_is_a_dead_letter(self):
        for tries in (0, 1):
            self.env["connector.retry.policy"].search([]).unlink()
            self.policy(tries=tries)
            job = self.fails_with(errors.RemoteTimeout("No answer."), f"{tries} tries")
            self.assertEqual((job.state, job.attempt), ("dead", 1))

    def test_a_flow_may_try_again_what_otherwise_needs_a_person(self):
        self.policy("not_found", tries=3)
        job = self.fails_with(errors.RemoteNotFound("Gone."), "ours")
        self.assertEqual((job.state, job.attempt), ("pending", 1))

    def test_its_pauses_are_kept_to(self):
        policy = self.policy(base=1000, cap=1000)._policy()
        self.assertEqual(retry.backoff(policy, 1, lambda: 1.0), 1000)
        job = self.fails_with(errors.RemoteTimeout("No answer."), "ours")
        self.assertGreaterEqual((job.eta - job.started_at).total_seconds(), 99)

    def test_other_flows_classes_and_jobs_keep_the_default(self):
        self.policy("timeout", tries=0)
        for job in (
            self.fails_with(errors.RemoteDown("Not there."), "other class"),
            self.fails_with(errors.RemoteTimeout("No."), "other flow", "contacts"),
            self.run_failing(errors.RemoteTimeout("No answer."), name="no flow"),
        ):
            self.assertEqual(job.state, "pending", job.name)

    def test_what_is_no_matter_of_tries_can_not_be_changed(self):
        for error_class in ("rate_limited", "authentication"):
            with self.subTest(error_class), self.assertRaises(ValidationError):
                self.policy(error_class)

    def test_numbers_that_make_no_sense_are_refused(self):
        for vals in (
            {"tries": -1},
            {"tries": 101},
            {"base": 0},
            {"base": 61},
            {"cap": 100000},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.policy(**vals)

    def test_there_is_one_rule_for_each_kind_of_error(self):
        self.policy()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
        ):
            self.policy()

    def test_the_flow_says_what_applies(self):
        flow = self.flow("companies")
        self.assertIn("Tried 8 times in all", flow.retry_table)
        self.assertNotIn("This flow", flow.retry_table)
        self.policy(tries=4)
        self.assertIn("Tried 4 times in all, 5 to 60 seconds", flow.retry_table)
        self.assertIn("This flow", flow.retry_table)
        for kind in errors.ERROR_CLASSES:
            label = dict(self.env["connector.exception"]._selection_error_class())[kind]
            self.assertIn(label, flow.retry_table)

    def test_a_map_editor_decides_and_an_operator_does_not(self):
        policy = self.policy()
        policy.with_user(self.user_of("map_editor")).tries = 7
        with self.assertRaises(AccessError):
            policy.with_user(self.user_of("operator")).tries = 8
