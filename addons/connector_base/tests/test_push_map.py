from odoo.tests import tagged

from .common import steps
from .common_push import PushCase
from .common_vendor import remote


@tagged("post_install", "-at_install")
class TestPushMap(PushCase):
    """A field map read backwards: what can go out, and as what."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.send(cls.connection, "products")

    def test_a_line_says_why_it_can_not_go_out(self):
        self.change_map(
            "companies",
            {"city": {"step_ids": steps("first")}, "zip": {"step_ids": steps("trim")}},
            [
                {"remote_path": "lines[0]", "target": "street2"},
                {"remote_path": "address.district", "target": "state"},
            ],
        )
        obstacle = {
            target: self.map_line("companies", target).push_obstacle
            for target in ("city", "zip", "domain", "street2", "state", "name")
        }
        self.assertIn("First of Several", obstacle["city"])
        self.assertIn("Domain", obstacle["domain"])
        self.assertIn("lines[0]", obstacle["street2"])
        self.assertFalse(obstacle["zip"] or obstacle["state"] or obstacle["name"])
        self.assertTrue(self.map_line("companies", "name").pushable)

    def test_what_can_not_go_out_stays_and_the_rest_goes(self):
        self.change_map("companies", {"city": {"step_ids": steps("first")}})
        self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "city": "Paris", "zip": "75001"}
        )
        self.push()
        self.assertEqual(self.sent(), [{"name": "Acme", "zip": "75001"}])

    def test_a_transform_is_passed_on_the_way_out_too(self):
        self.change_map("companies", {"city": {"step_ids": steps("upper")}})
        self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "city": "Paris"}
        )
        self.push()
        self.assertEqual(self.sent()[0]["city"], "PARIS")

    def test_the_log_names_the_version_that_was_sent_by(self):
        partner = self.env["res.partner"].create({"name": "A", "is_company": True})
        self.push()
        self.change_map("companies", {"city": {"step_ids": steps("upper")}})
        partner.city = "Paris"
        self.push()
        logs = self.env["connector.log"].search(
            [("direction", "=", "push"), ("res_id", "=", partner.id)], order="id"
        )
        self.assertEqual(logs.mapped("map_version"), [1, 2])
        self.assertEqual(self.binding_of(partner).map_version, 2)

    def test_of_two_lines_of_one_field_the_first_goes_out(self):
        self.change_map(
            "companies", {}, [{"remote_path": "second_phone", "target": "phone"}]
        )
        self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, "phone": "+49 30 12345678"}
        )
        self.push()
        self.assertEqual(self.sent(), [{"name": "Acme", "phone": "+49 30 12345678"}])

    def test_a_line_out_of_odoo_only_is_not_read(self):
        self.change_map("companies", {"city": {"direction": "push"}})
        self.pull("companies", remote(1, name="Acme", city="Paris"))
        partner = self.taken("companies", 1)
        self.assertFalse(partner.city)
        partner.city = "Lyon"
        self.push()
        self.assertEqual(self.sent(), [{"city": "Lyon"}])

    def test_a_required_value_that_is_empty_is_held(self):
        self.change_map("companies", {"city": {"required": True}})
        partner = self.env["res.partner"].create({"name": "A", "is_company": True})
        self.push()
        self.assertEqual(self.sent(), [])
        self.assertEqual(self.items().exception_id.code, "required_missing")
        self.assertEqual(self.waiting(), [(partner.id, "held")])

    def test_a_price_goes_with_its_currency(self):
        product = self.env["product.product"].create(
            {"name": "Licence", "default_code": "L-1", "list_price": 0.1}
        )
        self.push("products")
        code = self.env.company.currency_id.name
        self.assertEqual(
            self.sent(),
            [{"name": "Licence", "sku": "L-1", "price": "0.1", "currency": code}],
        )
        product.list_price = 1234.5
        self.push("products")
        self.assertEqual(self.sent("update"), [{"price": "1234.5", "currency": code}])

    def test_a_price_of_an_account_goes_in_its_own_currency(self):
        self.connection.currency_id = self.other_currency(rate=2)
        self.change_map("products", {"currency": {"direction": "pull"}})
        self.env["product.product"].create({"name": "Licence", "list_price": 100})
        self.push("products")
        self.assertEqual(self.sent(), [{"name": "Licence", "price": "200"}])

    def test_a_price_without_a_rate_is_held(self):
        self.connection.currency_id = self.other_currency()
        self.change_map("products", {"currency": {"direction": "pull"}})
        self.env["product.product"].create({"name": "Licence", "list_price": 100})
        self.push("products")
        self.assertEqual(self.sent(), [])
        self.assertEqual(self.items().exception_id.code, "no_rate")

    def test_a_product_that_is_not_sold_stays(self):
        self.env["product.product"].create({"name": "Screw", "sale_ok": False})
        self.push("products")
        self.assertEqual(self.sent(), [])

    def test_our_key_is_read_only_where_the_flow_sends(self):
        asked = []
        provider = type(self.env["connector.provider.fake"])
        reader = provider._reader

        def note(self, connection, stream, paths, client):
            asked.append("odoo_key" in paths)
            return reader(self, connection, stream, paths, client)

        self.patch(provider, "_reader", note)
        self.pull("products", remote(1, name="Licence"))
        self.products.direction = "pull"
        self.pull("products", remote(2, name="Screw"))
        self.assertEqual(asked, [True, False])

    def test_personal_data_is_masked_in_the_log(self):
        person = self.env["res.partner"].create(
            {"name": "Ada Lovelace", "email": "ada@example.com", "function": "Poet"}
        )
        self.push("contacts")
        remote_id = self.binding_of(person, self.contacts).remote_id
        log = self.logs("contacts", remote_id)
        self.assertEqual(log.changes["function"], [None, "Poet"])
        self.assertNotIn("Lovelace", str(log.changes))
        self.assertNotIn("ada@", str(log.changes))
