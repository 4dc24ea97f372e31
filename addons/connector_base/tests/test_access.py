from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..engine import errors
from ..engine.records import ReferenceValue
from .common import GROUPS, ConnectorCase
from .common_vendor import SECRET, inbound, remote

#: Who may read, write, create and unlink what; each group may what those above it may.
TABLE = {
    "viewer": {
        "connector.connection": "r",
        "connector.flow": "r",
        "connector.field.map": "r",
        "connector.field.map.line": "r",
        "connector.field.map.step": "r",
        "connector.value.map": "r",
        "connector.value.map.line": "r",
        "connector.binding": "r",
        "connector.change": "r",
        "connector.job": "r",
        "connector.event": "r",
        "connector.lane": "r",
        "connector.lane.worker": "r",
        "connector.log": "r",
        "connector.exception": "r",
        "connector.exception.item": "r",
        "connector.conflict": "r",
        "connector.exception.rule": "r",
        "connector.team": "r",
        "connector.correction": "r",
        "connector.credential": "",
        "connector.circuit": "r",
        "connector.circuit.event": "r",
        "connector.budget": "r",
        "connector.maintenance.window": "r",
        "connector.retry.policy": "r",
        "connector.match.rule": "r",
        "connector.remote.field": "r",
        "connector.payload": "",
        "connector.token": "",
        "connector.process": "r",
        "connector.process.step": "r",
        "connector.match.candidate": "",
        "connector.match.decision": "",
        "connector.audit": "r",
        "connector.seal": "r",
        "connector.seal.chain": "r",
        "connector.seal.check": "r",
        "connector.seal.erasure": "r",
        "connector.signing.key": "r",
        "connector.oauth.request": "",
        "connector.key": "",
    },
    "operator": {
        "connector.match.candidate": "r",
        "connector.match.decision": "r",
        "connector.value.map.line": "rw",
        "connector.binding": "rw",
        "connector.job": "rw",
        "connector.event": "rw",
        "connector.exception": "rw",
        "connector.exception.item": "rw",
        "connector.conflict": "rw",
        "connector.correction": "rw",
        "connector.process": "rw",
    },
    "map_editor": {
        "connector.flow": "rw",
        "connector.field.map": "rwcu",
        "connector.field.map.line": "rwcu",
        "connector.field.map.step": "rwcu",
        "connector.value.map": "rwc",
        "connector.match.rule": "rw",
        "connector.retry.policy": "rwcu",
    },
    "administrator": {
        "connector.budget": "rw",
        "connector.exception.rule": "rwcu",
        "connector.team": "rwcu",
        "connector.maintenance.window": "rwcu",
        "connector.connection": "rwcu",
        "connector.credential": "rwcu",
        "connector.flow": "rwcu",
        "connector.binding": "rwcu",
        "connector.lane": "rw",
        "connector.match.key": "r",
        "connector.setup": "rwcu",
        "connector.setup.flow": "rwcu",
        "connector.setup.owner": "rwcu",
        "connector.setup.check": "rwcu",
        "connector.setup.example": "rwcu",
        "connector.key": "r",
        "connector.erased": "r",
        "connector.erasure": "r",
        "connector.erasure.line": "r",
    },
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "u": "unlink"}
#: What only people who clear exceptions see: it holds data of the vendor's records.
OPERATOR_FIELDS = {
    "connector.job": ("kwargs", "error_detail", "traceback"),
    "connector.exception.item": ("payload", "label", "partner_label", "match_values"),
    "connector.exception": ("document", "partner_label"),
    "connector.binding": ("agreed",),
    "connector.event": ("payload",),
}


@tagged("post_install", "-at_install")
class TestAccess(ConnectorCase):
    def models_of_the_suite(self):
        return [
            model
            for name, model in self.env.items()
            if name.startswith("connector.") and not model._abstract
        ]

    def rights(self, model, user):
        model = self.env[model].with_user(user)
        return "".join(
            letter
            for letter, operation in OPERATIONS.items()
            if model.has_access(operation)
        )

    # -- groups ---------------------------------------------------------------

    def test_every_model_has_a_record_rule_and_access_rights(self):
        for model in self.models_of_the_suite():
            with self.subTest(model=model._name):
                of_model = [("model_id.model", "=", model._name)]
                self.assertTrue(self.env["ir.rule"].search(of_model), "no record rule")
                rights = self.env["ir.model.access"].search(of_model)
                self.assertTrue(rights, "no access rights")
                self.assertTrue(all(rights.mapped("group_id")), "rights for everybody")

    def test_the_table_names_every_model(self):
        persistent = {m._name for m in self.models_of_the_suite() if not m._transient}
        in_table = {name for rights in TABLE.values() for name in rights}
        base = {m for m in persistent if self.is_of_base(m)}
        self.assertEqual(in_table, base)

    def is_of_base(self, name):
        model = self.env["ir.model"]._get(name)
        return "connector_base" in model.modules

    def test_each_group_may_what_the_table_says(self):
        rights = {}
        for group in GROUPS:
            rights |= TABLE[group]
            user = self.user_of(group)
            for model, letters in rights.items():
                with self.subTest(group=group, model=model):
                    self.assertEqual(self.rights(model, user), letters)

    def test_an_employee_without_a_group_sees_nothing(self):
        user = self.env["res.users"].create({"name": "Jo", "login": "connector-nobody"})
        for model in self.models_of_the_suite():
            with self.subTest(model=model._name):
                self.assertEqual(self.rights(model._name, user), "")

    def test_the_finance_approver_sees_and_changes_nothing_by_that(self):
        user = self.user_of("finance_approver")
        self.assertEqual(self.rights("connector.field.map", user), "r")
        self.assertEqual(self.rights("connector.credential", user), "")

    def test_payloads_are_for_operators(self):
        self.pull("companies", remote(1, name="Acme"), remote(2, phone="1"))
        self.receive(inbound("e1", "companies", 1))
        viewer, operator = self.user_of("viewer"), self.user_of("operator")
        for model, names in OPERATOR_FIELDS.items():
            records = self.env[model].search([], limit=1)
            self.assertTrue(records)
            for name in names:
                with self.subTest(model=model, field=name):
                    records.with_user(operator).read([name])
                    with self.assertRaises(AccessError):
                        records.with_user(viewer).read([name])

    # -- what people do -------------------------------------------------------

    def test_an_administrator_sets_up_and_connects_an_account(self):
        admin = self.user_of("administrator")
        connections = self.env["connector.connection"].with_user(admin)
        self.vendor.references = [ReferenceValue("owner", "7", "Jo")]
        connection = connections.create({"name": "By the admin", "provider": "fake"})
        connection.credential_ids.secret = SECRET
        connection.action_test()
        connection.action_connect()
        self.assertEqual(connection.state, "connected")
        self.assertEqual(len(connection.flow_ids), len(self.streams))
        self.assertTrue(all(connection.flow_ids.mapped("active_map_id")))
        self.assertEqual(connection.value_map_ids.line_ids.remote_label, "Jo")
        connection.action_pause()
        connection.action_resume()
        connection.credential_ids.action_rotate_key()

    def test_others_do_not_connect_pause_or_resume(self):
        connection = self.connection.with_user(self.user_of("map_editor"))
        for action in ("test", "connect", "pause", "resume"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(connection, f"action_{action}")()

    def test_an_operator_clears_exceptions(self):
        self.pull("companies", remote(1, phone="030 1"), remote(2, phone="030 2"))
        operator = self.user_of("operator")
        exception = self.exceptions().with_user(operator)
        self.assertEqual(exception.open_count, 2)
        exception.action_assign_to_me()
        exception.action_open_items()
        exception.item_ids[:1].action_retry()
        self.vendor.add("companies", remote(1, name="A"), remote(2, name="B"))
        exception.action_retry()
        self.run_jobs()
        self.assertEqual(exception.state, "resolved")

    def test_an_operator_ignores_an_exception_with_a_reason(self):
        self.pull("companies", remote(1, phone="030 1"))
        exception = self.exceptions().with_user(self.user_of("operator"))
        exception.ignore_reason = "A test record of theirs"
        exception.action_ignore()
        self.assertEqual(exception.state, "ignored")

    def test_only_an_administrator_resumes_after_a_failed_sign_in(self):
        self.vendor.failures = [errors.AuthenticationError("Who?", code="wrong_token")]
        self.flow("companies").action_sync()
        self.run_jobs()
        exception = self.exceptions(error_class="authentication")
        with self.assertRaises(AccessError):
            exception.with_user(self.user_of("operator")).action_retry()
        exception.with_user(self.user_of("administrator")).action_retry()
        self.assertEqual(self.connection.state, "connected")

    def test_an_operator_runs_and_repairs_jobs(self):
        operator = self.user_of("operator", name="Second operator")
        self.flow("companies").with_user(operator).action_sync()
        job = self.last_job(self.flow("companies")).with_user(operator)
        job.action_run_now()
        job.action_cancel()
        self.assertEqual(job.state, "cancelled")
        job.action_retry()
        self.assertEqual(job.state, "pending")

    def test_a_viewer_does_not_touch_jobs_and_exceptions(self):
        self.pull("companies", remote(1, phone="030 1"))
        viewer = self.user_of("viewer")
        job = self.last_job(self.flow("companies")).with_user(viewer)
        exception = self.exceptions().with_user(viewer)
        attempts = {
            "retry job": job.action_retry,
            "run job": job.action_run_now,
            "cancel job": job.action_cancel,
            "retry exception": exception.action_retry,
            "ignore exception": exception.action_ignore,
            "retry item": exception.item_ids.action_retry,
            "accept": exception.action_accept_suggestion,
            "pull": job.flow_id.action_sync,
        }
        for name, attempt in attempts.items():
            with self.subTest(name), self.assertRaises(AccessError):
                attempt()

    def test_what_a_job_calls_is_not_changed_by_people(self):
        self.flow("companies").action_sync()
        job = self.last_job(self.flow("companies"))
        for user in (self.user_of("operator"), self.user_of("administrator")):
            for vals in (
                {"kwargs": {"flow_id": 1}},
                {"method_name": "_job_pull_ids"},
                {"record_ids": [1]},
                {"state": "done"},
                {"connection_id": False},
            ):
                with self.subTest(user=user.login, vals=vals):
                    with self.assertRaises(AccessError):
                        job.with_user(user).write(vals)

    def test_an_operator_says_what_a_value_means(self):
        self.pull("companies", remote(1, name="Acme", owner="7"))
        exception = self.exceptions().with_user(self.user_of("operator"))
        exception.value_res_id = self.env.user.id
        self.assertEqual(exception.value_line_id.state, "mapped")
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1).user_id, self.env.user)

    def test_a_viewer_sees_the_panel_of_a_record(self):
        self.pull("companies", remote(1, name="Acme"))
        partner = self.taken("companies", 1).with_user(self.user_of("viewer"))
        self.assertEqual(partner.connector_state, "synced")
        action = partner.action_open_connector_panel()
        panel = self.env["connector.record.panel"].browse(action["res_id"])
        panel = panel.with_user(self.user_of("viewer", name="Another"))
        with self.assertRaises(AccessError):
            panel.read(["name"])
        panel = panel.with_user(partner.env.user)
        self.assertEqual(panel.binding_ids.remote_id, "1")
        self.assertTrue(panel.trail_ids)
        self.assertIn("good", panel.reason_ids.mapped("verdict"))

    # -- companies ------------------------------------------------------------

    def test_nobody_sees_what_is_of_another_company(self):
        company = self.env["res.company"].create({"name": "Other"})
        connection = self.connect(name="Other CRM", company_id=company.id)
        self.vendor.references = [ReferenceValue("owner", "7", "Jo")]
        self.pull(
            "companies",
            remote(1, name="Acme", owner="7"),
            remote(2, phone="030 1"),
            connection=connection,
        )
        admin = self.user_of("administrator")
        group = self.env.ref("base.group_system")
        system = self.user_of("administrator", name="System")
        system.group_ids |= group
        of_other = [
            connection,
            connection.credential_ids,
            connection.flow_ids,
            connection.flow_ids.map_ids,
            connection.flow_ids.map_ids.line_ids,
            connection.value_map_ids,
            connection.value_map_ids.line_ids,
        ]
        of_other += [
            self.env[model].search([("connection_id", "=", connection.id)])
            for model in (
                *("connector.binding", "connector.job", "connector.log"),
                *("connector.exception", "connector.exception.item"),
            )
        ]
        for records in of_other:
            self.assertTrue(records, records._name)
            for user in (admin, system):
                with self.subTest(model=records._name, user=user.name):
                    domain = [("id", "in", records.ids)]
                    seen = records.with_user(user).search(domain)
                    self.assertFalse(seen)
                    with self.assertRaises(AccessError):
                        records.with_user(user).read(["company_id"])
        admin.company_ids |= company
        both = connection.with_user(admin).with_context(
            allowed_company_ids=admin.company_ids.ids
        )
        self.assertEqual(both.name, "Other CRM")
