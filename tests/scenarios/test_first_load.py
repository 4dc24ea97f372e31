"""What a new connection brings, and what a second pull costs."""

from .hubspot_case import HubSpotCase


class TestFirstLoad(HubSpotCase):
    def test_companies_contacts_and_deals_arrive_with_their_links(self):
        parent = self.company("Acme Holding", domain="acme-holding.example")
        acme = self.company(
            "Acme",
            domain="acme.example",
            phone="030 1234567",
            address="Hauptstr. 1",
            zip="10115",
            city="Berlin",
            country="Deutschland",
            hs_parent_company_id=parent,
        )
        ada = self.contact(company=acme, email=" Ada@Acme.EXAMPLE ", jobtitle="CTO")
        bob = self.contact("Bob", "Hope", company=acme, email="bob@acme.example")
        won = self.deal(
            "Rollout",
            company=acme,
            contacts=[ada, bob],
            amount="1234.50",
            deal_currency_code=self.env.company.currency_id.name,
            dealstage="closedwon",
            closedate="2026-03-31T00:00:00Z",
        )
        self.connect()
        self.run_jobs()

        company = self.record("customer.company", acme)
        self.assertTrue(company.is_company)
        self.assertEqual(company.parent_id, self.record("customer.company", parent))
        self.assertEqual(company.phone, "+49 30 1234567")
        self.assertEqual(company.country_id.code, "DE")
        self.assertEqual(company.website, "http://acme.example")
        contact = self.record("customer.contact", ada)
        self.assertEqual(contact.name, "Ada Lovelace")
        self.assertEqual(contact.email, "ada@acme.example")
        self.assertEqual(contact.function, "CTO")
        self.assertEqual(contact.parent_id, company)
        lead = self.record("opportunity", won)
        self.assertEqual(lead.won_status, "won")
        self.assertEqual(lead.partner_id, contact)
        self.assertEqual(lead.commercial_partner_id, company)
        self.assertEqual(
            lead.deal_contact_ids, contact | self.record("customer.contact", bob)
        )
        self.assertEqual((lead.expected_revenue, lead.deal_amount), (1234.5, 1234.5))
        self.assertEqual(str(lead.date_deadline), "2026-03-31")
        self.assertFalse(self.exceptions())
        self.assertEverythingOnce()

    def test_a_generated_account_arrives_whole_or_is_held(self):
        self.hubspot.seed_records(120)
        self.connect()
        self.run_jobs()
        for stream, entity in (
            ("companies", "customer.company"),
            ("contacts", "customer.contact"),
            ("products", "product"),
            ("deals", "opportunity"),
        ):
            bound = self.env["connector.binding"].search_count(
                [("entity", "=", entity), ("connection_id", "=", self.connection.id)]
            )
            held = self.env["connector.exception.item"].search(
                [
                    ("flow_id", "=", self.flow(stream).id),
                    ("state", "=", "open"),
                    ("blocking", "=", True),
                ]
            )
            self.assertEqual(
                bound + len(set(held.mapped("remote_id"))),
                self.store.count(stream),
                stream,
            )
        self.assertFalse(self.jobs("dead"))

    def test_what_is_known_of_a_phone_number_is_what_odoo_would_compute(self):
        self.hubspot.seed_records(150)
        self.connect()
        self.run_jobs()
        partners = self.env["connector.binding"].search(
            [("res_model", "=", "res.partner"), ("state", "=", "synced")]
        )
        partners = self.env["res.partner"].browse(partners.mapped("res_id"))
        known = {partner: partner.phone_sanitized for partner in partners}
        self.assertGreater(len(list(filter(None, known.values()))), 200)
        partners._compute_phone_sanitized()
        self.assertEqual(
            {partner: partner.phone_sanitized for partner in partners}, known
        )

    def test_owners_become_users_by_email_and_are_never_made(self):
        user = self.env["res.users"].create(
            {"name": "Grace", "login": "grace@example.com", "email": "g@example.com"}
        )
        users_before = self.env["res.users"].search_count([])
        self.store.add_owner("901", "Grace@example.com", "Grace", "Hopper")
        self.store.add_owner("902", "nobody@example.com", "No", "Body")
        with_user = self.company("A", hubspot_owner_id="901")
        without = self.company("B", hubspot_owner_id="902")
        self.company("C", hubspot_owner_id="902")
        self.connect()
        self.run_jobs()
        self.assertEqual(self.record("customer.company", with_user).user_id, user)
        self.assertFalse(self.record("customer.company", without).user_id)
        self.assertEqual(self.env["res.users"].search_count([]), users_before)
        exception = self.exceptions()
        self.assertEqual(len(exception), 1, "one exception for the one owner")
        self.assertEqual(exception.open_count, 2)
        self.assertFalse(exception.blocking)
        self.assertIn("No Body", exception.name)

    def test_changes_keep_arriving_and_unchanged_records_are_not_touched(self):
        acme = self.company("Acme")
        other = self.company("Other")
        self.connect()
        self.run_jobs()
        binding = self.env["connector.binding"].search([("remote_id", "=", other)])
        touched = binding.synced_at, binding.content_hash
        logs = self.env["connector.log"].search_count([("remote_id", "=", other)])
        self.store.update("companies", acme, {"name": "Acme & Sons"})
        late = self.company("Late")
        self.sync()
        self.assertEqual(self.record("customer.company", acme).name, "Acme & Sons")
        self.assertEqual(self.record("customer.company", late).name, "Late")
        self.assertEqual((binding.synced_at, binding.content_hash), touched)
        self.assertEqual(
            self.env["connector.log"].search_count([("remote_id", "=", other)]), logs
        )
        self.assertEverythingOnce()

    def test_an_incremental_pull_asks_for_what_changed_only(self):
        for number in range(250):
            self.company(f"Company {number}")
        self.hubspot.clock.advance(3600)
        self.connect()
        self.run_jobs()
        self.hubspot.clock.advance(3600)
        self.store.update("companies", self.store.ids("companies")[0], {"city": "Rome"})
        self.hubspot.requests.clear()
        self.flow("companies").action_sync()
        self.run_jobs()
        searches = [e for e in self.hubspot.requests.entries if "search" in e.path]
        self.assertEqual(len(searches), 1)
        self.assertIn("1 updated", self.flow("companies").last_result)
        self.assertNotIn("unchanged", self.flow("companies").last_result)

    def test_archived_there_is_archived_here_and_comes_back(self):
        acme = self.company("Acme")
        self.connect()
        self.run_jobs()
        partner = self.record("customer.company", acme)
        self.store.archive("companies", acme)
        self.hubspot.clock.advance(3600)
        self.sync()
        self.assertFalse(partner.active)
        self.store.restore("companies", acme)
        self.store.update("companies", acme, {"city": "Rome"})
        self.sync()
        self.assertTrue(partner.active)
        self.assertEqual(partner.city, "Rome")

    def test_every_change_is_logged_with_map_version_and_masked_personal_data(self):
        ada = self.contact(email="ada.lovelace@acme.example")
        self.connect()
        self.run_jobs()
        self.store.update("contacts", ada, {"jobtitle": "Countess"})
        self.sync()
        created, updated = self.env["connector.log"].search(
            [("remote_id", "=", ada)], order="id"
        )
        self.assertEqual((created.action, updated.action), ("create", "update"))
        self.assertEqual(created.map_version, 1)
        self.assertEqual(updated.changes, {"function": [False, "Countess"]})
        self.assertNotIn("ada.lovelace", str(created.changes))
        self.assertTrue(created.correlation_id)
        self.assertTrue(created.request_id)


class TestOlderApiVersion(HubSpotCase):
    def test_version_3_of_the_api_works_as_well(self):
        acme = self.company("Acme")
        ada = self.contact(company=acme)
        self.deal(company=acme, contacts=[ada])
        self.connection.api_version = "v3"
        self.connect()
        self.run_jobs()
        self.assertEverythingOnce()
        self.assertFalse(self.exceptions())
        paths = {entry.path for entry in self.hubspot.requests.entries}
        self.assertFalse([path for path in paths if "2026" in path])
