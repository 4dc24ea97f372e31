from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..engine import errors
from ..wizards import connector_replay
from .common_jobs import WORK
from .common_vendor import remote
from .test_dead_letter import DeadLetterCase


@tagged("post_install", "-at_install")
class TestReplay(DeadLetterCase):
    def replay(self, jobs=None, user=None, **filters):
        wizards = self.env["connector.replay"]
        if user:
            wizards = wizards.with_user(user)
        return wizards.create(
            {"job_ids": [fields.Command.set(jobs.ids if jobs else [])], **filters}
        )

    def message(self, wizard):
        return wizard.action_replay()["params"]["message"]

    def dry_run(self, wizard):
        """The dry run has a cursor of its own, which sees the test's records."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            wizard.action_dry_run()
        self.env.invalidate_all()
        return wizard

    # -- replay ---------------------------------------------------------------

    def test_chosen_dead_letters_go_back_into_the_queue_in_one_message(self):
        jobs = self.dead_pull(["1", "2"]) | self.dead_pull(["3", "4"])
        self.assertEqual(self.message(self.replay(jobs)), "Back in the queue: 2.")
        self.assertEqual(set(jobs.mapped("state")), {"pending"})
        self.assertEqual(set(jobs.mapped("attempt")), {0})

    def test_many_dead_letters_cost_as_many_queries_as_one(self):
        one = self.dead_pull(["1", "2"])
        many = self.env["connector.job"].browse(
            [self.dead_pull([f"{n}", f"{n}0"]).id for n in range(3, 9)]
        )
        counts = []
        for jobs in (one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            jobs._replay()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_what_is_done_is_left_alone_and_said_so(self):
        job = self.enqueue()
        self.run_jobs()
        self.assertEqual(job.state, "done")
        self.assertRegex(
            self.message(self.replay(job)), r"^Done already on .*: nothing to do\.$"
        )
        self.assertEqual(job.state, "done")

    def test_what_runs_is_left_alone_and_said_so(self):
        job = self.enqueue()
        job.sudo().state = "started"
        self.assertIn("Running right now", self.message(self.replay(job)))
        self.assertEqual(job.state, "started")

    def test_of_several_that_do_the_same_work_one_goes(self):
        def failing(env, job):
            raise ValueError("broken")

        jobs = self.env["connector.job"]
        for _time in range(2):
            jobs |= self.enqueue(failing, identity_key="the-work")
            self.run_jobs()
        message = self.message(self.replay(jobs))
        self.assertIn("Back in the queue: 1.", message)
        self.assertIn("another job does their work: 1.", message)
        self.assertEqual(sorted(jobs.mapped("state")), ["cancelled", "pending"])

    def test_dead_letters_are_chosen_by_what_they_share(self):
        job = self.dead_pull(["1", "2"])
        other = self.run_failing(ValueError("broken"))
        hour = fields.Datetime.subtract(job.finished_at, hours=1)
        for filters, chosen in (
            ({"flow_id": job.flow_id.id}, job),
            ({"connection_id": self.connection.id}, job | other),
            ({"error_class": "bug"}, other),
            ({"correlation_id": job.correlation_id}, job),
            ({"date_to": hour}, job.browse()),
            ({"date_from": hour, "error_class": "validation"}, job),
        ):
            with self.subTest(filters=filters):
                wizard = self.replay(**filters)
                self.assertEqual(wizard._jobs(), chosen.sorted("id"))
                self.assertEqual(wizard.job_count, len(chosen))

    def test_no_dead_letter_is_said_so(self):
        with self.assertRaises(UserError):
            self.replay(correlation_id="no such").action_replay()

    def test_a_viewer_replays_nothing(self):
        with self.assertRaises(AccessError):
            self.replay(self.dead_pull(["1", "2"]), self.user_of("viewer"))

    def test_an_operator_replays(self):
        job = self.dead_pull(["1", "2"])
        self.replay(job, self.user_of("operator")).action_replay()
        self.assertEqual(job.state, "pending")

    # -- dry run --------------------------------------------------------------

    def test_a_dry_run_shows_what_would_be_written_and_writes_nothing(self):
        self.pull("companies", remote(1, name="Acme", city="Rome"))
        job = self.dead_pull(["1", "2"])
        self.vendor.add(
            "companies", remote(1, name="Acme", city="Paris"), remote(2, name="New")
        )
        partner = self.taken("companies", 1)
        logs = self.env["connector.log"].search_count([])
        wizard = self.dry_run(self.replay(job))
        shown = {line.record: line for line in wizard.line_ids}
        self.assertEqual(shown["1"].action, "Updated")
        self.assertIn("City: Rome → Paris", shown["1"].changes)
        self.assertEqual(shown["2"].action, "Created")
        self.assertIn("would touch 2 records", wizard.dry_run_text)
        self.assertEqual(partner.city, "Rome")
        self.assertFalse(self.binding("companies", 2))
        self.assertEqual(self.env["connector.log"].search_count([]), logs)
        self.assertEqual(job.state, "dead")

    def test_a_dry_run_masks_as_the_log_does(self):
        self.pull("companies", remote(1, name="Acme", phone="+1 555 0100"))
        job = self.dead_pull(["1", "2"])
        self.vendor.add("companies", remote(1, name="Acme", phone="+1 555 0199"))
        wizard = self.dry_run(self.replay(job))
        self.assertNotIn("0199", wizard.line_ids.changes or "")

    def test_a_dry_run_says_what_would_be_held(self):
        job = self.dead_pull(["1", "2"])
        self.vendor.add("companies", remote(1, phone="030 1"))
        wizard = self.dry_run(self.replay(job))
        self.assertEqual(wizard.line_ids.mapped("action"), ["Held"])
        self.assertFalse(self.env["connector.exception.item"].search([]))

    def test_a_dry_run_says_why_a_job_would_fail(self):
        job = self.run_failing(ValueError("broken again"))
        wizard = self.dry_run(self.replay(job))
        self.assertIn("would fail: ValueError: broken again", wizard.dry_run_text)

    def test_what_a_dry_run_commits_is_not_committed(self):
        def work(env, job):
            env["res.partner"].create({"name": "Written by a dry run"})
            env.cr.commit()
            job._checkpoint()
            if not env.context.get("connector_dry_run"):
                raise ValueError("broken")

        job = self.enqueue(work)
        self.run_jobs()
        self.env["res.partner"].search([("name", "=", "Written by a dry run")]).unlink()
        self.dry_run(self.replay(job))
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "Written by a dry run")])
        )

    def test_a_dry_run_in_a_transaction_of_its_own_leaves_nothing(self):
        """Without the test's own transaction around it, as in a real request."""
        job_id = self.committed_job()

        def work(env, job):
            env["ir.config_parameter"].set_param("connector_base.dry_run", "written")
            env.cr.commit()
            job._checkpoint()
            found.append(env["ir.config_parameter"].get_param("connector_base.dry_run"))
            raise errors.InvalidRecord("Enough.")

        found = []
        self.steps["work"] = work
        report = self.env["connector.job"].browse(job_id)._dry_run(5, 10)
        self.assertEqual(found, ["written"])
        self.assertTrue(report["error"])
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT COUNT(*) FROM ir_config_parameter"
                " WHERE key = 'connector_base.dry_run'"
            )
            self.assertEqual(cr.fetchone(), (0,))

    def committed_job(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            job_id = (
                env["connector.job"]
                .enqueue(env[WORK], "_job_step", name="work", kwargs={"step": "work"})
                .id
            )
            cr.execute(
                "UPDATE connector_job SET state = 'dead' WHERE id = %s", [job_id]
            )

        def delete():
            with self.registry.cursor() as cr:
                cr.execute("DELETE FROM connector_job WHERE id = %s", [job_id])

        self.addCleanup(delete)
        return job_id

    def test_a_dry_run_shows_the_first_jobs_and_says_so(self):
        self.patch(connector_replay, "DRY_RUN_JOBS", 1)
        jobs = self.dead_pull(["1", "2"]) | self.dead_pull(["3", "4"])
        self.vendor.add("companies", *[remote(n, name=f"C{n}") for n in range(1, 5)])
        wizard = self.dry_run(self.replay(jobs))
        self.assertIn("Shown are 1 of 2 jobs", wizard.dry_run_text)
        self.assertEqual(wizard.line_ids.job_id, jobs.sorted("id")[0])
