from odoo.tests import tagged

from odoo.addons.connector_base.tests.common_vendor import remote

from .common_trade import QUOTES
from .common_trade_push import TradePushCase


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

    def test_orders_of_the_vendor_are_nobodys_question(self):
        """Every flow begins as one into Odoo, where no order ever goes."""
        flow = self.flow("orders")
        flow.direction = "pull"
        self.vendor.requests.clear()
        self.pull("orders", remote(1, number="X-1", total="5"))
        self.pull_again("orders", remote(1, number="X-1", total="5"))
        self.assertEqual(self.vendor.requests, [])
        self.assertFalse(self.exceptions())
        self.assertEqual(flow.health, "good")

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
