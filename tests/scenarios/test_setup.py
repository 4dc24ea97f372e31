"""A set-up against the simulated HubSpot, without a browser."""

import datetime

from .hubspot_case import HubSpotCase

#: Posts of HubSpot that only read.
READING = ("/search", "/batch/read")


class TestSetup(HubSpotCase):
    def begin(self):
        self.connection.unlink()
        setup = self.env["connector.setup"].create(
            {"provider": "hubspot", "connection_name": "HubSpot"}
        )
        setup.action_next()
        setup.base_url = self.hubspot.url
        setup.credential_ids[0].secret = self.hubspot.token
        setup.action_test()
        return setup

    def on(self, setup, step):
        while setup.step != step:
            if setup.step == "ownership":
                setup.with_context(connector_preset="crm").action_preset()
            setup.action_next()
        self.connection = setup.connection_id

    def test_a_first_load_begins_at_a_date_and_fetches_what_it_refers_to(self):
        now = self.hubspot.clock.now()
        self.hubspot.clock.stop(now - datetime.timedelta(days=60))
        old = self.company("Old")
        needed = self.company("Needed")
        self.hubspot.clock.resume()
        contact = self.contact(company=needed, email="ada@needed.example")
        setup = self.begin()
        self.on(setup, "scope")
        self.assertEqual(setup.load_count, 3)
        setup.write(
            {
                "scope_choice": "since",
                "since": now.date() - datetime.timedelta(days=30),
            }
        )
        setup.action_estimate()
        self.assertEqual(setup.load_count, 1, "the vendor counts by date")
        self.on(setup, "start")
        setup.action_go()
        self.run_jobs()
        self.assertTrue(self.record("customer.contact", contact))
        self.assertTrue(self.record("customer.company", needed), "as its parent")
        self.assertFalse(self.record("customer.company", old))
        self.store.update("companies", old, {"city": "Rome"})
        self.sync()
        self.assertTrue(self.record("customer.company", old), "once it changes")

    def test_what_may_not_be_read_is_named_and_left_out(self):
        self.hubspot.set_tokens(
            {
                self.hubspot.token: [
                    "crm.objects.companies.read",
                    "crm.objects.contacts.read",
                    "crm.objects.deals.read",
                    "crm.objects.owners.read",
                    "oauth",
                ]
            }
        )
        self.company("Acme")
        setup = self.begin()
        verdicts = {line.name: line.verdict for line in setup.scope_ids}
        self.assertEqual(verdicts["crm.objects.products.read"], "error")
        self.assertEqual(verdicts["crm.objects.companies.read"], "ok")
        self.on(setup, "start")
        setup.action_go()
        flows = self.connection.with_context(active_test=False).flow_ids
        off = flows.filtered(lambda flow: not flow.active)
        self.assertEqual(
            set(off.mapped("stream")),
            {"price_books", "products", "prices", "line_items", "quotes"}
            | {"quote_line_items"},
        )
        self.run_jobs()
        self.assertFalse(self.jobs("dead"))

    def test_nothing_is_written_at_the_vendor_before_go(self):
        company = self.company("Acme", domain="acme.example")
        self.contact(company=company, email="ada@acme.example")
        self.deal(company=company)
        setup = self.begin()
        self.on(setup, "matches")
        setup.action_match()
        self.run_jobs()
        self.assertEqual(setup.match_state, "done")
        self.on(setup, "start")
        writing = [
            entry.path
            for entry in self.hubspot.requests.entries
            if entry.method != "GET" and not entry.path.endswith(READING)
        ]
        self.assertFalse(writing)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Acme")]))
