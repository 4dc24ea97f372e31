"""Objects that an account has defined itself are synced without an addon."""

from odoo.tests import tagged

from .hubspot_case import HubSpotCase

NAME = "model:res.partner.category"


@tagged("post_install", "-at_install")
class TestHubSpotObject(HubSpotCase):
    def setUp(self):
        super().setUp()
        self.badges = self.store.define_object(
            "badge",
            "Badge",
            fields=["title", ("rank", {"type": "number", "field_type": "number"})],
            required=["title"],
            links=["companies"],
        )
        self.gold = self.store.create(self.badges, {"title": "Gold", "rank": 3})
        self.store.create(self.badges, {"title": "Silver"})
        self.connect()
        streams = ("companies", self.badges)
        others = self.connection.flow_ids.filtered(lambda f: f.stream not in streams)
        others.active = False

    def add(self):
        """As an administrator adds badges, which become tags of contacts."""
        draft = self.add_object(self.badges, "model", "res.partner.category")
        return self.activate_with(
            draft,
            {"properties.title": "odoo.name", "properties.rank": "odoo.color"},
        )

    def tag(self, name):
        return self.env["res.partner.category"].search([("name", "=", name)])

    def test_the_account_says_what_there_is_to_add(self):
        action = self.connection.action_add_object()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(
            [(one.object_name, one.object_label) for one in wizard.choice_ids],
            [(self.badges, "Badges")],
        )

    def test_its_properties_and_links_are_described_for_the_map(self):
        draft = self.add_object(self.badges, "model", "res.partner.category")
        known = self.env["connector.remote.field"]._by_path(
            self.connection, self.badges
        )
        self.assertIn("properties.rank", known)
        self.assertIn("associations.companies", known)
        self.assertFalse(draft.line_ids)

    def test_its_records_come_change_and_go(self):
        self.add()
        self.sync()
        gold = self.tag("Gold")
        self.assertEqual(gold.color, 3)
        self.assertTrue(self.tag("Silver"))
        self.store.update(self.badges, self.gold, {"title": "Platinum"})
        self.sync()
        self.assertEqual(gold.name, "Platinum")
        self.assertFalse(self.exceptions())

    def test_a_record_and_a_company_of_one_id_are_two_records(self):
        company = self.company("Acme")
        self.assertEqual(company, self.gold)
        self.add()
        self.sync()
        self.assertEqual(self.record("customer.company", company).name, "Acme")
        self.assertEqual(
            self.record(f"{NAME}/{self.badges}", self.gold), self.tag("Gold")
        )

    def test_what_odoo_makes_and_changes_goes_out(self):
        field_map = self.add()
        field_map.flow_id.direction = "both"
        self.let_send(self.badges)
        self.sync()
        self.env["res.partner.category"].create({"name": "Bronze"})
        self.tag("Gold").name = "Platinum"
        self.push()
        self.push()
        self.assertFalse(self.jobs("dead").mapped("error"))
        titles = {
            self.store.get(self.badges, one)["title"]
            for one in self.store.ids(self.badges)
        }
        self.assertEqual(titles, {"Bronze", "Platinum", "Silver"})
        keys = [self.store.get(self.badges, one) for one in self.store.ids(self.badges)]
        self.assertEqual(sum(bool(each.get("odoo_id")) for each in keys), 1)
