"""The set-up wizard and the record's panel, in a real browser."""

from unittest.mock import patch

from odoo.tests import tagged

from .screen_case import ScreenCase

#: Posts of HubSpot that only read.
READING = ("/search", "/batch/read")


@tagged("-at_install", "post_install")
class TestPeopleScreens(ScreenCase):
    def writes(self):
        """Requests that change something at HubSpot."""
        return [
            entry
            for entry in self.hubspot.requests.entries
            if entry.method != "GET" and not entry.path.endswith(READING)
        ]

    def business_counts(self):
        return {
            name: self.env[name].with_context(active_test=False).search_count([])
            for name in ("res.partner", "crm.lead", "product.product", "mail.mail")
        }

    def test_a_connection_is_set_up_from_start_to_go(self):
        self.connection.unlink()
        acme = self.company("Acme", domain="acme.example", city="Berlin")
        self.company("Twin", domain="twin.example")
        self.contact(company=acme, email="ada@acme.example")
        self.store.create("products", {"name": "Seat", "hs_sku": "SEAT"})
        partners = self.env["res.partner"]
        for name in ("Acme", "Twin", "Twin"):
            website = f"{name.lower()}.example"
            partners.create({"name": name, "website": website, "is_company": True})
        self.hubspot.set_tokens({"simulated-token": None})
        before = self.business_counts()
        provider = self.registry["connector.provider.hubspot"]
        with patch.object(provider, "_provider_base_url", self.hubspot.url):
            self.start_tour(
                "/odoo/connectors", "connector_hubspot_setup_begin", login="admin"
            )
        self.run_jobs()
        self.start_tour(
            "/odoo/connector-setup", "connector_hubspot_setup_go", login="admin"
        )
        self.assertFalse(self.writes(), "nothing is written at HubSpot")
        self.assertEqual(self.business_counts(), before, "nor in Odoo, before Go")
        setup = self.env["connector.setup"].search([], limit=1)
        self.connection = setup.connection_id
        self.assertEqual(self.connection.state, "connected")
        self.assertEqual(self.flow("products").direction, "both")
        self.assertEqual(self.flow("companies").direction, "pull")
        self.run_jobs()
        self.assertEqual(
            self.record("customer.company", acme),
            partners.search([("name", "=", "Acme")]),
            "linked, as the dry run said",
        )
        self.assertTrue(self.exceptions(), "the twins are asked")

    def test_a_records_panel_says_why_and_locks(self):
        acme = self.company("Acme", city="Berlin")
        self.connect()
        self.run_jobs()
        partner = self.record("customer.company", acme)
        self.start_tour(
            f"/odoo/res.partner/{partner.id}", "connector_hubspot_panel", login="admin"
        )
        job = self.jobs("pending").filtered(lambda j: j.method_name == "_job_pull_ids")
        self.assertTrue(job, "sync now reads it again")
