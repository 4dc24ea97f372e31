"""What a deal is made of: products, prices, lines, quotes, contracts, leads, orders."""

from odoo import Command
from odoo.tests import tagged

from .salesforce_case import SalesforceCase


@tagged("post_install", "-at_install")
class TestSalesforceTrade(SalesforceCase):
    def setUp(self):
        super().setUp()
        self.code = self.env.company.currency_id.name
        self.acme = self.account()
        self.product = self.store.create(
            "Product2", {"Name": "Pump", "ProductCode": "P-1", "IsActive": True}
        )
        [standard] = self.store.find("Pricebook2", IsStandard=True)
        self.book = standard["Id"]
        self.entry = self.store.create(
            "PricebookEntry",
            {
                "Pricebook2Id": self.book,
                "Product2Id": self.product,
                "UnitPrice": 100,
                "IsActive": True,
                "CurrencyIsoCode": self.code,
            },
        )
        self.deal = self.opportunity(
            *("Rollout", self.acme),
            Pricebook2Id=self.book,
            CurrencyIsoCode=self.code,
        )
        self.line = self.store.create(
            "OpportunityLineItem",
            {
                "OpportunityId": self.deal,
                "PricebookEntryId": self.entry,
                "Quantity": 3,
                "UnitPrice": 90,
            },
        )

    def assertNothingHeld(self):
        held = self.exceptions().filtered("blocking")
        self.assertFalse([(e.code, e.name) for e in held])
        self.assertFalse(self.jobs("dead").mapped("error"))

    def test_a_deal_arrives_with_its_lines_products_and_prices(self):
        self.connect()
        self.run_jobs()
        deal = self.record("opportunity", self.deal)
        line = self.record("opportunity.line", self.line)
        product = self.record("product", self.product)
        self.assertEqual(line.lead_id, deal)
        self.assertEqual(line.product_id, product)
        self.assertEqual((line.quantity, line.price_unit), (3, 90))
        self.assertEqual(line.currency_id.name, self.code)
        price = self.record("price", self.entry)
        self.assertEqual((price.product_id, price.fixed_price), (product, 100))
        self.assertEqual(
            price.pricelist_id.price_book_id, self.record("price.book", self.book)
        )
        self.assertNothingHeld()

    def test_products_and_prices_are_odoos_once_they_are_there(self):
        self.connect()
        self.run_jobs()
        product = self.record("product", self.product)
        price = self.record("price", self.entry)
        self.store.update("Product2", self.product, {"Name": "Pump, renamed"})
        self.store.update("PricebookEntry", self.entry, {"UnitPrice": 1})
        self.sync()
        self.assertEqual((product.name, price.fixed_price), ("Pump", 100))
        flows = self.flow("Product2") | self.flow("PricebookEntry")
        flows.direction = "both"
        product.name, price.fixed_price = "Big Pump", 120
        self.push()
        self.assertEqual(self.store.get("Product2", self.product)["Name"], "Big Pump")
        entry = self.store.get("PricebookEntry", self.entry)
        self.assertEqual(entry["UnitPrice"], 120)
        self.assertNothingHeld()

    def test_a_line_that_is_deleted_leaves_the_deal(self):
        self.connect()
        self.run_jobs()
        self.store.delete("OpportunityLineItem", self.line)
        self.sync()
        self.assertFalse(self.record("opportunity.line", self.line).active)
        self.assertNothingHeld()

    def test_a_quote_arrives_with_its_lines(self):
        quote = self.store.create(
            "Quote",
            {
                "OpportunityId": self.deal,
                "Name": "First offer",
                "Pricebook2Id": self.book,
                "ExpirationDate": "2027-01-31",
            },
        )
        self.store.create(
            "QuoteLineItem",
            {
                "QuoteId": quote,
                "PricebookEntryId": self.entry,
                "Quantity": 2,
                "UnitPrice": 95,
            },
        )
        self.connect()
        self.run_jobs()
        order = self.record("quote", quote)
        self.assertEqual(order.opportunity_id, self.record("opportunity", self.deal))
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.order_line.product_uom_qty, 2)
        self.assertEqual(order.order_line.price_unit, 95)
        self.assertNothingHeld()

    def test_what_every_org_has_means_what_it_does_there(self):
        self.store.update(
            "Opportunity", self.deal, {"Type": "Existing Customer - Upgrade"}
        )
        quote = self.store.create(
            "Quote",
            {
                "OpportunityId": self.deal,
                "Name": "Turned down",
                "Pricebook2Id": self.book,
                "Status": "Denied",
            },
        )
        self.connection.action_connect()
        # Nobody decides anything: the stage is the only value in doubt.
        stages = self.connection.value_line_ids.filtered(
            lambda line: line.map_id.name == "deal_stage"
        )
        stages.action_accept_suggestion()
        self.run_jobs()
        self.assertEqual(self.record("opportunity", self.deal).deal_kind, "upsell")
        self.assertEqual(self.record("quote", quote).remote_status, "rejected")
        self.assertNothingHeld()

    def test_a_contract_arrives(self):
        contract = self.store.create(
            "Contract",
            {
                "AccountId": self.acme,
                "Status": "Draft",
                "StartDate": "2026-12-01",
                "ContractTerm": 12,
            },
        )
        self.connect()
        self.run_jobs()
        agreement = self.record("contract", contract)
        self.assertEqual(
            agreement.partner_id, self.record("customer.company", self.acme)
        )
        self.assertEqual(agreement.term_months, 12)
        self.assertNothingHeld()

    def test_a_lead_that_is_converted_is_no_second_deal(self):
        lead = self.store.create(
            "Lead", {"FirstName": "Ada", "LastName": "Lovelace", "Company": "Acme"}
        )
        self.connect()
        self.run_jobs()
        record = self.record("lead", lead)
        self.assertEqual((record.type, record.partner_name), ("lead", "Acme"))
        self.assertEqual(record.contact_name, "Ada Lovelace")
        deal = self.record("opportunity", self.deal)
        before = self.env["crm.lead"].search_count([])
        self.store.convert_lead(lead, self.acme, opportunity_id=self.deal)
        self.sync()
        self.assertEqual(self.record("lead", lead), deal)
        self.assertEqual(self.env["crm.lead"].search_count([]), before - 1)
        self.assertEqual(deal.type, "opportunity")
        self.assertNothingHeld()

    def order_of_odoo(self, *products):
        """A confirmed order of four of each."""
        order = self.env["sale.order"].create(
            {
                "partner_id": self.record("customer.company", self.acme).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.record("product", product).id,
                            "product_uom_qty": 4,
                            "price_unit": 80,
                        }
                    )
                    for product in products
                ],
            }
        )
        order.action_confirm()
        return order

    def send(self, *streams):
        self.env.cr.flush()
        flows = self.connection.flow_ids.filtered(lambda f: f.stream in streams)
        flows._enqueue_push()
        self.run_jobs()

    def tell_orders(self):
        self.connect()
        self.run_jobs()
        for stream in ("Order", "OrderItem"):
            self.flow(stream).direction = "push"

    def test_an_order_of_odoo_is_made_there_with_its_lines(self):
        self.tell_orders()
        order = self.order_of_odoo(self.product)
        self.salesforce.requests.clear()
        self.send("Order", "OrderItem")
        self.assertNothingHeld()
        [made] = self.store.find("Order")
        self.assertEqual(made["AccountId"], self.acme)
        self.assertEqual(made["OrderReferenceNumber"], order.name)
        [item] = self.store.find("OrderItem")
        self.assertEqual((item["OrderId"], item["Quantity"]), (made["Id"], 4))
        # Both in one request, so that nobody there sees it without its lines.
        paths = [entry.path for entry in self.salesforce.requests.entries]
        self.assertEqual(len([path for path in paths if "/composite" in path]), 1)

    def test_an_order_waits_as_a_whole_for_a_line_that_cannot_go(self):
        help_id = self.store.create(
            "Product2", {"Name": "Help", "ProductCode": "H-1", "IsActive": True}
        )
        self.tell_orders()
        order = self.order_of_odoo(self.product, help_id)
        self.send("Order", "OrderItem")
        self.assertFalse(self.store.find("Order") or self.store.find("OrderItem"))
        held = {
            (item.flow_id.stream, item.res_id): item.exception_id.code
            for item in self.exceptions().item_ids
            if item.direction == "push"
        }
        pump, without_price = order.order_line.ids
        self.assertEqual(
            held,
            {
                ("Order", order.id): "child_not_sent",
                ("OrderItem", pump): "parent_not_sent",
                ("OrderItem", without_price): "refused_remotely",
            },
        )
        self.store.create(
            "PricebookEntry",
            {
                "Pricebook2Id": self.book,
                "Product2Id": help_id,
                "UnitPrice": 80,
                "IsActive": True,
                "CurrencyIsoCode": self.code,
            },
        )
        cause = self.exceptions().filtered(lambda e: e.code == "refused_remotely")
        cause.item_ids._retry()
        self.run_jobs()
        self.assertNothingHeld()
        [made] = self.store.find("Order")
        items = self.store.find("OrderItem")
        self.assertEqual([item["OrderId"] for item in items], [made["Id"]] * 2)
        self.assertFalse(self.env["connector.change"].search([]))
