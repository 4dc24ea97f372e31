from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..engine.masking import MASK
from .common import ConnectorCase, steps
from .common_push import PushCase
from .common_vendor import remote


def add_fields(test_class):
    """Custom fields of partners: a record, several, and a selection."""
    model = test_class.env["ir.model"]._get_id("res.partner")
    test_class.env["ir.model.fields"].create(
        [
            {
                "name": f"x_{name}",
                "field_description": name.title(),
                "model_id": model,
                "state": "manual",
                **vals,
            }
            for name, vals in {
                "industry": {"ttype": "many2one", "relation": "res.partner.industry"},
                "tags": {"ttype": "many2many", "relation": "res.partner.category"},
                "buys": {"ttype": "many2one", "relation": "product.product"},
                "all": {"ttype": "many2many", "relation": "product.product"},
                "currency": {"ttype": "many2one", "relation": "res.currency"},
                "country": {"ttype": "many2one", "relation": "res.country"},
                "tier": {
                    "ttype": "selection",
                    "selection_ids": [
                        (0, 0, {"value": "gold", "name": "Gold Customer"}),
                        (0, 0, {"value": "std", "name": "Standard"}),
                    ],
                },
            }.items()
        ]
    )


@tagged("post_install", "-at_install")
class TestFieldMapTargets(ConnectorCase):
    """Fields of Odoo that hold records or options are filled without code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_fields(cls)

    def add_line(self, path, target, *chain, **vals):
        line = {"remote_path": path, "target": target, "step_ids": steps(*chain)}
        return self.change_map("companies", new_lines=[{**line, **vals}])

    def value_lines(self, name):
        return self.env["connector.value.map.line"].search(
            [
                ("connection_id", "=", self.connection.id),
                ("map_id.name", "=", f"odoo.res.partner.{name}"),
            ],
            order="remote_value",
        )

    # -- by value map ---------------------------------------------------------

    def test_a_record_is_set_by_a_value_map_of_its_own(self):
        industry = self.env["res.partner.industry"].create({"name": "Space"})
        self.add_line("branch", "odoo.x_industry")
        self.pull(
            "companies",
            remote(1, name="A", branch="S-1"),
            remote(2, name="B", branch="S-1"),
            remote(3, name="C", branch="S-2"),
            remote(4, name="D", branch=None),
        )
        self.assertEqual(self.exceptions().mapped("code"), ["unmapped_value"] * 2)
        self.assertFalse(self.taken("companies", 1))
        self.assertTrue(self.taken("companies", 4))
        lines = self.value_lines("x_industry")
        self.assertEqual(lines.mapped("remote_value"), ["S-1", "S-2"])
        self.assertEqual(lines.mapped("met_count"), [2, 1])
        lines[0].res_id = industry.id
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1).x_industry, industry)
        self.assertEqual(self.taken("companies", 2).x_industry, industry)
        self.assertFalse(self.taken("companies", 3))

    def test_a_name_that_odoo_knows_is_taken_without_asking(self):
        industry = self.env["res.partner.industry"].create({"name": "Space Travel"})
        self.add_line("branch", "odoo.x_industry")
        self.pull("companies", remote(1, name="A", branch="space travel"))
        self.assertEqual(self.taken("companies", 1).x_industry, industry)

    def test_countries_and_currencies_are_known_by_their_codes(self):
        self.change_map(
            "companies",
            new_lines=[
                {"remote_path": "a", "target": "odoo.x_country"},
                {"remote_path": "b", "target": "odoo.x_currency"},
            ],
        )
        code = self.env.company.currency_id.name
        self.pull("companies", remote(1, name="A", a="Deutschland", b=code.lower()))
        partner = self.taken("companies", 1)
        self.assertEqual(partner.x_country.code, "DE")
        self.assertEqual(partner.x_currency.name, code)

    def test_several_records_are_set_by_a_list(self):
        tags = self.env["res.partner.category"].create(
            [{"name": "Hot"}, {"name": "Cold"}]
        )
        self.add_line("labels", "odoo.x_tags", "split")
        self.pull("companies", remote(1, name="A", labels="Hot;Cold"))
        partner = self.taken("companies", 1)
        self.assertEqual(partner.x_tags, tags)
        self.pull("companies", remote(1, name="A", labels="Cold"))
        self.assertEqual(partner.x_tags, tags[1])
        self.pull("companies", remote(1, name="A", labels=""))
        self.assertFalse(partner.x_tags)

    # -- options --------------------------------------------------------------

    def test_an_option_is_set_by_value_or_label(self):
        self.add_line("tier", "odoo.x_tier")
        self.pull(
            "companies",
            remote(1, name="A", tier="gold"),
            remote(2, name="B", tier="standard"),
            remote(3, name="C", tier=""),
        )
        tiers = [self.taken("companies", n).x_tier for n in (1, 2, 3)]
        self.assertEqual(tiers, ["gold", "std", False])

    def test_an_unknown_option_is_held_and_decided_in_its_value_map(self):
        self.add_line("tier", "odoo.x_tier")
        self.pull("companies", remote(1, name="A", tier="VIP"))
        self.assertEqual(self.exceptions().code, "unmapped_value")
        line = self.value_lines("x_tier")
        self.assertEqual(line.options_of.name, "x_tier")
        gold = line.options_of.selection_ids.filtered(lambda o: o.value == "gold")
        offered = (
            self.env["ir.model.fields.selection"]
            .with_user(self.user_of("operator"))
            .with_context(connector_options_of=line.options_of.id)
            .name_search("")
        )
        labels = [label for _id, label in offered]
        self.assertEqual(sorted(labels), ["Gold Customer", "Standard"])
        foreign = self.env["ir.model.fields.selection"].search(
            [("field_id.name", "!=", "x_tier")], limit=1
        )
        with self.assertRaises(ValidationError):
            line.res_id = foreign.id
        line.with_user(self.user_of("operator", name="O")).res_id = gold.id
        self.run_jobs()
        self.assertEqual(self.taken("companies", 1).x_tier, "gold")

    # -- look-ups -------------------------------------------------------------

    def test_a_record_is_looked_up_by_a_field_in_one_query_per_batch(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"SKU-{n}"} for n in range(3)]
        )
        self.add_line(
            "sku", "odoo.x_buys", "upper", ("key", "product.product.default_code")
        )
        self.pull(
            "companies",
            remote(1, name="A", sku="sku-1"),
            remote(2, name="B", sku="none"),
            remote(3, name="C", sku=None),
            remote(4, name="D", sku="sku-2"),
        )
        self.assertEqual(self.taken("companies", 1).x_buys, products[1])
        self.assertEqual(self.taken("companies", 4).x_buys, products[2])
        self.assertFalse(self.taken("companies", 2))
        self.assertFalse(self.taken("companies", 3).x_buys)
        self.assertEqual(self.exceptions().code, "none_by_key")
        self.assertEqual(
            self.exceptions().item_ids.message,
            "Buys: Odoo has no Product Variant whose Internal Reference is “NONE”.",
        )

    def test_a_key_of_two_records_is_not_guessed(self):
        self.env["product.product"].create(
            [{"name": name, "default_code": "TWICE"} for name in "ab"]
        )
        self.add_line("sku", "odoo.x_buys", ("key", "product.product.default_code"))
        self.pull("companies", remote(1, name="A", sku="TWICE"))
        self.assertEqual(self.exceptions().code, "several_by_key")

    def test_a_masked_key_is_not_shown(self):
        self.add_line(
            "sku", "odoo.x_buys", ("key", "product.product.default_code"), pii=True
        )
        self.pull("companies", remote(1, name="A", sku="top-secret"))
        exception = self.exceptions()
        said = f"{exception.name}{exception.cause}{exception.item_ids.message}"
        self.assertNotIn("top-secret", said)
        self.assertIn(MASK, said)

    def test_records_of_another_company_are_not_looked_up(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["product.product"].create(
            {"name": "P", "default_code": "THEIRS", "company_id": other.id}
        )
        self.add_line("sku", "odoo.x_buys", ("key", "product.product.default_code"))
        self.pull("companies", remote(1, name="A", sku="THEIRS"))
        self.assertEqual(self.exceptions().code, "none_by_key")

    def test_several_records_are_looked_up(self):
        products = self.env["product.product"].create(
            [{"name": f"P{n}", "default_code": f"S{n}"} for n in range(3)]
        )
        self.add_line(
            "items[*].sku", "odoo.x_all", ("key", "product.product.default_code")
        )
        items = [{"sku": "S2"}, {"sku": "S0"}, {}]
        self.pull("companies", remote(1, name="A", items=items))
        self.assertEqual(self.taken("companies", 1).x_all, products[0] + products[2])

    def test_a_record_is_looked_up_by_the_id_that_it_is_synced_as(self):
        self.pull("products", remote(7, name="P", sku="P"))
        self.add_line("bought", "odoo.x_buys", ("binding", "product"))
        # Product 8 is fetched first, as any parent is.
        self.vendor.add("products", remote(8, name="Q", sku="Q"))
        self.pull(
            "companies",
            remote(1, name="A", bought="7"),
            remote(2, name="B", bought=8),
            remote(3, name="C", bought="404"),
        )
        self.assertEqual(self.taken("companies", 1).x_buys.default_code, "P")
        self.assertEqual(self.taken("companies", 2).x_buys.default_code, "Q")
        self.assertFalse(self.taken("companies", 3))
        self.assertEqual(self.exceptions().code, "missing_parent")

    def test_a_parent_is_fetched_by_the_id_that_the_chain_gives(self):
        self.add_line(
            "bought", "odoo.x_buys", ("extract", r"\d+$"), ("binding", "product")
        )
        self.vendor.add("products", remote(8, name="Q", sku="Q"))
        self.pull("companies", remote(1, name="A", bought="urn:product:8"))
        self.assertEqual(self.taken("companies", 1).x_buys.default_code, "Q")

    def test_an_entity_field_is_looked_up_instead_of_mapped(self):
        user = self.env["res.users"].create({"name": "Jo", "login": "jo@x.example"})
        self.change_map(
            "companies", {"owner": {"step_ids": steps(("key", "res.users.login"))}}
        )
        self.pull("companies", remote(1, name="A", owner="jo@x.example"))
        self.assertEqual(self.taken("companies", 1).user_id, user)

    # -- two lines ------------------------------------------------------------

    def test_two_names_of_one_field_are_refused(self):
        for vals in ({}, {"direction": "pull"}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.add_line("town", "odoo.city", **vals)
        self.add_line("town", "odoo.city", direction="push")

    def test_fallbacks_look_up_alike(self):
        self.add_line("a", "odoo.x_buys", ("key", "product.product.default_code"))
        with self.assertRaises(ValidationError):
            self.add_line("b", "odoo.x_buys", ("key", "product.product.barcode"))
        self.add_line("b", "odoo.x_buys", ("key", "product.product.default_code"))


@tagged("post_install", "-at_install")
class TestFieldMapWayOut(PushCase):
    """The chain backwards, and looked-up targets on their way out of Odoo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_fields(cls)

    def send_company(self, new_lines=(), line_vals=None, **vals):
        self.change_map("companies", line_vals or {}, list(new_lines))
        partner = self.env["res.partner"].create(
            {"name": "Acme", "is_company": True, **vals}
        )
        self.push()
        return partner

    def test_the_chain_is_undone_from_its_end(self):
        line = {
            "remote_path": "city_code",
            "step_ids": steps("lower", ("pairs", "b=Berlin; p=Paris"), "upper"),
        }
        self.send_company(line_vals={"city": line}, city="BERLIN")
        self.assertFalse(self.sent())
        self.assertEqual(self.exceptions().code, "transform_failed")

    def test_pairs_and_formats_go_out_as_the_vendor_writes_them(self):
        self.send_company(
            line_vals={
                "city": {"step_ids": steps(("pairs", "b=Berlin; p=Paris"))},
                "zip": {"step_ids": steps(("number", "de_DE"))},
            },
            city="Berlin",
            zip="1234.5",
        )
        [sent] = self.sent()
        self.assertEqual((sent["city"], sent["zip"]), ("b", "1.234,5"))

    def test_what_can_not_be_undone_says_why(self):
        self.change_map(
            "companies",
            {
                "city": {"step_ids": steps("trim", ("date", "dmy"))},
                "zip": {"step_ids": steps("trim", ("date", "%d.%m.%Y"))},
                "street": {"step_ids": steps(("extract", "a"))},
            },
        )
        obstacle = {
            name: self.map_line("companies", name).push_obstacle
            for name in ("city", "zip", "street")
        }
        self.assertEqual(obstacle["city"], "“Date or Time” can't be undone.")
        self.assertEqual(obstacle["street"], "“Find by Pattern” can't be undone.")
        self.assertFalse(obstacle["zip"])

    def test_a_record_goes_out_by_the_field_that_it_is_looked_up_by(self):
        key = steps(("key", "product.product.default_code"))
        product = self.env["product.product"].create(
            {"name": "P", "default_code": "SKU-1"}
        )
        nameless = product.create({"name": "Q"})
        lines = [
            {"remote_path": "sku", "target": "odoo.x_buys", "step_ids": key},
            {"remote_path": "skus", "target": "odoo.x_all", "step_ids": key},
        ]
        lines = [{"owner": "newest", **line} for line in lines]
        partner = self.send_company(lines, x_buys=product.id, x_all=product.ids)
        [sent] = self.sent()
        self.assertEqual((sent["sku"], sent["skus"]), ("SKU-1", ["SKU-1"]))
        partner.x_buys = nameless
        self.push()
        self.assertEqual(self.exceptions().code, "no_key")

    def test_options_and_lists_go_out(self):
        tags = self.env["res.partner.category"].create([{"name": "A"}, {"name": "B"}])
        lines = [
            {"remote_path": "tier", "target": "odoo.x_tier"},
            {
                "remote_path": "labels",
                "target": "odoo.x_tags",
                "step_ids": steps("split"),
                "owner": "newest",
            },
        ]
        self.change_map("companies", {}, lines)
        value_map = self.env["connector.value.map"]._ensure(
            self.connection, "odoo.res.partner.x_tags"
        )
        value_map.line_ids.create(
            [
                {"map_id": value_map.id, "remote_value": tag.name, "res_id": tag.id}
                for tag in tags
            ]
        )
        partner = self.send_company(x_tier="gold", x_tags=tags.ids)
        [sent] = self.sent()
        self.assertEqual((sent["tier"], sent["labels"]), ("gold", "A;B"))
        partner.x_tags = False
        self.push()
        self.assertIn(self.sent()[-1]["labels"], (None, "", []))
