"""Deals with their lines, quotes and prices come from HubSpot, over real HTTP."""

from odoo import Command

from .hubspot_case import SendCase


class TradeCase(SendCase):
    def setUp(self):
        super().setUp()
        euro = self.env.ref("base.EUR")
        euro.active = True
        euro.rate_ids.unlink()
        euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.5})]
        self.acme = self.company("Acme")
        self.ada = self.contact(company=self.acme)
        self.seat = self.product("Seat", hs_sku="SEAT", price="50")
        self.deal_id = self.deal(
            company=self.acme,
            contacts=[self.ada],
            amount="1350",
            deal_currency_code="EUR",
            dealtype="newbusiness",
        )

    def product(self, name="Seat", **properties):
        return self.store.create("products", {"name": name, **properties})

    def line(self, owner, of="deals", **properties):
        values = {
            "name": "Seat",
            "hs_product_id": self.seat,
            "quantity": "30",
            "price": "50",
            "hs_line_item_currency_code": "EUR",
            **properties,
        }
        line_id = self.store.create("line_items", values)
        self.store.associate("line_items", line_id, of, owner)
        return line_id

    def quote(self, *lines, **properties):
        values = {
            "hs_title": "Offer for Acme",
            "hs_quote_number": "20261127-1",
            "hs_status": "APPROVAL_NOT_NEEDED",
            "hs_expiration_date": "2026-12-31",
            "hs_currency": "EUR",
            "hs_quote_amount": "1350",
            **properties,
        }
        quote_id = self.store.create("quotes", values)
        self.store.associate("quotes", quote_id, "deals", self.deal_id)
        self.store.associate("quotes", quote_id, "companies", self.acme)
        self.store.associate("quotes", quote_id, "contacts", self.ada)
        return quote_id

    def lead(self):
        return self.record("opportunity", self.deal_id)


class TestDealLines(TradeCase):
    def test_a_deal_comes_with_its_lines(self):
        line_id = self.line(
            self.deal_id,
            hs_discount_percentage="10",
            recurringbillingfrequency="annually",
            hs_recurring_billing_period="P12M",
            hs_recurring_billing_start_date="2027-01-01",
        )
        self.connect()
        self.run_jobs()
        self.assertFalse(self.exceptions().mapped("name"))
        line = self.record("opportunity.line", line_id)
        self.assertEqual(line.lead_id, self.lead())
        self.assertEqual(line.product_id, self.record("product", self.seat))
        self.assertEqual((line.quantity, line.price_unit), (30, 50))
        self.assertEqual((line.discount, line.discount_amount), (10, 150))
        self.assertEqual((line.price_subtotal, line.remote_total), (1350, 1350))
        self.assertEqual(line.currency_id.name, "EUR")
        self.assertEqual((line.recurring_period, line.term_months), ("yearly", 12))
        self.assertEqual(str(line.date_start), "2027-01-01")
        self.assertEqual(self.lead().deal_kind, "new")
        self.assertAlmostEqual(self.lead().probability, 20)

    def test_a_discount_by_the_unit_is_one_of_the_whole_line(self):
        line_id = self.line(self.deal_id, discount="2.5")
        self.connect()
        self.run_jobs()
        line = self.record("opportunity.line", line_id)
        self.assertEqual((line.discount_amount, line.price_subtotal), (75, 1425))
        self.assertEqual(line.recurring_period, "one_time")

    def test_a_line_that_is_deleted_or_taken_from_its_deal_leaves_it_here_too(self):
        deleted, taken, stays = (self.line(self.deal_id) for _each in range(3))
        self.connect()
        self.run_jobs()
        self.assertEqual(len(self.lead().deal_line_ids), 3)
        self.store.archive("line_items", deleted)
        self.store.dissociate("line_items", taken, "deals", self.deal_id)
        self.env["connector.pull"]._enqueue_ids(
            self.flow("line_items"), [deleted, taken]
        )
        self.run_jobs()
        lines = self.lead().deal_line_ids
        self.assertEqual(lines, self.record("opportunity.line", stays))

    def test_a_stage_that_is_renamed_is_the_same_stage(self):
        self.connect()
        self.run_jobs()
        stage = self.lead().stage_id
        pipeline = self.store.pipelines["deals"]["default"]
        for each in pipeline["stages"]:
            each["label"] = f"Renamed: {each['label']}"
        self.store.update("deals", self.deal_id, {"dealname": "Rollout II"})
        self.connection._enqueue_references()
        self.sync()
        self.assertEqual(self.lead().name, "Rollout II")
        self.assertEqual(self.lead().stage_id, stage)
        self.assertFalse(self.exceptions())
        lines = self.connection.value_map_ids.line_ids.filtered(
            lambda line: line.remote_value == "appointmentscheduled"
        )
        self.assertIn("Renamed", lines.remote_label)

    def test_deals_that_are_merged_are_one_deal_with_the_lines_of_both(self):
        other_id = self.deal("Second", company=self.acme)
        first, second = self.line(self.deal_id), self.line(other_id)
        self.connect()
        self.run_jobs()
        lead, other = self.lead(), self.record("opportunity", other_id)
        merged_id = self.store.merge("deals", self.deal_id, other_id)
        self.sync()
        self.env["connector.pull"]._enqueue_ids(
            self.flow("line_items"), [first, second]
        )
        self.run_jobs()
        self.assertEqual(self.record("opportunity", merged_id), lead)
        self.assertFalse(other.active)
        self.assertFalse(self.exceptions().mapped("name"))
        lines = self.record("opportunity.line", first) | self.record(
            "opportunity.line", second
        )
        self.assertEqual(lines.lead_id, lead)


class TestQuotes(TradeCase):
    def test_a_quote_comes_with_its_own_copies_of_the_lines(self):
        deal_line = self.line(self.deal_id, hs_discount_percentage="10")
        quote_id = self.quote()
        by_percent = self.line(quote_id, "quotes", quantity="10", discount="5")
        by_unit = self.line(
            quote_id, "quotes", quantity="20", hs_discount_percentage="10"
        )
        self.connect()
        self.run_jobs()
        self.assertFalse(self.exceptions().mapped("name"))
        order = self.record("quote", quote_id)
        self.assertEqual((order.state, order.client_order_ref), ("sent", "20261127-1"))
        self.assertEqual(order.remote_title, "Offer for Acme")
        self.assertEqual(order.opportunity_id, self.lead())
        self.assertEqual(order.partner_id, self.record("customer.contact", self.ada))
        self.assertEqual(str(order.validity_date), "2026-12-31")
        self.assertEqual(order.currency_id.name, "EUR")
        self.assertEqual(order.amount_untaxed, 1350)
        lines = [self.record("quote.line", each) for each in (by_percent, by_unit)]
        self.assertEqual([line.discount for line in lines], [10, 10])
        self.assertEqual([line.order_id for line in lines], [order, order])
        self.assertEqual(
            self.lead().deal_line_ids, self.record("opportunity.line", deal_line)
        )

    def test_a_quote_of_an_unknown_state_waits_for_a_person(self):
        quote_id = self.quote(hs_status="DRAFT")
        self.store.update("quotes", quote_id, {"hs_status": "HANDSHAKE"})
        self.connect()
        self.run_jobs()
        self.assertFalse(self.record("quote", quote_id))
        [exception] = self.exceptions()
        self.assertEqual(exception.error_class, "mapping")

    def test_a_quote_that_is_gone_is_cancelled(self):
        quote_id = self.quote()
        self.connect()
        self.run_jobs()
        order = self.record("quote", quote_id)
        self.store.archive("quotes", quote_id)
        self.env["connector.pull"]._enqueue_ids(self.flow("quotes"), [quote_id])
        self.run_jobs()
        self.assertEqual(order.state, "cancel")

    def test_a_quote_of_ours_is_a_draft_there_with_its_lines(self):
        self.connect()
        self.let_send("quotes", "quote_line_items")
        self.run_jobs()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.record("customer.contact", self.ada).id,
                "opportunity_id": self.lead().id,
                "validity_date": "2027-01-31",
                "user_id": False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.record("product", self.seat).id,
                            "name": "Seats",
                            "product_uom_qty": 10,
                            "price_unit": 40,
                            "discount": 5,
                        }
                    )
                ],
            }
        )
        self.push()
        quote_id, quote = self.at_hubspot("quotes", "quote", order)
        self.assertEqual((quote["hs_title"], quote["hs_status"]), (order.name, "DRAFT"))
        self.assertEqual(quote["hs_expiration_date"], "2027-01-31")
        self.assertEqual(quote["hs_currency"], order.currency_id.name)
        for kind, there in (
            ("deals", self.deal_id),
            ("companies", self.acme),
            ("contacts", self.ada),
        ):
            linked = self.store.associated("quotes", quote_id, kind)
            self.assertEqual(list(linked), [there])
        line_id, line = self.at_hubspot("line_items", "quote.line", order.order_line)
        self.assertEqual(line["hs_product_id"], self.seat)
        self.assertEqual(line["amount"], "380.00")
        linked = self.store.associated("line_items", line_id, "quotes")
        self.assertEqual(list(linked), [quote_id])
        self.rest()
        self.assertFalse(self.exceptions().mapped("name"))
        order.order_line.price_unit = 50
        self.push()
        line_id, line = self.at_hubspot("line_items", "quote.line", order.order_line)
        self.assertEqual(line["amount"], "475.00")


class TestPrices(TradeCase):
    def price_in(self, *codes):
        """Let the account have prices of the product in euros and dollars."""
        self.env.ref("base.USD").active = True
        for code in codes:
            self.store.define_property("products", f"hs_price_{code}", type="number")
        values = {"hs_price_eur": "50", "hs_price_usd": "55.5"}
        self.store.update("products", self.seat, values)
        self.connect()

    def test_prices_of_ours_are_properties_of_products(self):
        self.price_in("eur", "usd")
        self.let_send("prices")
        self.run_jobs()
        euros = self.record("price", f"{self.seat}:EUR")
        euros.fixed_price = 60
        desk = self.product("Desk", hs_sku="DESK")
        self.sync()
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": euros.pricelist_id.id,
                "product_id": self.record("product", desk).id,
                "applied_on": "0_product_variant",
                "compute_price": "fixed",
                "fixed_price": 700,
            }
        )
        self.push()
        self.assertFalse(self.exceptions().mapped("name"))
        self.assertEqual(self.store.get("products", self.seat)["hs_price_eur"], "60")
        self.assertEqual(self.store.get("products", desk)["hs_price_eur"], "700")
        self.assertTrue(self.record("price", f"{desk}:EUR"))
        self.rest()

    def test_products_are_odoos_once_they_are_there(self):
        self.connect()
        self.run_jobs()
        seat = self.record("product", self.seat)
        self.store.update("products", self.seat, {"name": "Seat, renamed"})
        self.sync()
        self.assertEqual(seat.name, "Seat")
        self.flow("products").direction = "both"
        seat.name = "Chair"
        self.push()
        self.assertEqual(self.store.get("products", self.seat)["name"], "Chair")
        self.assertFalse(self.exceptions().mapped("name"))

    def test_each_currency_has_its_pricelist(self):
        self.price_in("eur", "usd")
        self.run_jobs()
        self.assertFalse(self.exceptions().mapped("name"))
        found = {
            item.pricelist_id.currency_id.name: item.fixed_price
            for code in ("EUR", "USD")
            for item in self.record("price", f"{self.seat}:{code}")
        }
        self.assertEqual(found, {"EUR": 50, "USD": 55.5})
        book = self.record("price.book", "standard")
        self.assertEqual(len(book.pricelist_ids), 2)

    def test_an_account_with_one_currency_gets_no_price_book(self):
        self.connect()
        self.run_jobs()
        self.assertFalse(self.record("price.book", "standard"))
        self.assertFalse(self.exceptions() or self.jobs("dead"))


class TestUpgrade(TradeCase):
    """A connection from before HubSpot's lines and quotes were taken."""

    OLD = ("companies", "contacts", "products", "deals")

    def setUp(self):
        super().setUp()
        self.line_id = self.line(self.deal_id)
        self.connect()
        flows = self.connection.flow_ids
        flows.filtered(lambda flow: flow.stream not in self.OLD).unlink()
        self.connection.credential_ids.filtered(
            lambda credential: credential.key in ("client_id", "refresh_token")
        ).unlink()

    def test_new_flows_wait_for_a_person_and_say_which_scopes_they_need(self):
        for _upgrade in range(2):
            self.env["connector.flow"]._offer_shipped_maps("hubspot")
        new = self.connection.with_context(active_test=False).flow_ids.filtered(
            lambda flow: not flow.active
        )
        self.assertEqual(
            set(new.mapped("stream")),
            {"price_books", "prices", "line_items", "quotes", "quote_line_items"},
        )
        note = self.connection.activity_ids.note
        self.assertIn("crm.objects.line_items.read", note)
        self.assertIn("crm.objects.quotes.read", note)
        keys = self.connection.credential_ids.mapped("key")
        self.assertEqual(len(set(keys)), 4)

        self.run_jobs()
        self.assertFalse(self.record("opportunity.line", self.line_id))
        lines = new.filtered(lambda flow: flow.stream == "line_items")
        lines.active = True
        self.sync()
        line = self.record("opportunity.line", self.line_id)
        self.assertEqual(line.lead_id, self.lead())
