from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import ConnectorCase
from .common_vendor import SECRET, inbound, remote


@tagged("post_install", "-at_install")
class TestNeutralize(ConnectorCase):
    """A copy of a database never speaks to production."""

    def neutralize(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["connector_base"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_nothing_is_connected_and_no_job_waits(self):
        paused = self.connect(name="Paused", environment="production")
        paused.action_pause()
        attention = self.connect(name="Attention")
        attention._need_attention("Who?")
        archived = self.connect(name="Archived")
        archived.active = False
        self.flow("companies").action_sync()
        job = self.last_job(self.flow("companies"))
        self.vendor.reset()
        self.neutralize()
        connections = self.env["connector.connection"].with_context(active_test=False)
        self.assertEqual(set(connections.search([]).mapped("state")), {"draft"})
        self.assertEqual(set(connections.search([]).mapped("environment")), {"sandbox"})
        self.assertEqual(job.state, "cancelled")
        self.env["connector.connection"]._cron_schedule()
        self.run_jobs()
        self.assertFalse(self.vendor.requests)

    def test_what_waited_to_go_out_never_does(self):
        flow = self.flow("companies")
        flow.direction = "both"
        self.env["res.partner"].create({"name": "Acme", "is_company": True})
        self.env.cr.flush()
        changes = self.env["connector.change"].search([("flow_id", "=", flow.id)])
        self.assertTrue(changes)
        self.neutralize()
        self.assertFalse(changes.exists())

    def test_no_secret_and_no_hint_of_one_is_left(self):
        self.neutralize()
        self.env.cr.execute("SELECT token, hint FROM connector_credential")
        self.assertEqual(set(self.env.cr.fetchall()), {(None, None)})

    def test_no_webhook_leads_to_the_copy_and_no_event_waits(self):
        self.receive(inbound("e1", "companies", 1))
        self.neutralize()
        self.assertFalse(self.connection.webhook_token)
        self.assertFalse(self.connection.webhook_url)
        self.assertEqual(self.event("e1").state, "ignored")
        self.connection.action_renew_webhook_token()
        self.assertTrue(self.connection.webhook_url)

    def test_records_and_their_bindings_stay(self):
        self.pull("companies", remote(1, name="Acme"))
        self.neutralize()
        self.assertEqual(self.binding("companies", 1).record_name, "Acme")

    def test_a_copy_can_be_connected_to_a_sandbox(self):
        self.neutralize()
        self.connection.credential_ids.secret = SECRET
        self.connection.action_connect()
        self.vendor.add_page("companies", remote(1, name="Acme"))
        self.run_jobs()
        self.assertTrue(self.taken("companies", 1))
