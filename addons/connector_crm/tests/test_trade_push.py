import dataclasses

from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_push import PushCase, owned
from odoo.addons.connector_base.tests.common_vendor import (
    COMPANIES,
    CONTACTS,
    PRODUCTS,
    remote,
)

from .common import DEALS
from .common_trade import (
    BOOKS,
    CONTRACTS,
    DEAL_LINES,
    LEADS,
    ORDER_LINES,
    ORDERS,
    PRICES,
    QUOTE_LINES,
    QUOTES,
    TradeCase,
)

#: Of which the vendor tells only and is told nothing.
ONE_WAY = ("is_closed", "is_won", "total", "discount_amount", "pipeline")


def both_ways(stream):
    lines = tuple(
        dataclasses.replace(
            line, direction="pull" if line.target in ONE_WAY else "both"
        )
        for line in owned(stream, "newest").default_map
    )
    return dataclasses.replace(stream, default_map=lines)


@tagged("post_install", "-at_install")
class TradePushCase(PushCase, TradeCase):
    streams = tuple(
        map(
            both_ways,
            (COMPANIES, CONTACTS, PRODUCTS, DEALS, BOOKS, PRICES, LEADS)
            + (DEAL_LINES, QUOTES, QUOTE_LINES, CONTRACTS),
        )
    ) + (ORDERS, ORDER_LINES)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name in ("products", "deals", "books", "prices", "leads", "deal_lines"):
            cls.send(cls.connection, name)
        for name in ("quotes", "quote_lines", "contracts"):
            cls.send(cls.connection, name)
        for name in ("orders", "order_lines"):
            cls.send(cls.connection, name, direction="push")
        for value, record in (("s1", cls.first), ("won", cls.won)):
            cls.stage_line(cls, value).res_id = record.id

    def setUp(self):
        super().setUp()
        self.acme = self.company()
        self.licence = self.product()
        self.euro = self.connection.company_id.currency_id
        self.quiet()

    def quiet(self):
        """As if all that happened so far had been sent."""
        self.forget()
        self.vendor.sent.clear()

    def of(self, stream_name, operation=None):
        """Values of the rows that were sent to a stream."""
        return [
            row.values
            for done, name, rows in self.vendor.sent
            if name == stream_name and operation in (None, done)
            for row in rows
        ]

    def order(self, **vals):
        """A quotation for ten licences."""
        return self.env["sale.order"].create(
            {
                "partner_id": self.acme.id,
                "user_id": False,
                "order_line": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.licence.id,
                            "name": "Licences",
                            "product_uom_qty": 10,
                            "price_unit": 100,
                        },
                    )
                ],
                **vals,
            }
        )


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
class TestQuotePush(TradePushCase):
    def quote(self, **values):
        """A quote as the vendor names it: with all that it doesn't say."""
        nothing = dict.fromkeys(line.target for line in QUOTES.default_map)
        return self.brought(
            "quotes", 1, **{**nothing, "number": "Q-1", "company": "1", **values}
        )

    def test_what_came_does_not_go_back(self):
        self.quote(status="sent", currency=self.euro.name, valid_until="2031-01-01")
        self.brought("quote_lines", 1, quote="1", product="1", quantity="2")
        self.push("quotes")
        self.push("quote_lines")
        self.assertEqual(self.vendor.sent, [])

    def test_a_quotation_goes_with_its_lines(self):
        order = self.order(client_order_ref="Q-7", remote_title="Rollout")
        self.push("quote_lines")
        [quote] = self.of("quotes", "create")
        self.assertEqual(
            (quote["number"], quote["name"], quote["company"], quote["status"]),
            ("Q-7", "Rollout", "1", "draft"),
        )
        self.assertEqual(quote["currency"], self.euro.name)
        [line] = self.of("quote_lines", "create")
        self.assertEqual(
            (line["quote"], line["product"], line["quantity"], line["unit_price"]),
            (self.binding_of(order, self.flow("quotes")).remote_id, "1", "10", "100"),
        )

    def test_that_it_was_confirmed_is_told(self):
        order = self.quote(status="sent")
        self.quiet()
        order.action_confirm()
        self.push("quotes")
        self.assertEqual(self.of("quotes"), [{"status": "accepted"}])

    def test_what_the_vendor_called_accepted_is_not_told_again(self):
        self.quote(status="expired")
        self.push("quotes")
        self.assertEqual(self.of("quotes"), [])

    def test_an_order_that_never_was_a_quote_there_is_none(self):
        self.order().action_confirm()
        self.push("quotes")
        self.assertEqual(self.of("quotes"), [])


@tagged("post_install", "-at_install")
class TestOrderPush(TradePushCase):
    """Confirmed orders go out; quotations don't."""

    def test_a_quotation_is_no_order(self):
        self.order()
        self.push("orders")
        self.push("order_lines")
        self.assertEqual(self.of("orders") + self.of("order_lines"), [])

    def test_a_confirmed_one_goes_with_its_lines(self):
        agreement = self.env["connector.agreement"].create(
            {"number": "C-1", "partner_id": self.acme.id}
        )
        lead = self.deal(company="1")
        self.quiet()
        order = self.order(opportunity_id=lead.id)
        agreement.sale_order_id = order
        order.action_confirm()
        self.push("order_lines")
        [row] = self.of("orders", "create")
        contract = self.binding_of(agreement, self.flow("contracts"))
        self.assertEqual(
            {name: row[name] for name in row.keys() - {"order_date"}},
            {
                "number": order.name,
                "company": "1",
                "opportunity": "1",
                "currency": self.euro.name,
                "status": "confirmed",
                "total": "1000",
                "contract": contract.remote_id,
            },
        )
        [line] = self.of("order_lines", "create")
        self.assertEqual(
            (line["order"], line["quantity"], line["total"]),
            (self.binding_of(order, self.flow("orders")).remote_id, "10", "1000"),
        )

    def test_that_it_was_cancelled_is_told_of_one_that_they_have(self):
        order = self.order()
        order.action_confirm()
        self.push("orders")
        self.quiet()
        order._action_cancel()
        self.push("orders")
        self.assertEqual(self.of("orders"), [{"status": "cancelled"}])

    def test_a_cancelled_quotation_is_never_made_an_order(self):
        self.order()._action_cancel()
        self.push("orders")
        self.assertEqual(self.of("orders"), [])

    def test_an_order_is_not_pulled(self):
        self.flow("orders").direction = "both"
        order = self.order()
        order.action_confirm()
        self.push("orders")
        remote_id = self.binding_of(order, self.flow("orders")).remote_id
        self.pull("orders", remote(remote_id, number="X-1", total="5"))
        self.assertNotEqual(order.name, "X-1")
        self.assertEqual(order.amount_untaxed, 1000)


@tagged("post_install", "-at_install")
class TestTradePanel(TradePushCase):
    def test_each_record_tells_why_it_is_where_it_is(self):
        order = self.order()
        lead = self.env["crm.lead"].create({"name": "Enquiry", "type": "lead"})
        book = self.env["connector.price.book"].create({"name": "Retail"})
        agreement = self.env["connector.agreement"].create(
            {"number": "C-1", "partner_id": self.acme.id}
        )
        for record in (order, lead, book, agreement):
            with self.subTest(model=record._name):
                self.assertEqual(record.connector_state, "none")
                action = record.action_open_connector_panel()
                panel = self.env[action["res_model"]].browse(action["res_id"])
                self.assertTrue(panel.reason_ids)


@tagged("post_install", "-at_install")
class TestContractPush(TradePushCase):
    def agreement(self, **vals):
        return self.env["connector.agreement"].create(
            {
                "number": "C-1",
                "partner_id": self.acme.id,
                "date_start": "2026-01-01",
                "term_months": 12,
                **vals,
            }
        )

    def test_a_contract_goes_with_its_term(self):
        self.agreement(state="active")
        self.push("contracts")
        self.assertEqual(
            self.of("contracts", "create"),
            [
                {
                    "number": "C-1",
                    "company": "1",
                    "start_date": "2026-01-01",
                    "end_date": "2026-12-31",
                    "term": 12,
                    "status": "active",
                }
            ],
        )

    def test_a_contract_with_a_person_is_one_with_the_company(self):
        person = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.acme.id}
        )
        self.agreement(partner_id=person.id)
        self.push("contracts")
        self.assertEqual(self.of("contracts")[0]["company"], "1")

    def test_its_end_is_told(self):
        agreement = self.agreement(state="active")
        self.push("contracts")
        self.quiet()
        agreement.state = "cancelled"
        self.push("contracts")
        self.assertEqual(self.of("contracts"), [{"status": "cancelled"}])


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
