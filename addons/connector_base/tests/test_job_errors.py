import datetime

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..engine import errors, retry
from .common_jobs import JobCase

LOGGER = "odoo.addons.connector_base"


def in_minutes(minutes):
    """A moment as vendors name it: aware UTC."""
    now = datetime.datetime.now(datetime.UTC)
    return now + datetime.timedelta(minutes=minutes)


@tagged("post_install", "-at_install")
class TestJobErrors(JobCase):
    # -- errors that pass -----------------------------------------------------

    def test_errors_that_pass_are_tried_again_later(self):
        passing = {
            "transient": errors.TransientError("Broken off."),
            "timeout": errors.RemoteTimeout("No answer."),
            "remote_down": errors.RemoteDown("Not there."),
        }
        for error_class, error in passing.items():
            with self.subTest(error_class=error_class):
                job = self.run_failing(error, name=error_class)
                self.assertEqual((job.state, job.attempt), ("pending", 1))
                self.assertEqual(job.error_class, error_class)
                self.assertGreater(job.eta, fields.Datetime.now())
        self.assertFalse(self.exceptions())

    def test_a_retry_wakes_its_lane(self):
        before = self.env["ir.cron.trigger"].search([])
        job = self.run_failing(errors.RemoteDown("Not there.", retry_at=in_minutes(20)))
        triggers = self.env["ir.cron.trigger"].search([]) - before
        self.assertIn(
            self.env.ref("connector_base.cron_lane_default"), triggers.cron_id
        )
        self.assertGreaterEqual(
            max(triggers.mapped("call_at")), job.eta.replace(microsecond=0)
        )

    def test_a_try_that_succeeds_forgets_the_error(self):
        answers = [errors.RemoteTimeout("No answer."), None]

        def step(env, job):
            if answer := answers.pop(0):
                raise answer

        job = self.enqueue(step)
        self.run_jobs()
        self.assertTrue(job.error)
        self.time_passes(hours=1)
        self.run_jobs()
        self.assertEqual((job.state, job.attempt), ("done", 2))
        self.assertFalse(job.error or job.error_class or job.traceback)

    def test_a_job_out_of_tries_is_a_dead_letter_with_an_exception(self):
        job = self.run_failing(errors.RemoteDown("Not there.", code="unreachable"))
        for _number in range(retry.POLICIES["remote_down"].tries - 1):
            self.assertEqual(job.state, "pending")
            self.time_passes(hours=2)
            self.run_jobs()
        self.assertEqual(job.state, "dead")
        self.assertEqual(self.exceptions().error_class, "remote_down")

    # -- the vendor asks to wait ----------------------------------------------

    def test_a_rate_limit_blocks_the_connection_until_the_vendor_says(self):
        job = self.run_failing(errors.RateLimited("Slow down.", retry_at=in_minutes(3)))
        other = self.enqueue(name="other")
        self.run_jobs()
        now = fields.Datetime.now()
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertGreater(
            self.connection.blocked_until, now + datetime.timedelta(minutes=2)
        )
        self.assertEqual(other.state, "pending")
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.exceptions())

    def test_a_rate_limit_never_uses_up_the_tries(self):
        job = self.run_failing(errors.RateLimited("Slow down.", retry_at=in_minutes(3)))
        for _number in range(30):
            self.time_passes(minutes=20)
            self.run_jobs()
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertEqual(len(self.order), 31)

    def test_a_shorter_rate_limit_does_not_end_a_longer_one(self):
        self.enqueue(self.limited(9), name="first")
        self.enqueue(self.limited(1), name="second")
        self.run_side_by_side()
        self.assertEqual(self.order, ["first", "second"])
        until = self.connection.blocked_until - fields.Datetime.now()
        self.assertGreater(until, datetime.timedelta(minutes=8))

    def limited(self, minutes):
        def step(env, job):
            raise errors.RateLimited("Slow down.", retry_at=in_minutes(minutes))

        return step

    def test_a_rate_limit_without_a_time_waits_all_the_same(self):
        self.run_failing(errors.RateLimited("Slow down."))
        self.assertGreater(self.connection.blocked_until, fields.Datetime.now())

    def test_a_rate_limit_leaves_other_connections_alone(self):
        other = self.connect(name="Other CRM")
        self.run_failing(errors.RateLimited("Slow down.", retry_at=in_minutes(3)))
        self.enqueue(name="other", connection=other)
        self.run_jobs()
        self.assertIn("other", self.order)

    # -- sign-in --------------------------------------------------------------

    def test_a_refused_sign_in_stops_the_connection(self):
        job = self.run_failing(errors.AuthenticationError("Who?", code="wrong_token"))
        self.assertEqual(self.connection.state, "attention")
        self.assertEqual((job.state, job.attempt), ("pending", 0))
        self.assertEqual(self.exceptions().error_class, "authentication")

    def test_two_jobs_refused_at_once_make_one_exception_and_one_activity(self):
        def refuse(env, job):
            raise errors.AuthenticationError("Who are you?", code="wrong_token")

        self.enqueue(refuse, name="first")
        self.enqueue(refuse, name="second")
        self.run_side_by_side()
        self.assertEqual(self.order, ["first", "second"])
        self.assertEqual(len(self.exceptions(error_class="authentication")), 1)
        self.assertEqual(len(self.connection.activity_ids), 1)

    def test_the_responsible_person_is_told(self):
        user = self.user_of("administrator")
        self.connection.owner_id = user
        self.run_failing(errors.PermissionDenied("No.", code="missing_scope"))
        self.assertEqual(self.connection.activity_ids.user_id, user)
        self.assertEqual(self.exceptions().user_id, user)
        self.assertTrue(self.connection.attention_reason)

    def test_jobs_wait_for_the_sign_in_and_go_on_when_resumed(self):
        answers = [errors.AuthenticationError("Who are you?"), None]

        def step(env, job):
            if answer := answers.pop(0):
                raise answer

        job = self.enqueue(step)
        waiting = self.enqueue(name="waiting")
        self.run_jobs()
        self.run_jobs()
        self.assertEqual((job + waiting).mapped("state"), ["pending"] * 2)
        self.connection.action_resume()
        self.run_jobs()
        self.assertEqual((job + waiting).mapped("state"), ["done"] * 2)
        self.assertFalse(self.exceptions())
        self.assertFalse(self.connection.attention_reason)

    # -- a person must decide -------------------------------------------------

    def test_what_needs_a_person_is_not_tried_again(self):
        deciding = (
            errors.InvalidRecord("No."),
            errors.MappingError("What?"),
            errors.MissingDependency("Where?"),
            errors.AmbiguousMatch("Which?"),
            errors.ConflictError("Whose?", params={"label": "City"}),
            errors.ClosedPeriod("When?"),
            errors.RemoteNotFound("Gone."),
        )
        for error in deciding:
            with self.subTest(error_class=error.error_class):
                job = self.run_failing(error, name=error.error_class)
                self.assertEqual((job.state, job.attempt), ("dead", 1))
                exception = self.exceptions(error_class=error.error_class)
                self.assertEqual(len(exception), 1)
                self.assertTrue(exception.advice)

    def test_the_same_failure_of_many_jobs_is_one_exception(self):
        for number in range(3):
            self.run_failing(errors.InvalidRecord("No."), name=f"job {number}")
        self.assertEqual(len(self.exceptions()), 1)

    def test_what_the_vendor_said_is_kept_with_the_job(self):
        job = self.run_failing(
            errors.InvalidRecord(
                "No.",
                code="refused",
                request={"method": "GET", "url": "https://api.fake.example/x"},
                response={"status": 400, "body": "no"},
                request_id="r-1",
            )
        )
        self.assertEqual(job.error_detail["request_id"], "r-1")
        self.assertEqual(job.error_detail["response"]["status"], 400)
        self.assertFalse(job.traceback)

    def test_an_error_without_the_values_of_its_sentence_is_recorded(self):
        with self.assertLogs(LOGGER, "WARNING"):
            job = self.run_failing(errors.ConflictError("Whose?"))
        self.assertEqual((job.state, job.error), ("dead", "Whose?"))

    # -- bugs -----------------------------------------------------------------

    def test_a_bug_is_a_dead_letter_with_its_traceback(self):
        with self.assertLogs(LOGGER, "ERROR"):
            job = self.run_failing(ZeroDivisionError("by nought"))
        self.assertEqual((job.state, job.error_class), ("dead", "bug"))
        self.assertIn("Traceback", job.traceback)
        self.assertIn("by nought", job.error)
        self.assertEqual(self.exceptions().error_class, "bug")

    def test_secrets_and_addresses_are_masked_in_tracebacks(self):
        text = "Bearer abcdef0123456789 of jane.doe@example.com at https://u:pw@h/?token=t0"
        with self.assertLogs(LOGGER, "ERROR") as logs:
            job = self.run_failing(ValueError(text))
        for kept in (job.error, job.traceback, *self.exceptions().mapped("name")):
            self.assertNotIn("abcdef0123456789", kept)
            self.assertNotIn("jane.doe", kept)
            self.assertNotIn("u:pw", kept)
            self.assertNotIn("t0", kept)
        self.assertNotIn("abcdef0123456789", "".join(logs.output))

    def test_a_model_that_is_gone_is_a_dead_letter_and_the_lane_goes_on(self):
        self.enqueue(name="gone").model_name = "connector.uninstalled"
        self.enqueue(name="next")
        with self.assertLogs(LOGGER, "ERROR"):
            self.run_jobs()
        self.assertEqual(self.order, ["next"])

    def test_a_refusal_of_odoo_outside_of_records_is_a_dead_letter(self):
        with self.assertLogs(LOGGER, "ERROR"):
            job = self.run_failing(UserError("Odoo says no."))
        self.assertEqual(job.state, "dead")
        self.assertIn("Odoo says no.", job.error)

    # -- transactions ---------------------------------------------------------

    def test_the_error_is_recorded_and_the_work_is_not(self):
        def step(env, job):
            env["res.partner"].create({"name": "Half done"})
            raise errors.InvalidRecord("No.")

        job = self.enqueue(step)
        self.run_jobs()
        self.assertEqual(job.state, "dead")
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Half done")]))

    def test_an_error_of_the_database_leaves_a_usable_lane(self):
        def step(env, job):
            env.cr.execute("SELECT 1 / 0")

        self.enqueue(step, name="broken")
        self.enqueue(name="next")
        with self.assertLogs(LOGGER, "ERROR"), mute_logger("odoo.sql_db"):
            self.run_jobs()
        self.assertEqual(self.order, ["broken", "next"])

    def conflict(self, env):
        """What PostgreSQL says where another transaction was first."""
        with mute_logger("odoo.sql_db"):
            env.cr.execute("DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$")

    def test_a_conflict_of_transactions_is_tried_again_at_once(self):
        def step(env, job):
            env["res.partner"].create({"name": "Once"})
            if self.order == ["work"]:
                self.conflict(env)

        job = self.enqueue(step)
        self.run_jobs()
        self.assertEqual(self.order, ["work", "work"])
        self.assertEqual((job.state, job.attempt), ("done", 1))
        partners = self.env["res.partner"].search([("name", "=", "Once")])
        self.assertEqual(len(partners), 1)

    def test_transactions_that_conflict_for_good_are_tried_later(self):
        job = self.enqueue(lambda env, job: self.conflict(env))
        with self.assertLogs(LOGGER, "ERROR"):
            self.run_jobs()
        self.assertEqual((job.state, job.error_class), ("pending", "transient"))

    def test_a_lane_does_not_raise_when_a_failure_can_not_be_recorded(self):
        self.enqueue(lambda env, job: {}["x"], name="first")
        self.enqueue(name="next", connection=None)
        self.patch(
            self.registry["connector.job"],
            "_record_failure",
            lambda job, error: 1 / 0,
        )
        with self.assertLogs(LOGGER, "ERROR"):
            self.run_jobs()
        self.assertEqual(self.order[:2], ["first", "next"])
