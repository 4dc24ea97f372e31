from odoo.tests import tagged

from odoo.addons.connector_base.engine.records import ReferenceValue
from odoo.addons.connector_base.tests.common_vendor import remote

from .common import DealCase


@tagged("post_install", "-at_install")
class TestOpportunity(DealCase):
    def test_a_deal_becomes_an_opportunity(self):
        lead = self.deal(description="Two\nlines")
        self.assertEqual((lead.name, lead.type), ("Rollout", "opportunity"))
        self.assertEqual(lead.stage_id, self.first)
        self.assertEqual(lead.company_id, self.connection.company_id)
        self.assertIn("Two", lead.description)
        self.assertTrue(lead.active)
        self.assertFalse(lead.user_id)

    def test_an_unchanged_text_is_not_written_again(self):
        text = "First <b>line</b>\n\n* second & third"
        self.deal(description=text)
        self.deal(description=text, name="Renamed")
        self.assertEqual(set(self.logs("deals", 1)[-1].changes), {"name"})

    def test_a_deal_without_a_name_is_held(self):
        self.assertFalse(self.deal(name=""))
        self.assertEqual(self.exceptions().code, "required_missing")

    # -- expected closing -----------------------------------------------------

    def closing(self, value, tz="UTC"):
        self.connection.tz = tz
        return str(self.deal(close_date=value).date_deadline)

    def test_a_moment_becomes_the_date_in_the_zone_of_the_connection(self):
        moment = "2026-01-31T23:30:00Z"
        self.assertEqual(self.closing(moment), "2026-01-31")
        self.assertEqual(
            self.closing("2026-01-31T23:30:01Z", "Asia/Tokyo"), "2026-02-01"
        )
        self.assertEqual(
            self.closing("2026-02-01T03:00:00Z", "America/New_York"), "2026-01-31"
        )

    def test_a_plain_date_is_that_day_in_every_zone(self):
        for zone in ("Pacific/Auckland", "America/Los_Angeles", "UTC"):
            with self.subTest(zone=zone):
                self.assertEqual(self.closing("2026-03-01", zone), "2026-03-01")

    def test_midnight_is_how_vendors_spell_a_day(self):
        moment = "2026-03-01T00:00:00Z"
        self.assertEqual(self.closing(moment, "America/New_York"), "2026-03-01")

    def test_milliseconds_are_read(self):
        self.assertEqual(self.closing("1772323200000"), "2026-03-01")

    def test_a_date_that_is_none_holds_the_deal(self):
        self.assertFalse(self.deal(close_date="soon"))
        self.assertEqual(self.exceptions().cause, "invalid_date")

    # -- customer -------------------------------------------------------------

    def customers(self):
        self.pull("companies", remote("c1", name="Acme"), remote("c2", name="Bolt"))
        self.pull(
            "contacts",
            remote("p1", last_name="Zoe", company="c1"),
            remote("p2", last_name="Ann", company="c1"),
        )

    def test_the_customer_is_the_first_contact_and_all_take_part(self):
        self.customers()
        lead = self.deal(company="c1", contacts=["p1", "p2"])
        self.assertEqual(lead.partner_id, self.taken("contacts", "p1"))
        self.assertEqual(lead.deal_contact_ids.mapped("name"), ["Ann", "Zoe"])
        self.assertEqual(lead.commercial_partner_id, self.taken("companies", "c1"))

    def test_without_contacts_the_customer_is_the_company(self):
        self.customers()
        lead = self.deal(company="c1")
        self.assertEqual(lead.partner_id, self.taken("companies", "c1"))
        self.assertEqual(self.deal(company="c2").partner_id.name, "Bolt")
        self.assertFalse(self.deal(company=None).partner_id)

    def test_contacts_in_another_order_are_the_same_contacts(self):
        self.customers()
        self.deal(contacts=["p1", "p2"])
        self.deal(contacts=["p1", "p2"], name="Renamed")
        self.assertEqual(set(self.logs("deals", 1)[-1].changes), {"name"})

    def test_customers_that_odoo_lacks_are_fetched(self):
        self.vendor.add("companies", remote("c1", name="Acme"))
        self.vendor.add("contacts", remote("p1", last_name="Zoe", company="c1"))
        lead = self.deal(company="c1", contacts=["p1"])
        self.assertEqual(lead.partner_id.parent_id.name, "Acme")

    def test_a_deal_waits_for_its_company(self):
        self.assertFalse(self.deal(company="c1"))
        self.assertEqual(self.exceptions().error_class, "missing_dependency")
        self.pull("companies", remote("c1", name="Acme"))
        self.run_jobs()
        self.assertEqual(self.taken("deals", 1).partner_id.name, "Acme")
        self.assertFalse(self.exceptions())

    def test_a_deal_does_not_wait_for_a_contact_and_gets_it_later(self):
        self.pull("companies", remote("c1", name="Acme"))
        lead = self.deal(company="c1", contacts=["p1"])
        self.assertEqual(lead.partner_id.name, "Acme")
        self.assertFalse(self.exceptions().blocking)
        self.pull("contacts", remote("p1", last_name="Zoe", company="c1"))
        self.run_jobs()
        self.assertEqual(lead.deal_contact_ids.name, "Zoe")
        self.assertEqual(lead.partner_id.name, "Zoe")
        self.assertFalse(self.exceptions())

    # -- owner ----------------------------------------------------------------

    def test_the_owner_is_the_user_of_that_address_and_nobody_is_made(self):
        user = self.env["res.users"].create({"name": "Jo", "login": "jo@odoo.example"})
        before = self.env["res.users"].search_count([])
        self.env["connector.value.map"]._refresh(
            self.connection,
            [
                ReferenceValue("owner", "7", "Jo", {"email": "jo@odoo.example"}),
                ReferenceValue("owner", "8", "Al", {"email": "al@odoo.example"}),
            ],
        )
        self.assertEqual(self.deal(1, owner="7").user_id, user)
        self.assertFalse(self.deal(2, owner="8").user_id)
        self.assertFalse(self.deal(3, owner="99").user_id)
        self.assertEqual(self.env["res.users"].search_count([]), before)
        self.assertEqual(
            set(self.exceptions().mapped("cause")), {"owner=8", "owner=99"}
        )

    def test_a_new_owner_gets_no_mail_of_a_first_load(self):
        user = self.env["res.users"].create(
            {"name": "Jo", "login": "jo@odoo.example", "email": "jo@odoo.example"}
        )
        self.env["connector.value.map"]._refresh(
            self.connection,
            [ReferenceValue("owner", "7", "Jo", {"email": "jo@odoo.example"})],
        )
        before = self.env["mail.mail"].search_count([])
        self.assertEqual(self.deal(owner="7").user_id, user)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    # -- teams ----------------------------------------------------------------

    def test_pipelines_are_held_until_they_are_mapped_to_teams(self):
        team = self.env["crm.team"].create({"name": "Europe"})
        self.env["connector.value.map"]._refresh(
            self.connection, [ReferenceValue("pipeline", "p1", "EUROPE")]
        )
        self.assertEqual(self.deal(1, pipeline="p1").team_id, team)
        self.assertFalse(self.deal(2, pipeline="p2"))
        self.assertEqual(self.exceptions().cause, "pipeline=p2")

    def test_teams_of_other_companies_are_not_meant(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["crm.team"].search([]).active = False
        self.env["crm.team"].create({"name": "Europe", "company_id": other.id})
        self.env["connector.value.map"]._refresh(
            self.connection, [ReferenceValue("pipeline", "p1", "Europe")]
        )
        value_map = self.connection.value_map_ids.filtered(
            lambda value_map: value_map.name == "pipeline"
        )
        self.assertEqual(value_map.line_ids.state, "open")
