from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tests.common import new_test_user

from ..engine import errors
from ..engine.process import Done, Skipped, Step, Wait
from .common import ConnectorCase, add_model
from .common_vendor import remote


def fake_kind(story):
    """A kind whose steps do what a test says.

    :param story: ``{"steps": [Step], "run": {name: function}, "undo": {name: …}}``
    """

    class ConnectorProcessKindTest(models.AbstractModel):
        _module = None
        _name = "connector.process.kind.test"
        _inherit = ["connector.process.kind"]
        _description = "Test of a process"

        def _steps(self):
            return story["steps"]

        def __getattr__(self, name):
            for prefix in ("run", "undo"):
                step = name.removeprefix(f"_{prefix}_")
                if step != name and step in story[prefix]:
                    return story[prefix][step]
            raise AttributeError(name)

    return ConnectorProcessKindTest


@tagged("post_install", "-at_install")
class TestProcess(ConnectorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.story = {}
        add_model(cls, fake_kind(cls.story))
        cls.partner = cls.env["res.partner"].create({"name": "Acme"})

    def setUp(self):
        super().setUp()
        self.done = []
        self.story.clear()
        self.story.update(
            steps=[Step("order", "Order"), Step("pay", "Pay"), Step("ship", "Ship")],
            run={name: self.note(name) for name in ("order", "pay", "ship")},
            undo={name: self.note(f"undo {name}") for name in ("order", "pay")},
        )

    def note(self, name, answer=None):
        def run(process, step):
            self.done.append(name)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return run

    def fails(self, name, error=None, kind="run"):
        error = error or errors.InvalidRecord("No money", code="no_money")
        self.story[kind][name] = self.note(f"{name} fails", error)

    def works(self, name):
        self.story["run"][name] = self.note(name)

    def steps_of(self, *steps):
        self.story["steps"] = list(steps)

    def start(self, key="1", flow=True, **start):
        flow = self.flow("companies") if flow is True else flow
        return self.env["connector.process"].start(
            "test",
            [
                {
                    "key": key,
                    "record": self.partner,
                    "company": self.env.company,
                    "flow": flow,
                    "connection": flow and flow.connection_id,
                    **start,
                }
            ],
        )

    def run_process(self, **start):
        process = self.start(**start)
        self.run_jobs()
        return process

    def states(self, process):
        return [step.state for step in process.step_ids]

    # -- steps ----------------------------------------------------------------

    def test_steps_run_one_after_the_other(self):
        process = self.run_process()
        self.assertEqual(self.done, ["order", "pay", "ship"])
        self.assertEqual(process.state, "done")
        self.assertEqual(self.states(process), ["done"] * 3)
        self.assertTrue(process.finished_at)

    def test_what_a_step_made_is_shown_with_it(self):
        self.story["run"]["order"] = self.note("order", Done("Found", self.partner))
        process = self.run_process()
        step = process.step_ids[0]
        self.assertEqual(step.message, "Found")
        self.assertEqual(step.record(), self.partner)
        self.assertEqual(step.record_name, "Acme")

    def test_a_step_with_nothing_to_do_is_skipped(self):
        self.story["run"]["pay"] = self.note("pay", Skipped("It is free"))
        process = self.run_process()
        self.assertEqual(self.states(process), ["done", "skipped", "done"])
        self.assertEqual(process.state, "done")

    def test_a_key_has_one_process(self):
        first = self.start()
        self.assertTrue(first)
        self.assertFalse(self.start())
        self.run_jobs()
        self.assertFalse(self.start())
        self.assertEqual(self.done, ["order", "pay", "ship"])

    def test_a_key_of_another_company_is_another_one(self):
        self.start()
        company = self.env["res.company"].create({"name": "Other"})
        self.assertTrue(self.start(company=company, flow=None))

    def test_a_burst_is_begun_by_few_queries(self):
        def starts(count, prefix):
            return [
                {
                    "key": f"{prefix}{number}",
                    "record": self.partner,
                    "company": self.env.company,
                }
                for number in range(count)
            ]

        processes = self.env["connector.process"]
        processes.start("test", starts(1, "warm"))
        self.env.flush_all()
        with self.assertQueryCount(25):
            processes.start("test", starts(200, "many"))
            self.env.flush_all()

    def test_a_worker_that_dies_after_a_step_leaves_the_rest_to_another(self):
        process = self.start()
        with self.worker() as env:
            jobs = env["connector.job"].with_context(connector_worker="one")
            (row,) = jobs._claim("default", 1, "one")
            jobs._begin(row, "one")
            jobs._perform(row)
        self.env.invalidate_all()
        self.assertEqual(self.done, ["order"])
        self.run_jobs()
        self.assertEqual(self.done, ["order", "pay", "ship"])
        self.assertEqual(process.state, "done")

    def test_a_job_that_is_replayed_does_no_step_twice(self):
        process = self.run_process()
        step = process.step_ids[0]
        self.assertEqual(step._job_run(self.env["connector.job"]), {"skipped": 1})
        self.assertEqual(self.done, ["order", "pay", "ship"])

    # -- failures -------------------------------------------------------------

    def test_what_passes_by_itself_is_tried_again(self):
        self.fails("pay", errors.TransientError("Busy"))
        process = self.run_process()
        self.assertEqual(process.state, "running")
        self.assertEqual(process.message, "Busy")
        self.assertFalse(self.exceptions())
        self.works("pay")
        self.time_passes(hours=1)
        self.run_jobs()
        self.assertEqual(process.state, "done")
        self.assertEqual(process.step_ids[1].attempts, 2)

    def test_a_failed_step_parks_the_process_with_an_exception(self):
        self.fails("pay")
        process = self.run_process()
        self.assertEqual(process.state, "parked")
        self.assertEqual(self.states(process), ["done", "failed", "pending"])
        exception = self.exceptions(code="no_money")
        self.assertEqual(exception.open_count, 1)
        self.assertEqual(exception.item_ids.process_id, process)
        self.assertEqual(exception.item_ids.label, "Acme")
        self.assertEqual(process.step_ids[1].exception_id, exception)

    def test_what_odoo_refuses_is_said_in_its_words(self):
        self.fails("pay", UserError("The journal is missing"))
        process = self.run_process()
        self.assertIn("The journal is missing", process.message)
        self.assertEqual(self.exceptions().error_class, "validation")

    def test_a_program_error_parks_it_as_well(self):
        self.fails("pay", ZeroDivisionError("x"))
        process = self.run_process()
        self.assertEqual(process.state, "parked")
        self.assertEqual(self.exceptions().error_class, "bug")

    def test_without_a_flow_the_responsible_has_an_activity(self):
        self.fails("pay")
        process = self.run_process(flow=None, user=self.env.user)
        self.assertEqual(process.activity_ids.summary, "No money")
        self.assertFalse(self.exceptions())
        self.works("pay")
        process.action_resume()
        self.run_jobs()
        self.assertFalse(process.activity_ids)

    def test_where_nobody_is_responsible_an_administrator_is_told(self):
        self.fails("pay")
        admin = self.env.ref("base.user_admin")
        admin.company_ids |= self.env.company
        process = self.run_process(flow=None)
        self.assertTrue(process.activity_ids.user_id)

    def test_two_processes_of_one_cause_are_one_exception(self):
        self.fails("pay")
        self.start(key="1")
        self.start(key="2", record=self.env["res.partner"].create({"name": "Other"}))
        self.run_jobs()
        self.assertEqual(self.exceptions().open_count, 2)

    def test_resuming_goes_on_from_the_failed_step(self):
        self.fails("pay")
        process = self.run_process()
        self.works("pay")
        process.action_resume()
        self.run_jobs()
        self.assertEqual(self.done, ["order", "pay fails", "pay", "ship"])
        self.assertEqual(process.state, "done")
        self.assertFalse(self.exceptions())

    def test_trying_the_exception_again_resumes(self):
        self.fails("pay")
        process = self.run_process()
        self.works("pay")
        self.exceptions().action_retry()
        self.run_jobs()
        self.assertEqual(process.state, "done")
        self.assertFalse(self.exceptions())

    def test_a_pull_of_the_record_does_not_close_the_exception(self):
        self.pull("companies", remote(1, name="Acme"))
        partner = self.taken("companies", 1)
        self.fails("pay")
        self.run_process(record=partner)
        self.pull("companies", remote(1, name="Acme Inc"))
        self.assertTrue(self.exceptions(code="no_money"))

    def test_a_step_may_be_done_by_hand(self):
        self.fails("pay")
        process = self.run_process()
        with self.assertRaises(UserError):
            process.decide("skip", " ")
        process.decide("skip", "Paid in cash")
        self.run_jobs()
        self.assertEqual(self.done, ["order", "pay fails", "ship"])
        self.assertEqual(process.step_ids[1].message, "Paid in cash")
        self.assertFalse(self.exceptions())

    def test_a_step_may_be_of_no_consequence(self):
        self.steps_of(Step("order", "Order"), Step("pay", "Pay", on_failure="skip"))
        self.fails("pay")
        process = self.run_process()
        self.assertEqual(process.state, "done")
        self.assertEqual(self.states(process), ["done", "skipped"])

    # -- undo -----------------------------------------------------------------

    def compensating(self):
        self.steps_of(
            Step("order", "Order"),
            Step("pay", "Pay"),
            Step("ship", "Ship", on_failure="compensate"),
        )
        self.fails("ship")

    def test_a_failure_undoes_what_was_done_the_last_first(self):
        self.compensating()
        process = self.run_process()
        self.assertEqual(
            self.done, ["order", "pay", "ship fails", "undo pay", "undo order"]
        )
        self.assertEqual(process.state, "compensated")
        self.assertEqual(self.states(process), ["compensated"] * 2 + ["failed"])
        self.assertTrue(self.exceptions())

    def test_what_was_undone_begins_anew(self):
        self.compensating()
        process = self.run_process()
        self.works("ship")
        self.done.clear()
        process.action_resume()
        self.run_jobs()
        self.assertEqual(self.done, ["order", "pay", "ship"])
        self.assertEqual(process.state, "done")
        self.assertFalse(self.exceptions())

    def test_what_was_undone_leaves_its_key_to_another(self):
        self.compensating()
        process = self.run_process()
        self.works("ship")
        other = self.run_process()
        self.assertEqual(other.state, "done")
        process.action_resume()
        self.run_jobs()
        self.assertEqual(process.state, "compensated")
        self.assertFalse(self.exceptions())

    def test_undoing_that_fails_waits_for_a_person(self):
        self.compensating()
        self.fails("order", kind="undo")
        process = self.run_process()
        self.assertEqual(process.state, "failed")
        self.assertEqual(
            self.states(process), ["compensating", "compensated", "failed"]
        )
        self.story["undo"]["order"] = self.note("undo order")
        process.action_resume()
        self.run_jobs()
        self.assertEqual(process.state, "compensated")

    def test_a_person_undoes_what_is_done(self):
        process = self.run_process()
        process.decide("undo", "The customer changed his mind")
        self.run_jobs()
        self.assertEqual(self.done[3:], ["undo pay", "undo order"])
        self.assertEqual(process.state, "compensated")
        self.assertEqual(process.reason, "The customer changed his mind")

    def test_a_cancelled_process_does_no_further_step(self):
        process = self.start()
        process.decide("cancel", "Not wanted")
        self.run_jobs()
        self.assertEqual(self.done, [])
        self.assertEqual(process.state, "cancelled")
        self.assertTrue(self.start())

    # -- approval -------------------------------------------------------------

    def approved_first(self):
        def pay(process, step):
            if not step.approved_by_id:
                return Wait("Too much", approval=True)
            self.done.append("pay")

        self.story["run"]["pay"] = pay

    def approver(self, login="approver"):
        groups = "connector_base.group_finance_approver,connector_base.group_operator"
        return new_test_user(self.env, login=login, groups=groups)

    def test_a_step_waits_for_an_approval(self):
        self.approved_first()
        process = self.run_process()
        self.assertEqual(process.state, "waiting")
        self.assertTrue(process.needs_approval)
        process.with_user(self.approver()).action_approve()
        self.run_jobs()
        self.assertEqual(self.done, ["order", "pay", "ship"])
        self.assertEqual(process.step_ids[1].approved_by_id.login, "approver")

    def test_a_step_that_waits_for_a_time_comes_back_by_itself(self):
        self.story["run"]["pay"] = self.note("pay waits", Wait("Not yet", seconds=600))
        process = self.run_process()
        self.assertEqual(process.state, "waiting")
        self.works("pay")
        self.run_jobs()
        self.assertEqual(process.state, "waiting")
        self.time_passes(minutes=11)
        self.run_jobs()
        self.assertEqual(process.state, "done")

    def test_who_asked_for_it_does_not_approve_it(self):
        self.approved_first()
        approver = self.approver()
        process = self.run_process(requested_by=approver)
        with self.assertRaises(AccessError):
            process.with_user(approver).action_approve()
        process.with_user(self.approver("another")).action_approve()

    def test_others_than_finance_approvers_do_not_approve_it(self):
        self.approved_first()
        process = self.run_process()
        with self.assertRaises(AccessError):
            process.with_user(self.user_of("administrator")).action_approve()
        with self.assertRaises(UserError):
            process.with_user(self.user_of("operator")).action_resume()
        self.run_jobs()
        self.assertEqual(process.state, "waiting")

    # -- people ---------------------------------------------------------------

    def test_a_viewer_decides_nothing(self):
        self.fails("pay")
        process = self.run_process().with_user(self.user_of("viewer"))
        attempts = {
            "resume": process.action_resume,
            "skip": lambda: process.decide("skip", "x"),
            "undo": lambda: process.decide("undo", "x"),
            "cancel": lambda: process.decide("cancel", "x"),
        }
        for name, attempt in attempts.items():
            with self.subTest(name), self.assertRaises(AccessError):
                attempt()

    def test_the_engines_fields_are_not_written_by_people(self):
        process = self.start().with_user(self.user_of("operator"))
        with self.assertRaises(AccessError):
            process.write({"state": "done"})
        with self.assertRaises(AccessError):
            process.write({"needs_approval": False})

    def test_the_records_trail_shows_the_steps(self):
        self.fails("pay")
        self.pull("companies", remote(1, name="Acme"))
        process = self.run_process(record=self.taken("companies", 1))
        action = self.taken("companies", 1).action_open_connector_panel()
        panel = self.env["connector.record.panel"].browse(action["res_id"])
        trail = panel.trail_ids.filtered(lambda row: row.kind == "process")
        self.assertEqual(len(trail), 2)
        pending = panel.pending_ids.filtered(lambda row: row.kind == "process")
        self.assertEqual(pending.target_id, process.id)
