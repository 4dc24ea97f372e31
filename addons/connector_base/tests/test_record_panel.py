from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import inbound, remote


@tagged("post_install", "-at_install")
class TestRecordPanel(ConnectorCase):
    def setUp(self):
        super().setUp()
        self.pull("companies", remote(1, name="Acme", city="Berlin", phone="030 123"))
        self.acme = self.taken("companies", 1)
        self.companies = self.flow("companies")

    def panel(self, record=None, user=None):
        record = record or self.acme
        if user:
            record = record.with_user(user)
        action = record.action_open_connector_panel()
        return record.env["connector.record.panel"].browse(action["res_id"])

    def bad(self, record=None):
        """What the panel says is to be looked at."""
        reasons = self.panel(record).reason_ids
        return "\n".join(
            reasons.filtered(lambda r: r.verdict == "bad").mapped(
                lambda reason: f"{reason.rule}: {reason.sentence} {reason.todo}"
            )
        )

    def sentences(self, record=None):
        return self.panel(record).reason_ids.mapped("sentence")

    def state(self, record=None):
        record = record or self.acme
        record.invalidate_recordset(["connector_state"])
        return record.connector_state

    def send_back(self, **vals):
        self.companies.write({"direction": "both", **vals})
        self.change_map("companies", {"city": {"owner": "newest"}})

    # -- the button -----------------------------------------------------------

    def test_the_state_of_many_records_is_one_query(self):
        self.pull("companies", *(remote(n, name=f"C{n}") for n in range(2, 30)))
        bindings = self.env["connector.binding"].search([])
        partners = self.env["res.partner"].browse(bindings.mapped("res_id"))
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(self.env.companies, "known in every request")
        with self.assertQueryCount(1):
            states = partners.mapped("connector_state")
        self.assertEqual(set(states), {"synced"})

    def test_the_button_says_how_it_is(self):
        self.assertEqual(self.state(self.env.company.partner_id), "none")
        self.assertEqual(self.state(), "synced")
        self.binding("companies", 1).action_lock("Under audit")
        self.assertEqual(self.state(), "excluded")
        self.pull("companies", remote(2, name="B", owner="nobody"))
        self.binding("companies", 1).action_unlock()
        self.change_map("companies", {"city": {"required": True}})
        self.pull_again("companies", remote(1, name="Acme"))
        self.assertEqual(self.state(), "failing")

    def test_each_form_of_what_inherits_the_mixin_has_the_button_once(self):
        for model in ("res.partner", "product.template", "product.product"):
            arch = self.env[model].get_view(view_type="form")["arch"]
            with self.subTest(model):
                self.assertEqual(arch.count("action_open_connector_panel"), 1)
        user = self.user_of("viewer")
        user.group_ids = self.env.ref("base.group_user")
        arch = self.env["res.partner"].with_user(user).get_view(view_type="form")
        self.assertNotIn("action_open_connector_panel", arch["arch"])

    def test_what_is_held_on_its_way_out_needs_attention_though_it_is_not_linked(self):
        self.env["connector.flow"].search([]).write({"direction": "pull"})
        partner = self.env["res.partner"].create({"name": "New", "is_company": True})
        exceptions = self.env["connector.exception"]
        exception = exceptions.create(
            {
                "name": "Held.",
                "connection_id": self.connection.id,
                "flow_id": self.companies.id,
                "fingerprint": "x",
                "direction": "push",
            }
        )
        self.env["connector.exception.item"].create(
            {
                "exception_id": exception.id,
                "flow_id": self.companies.id,
                "direction": "push",
                "res_model": "res.partner",
                "res_id": partner.id,
            }
        )
        self.assertEqual(self.state(partner), "failing")

    # -- who may --------------------------------------------------------------

    def test_who_may_not_read_the_record_gets_no_panel(self):
        viewer = self.user_of("viewer")
        parameter = self.env["ir.config_parameter"].search([], limit=1)
        with self.assertRaises(AccessError):
            self.env["connector.record.panel"].with_user(viewer).create(
                {"res_model": parameter._name, "res_ids": parameter.ids, "name": "x"}
            )
        with self.assertRaises(UserError):
            self.env["connector.record.panel"].create(
                {"res_model": "no.such", "res_ids": [1], "name": "x"}
            )

    def test_a_viewer_reads_and_changes_nothing(self):
        viewer = self.user_of("viewer")
        panel = self.panel(user=viewer)
        self.assertTrue(panel.reason_ids)
        for action in ("action_sync_now", "action_lock"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(panel, action)()
        with self.assertRaises(AccessError):
            panel.reason_ids.write({"sentence": "All is well."})

    def test_agreed_personal_data_is_masked_for_viewers(self):
        def agreed(panel):
            return panel.field_ids.filtered(lambda f: f.label == "Phone").agreed

        self.assertEqual(agreed(self.panel(user=self.user_of("viewer"))), "•••23")
        operator = self.panel(user=self.user_of("operator"))
        self.assertEqual(agreed(operator), self.acme.phone)

    # -- owners ---------------------------------------------------------------

    def test_each_field_has_its_owner_its_values_and_who_changed_it_last(self):
        self.change_map("companies", {"city": {"owner": "odoo"}})
        self.acme.city = "Paris"
        fields = {f.label: f for f in self.panel().field_ids}
        city = fields["City"]
        self.assertEqual(
            (city.owner, city.value, city.agreed, city.direction, city.changed_by),
            ("odoo", "Paris", "Berlin", "pull", self.connection.name),
        )
        self.assertTrue(city.changed_at)
        self.pull("companies", remote(3, name="Web", domain="web.example"))
        web = self.panel(self.taken("companies", 3)).field_ids
        domain = web.filtered(lambda f: f.label == "Domain")
        self.assertIn("web.example", domain.value, "what is made of it in Odoo")
        self.assertFalse(fields["Street"].changed_at)

    # -- why ------------------------------------------------------------------

    def test_a_record_in_sync_has_nothing_to_look_at(self):
        panel = self.panel()
        self.assertEqual(panel.verdict, "good")
        self.assertFalse(self.bad())

    def test_the_connection_and_what_shuts_it_are_named(self):
        self.connection.action_pause()
        self.assertIn("doesn't run: Paused", self.bad())
        self.connection.action_resume()
        self.connection.blocked_until = "2100-01-01"
        self.assertIn("asked us to wait", self.bad())
        self.connection.blocked_until = False
        self.env["connector.maintenance.window"].create(
            {
                "connection_id": self.connection.id,
                "start_at": "2020-01-01",
                "end_at": "2100-01-01",
                "reason": "Move",
            }
        )
        self.assertIn("A maintenance goes on", self.bad())
        self.connection.maintenance_window_ids.unlink()
        self.connection.circuit_ids.sudo().state = "open"
        self.assertIn("Remote System", self.bad())

    def test_a_lane_that_is_paused_is_named(self):
        lane = self.env["connector.lane"].of(self.companies.lane)
        lane.paused = True
        self.assertIn("in which its jobs run, is paused", self.bad())

    def test_the_flow_and_its_rights_are_named(self):
        self.companies.active = False
        self.assertIn("is switched off", self.bad())
        self.companies.active = True
        self.companies.may_update = False
        self.assertIn("may not change records in Odoo", self.bad())

    def test_locked_deleted_and_archived_links_are_named(self):
        binding = self.binding("companies", 1)
        binding.action_lock("Under audit")
        self.assertIn("locked: Under audit", self.bad())
        binding.action_unlock()
        binding.sudo().state = "archived"
        sentences = self.panel().reason_ids.mapped("sentence")
        self.assertIn(
            "The record was archived or deleted in the other system.", sentences
        )

    def test_a_link_that_was_merged_is_named(self):
        self.binding("companies", 1).sudo().state = "merged"
        self.assertIn("was merged with another one", str(self.sentences()))

    def test_that_it_may_be_a_record_there_is_said_to_all(self):
        partners = self.env["res.partner"]
        twins = partners.create(
            [
                {"name": "Twin", "website": "twin.example", "is_company": True}
                for _number in range(2)
            ]
        )
        self.pull("companies", remote(7, name="Twin", domain="twin.example"))
        panel = self.panel(twins[0], self.user_of("viewer"))
        match = panel.reason_ids.filtered(lambda r: r.rule == "Match")
        self.assertEqual(
            match.sentence,
            "Record 7 of Fake CRM may be this one: a person has to decide.",
        )
        self.assertEqual(match.target_model, "connector.exception")

    def test_a_conflict_is_named(self):
        self.companies.direction = "both"
        self.change_map("companies", {"city": {"owner": "ask"}})
        self.env.flush_all()
        self.acme.city = "Bonn"
        self.env.cr.flush()
        self.pull("companies", remote(1, name="Acme", city="Rome"))
        self.assertIn("Conflict: ", self.bad())

    def test_which_leaf_leaves_a_record_out_is_named(self):
        self.send_back(push_domain="[('city', '=', 'Rome'), ('name', '!=', False)]")
        text = self.bad()
        self.assertIn("sends only records of which “City” is Rome.", text)
        self.assertNotIn("Name", text)
        panel = self.panel()
        self.assertEqual(panel.verdict, "part")
        self.assertIn("doesn't go back", panel.summary)

    def test_of_another_company_or_archived_it_does_not_go_out(self):
        self.send_back()
        other = self.env["res.company"].create({"name": "Other"})
        partner = self.env["res.partner"].create(
            {"name": "Theirs", "is_company": True, "company_id": other.id}
        )
        self.assertIn("of another company than the connection", self.bad(partner))
        partner.write({"company_id": False, "active": False})
        self.assertIn("archived in Odoo", self.bad(partner))
        self.companies.push_create = False
        partner.active = True
        self.assertIn("may not make records in the other system", self.bad(partner))

    def test_our_own_company_is_no_customer(self):
        self.send_back()
        self.assertIn("our own companies", self.bad(self.env.company.partner_id))

    def test_what_holds_it_and_what_was_ignored_is_named(self):
        self.change_map("companies", {"city": {"required": True}})
        self.pull_again("companies", remote(1, name="Acme"))
        self.assertIn("Held: ", self.bad())
        self.assertIn("City", self.bad())
        exception = self.exceptions()
        exception.ignore_reason = "A test record"
        exception.action_ignore()
        self.assertIn("It was ignored: A test record", self.bad())

    def test_without_a_flow_for_its_model_nothing_takes_it_over(self):
        self.env["connector.connection"].search([]).flow_ids.active = False
        flows = self.env["connector.flow"]
        with self.subTest("no flow at all"):
            self.patch(type(flows), "search", lambda self, *a, **k: self.browse())
            self.assertEqual(
                self.panel(self.env.company.partner_id).reason_ids.sentence,
                "No connection takes records of this kind over.",
            )

    # -- what is done ---------------------------------------------------------

    def test_sync_now_reads_and_sends_the_record(self):
        self.send_back()
        answer = self.panel().action_sync_now()
        message = answer["params"]["message"]
        self.assertIn("is read again", message)
        self.assertIn("what differs is sent", message)
        jobs = self.env["connector.job"].search(
            [("flow_id", "=", self.companies.id), ("state", "=", "pending")], order="id"
        )
        self.assertEqual(jobs.mapped("method_name"), ["_job_pull_ids", "_job_push"])
        self.run_jobs()
        self.assertEqual(set(jobs.mapped("state")), {"done"})

    def test_sync_now_says_so_where_nothing_can_be_done(self):
        panel = self.panel(self.env.company.partner_id)
        self.assertFalse(panel.can_sync)
        with self.assertRaisesRegex(UserError, "Nothing can be synced"):
            panel.action_sync_now()

    def test_it_is_locked_with_a_reason_and_unlocked(self):
        operator = self.user_of("operator")
        panel = self.panel(user=operator)
        action = panel.action_lock()
        wizard = panel.env["connector.lock"].with_context(**action["context"])
        again = wizard.create({"reason": "Under audit"}).action_lock()
        binding = self.binding("companies", 1)
        self.assertEqual(
            (binding.state, binding.lock_reason), ("locked", "Under audit")
        )
        panel = panel.browse(again["res_id"])
        self.assertTrue(panel.locked)
        panel.action_unlock()
        self.assertEqual(binding.state, "synced")

    # -- pending and trail ----------------------------------------------------

    def test_pending_work_is_listed_and_opens(self):
        self.assertFalse(self.panel().pending_ids)
        self.send_back()
        self.env.flush_all()
        self.acme.city = "Rome"
        self.env.cr.flush()
        self.receive(inbound("e1", "companies", 1))
        self.env["connector.pull"]._enqueue_ids(self.companies, ["1"])
        self.env["connector.pull"]._enqueue_ids(self.companies, ["2"])
        pending = self.panel().pending_ids
        kinds = sorted(pending.mapped("kind"))
        self.assertEqual(kinds.count("change"), 1)
        self.assertEqual(kinds.count("event"), 1)
        mine = pending.filtered(lambda p: p.kind == "job" and "1 of" in p.title)
        self.assertTrue(mine)
        change = pending.filtered(lambda p: p.kind == "change")
        self.assertEqual(change.action_open()["res_model"], "connector.change")

    def test_the_trail_leads_from_the_event_to_the_document(self):
        self.vendor.add("companies", remote(1, name="Acme", city="Lyon"))
        self.receive(inbound("e1", "companies", 1))
        self.run_jobs()
        self.assertEqual(self.acme.city, "Lyon")
        trail = self.panel().trail_ids
        self.assertEqual(set(trail.mapped("kind")), {"event", "job", "change"})
        newest = trail.filtered(lambda t: t.kind == "change")[0]
        of_it = trail.filtered(lambda t: t.correlation_id == newest.correlation_id)
        self.assertEqual(set(of_it.mapped("kind")), {"event", "job", "change"})
        moments = trail.mapped("moment")
        self.assertEqual(moments, sorted(moments, reverse=True), "newest first")
        for row in of_it:
            action = row.action_open()
            self.assertTrue(
                self.env[action["res_model"]].browse(action["res_id"]).exists()
            )
        self.assertIn(
            ("panel_id", "=", trail.panel_id.id),
            trail.panel_id.action_open_trail()["domain"],
        )
