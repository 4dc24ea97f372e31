from odoo.tests import tagged

from .common_trade_push import TradePushCase


@tagged("post_install", "-at_install")
class TestLeadPush(TradePushCase):
    def test_a_new_lead_goes_with_both_names(self):
        self.env["crm.lead"].create(
            {
                "name": "Enquiry",
                "type": "lead",
                "contact_name": "Ada King Lovelace",
                "partner_name": "Engines Ltd",
                "user_id": False,
                "stage_id": False,
            }
        )
        self.push("leads")
        [row] = self.of("leads", "create")
        self.assertEqual(
            (row["first_name"], row["last_name"], row["company_name"]),
            ("Ada King", "Lovelace", "Engines Ltd"),
        )

    def test_one_that_became_an_opportunity_there_is_not_told_any_more(self):
        self.flow("leads").on_unlink = "archive"
        lead = self.brought("leads", 1, last_name="Lovelace", is_converted=False)
        self.deal()
        self.brought(
            "leads",
            1,
            last_name="Lovelace",
            is_converted=True,
            converted_opportunity="1",
        )
        self.assertFalse(lead.exists())
        self.quiet()
        deal = self.taken("deals", 1)
        deal.contact_name = "Somebody Else"
        deal.action_set_lost()
        self.push("leads")
        self.assertEqual(self.of("leads"), [])


@tagged("post_install", "-at_install")
class TestDealPush(TradePushCase):
    def setUp(self):
        super().setUp()
        self.lead = self.deal(company="1", amount="1000")
        self.quiet()

    def new_line(self, **vals):
        return self.env["connector.deal.line"].create(
            {
                "lead_id": self.lead.id,
                "product_id": self.licence.id,
                "name": "Licences",
                "quantity": 10,
                "price_unit": 100,
                "recurring_period": "yearly",
                "discount": 10,
                **vals,
            }
        )

    def test_a_new_line_goes_with_its_deal_and_product(self):
        self.new_line()
        self.push("deal_lines")
        [row] = self.of("deal_lines", "create")
        self.assertEqual(
            {
                name: row[name]
                for name in ("opportunity", "product", "sku", "quantity", "unit_price")
            },
            {
                "opportunity": "1",
                "product": "1",
                "sku": "SKU-1",
                "quantity": "10",
                "unit_price": "100",
            },
        )
        self.assertEqual((row["discount"], row["currency"]), ("10", self.euro.name))
        self.assertEqual(row["recurring_period"], "yearly")

    def test_a_new_deal_goes_before_its_lines(self):
        self.lead = self.env["crm.lead"].create(
            {"name": "New", "type": "opportunity", "stage_id": self.first.id}
        )
        self.lead.user_id = False
        self.new_line()
        self.push("deal_lines")
        self.assertEqual(
            [name for _done, name, _rows in self.vendor.sent], ["deals", "deal_lines"]
        )

    def test_only_what_changed_goes(self):
        line = self.new_line()
        self.push("deal_lines")
        self.quiet()
        line.quantity = 12
        self.push("deal_lines")
        [row] = self.of("deal_lines", "update")
        self.assertEqual(row["quantity"], "12")
        self.assertNotIn("unit_price", row)

    def test_a_line_that_is_deleted_follows_the_rule_of_its_flow(self):
        line = self.new_line()
        self.push("deal_lines")
        self.flow("deal_lines").on_unlink = "archive"
        self.quiet()
        line.unlink()
        self.push("deal_lines")
        self.assertEqual(len(self.of("deal_lines", "archive")), 1)

    def test_the_number_of_the_order_goes_to_its_deal(self):
        self.change_map(
            "deals",
            new_lines=[
                {
                    "remote_path": name,
                    "target": name,
                    "owner": "odoo",
                    "direction": "push",
                }
                for name in ("order_number", "order_status")
            ],
        )
        self.quiet()
        order = self.order(opportunity_id=self.lead.id)
        self.push("deals")
        [row] = self.of("deals")
        self.assertEqual(
            (row["order_number"], row["order_status"]), (order.name, "draft")
        )
        self.quiet()
        order.action_confirm()
        self.push("deals")
        self.assertIn({"order_status": "confirmed"}, self.of("deals"))


@tagged("post_install", "-at_install")
class TestPricePush(TradePushCase):
    def setUp(self):
        super().setUp()
        self.book = self.env["connector.price.book"].create({"name": "Retail"})
        pricelists = self.book._pricelists([(self.book.id, self.euro.id)])
        self.pricelist = self.env["product.pricelist"].browse(pricelists.values())
        self.quiet()

    def price(self, **vals):
        return self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "product_id": self.licence.id,
                "fixed_price": 99.9,
                **vals,
            }
        )

    def test_a_price_goes_after_its_book(self):
        self.price()
        self.push("prices")
        [book] = self.of("books", "create")
        self.assertEqual(book["name"], "Retail")
        [row] = self.of("prices", "create")
        self.assertEqual(
            row,
            {
                "price_book": self.binding_of(self.book, self.flow("books")).remote_id,
                "product": "1",
                "currency": self.euro.name,
                "price": "99.9",
                "is_active": True,
            },
        )

    def test_a_price_that_keeps_no_key_of_ours_is_met_as_ours(self):
        first = self.price()
        self.push("prices")
        item = self.price(product_id=self.product(2).id)
        self.commit()
        self.vendor.after_write = self.die("create")
        self.flow("prices")._enqueue_push()
        self.run_until_death()
        _first, made = self.vendor.records["prices"].values()
        made.external_key = None
        # The pull comes before anybody takes the dead worker's job over.
        self.flow("prices").direction = "pull"
        self.pull("prices", made)
        self.assertEqual(self.taken("prices", made.remote_id), item)
        self.assertEqual(self.pricelist.item_ids, first + item)
        self.flow("prices").direction = "both"
        self.push("prices")
        self.assertEqual(self.binding_of(item, self.flow("prices")).state, "synced")
        self.assertEqual(len(self.vendor.records["prices"]), 2)
        self.assertFalse(self.exceptions())

    def test_a_price_of_no_book_stays_here(self):
        other = self.env["product.pricelist"].create({"name": "Ours"})
        self.price(pricelist_id=other.id)
        self.push("prices")
        self.assertEqual(self.vendor.sent, [])

    def test_one_that_ends_is_not_active_any_more(self):
        item = self.price()
        self.push("prices")
        self.quiet()
        item.date_end = "2020-01-01"
        self.push("prices")
        self.assertEqual(self.of("prices"), [{"is_active": False}])

    def test_a_book_that_is_archived_is_not_active_any_more(self):
        self.price()
        self.push("prices")
        self.flow("books").on_unlink = "archive"
        self.quiet()
        self.book.active = False
        self.push("books")
        self.assertEqual(self.of("books"), [{"is_active": False}])


@tagged("post_install", "-at_install")
class TestTradingCurrency(TradePushCase):
    def setUp(self):
        super().setUp()
        self.change_map(
            "companies",
            new_lines=[
                {"remote_path": "currency", "target": "currency", "owner": "newest"}
            ],
        )

    def test_a_company_has_the_currency_that_it_trades_in(self):
        other = self.other_currency()
        company = self.company(2, currency=other.name)
        self.assertEqual(company.deal_currency_id, other)

    def test_one_that_nobody_knows_is_said_and_left_out(self):
        company = self.company(2, currency="XQX")
        self.assertTrue(company)
        self.assertEqual(self.codes("companies", 2), ["unknown_currency"])

    def test_it_goes_out(self):
        self.quiet()
        self.acme.deal_currency_id = self.euro
        self.push("companies")
        self.assertEqual(self.of("companies"), [{"currency": self.euro.name}])
