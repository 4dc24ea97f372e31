"""Objects that an org has made itself are synced without an addon."""

from odoo.tests import tagged

from .salesforce_case import KEY, SalesforceCase


@tagged("post_install", "-at_install")
class TestSalesforceObject(SalesforceCase):
    def setUp(self):
        super().setUp()
        self.store.define_object("Badge__c", "Badge")
        self.store.define_field("Badge__c", "Odoo_Id__c", **KEY)
        self.store.define_field("Badge__c", "Rank__c", "double", scale=0)
        self.gold = self.store.create("Badge__c", {"Name": "Gold", "Rank__c": 3})
        self.store.create("Badge__c", {"Name": "Silver"})
        self.connect()
        self.only("Badge__c")

    def add(self):
        """As an administrator adds badges, which become tags of contacts."""
        draft = self.add_object("Badge__c", "model", "res.partner.category")
        lines = {"Name": "odoo.name", "Rank__c": "odoo.color"}
        return self.activate_with(draft, lines)

    def tag(self, name):
        return self.env["res.partner.category"].search([("name", "=", name)])

    def test_the_org_says_what_there_is_to_add(self):
        action = self.connection.action_add_object()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        names = wizard.choice_ids.mapped("object_name")
        self.assertIn("Badge__c", names)
        self.assertNotIn("Account", names, "it is synced already")
        self.assertNotIn("User", names, "it has no recycle bin to follow")
        self.assertEqual(names[0], "Badge__c", "the org's own come first")

    def test_its_fields_are_described_for_the_map(self):
        draft = self.add_object("Badge__c", "model", "res.partner.category")
        suggest = self.env["connector.field.map.line"].suggest_paths
        paths = [one["value"] for one in suggest(draft.flow_id.id, "rank")]
        self.assertIn("Rank__c", paths)

    def test_its_records_come_change_and_go(self):
        self.add()
        self.sync()
        gold = self.tag("Gold")
        self.assertEqual(gold.color, 3)
        self.assertTrue(self.tag("Silver"))
        self.store.update("Badge__c", self.gold, {"Name": "Platinum"})
        self.sync()
        self.assertEqual(gold.name, "Platinum")
        self.store.delete("Badge__c", self.gold)
        self.sync()
        self.assertFalse(gold.active)
        self.assertFalse(self.exceptions())

    def test_what_odoo_makes_and_changes_goes_out(self):
        field_map = self.add()
        field_map.flow_id.direction = "both"
        self.let_send("Badge__c")
        self.sync()
        bronze = self.env["res.partner.category"].create({"name": "Bronze"})
        self.tag("Gold").name = "Platinum"
        self.push()
        self.push()
        [made] = self.store.find("Badge__c", Name="Bronze")
        self.assertTrue(made["Odoo_Id__c"])
        self.assertEqual(len(bronze), 1)
        self.assertEqual(self.store.get("Badge__c", self.gold)["Name"], "Platinum")
        self.assertFalse(self.jobs("dead").mapped("error"))

    def test_it_may_become_what_the_connector_has_rules_for(self):
        self.store.define_object("Site__c", "Site")
        self.store.define_field("Site__c", "City__c")
        self.store.create("Site__c", {"Name": "Plant North", "City__c": "Kiel"})
        draft = self.add_object("Site__c", "customer.company")
        self.activate_with(draft, {"Name": "name", "City__c": "city"})
        self.sync()
        site = self.env["res.partner"].search([("name", "=", "Plant North")])
        self.assertEqual((site.city, site.is_company), ("Kiel", True))
