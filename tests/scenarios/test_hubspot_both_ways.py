"""Labels, orders and what HubSpot has already go both ways, over real HTTP."""

from odoo.tests import tagged

from odoo.addons.connector_hubspot.hubspot import own

from .hubspot_case import SendCase


@tagged("post_install", "-at_install")
class TestBothWays(SendCase):
    def setUp(self):
        super().setUp()
        self.store.add_owner(7, "admin@example.com", "Mitchell", "Admin")
        self.acme = self.company("Acme")
        self.first = self.deal("First", company=self.acme)
        self.second = self.deal("Second", company=self.acme)

    def go(self, *streams):
        self.connect()
        self.run_jobs()
        self.let_send(*(streams or ("companies", "contacts", "deals")))

    def lead(self, deal_id):
        return self.record("opportunity", deal_id)

    # -- labels -----------------------------------------------------------------

    def label(self):
        self.previous, self.next = self.store.links.define_label(
            "deals", "deals", "Previous deal", "Next deal"
        )

    def test_a_labelled_link_names_the_deal_that_is_amended(self):
        self.label()
        self.store.associate("deals", self.second, "deals", self.first, [self.previous])
        self.connect()
        self.run_jobs()
        self.assertEqual(self.lead(self.second).previous_deal_id, self.lead(self.first))
        self.assertFalse(self.lead(self.first).previous_deal_id)
        self.assertFalse(self.exceptions().mapped("name"))

    def test_a_link_that_is_made_in_odoo_gets_its_label_there(self):
        self.label()
        self.go()
        self.lead(self.second).previous_deal_id = self.lead(self.first)
        self.push()
        types = self.store.associated("deals", self.second, "deals")[self.first]
        self.assertIn(self.previous, types)
        types = self.store.associated("deals", self.first, "deals")[self.second]
        self.assertIn(self.next, types)
        self.rest()
        self.assertEqual(self.lead(self.second).previous_deal_id, self.lead(self.first))

        self.lead(self.second).previous_deal_id = False
        self.push()
        types = self.store.associated("deals", self.second, "deals").get(self.first)
        self.assertNotIn(self.previous, types or ())
        self.rest()

    def test_an_account_without_the_label_lacks_nothing(self):
        self.go()
        self.lead(self.second).previous_deal_id = self.lead(self.first)
        self.push()
        self.assertFalse(self.store.associated("deals", self.second, "deals"))
        asked = "/crm/associations/2026-09/deals/deals/batch/read"
        paths = [entry.path for entry in self.hubspot.requests.entries]
        self.assertNotIn(asked, paths, "nor does it cost a request")
        self.assertFalse(self.exceptions().mapped("name"))

    # -- orders -----------------------------------------------------------------

    def order(self, deal_id):
        lead = self.lead(deal_id)
        return self.env["sale.order"].create(
            {"partner_id": lead.partner_id.id, "opportunity_id": lead.id}
        )

    def test_the_order_of_a_deal_is_told_in_properties_that_are_made_for_it(self):
        self.go()
        self.assertNotIn("odoo_order_number", self.store.properties["deals"])
        order = self.order(self.first)
        self.push()
        kept = self.store.get("deals", self.first)
        self.assertEqual(
            (kept["odoo_order_number"], kept["odoo_order_status"]),
            (order.name, "draft"),
        )
        order.state = "sale"
        self.push()
        kept = self.store.get("deals", self.first)
        self.assertEqual(kept["odoo_order_status"], "confirmed")
        self.rest()
        made = {n for n in self.store.properties["deals"] if n.startswith("odoo_")}
        self.assertLessEqual(
            made, {"odoo_id", "odoo_order_number", "odoo_order_status"}
        )

    def test_a_flow_that_only_reads_makes_no_property(self):
        self.connect()
        self.run_jobs()
        self.order(self.first)
        self.env.cr.flush()
        self.run_jobs()
        for known in self.store.properties.values():
            self.assertFalse([name for name in known if name.startswith("odoo_")])

    # -- standing ---------------------------------------------------------------

    def test_how_a_customer_stands_is_told_nobody_who_did_not_ask_for_it(self):
        self.go("companies")
        field_map = self.flow("companies").active_map_id
        paths = set(field_map.line_ids.mapped("remote_path"))
        standing = {f"properties.{n}" for n in own.PROPERTIES_MADE["companies"]}
        self.assertFalse(paths & standing)
        made = {n for n in self.store.properties["companies"] if n.startswith("odoo_")}
        self.assertLessEqual(made, {"odoo_id"})
