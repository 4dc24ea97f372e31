"""Changes made in Odoo arrive at HubSpot, over real HTTP."""

from odoo import Command
from odoo.tests import tagged

from .hubspot_case import SendCase


@tagged("post_install", "-at_install")
class TestPush(SendCase):
    def setUp(self):
        super().setUp()
        self.hubspot.store.add_owner(7, "admin@example.com", "Mitchell", "Admin")
        self.acme = self.company("Acme", city="Paris", country="France")
        self.ada = self.contact("Ada", "Lovelace", self.acme, email="ada@example.com")
        self.deal_id = self.deal(
            "Rollout", self.acme, [self.ada], amount="1000", deal_currency_code="EUR"
        )
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.5})]
        self.connect()
        self.run_jobs()
        self.let_send("companies", "contacts", "deals", "products")

    def test_an_edit_in_odoo_arrives_and_stays(self):
        partner = self.record("customer.company", self.acme)
        partner.write({"city": "Lyon", "country_id": self.env.ref("base.be").id})
        self.push()
        kept = self.store.get("companies", self.acme)
        self.assertEqual((kept["city"], kept["country"]), ("Lyon", "Belgium"))
        self.rest()
        self.assertEqual((partner.city, partner.country_id.code), ("Lyon", "BE"))

    def test_a_new_customer_arrives_whole(self):
        company = self.env["res.partner"].create(
            {
                "name": "Bolt & Söhne",
                "is_company": True,
                "website": "https://bolt.example",
                "country_id": self.env.ref("base.de").id,
            }
        )
        person = self.env["res.partner"].create(
            {
                "name": "Jean Claude Van Damme",
                "parent_id": company.id,
                "email": "jcvd@bolt.example",
                "function": "Director",
            }
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Splits",
                "type": "opportunity",
                "partner_id": person.id,
                "expected_revenue": 2500,
                "team_id": self.record("opportunity", self.deal_id).team_id.id,
                "stage_id": self.record("opportunity", self.deal_id).stage_id.id,
                "date_deadline": "2027-03-01",
            }
        )
        self.push()
        company_id, kept = self.at_hubspot("companies", "customer.company", company)
        self.assertEqual(kept["name"], "Bolt & Söhne")
        person_id, kept = self.at_hubspot("contacts", "customer.contact", person)
        self.assertEqual(
            (kept["firstname"], kept["lastname"]), ("Jean Claude Van", "Damme")
        )
        self.assertEqual(kept["associatedcompanyid"], company_id)
        deal_id, kept = self.at_hubspot("deals", "opportunity", lead)
        self.assertEqual(kept["dealstage"], "appointmentscheduled")
        self.assertEqual(kept["amount"], "2500")
        self.assertTrue(kept["closedate"].startswith("2027-03-01"))
        self.assertIn(company_id, self.store.associated("deals", deal_id, "companies"))
        self.assertIn(person_id, self.store.associated("deals", deal_id, "contacts"))
        self.rest()
        self.assertEqual(person.name, "Jean Claude Van Damme")
        self.assertEqual(lead.expected_revenue, 2500)
        self.assertEverythingOnce()

    def test_a_deal_lost_in_odoo_is_lost_there(self):
        lead = self.record("opportunity", self.deal_id)
        lead.action_set_lost(
            lost_reason_id=self.env["crm.lost.reason"].create({"name": "Too late"}).id
        )
        self.push()
        kept = self.store.get("deals", self.deal_id)
        self.assertEqual(kept["dealstage"], "closedlost")
        self.assertEqual(kept["closed_lost_reason"], "Too late")
        self.rest()
        self.assertEqual(lead.won_status, "lost")

    def test_a_deals_amount_goes_in_its_own_currency(self):
        lead = self.record("opportunity", self.deal_id)
        lead.deal_amount = 1500
        self.push()
        self.assertEqual(self.store.get("deals", self.deal_id)["amount"], "1500")
        self.rest()

    def test_a_contact_moves_to_another_company(self):
        bolt = self.company("Bolt")
        self.sync()
        person = self.record("customer.contact", self.ada)
        person.parent_id = self.record("customer.company", bolt)
        self.push()
        linked = self.store.associated("contacts", self.ada, "companies")
        self.assertEqual(list(linked), [bolt])
        self.rest()

    def test_a_product_arrives(self):
        product = self.env["product.product"].create(
            {"name": "Licence", "default_code": "L-1", "list_price": 99.9}
        )
        self.push()
        _product_id, kept = self.at_hubspot("products", "product", product)
        # HubSpot's products are priced in the account's currency, which is the euro.
        self.assertEqual((kept["hs_sku"], kept["price"]), ("L-1", "49.95"))
        self.rest()
        self.assertEqual(product.list_price, 99.9)

    def test_a_value_that_hubspot_refuses_is_told_by_record(self):
        person = self.record("customer.contact", self.ada)
        person.email = "not an address"
        neighbour = self.record("customer.company", self.acme)
        neighbour.city = "Lyon"
        self.push()
        self.assertEqual(self.store.get("companies", self.acme)["city"], "Lyon")
        [item] = self.exceptions().item_ids
        self.assertEqual((item.direction, item.res_id), ("push", person.id))
        self.assertIn("not an address", item.message)
        person.email = "ada@example.org"
        self.push()
        self.assertEqual(
            self.store.get("contacts", self.ada)["email"], "ada@example.org"
        )
        self.assertFalse(self.exceptions())

    def test_a_contact_that_hubspot_has_is_linked_not_doubled(self):
        bob = self.contact("Bob", "Builder", email="bob@example.com")
        person = self.env["res.partner"].create(
            {"name": "Bob Builder", "email": "bob@example.com", "city": "Oslo"}
        )
        self.push()
        self.assertEqual(self.record("customer.contact", bob), person)
        self.rest()
        self.assertEqual(self.store.get("contacts", bob)["city"], "Oslo")
        self.assertEverythingOnce()

    def test_an_outage_delays_and_loses_nothing(self):
        partner = self.record("customer.company", self.acme)
        partner.city = "Lyon"
        self.env.cr.flush()
        self.hubspot.faults.add("status", status=503, times=20)
        self.flow("companies")._enqueue_push()
        self.run_jobs()
        self.assertEqual(self.store.get("companies", self.acme)["city"], "Paris")
        self.hubspot.faults.clear()
        self.run_jobs(ahead=7200)
        self.assertEqual(self.store.get("companies", self.acme)["city"], "Lyon")

    def test_a_creation_whose_answer_is_lost_makes_no_second_record(self):
        self.hubspot.faults.add("drop", worked=True, path="/batch/upsert$", times=4)
        company = self.env["res.partner"].create({"name": "Bolt", "is_company": True})
        self.env.cr.flush()
        self.flow("companies")._enqueue_push()
        self.run_jobs()
        self.assertEqual(self.jobs("pending").mapped("model_name"), ["connector.push"])
        self.assertEqual(self.store.count("companies"), 2, "the first try did nothing")
        self.run_jobs(ahead=7200)
        self.at_hubspot("companies", "customer.company", company)
        self.rest()
        self.assertEqual(self.store.count("companies"), 2)
        self.assertEverythingOnce()
