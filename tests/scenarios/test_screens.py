"""The screens, in a real browser."""

from odoo.tests import tagged

from .screen_case import ScreenCase


@tagged("-at_install", "post_install")
class TestScreens(ScreenCase):
    def setUp(self):
        super().setUp()
        self.acme = self.company("Acme", domain="acme.example", city="Berlin")
        self.deal("Rollout", company=self.acme, dealstage="presentationscheduled")
        self.connect(decide=False)
        pipelines = self.connection.value_map_ids.filtered(
            lambda value_map: value_map.name == "pipeline"
        )
        pipelines.line_ids.action_accept_suggestion()
        self.run_jobs()

    def test_the_overview_leads_to_the_records(self):
        self.start_tour("/odoo/connectors", "connector_hubspot_overview", login="admin")

    def test_a_company_says_why_it_is_as_it_is(self):
        partner = self.record("customer.company", self.acme)
        self.start_tour(
            f"/odoo/res.partner/{partner.id}", "connector_hubspot_why", login="admin"
        )

    def test_an_open_question_is_decided_in_place(self):
        self.start_tour(
            "/odoo/action-connector_base.connector_exception_action",
            "connector_hubspot_decide",
            login="admin",
        )
        self.run_jobs()
        self.assertFalse(self.exceptions())
        self.assertEqual(
            self.env["crm.lead"].search([("name", "=", "Rollout")]).stage_id.name,
            "Qualified",
        )

    def test_a_dead_letter_is_tried_out_and_replayed(self):
        self.store.update("companies", self.acme, {"city": "Paris"})
        flow = self.flow("companies")
        self.env["connector.pull"]._enqueue_ids(flow, [str(self.acme), "999999999"])
        job = self.env["connector.job"].search([("flow_id", "=", flow.id)], limit=1)
        self.hubspot.faults.add("status", times=1, status=400)
        self.run_jobs()
        self.assertEqual(job.state, "dead")
        self.assertTrue(self.exceptions().filtered(lambda e: e.flow_id == flow))
        self.start_tour(
            f"/odoo/connector-dead-letters/{job.id}",
            "connector_hubspot_dead_letter",
            login="admin",
        )
        self.env.invalidate_all()
        self.assertEqual(job.state, "pending")
        partner = self.record("customer.company", self.acme)
        self.assertEqual(partner.city, "Berlin", "a dry run writes nothing")
        self.run_jobs()
        self.assertEqual(job.state, "done")
        self.assertEqual(partner.city, "Paris")
        self.assertFalse(self.exceptions().filtered(lambda e: e.flow_id == flow))
