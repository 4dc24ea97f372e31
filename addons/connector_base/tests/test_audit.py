import datetime

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..engine import errors
from .common import ConnectorCase, approve
from .common_vendor import SECRET, inbound, remote

NEW_SECRET = "sk_live_another-secret-4711"


@tagged("post_install", "-at_install")
class TestAudit(ConnectorCase):
    """Every change of what governs leaves one row, and no secret."""

    def setUp(self):
        super().setUp()
        self.commit()
        self.known = self.env["connector.audit"].search([]).ids

    def commit(self):
        """What a commit does before it commits."""
        self.env.cr.flush()

    def new_rows(self, **vals):
        """Rows since the last look, oldest first."""
        self.commit()
        # Users that a test makes come with their rights.
        domain = [("id", "not in", self.known), ("area", "!=", "access")]
        domain += [(name, "=", value) for name, value in vals.items()]
        rows = self.env["connector.audit"].search(domain, order="id")
        self.known += rows.ids
        return rows

    def assert_one(self, action, record, **values):
        """Exactly one row, of that action and record; returns it."""
        row = self.new_rows()
        self.assertEqual(row.mapped("action"), [action])
        self.assertEqual((row.res_model, row.res_id), (record._name, record.id))
        for name, value in values.items():
            self.assertEqual(row[name], value, name)
        return row

    # -- who, when, what ------------------------------------------------------

    def test_a_row_says_who_when_and_what_it_belongs_to(self):
        admin = self.user_of("administrator", name="Ada")
        flow = self.flow("companies")
        flow.with_user(admin).interval_minutes = 30
        row = self.assert_one("update", flow, user_id=admin, area="flow")
        self.assertEqual(row.user_name, f"Ada ({admin.login})")
        self.assertEqual(row.connection_id, self.connection)
        self.assertEqual(row.company_id, self.connection.company_id)
        self.assertEqual(row.map_version, flow.active_map_id.version)
        self.assertTrue(row.correlation_id)
        age = fields.Datetime.now() - row.create_date
        self.assertLess(age, datetime.timedelta(minutes=5))
        self.assertEqual(row.changes_text, "Every (minutes): 5 → 30")

    def test_several_writes_of_one_transaction_are_one_change(self):
        flow = self.flow("companies")
        flow.latency_target = 20
        flow.latency_target = 40
        row = self.assert_one("update", flow)
        self.assertEqual(row.changes, {"latency_target": [15, 40]})

    def test_what_is_as_it_was_leaves_no_row(self):
        flow = self.flow("companies")
        flow.latency_target = 20
        flow.latency_target = 15
        flow.name = flow.name
        self.assertFalse(self.new_rows())

    def test_what_the_engine_notes_for_itself_leaves_no_row(self):
        self.pull("companies", remote(1, name="Acme"))
        self.assertFalse(self.new_rows())

    def test_what_is_rolled_back_leaves_no_row(self):
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            self.flow("companies").latency_target = 20
            self.env.flush_all()
            self.flow("companies").interval_minutes = 0
        self.assertFalse(self.new_rows())

    def test_ownership_of_records_is_named(self):
        flow = self.flow("companies")
        user = self.user_of("operator", name="Olga")
        flow.owner_id = user
        row = self.assert_one("update", flow)
        self.assertEqual(row.changes["owner_id"][1], "Olga")

    def test_a_batch_costs_the_same_statements_as_one(self):
        flows = self.connection.flow_ids
        counts = []
        for chosen in (flows[:1], flows[:1], flows):
            chosen.latency_target = 100 + len(counts)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env.cr.precommit.run()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(self.new_rows()), len(chosen))
        self.assertEqual(counts[1], counts[2])

    # -- settings -------------------------------------------------------------

    def test_a_connection_and_its_state(self):
        self.connection.action_pause()
        row = self.assert_one("update", self.connection, area="connection")
        self.assertEqual(row.changes, {"state": ["connected", "paused"]})
        self.connection.base_url = "https://jo:secret@api.fake.example".replace(
            "jo:secret@", "eu."
        )
        row = self.assert_one("update", self.connection)
        self.assertEqual(row.changes["base_url"][1], "https://eu.api.fake.example")

    def test_rules_and_policies(self):
        flow = self.flow("companies")
        policy = self.env["connector.retry.policy"].create(
            {"flow_id": flow.id, "error_class": "timeout", "tries": 7}
        )
        row = self.assert_one("create", policy, area="rule", flow_id=flow)
        self.assertEqual(row.changes["tries"], [None, 7])
        policy.tries = 8
        self.assert_one("update", policy)
        policy_id = policy.id
        policy.unlink()
        row = self.new_rows()
        self.assertEqual((row.action, row.res_id), ("delete", policy_id))
        self.assertEqual(row.connection_id, self.connection)

    def test_a_lane_that_is_paused(self):
        lane = self.env["connector.lane"].search([], limit=1)
        lane.action_pause()
        row = self.assert_one("update", lane, area="setting")
        self.assertEqual(row.changes["paused"], [False, True])

    def test_parameters_of_the_suite_and_no_others(self):
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("web.colour", "red")
        self.assertFalse(self.new_rows())
        parameters.set_param("connector_base.log_retention_days", "30")
        [row] = self.new_rows()
        self.assertEqual((row.area, row.action), ("setting", "create"))
        self.assertEqual(row.record_label, "connector_base.log_retention_days")
        parameters.set_param("connector_base.log_retention_days", "60")
        [row] = self.new_rows()
        self.assertEqual(row.changes, {"value": ["30", "60"]})
        parameters.set_param("connector_base.some_token", "hush-hush")
        [row] = self.new_rows()
        self.assertNotIn("hush", str(row.read()))

    # -- credentials ----------------------------------------------------------

    def test_a_secret_that_is_replaced_and_removed(self):
        credential = self.connection.credential_ids
        credential.secret = NEW_SECRET
        row = self.assert_one("replace", credential, area="credential")
        self.assertEqual(row.user_id, self.env.user)
        credential.sudo().token = False
        self.assert_one("remove", credential)
        credential.secret = NEW_SECRET
        self.assert_one("enter", credential)
        credential.action_rotate_key()
        self.assert_one("rotate", credential)
        credential.unlink()
        self.assertEqual(self.new_rows().action, "remove")

    def test_no_row_holds_a_secret(self):
        self.connection.credential_ids.secret = NEW_SECRET
        self.new_rows()
        self.env.cr.execute("SELECT string_agg(a::text, ' ') FROM connector_audit a")
        [text] = self.env.cr.fetchone()
        token = self.connection.credential_ids.sudo().token
        for secret in (SECRET, NEW_SECRET, NEW_SECRET[-4:], token):
            self.assertNotIn(secret, text)

    # -- field maps -----------------------------------------------------------

    def draft(self):
        active = self.flow("companies").active_map_id
        return active.browse(active.action_new_draft()["res_id"])

    def test_the_life_of_a_version(self):
        draft = self.draft()
        row = self.assert_one("create", draft, area="map", map_version=draft.version)
        self.assertIn("name → name", row.changes_text)
        draft.action_submit()
        self.assert_one("submit", draft)
        draft.action_withdraw()
        self.assert_one("withdraw", draft)
        approve(draft)
        rows = self.new_rows()
        self.assertEqual(rows.mapped("action"), ["submit", "approve"])
        self.assertNotEqual(rows[0].user_id, rows[1].user_id)
        before = self.flow("companies").active_map_id
        draft.action_activate()
        rows = self.new_rows()
        self.assertEqual(
            {row.res_id: row.action for row in rows},
            {before.id: "retire", draft.id: "activate"},
        )
        draft.action_roll_back()
        rows = self.new_rows()
        self.assertEqual(
            {row.res_id: row.action for row in rows},
            {before.id: "roll_back", draft.id: "retire"},
        )

    def test_a_rejection_with_its_reason(self):
        draft = self.draft()
        draft.action_submit()
        self.new_rows()
        draft.with_user(self.user_of("map_editor"))._reject("The owner is wrong")
        self.assert_one("reject", draft, note="The owner is wrong")

    def test_lines_stand_with_their_map_in_one_row(self):
        draft = self.draft()
        self.new_rows()
        lines = draft.line_ids
        lines[0].owner = "odoo"
        lines[1].required = not lines[1].required
        lines[2].unlink()
        row = self.assert_one("update", draft)
        self.assertEqual(len(row.changes), 3)
        self.assertIn("Owner: remote → odoo", row.changes_text)

    def test_steps_of_a_line_are_noted_with_the_map(self):
        draft = self.draft()
        self.new_rows()
        draft.line_ids[0].step_ids = [Command.create({"transform": "upper"})]
        row = self.assert_one("update", draft)
        self.assertIn("upper", row.changes_text)

    def test_what_a_value_means(self):
        self.pull("companies", remote(1, name="Acme", owner="7"))
        self.assertFalse(self.new_rows())
        line = self.env["connector.value.map.line"].search(
            [("connection_id", "=", self.connection.id), ("remote_value", "=", "7")]
        )
        line.res_id = self.env.user.id
        row = self.assert_one("update", line.map_id, area="value_map")
        self.assertIn(self.env.user.name, row.changes_text)

    # -- exceptions -----------------------------------------------------------

    def held(self):
        self.pull("companies", remote(1, phone="030 1"), remote(2, phone="030 2"))
        self.new_rows()
        return self.exceptions()

    def test_an_exception_is_ignored_and_opened_again(self):
        exception = self.held()
        operator = self.user_of("operator")
        exception.with_user(operator).action_ignore("A test record of theirs")
        self.assert_one(
            "ignore", exception, note="A test record of theirs", user_id=operator
        )
        exception.action_stop_ignoring()
        self.assert_one("reopen", exception)

    def test_records_of_a_cause_are_ignored(self):
        exception = self.held()
        exception.item_ids[:1].ignore("Only this one")
        row = self.assert_one("ignore", exception, note="Only this one")
        self.assertIn(exception.item_ids[0].remote_id, row.changes_text)

    def test_a_retry(self):
        exception = self.held()
        exception.action_retry()
        self.assert_one("retry", exception)

    def test_a_fix_with_the_correction_that_it_made(self):
        exception = self.held()
        fix = self.env["connector.fix"].create(
            {
                "exception_id": exception.id,
                "kind": "correct_value",
                "right_value": "Acme",
                "reason": "Told on the phone",
            }
        )
        fix.action_apply()
        rows = self.new_rows()
        self.assertEqual(set(rows.mapped("action")), {"correct", "decide"})
        decided = rows.filtered(lambda row: row.action == "decide")
        self.assertEqual(decided.note, "Told on the phone")
        correction = self.env["connector.correction"].search([], limit=1)
        correction.action_revoke()
        self.assert_one("revoke", correction)

    # -- jobs, events, locks --------------------------------------------------

    def dead_job(self):
        self.vendor.failures = [errors.InvalidRecord("No.", code="x")]
        self.flow("companies").action_sync()
        self.run_jobs()
        self.new_rows()
        job = self.last_job(self.flow("companies"))
        self.assertEqual(job.state, "dead")
        return job

    def test_a_replay_of_a_dead_letter(self):
        job = self.dead_job()
        job.action_retry()
        self.assert_one(
            "replay",
            job,
            correlation_id=job.correlation_id,
            job_number=job.id,
            area="job",
        )
        self.assertFalse(job.action_retry())
        self.assertFalse(self.new_rows())

    def test_a_replay_by_the_dialog(self):
        job = self.dead_job()
        self.env["connector.replay"].create({"job_ids": job.ids}).action_replay()
        self.assert_one("replay", job)

    def test_a_cancelled_job(self):
        job = self.dead_job()
        job.action_cancel()
        self.assert_one("cancel", job)

    def test_an_event_that_is_processed_again(self):
        self.vendor.add("companies", remote(1, name="Acme"))
        self.receive(inbound("e1", "companies", 1))
        self.run_jobs()
        event = self.event("e1")
        self.new_rows()
        event.action_process_again()
        self.assert_one("replay", event, event_number=event.id, remote_id="1")

    def test_a_lock_names_no_person(self):
        self.pull("contacts", remote(1, last_name="Doe", email="jo@acme.example"))
        binding = self.binding("contacts", 1)
        binding.action_lock("Audit of the year")
        row = self.assert_one("lock", binding, note="Audit of the year", area="lock")
        self.assertNotIn("Doe", row.record_label)
        self.assertEqual(row.remote_id, "1")
        binding.action_unlock()
        self.assert_one("unlock", binding)

    # -- access ---------------------------------------------------------------

    def test_nobody_writes_or_changes_rows(self):
        self.flow("companies").latency_target = 20
        row = self.new_rows()
        with self.assertRaises(UserError):
            row.note = "It wasn't me"
        with self.assertRaises(UserError):
            row.unlink()
        admin = self.user_of("administrator")
        with self.assertRaises(AccessError):
            row.with_user(admin).create(
                {"area": "flow", "action": "update", "res_model": "connector.flow"}
            )

    def test_a_viewer_reads_the_audit_of_own_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.connect(name="Other CRM", company_id=company.id)
        rows = self.new_rows(company_id=company.id)
        self.assertTrue(rows)
        self.flow("companies").latency_target = 20
        own = self.new_rows()
        viewer = self.user_of("viewer")
        seen = self.env["connector.audit"].with_user(viewer).search([])
        self.assertFalse(seen & rows)
        self.assertLessEqual(own, seen)
